//! From the outbox into a channel, with the clock in hand.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::{ChatPlatform, discord as adapter};
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, DeliveryState, Platform, RetryPolicy};
use paperwire::pipeline::{Router, SendSettings, Sender, Stage, Step, step_until_idle};
use paperwire::store::{DeliveryFilter, DeliveryRecord};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Bench, TODAY, rows};
use crate::worlds::discord::{self, Discord};
use crate::worlds::loopback::{Answer, Fault};

/// Longer than what the pace of posts makes one wait, shorter than what a retry does.
const PACE: Duration = Duration::from_secs(3);
const CHANNELS: [&str; 2] = ["100000000000000001", "100000000000000002"];
pub const MAX_AGE: Duration = Duration::from_hours(24);

/// How a sender of this name works.
pub fn settings(owner: &str) -> SendSettings {
    SendSettings {
        owner: owner.to_owned(),
        lease: Duration::from_mins(1),
        concurrency: 4,
        group: 1,
        policy: RetryPolicy {
            schedule: [5, 30].map(Duration::from_secs).to_vec(),
            max_wait: Duration::from_hours(1),
            nonce_window: Duration::from_mins(2),
            settle_after: Duration::from_secs(5),
            history_lag: Duration::from_mins(1),
            between_looks: Duration::from_secs(30),
        },
    }
}

/// A bench with a Discord on which both channels asked for every paper.
struct Post {
    bench: Bench,
    discord: Discord,
    adapter: Arc<dyn ChatPlatform>,
    stop: CancellationToken,
}

impl Post {
    async fn new(papers: &[&str]) -> Self {
        let bench = Bench::new().await;
        let discord = Discord::start(&CHANNELS).await;
        let adapter: Arc<dyn ChatPlatform> = Arc::new(
            adapter::Discord::new(&adapter::DiscordConfig {
                api_base: discord.base_url().parse().unwrap(),
                token: discord::TOKEN.into(),
                application_id: None,
                timeout: Duration::from_secs(5),
            })
            .unwrap()
            // Nothing more would be allowed while the clock of a test stands still.
            .with_per_second(u32::MAX),
        );
        for channel in CHANNELS {
            let channel = ChannelId::parse(Platform::Discord, channel).unwrap();
            let query = "robot".parse().unwrap();
            let now = bench.clock.now();
            bench.store.subscribe(Platform::Discord, &channel, &query, "test", now).await.unwrap();
        }
        bench.hub.list(TODAY, rows(papers).into_iter().map(|row| row.title("Robots at work")));
        bench.poller(0).poll().await.unwrap();
        let router = Router::new(bench.store.clone(), bench.clock.clone(), [adapter.clone()], MAX_AGE, 300);
        step_until_idle(&router).await.unwrap();
        Self { bench, discord, adapter, stop: CancellationToken::new() }
    }

    /// A sender as one process has it.
    fn sender(&self, owner: &str) -> Sender {
        let (store, clock) = (self.bench.store.clone(), self.bench.clock.clone());
        Sender::new(
            store,
            clock,
            [self.adapter.clone()],
            settings(owner),
            Arc::new(Notify::new()),
            self.stop.clone(),
        )
    }

    /// Sends what is due now, at the pace that Discord asks for.
    async fn send(&self, owner: &str) {
        self.drive(&self.sender(owner)).await;
    }

    async fn drive(&self, sender: &Sender) {
        let clock = &self.bench.clock;
        loop {
            match sender.step().await.unwrap() {
                Step::Worked => {}
                Step::Idle { until: Some(until) } if until <= clock.now() + PACE => {
                    clock.advance(until.duration_since(clock.now()).unsigned_abs());
                }
                Step::Idle { .. } => return,
            }
        }
    }

    async fn deliveries(&self, state: DeliveryState) -> Vec<DeliveryRecord> {
        let filter = DeliveryFilter { state: Some(state), ..DeliveryFilter::default() };
        self.bench.store.deliveries(&filter).await.unwrap()
    }

