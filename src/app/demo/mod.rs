//! The demo: bundled sample papers through the real stages into three sandbox channels.

mod sample;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::Date;
use tempfile::TempDir;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use super::sandbox::{self, Ledger, Line, Shown};
use crate::chat::{ChatPlatform, sandbox::Sandbox};
use crate::clock::{Clock, SystemClock};
use crate::domain::{ChannelId, DeliveryState, Listing, Platform, Query, RetryPolicy};
use crate::message::why_sentence;
use crate::pipeline::{Router, SendSettings, Sender, step_until_idle};
use crate::store::{DeliveryFilter, DeliveryRecord, Store};
use crate::text::readable;

/// The channels of the demo and what each is subscribed to.
pub const CHANNELS: [(&str, &[&str]); 3] = [
    ("language-models", &[r#""language model" OR llm OR reasoning"#, "ti:agent"]),
    ("robotics", &["cat:cs.RO OR robot"]),
    ("life-sciences", &["protein OR molecule OR cat:q-bio", r#"medical OR clinical OR "drug discovery""#]),
];

/// A running demo on a database that is gone when it ends.
pub struct Demo {
    store: Store,
    clock: Arc<dyn Clock>,
    router: Router,
    sender: Sender,
    shown: mpsc::Receiver<Shown>,
    coming: std::vec::IntoIter<Listing>,
    _folder: TempDir,
}

/// One paper that came in, and the channels it appeared in.
pub struct Arrival {
    /// Its title.
    pub title: String,
    /// What people saw, one entry a channel.
    pub shown: Vec<Shown>,
}

impl Demo {
    /// Sets everything up: a temporary SQLite database, the subscriptions, the real stages.
    pub async fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder for the demo")?;
        let store = Store::open(&format!("sqlite://{}", folder.path().join("demo.db").display())).await?;
        store.migrate().await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        for (channel, queries) in CHANNELS {
            let channel = ChannelId::parse(Platform::Sandbox, channel).map_err(anyhow::Error::msg)?;
            for query in queries {
                let query: Query = query.parse().context("a query of the demo")?;
                store.subscribe(Platform::Sandbox, &channel, &query, "demo", clock.now()).await?;
            }
        }
        let (sender, shown) = mpsc::channel(sandbox::SHOWN_AT_MOST);
        let ledger = Ledger { store: store.clone(), clock: clock.clone(), shown: sender };
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(ledger)));
        let router =
            Router::new(store.clone(), clock.clone(), [sandbox.clone()], Duration::from_hours(24), 300);
        let sender = Sender::new(
            store.clone(),
            clock.clone(),
            [sandbox],
            SendSettings {
                owner: "demo".to_owned(),
                lease: Duration::from_mins(1),
                concurrency: CHANNELS.len(),
                group: 1,
                policy: RetryPolicy {
                    schedule: vec![Duration::from_secs(1)],
                    max_wait: Duration::from_mins(1),
                    nonce_window: Duration::from_mins(2),
                    settle_after: Duration::from_secs(5),
                    history_lag: Duration::from_mins(1),
                    between_looks: Duration::from_secs(30),
                },
            },
            Arc::new(Notify::new()),
            CancellationToken::new(),
        );
        let coming = sample::listings()?.into_iter();
        Ok(Self { store, clock, router, sender, shown, coming, _folder: folder })
    }

    /// How many papers are still to come.
    pub fn coming(&self) -> usize {
        self.coming.len()
    }

    /// Lets the next paper come in and reach its channels; `None` when all have come.
    pub async fn next(&mut self) -> anyhow::Result<Option<Arrival>> {
        let Some(listing) = self.coming.next() else {
            return Ok(None);
        };
        let title = listing.facts.title.clone();
        self.store.record(sample::SOURCE, &[listing], Date::MIN, self.clock.now()).await?;
        step_until_idle(&self.router).await?;
        step_until_idle(&self.sender).await?;
        let mut shown = Vec::new();
        while let Ok(one) = self.shown.try_recv() {
            shown.push(one);
        }
        Ok(Some(Arrival { title, shown }))
    }

    /// What went where, from the store, in the order in which it was posted.
    pub async fn account(&self) -> anyhow::Result<Vec<Line>> {
        let deliveries = self.store.deliveries(&DeliveryFilter::default()).await?;
        let sent = deliveries.into_iter().filter(|d| d.state == DeliveryState::Sent);
        let line = |delivery: DeliveryRecord| Line {
            channel: delivery.destination.channel.to_string(),
            paper: delivery.paper.to_string(),
            title: readable(&delivery.title),
            why: why_sentence(&delivery.why),
        };
        Ok(sent.map(line).collect())
    }
}
