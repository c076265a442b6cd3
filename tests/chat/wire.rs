//! A store, a clock that stands still and a sender to a fake platform: many deliveries, hours of waiting, no time.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, DeliveryState, RetryPolicy};
use paperwire::message::{Message, PaperCard};
use paperwire::pipeline::{SendSettings, Sender, Stage, Step, Surplus, step_until_idle};
use paperwire::store::{DeliveryRecord, NewDelivery, NewMatch, Occasion};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::{Database, at};
use crate::worlds::clock::FakeClock;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_hours(12);

/// Keeps the paused time of tokio from running ahead while a socket or the store is waited for.
pub struct Frozen {
    _end: mpsc::Sender<()>,
}

impl Frozen {
    pub fn new() -> Self {
        let (end, ended) = mpsc::channel::<()>();
        tokio::task::spawn_blocking(move || ended.recv().is_ok());
        Self { _end: end }
    }
}

pub struct Wire {
    pub db: Database,
    pub clock: Arc<FakeClock>,
    pub policy: RetryPolicy,
    _frozen: Frozen,
}

impl Wire {
    pub async fn new() -> Self {
        paperwire::chat::install_tls_provider();
        // First of all: the store is opened with time limits.
        let frozen = Frozen::new();
        let policy = RetryPolicy {
            schedule: [5, 30].map(Duration::from_secs).to_vec(),
            max_wait: Duration::from_hours(1),
            nonce_window: Duration::from_mins(2),
            settle_after: Duration::from_secs(5),
            history_lag: Duration::from_mins(1),
            between_looks: Duration::from_secs(30),
        };
        let clock = Arc::new(FakeClock::at(&at(0).to_string()));
        Self { db: Database::sqlite().await, clock, policy, _frozen: frozen }
    }

    /// Puts so many papers into the queue of each channel.
    pub async fn fill(&self, platform: &dyn ChatPlatform, channels: &[String], papers: usize) {
        let ids: Vec<String> = (1..=papers).map(|n| format!("2608.{n:05}")).collect();
        let papers = self.db.papers(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let mut subscriptions = Vec::new();
        for channel in channels {
            subscriptions.push(self.db.subscribe_on(platform.platform(), channel, "robots").await);
        }
        for paper in &papers {
            let card = PaperCard {
                paper: paper.id.clone(),
                url: format!("https://arxiv.org/abs/{}", paper.id),
                ..super::card()
            };
            let rendered = platform.render(&Message::Paper(card));
            let delivery = |destination| NewDelivery {
                destination,
                rich: rendered.rich.clone(),
                plain: rendered.plain.clone(),
                why: Vec::new(),
                expires_at: at(0) + 2 * PATIENCE,
            };
            let deliveries: Vec<_> = subscriptions.iter().map(|s| delivery(s.destination.id)).collect();
            let matches: Vec<_> =
                subscriptions.iter().map(|s| NewMatch { subscription: s.id, terms: Vec::new() }).collect();
            let store = &self.db.store;
            store.commit_routing(paper, Occasion::New, &matches, &deliveries, at(0)).await.unwrap();
        }
    }

    /// Time passes, for the store, the adapters and the worlds alike.
    pub async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        tokio::time::advance(time).await;
    }

    pub fn sender(&self, platform: &Arc<dyn ChatPlatform>) -> Sender {
        let settings = SendSettings {
            owner: "one".to_owned(),
            lease: Duration::from_mins(1),
            concurrency: 4,
            group: 1,
            policy: self.policy.clone(),
        };
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        Sender::new(self.db.store.clone(), self.clock.clone(), [platform.clone()], settings, wake, stop)
    }

    /// Sends until nothing waits any more.
    pub async fn send_all(&self, platform: &Arc<dyn ChatPlatform>) {
        let sender = self.sender(platform);
        let give_up = at(0) + PATIENCE;
        while self.clock.now() < give_up {
            match sender.step().await.unwrap() {
                Step::Worked => {}
                Step::Idle { until: None } => return,
                Step::Idle { until: Some(until) } => {
                    let left = Duration::try_from(until.duration_since(self.clock.now())).unwrap_or_default();
                    self.pass(left.max(Duration::from_millis(1))).await;
                }
            }
        }
        panic!("some deliveries never end");
    }

    /// Deletes what stands twice.
    pub async fn tidy(&self, platform: &Arc<dyn ChatPlatform>) -> u64 {
        let (store, clock) = (self.db.store.clone(), self.clock.clone());
        let surplus = Surplus::new(store, clock, [platform.clone()], "one".to_owned());
        step_until_idle(&surplus).await.unwrap();
        surplus.deleted()
    }

    /// How many deliveries are in a state.
    pub async fn count(&self, state: DeliveryState) -> usize {
        self.deliveries().await.iter().filter(|delivery| delivery.state == state).count()
    }

    pub async fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.db.deliveries().await
    }
}

/// Names of so many channels.
pub fn channels(prefix: &str, count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("{prefix}{n}")).collect()
}

pub fn names(channels: &[String]) -> Vec<&str> {
    channels.iter().map(String::as_str).collect()
}

/// The addresses of so many papers in their order.
pub fn urls(papers: usize) -> Vec<Option<String>> {
    (1..=papers).map(|n| Some(format!("https://arxiv.org/abs/2608.{n:05}"))).collect()
}

pub fn channel_of(platform: &dyn ChatPlatform, name: &str) -> ChannelId {
    ChannelId::parse(platform.platform(), name).unwrap()
}