    fn seen(&self, channel: &str) -> Vec<String> {
        let ids = self.discord.messages(channel).into_iter().map(|message| message.url.unwrap());
        ids.map(|url| url.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn each_channel_gets_its_papers_in_listing_order() {
    let post = Post::new(&["2608.00003", "2608.00001", "2608.00002"]).await;
    post.send("one").await;
    for channel in CHANNELS {
        assert_eq!(post.seen(channel), ["2608.00003", "2608.00001", "2608.00002"]);
    }
}

#[tokio::test]
async fn a_paper_that_must_wait_holds_back_its_own_channel_and_no_other() {
    let post = Post::new(&["2608.00001", "2608.00002"]).await;
    let refused = Answer::json(403, &serde_json::json!({"message": "odd", "code": 1}));
    post.discord.faults().on(CHANNELS[0], Fault::Refuse(refused));
    post.send("one").await;
    let sender = post.sender("one");
    assert_eq!(post.seen(CHANNELS[0]), [""; 0]);
    assert_eq!(post.seen(CHANNELS[1]), ["2608.00001", "2608.00002"]);
    let Step::Idle { until: Some(until) } = sender.step().await.unwrap() else {
        panic!("it waits for the retry")
    };
    let wait = until.duration_since(post.bench.clock.now()).unsigned_abs();
    assert!((Duration::from_secs(4)..=Duration::from_secs(6)).contains(&wait), "{wait:?}");
    post.bench.clock.advance(wait);
    post.send("one").await;
    assert_eq!(post.seen(CHANNELS[0]), ["2608.00001", "2608.00002"]);
}

#[tokio::test]
async fn what_waited_too_long_comes_in_a_catch_up_roundup_and_says_so() {
    let post = Post::new(&["2608.00001"]).await;
    post.bench.clock.advance(MAX_AGE);
    post.send("one").await;
    let seen: Vec<_> = post.discord.all().into_iter().filter_map(|message| message.title).collect();
    let heading = "Catch-up of Sat, 22 Aug 2026: 1 paper that could not be posted in time";
    assert_eq!(seen, [heading; CHANNELS.len()]);
    let skipped = post.deliveries(DeliveryState::Skipped).await;
    assert_eq!(skipped.len(), CHANNELS.len());
    assert!(skipped[0].reason.as_deref().unwrap().contains("catch-up roundup"));
}

#[tokio::test]
async fn papers_that_wait_together_go_as_one_message_where_that_is_set() {
    let papers = ["2608.00001", "2608.00002", "2608.00003"];
    let post = Post::new(&papers).await;
    let (store, clock) = (post.bench.store.clone(), post.bench.clock.clone());
    let settings = SendSettings { group: 2, ..settings("one") };
    let wake = Arc::new(Notify::new());
    let sender = Sender::new(store, clock, [post.adapter.clone()], settings, wake, post.stop.clone());
    post.discord.faults().next(Fault::CutAfter);
    post.drive(&sender).await;
    post.bench.clock.advance(Duration::from_secs(30));
    post.drive(&sender).await;
    for channel in CHANNELS {
        let messages = post.discord.messages(channel);
        let shown: Vec<usize> =
            messages.iter().map(|message| message.raw["embeds"].as_array().unwrap().len()).collect();
        assert_eq!(shown, [2, 1], "also where the answer was lost");
    }
    let sent = post.deliveries(DeliveryState::Sent).await;
    assert_eq!(sent.len(), papers.len() * CHANNELS.len());
    let messages: std::collections::BTreeSet<_> = sent.iter().map(|d| d.message_id.clone()).collect();
    assert_eq!(messages.len(), 2 * CHANNELS.len());
}

#[tokio::test]
async fn an_answer_lost_behind_a_crash_is_settled_by_the_nonce_in_time_and_never_repeated_after() {
    for (away, expected) in [(30, DeliveryState::Sent), (300, DeliveryState::Ambiguous)] {
        let post = Post::new(&["2608.00001"]).await;
        let store = &post.bench.store;
        let lease = Duration::from_mins(1);
        let held =
            store.claim("dead", &Platform::ALL, 1, lease, post.bench.clock.now()).await.unwrap().remove(0);
        assert!(store.intent(&held, post.bench.clock.now()).await.unwrap());
        let bytes = paperwire::chat::Post {
            channel: &held.channel,
            delivery: held.id,
            body: &held.body,
            plain: false,
        };
        post.adapter.send(bytes).await;
        post.bench.clock.advance(Duration::from_secs(away));
        post.discord.advance(Duration::from_secs(away));
        post.send("next").await;
        assert_eq!(post.seen(held.channel.as_str()), ["2608.00001"], "after {away} s");
        let states: Vec<_> = post.deliveries(expected).await.into_iter().map(|d| d.id).collect();
        assert!(states.contains(&held.id), "after {away} s");
    }
}

#[tokio::test]
async fn after_the_signal_to_stop_nothing_new_is_claimed() {
    let post = Post::new(&["2608.00001"]).await;
    post.stop.cancel();
    step_until_idle(&post.sender("one")).await.unwrap();
    assert_eq!(post.discord.all(), []);
    assert_eq!(post.deliveries(DeliveryState::Pending).await.len(), CHANNELS.len());
}

#[tokio::test]
async fn a_wall_clock_that_jumps_by_most_of_a_day_doubles_and_loses_nothing() {
    let papers = ["2608.00001", "2608.00002", "2608.00003"];
    let jump = Duration::from_hours(20);
    let post = Post::new(&papers).await;
    post.discord.faults().on(CHANNELS[0], Fault::CutAfter);
    post.send("one").await;
    assert_eq!(post.seen(CHANNELS[0]), papers[..1]);
    for _ in 0..3 {
        post.bench.clock.set_back(jump);
        post.send("two").await;
        post.bench.clock.advance(jump + Duration::from_mins(2));
        post.send("three").await;
    }
    for channel in CHANNELS {
        assert_eq!(post.seen(channel), papers);
    }
    let all = post.bench.store.deliveries(&DeliveryFilter::default()).await.unwrap();
    assert!(all.iter().all(|delivery| delivery.state.is_final()), "{all:?}");
}
