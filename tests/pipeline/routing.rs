//! From a stored paper to its deliveries.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paperwire::chat::{
    ChatPlatform,
    sandbox::{Sandbox, SandboxLedger},
};
use paperwire::clock::Clock as _;
use paperwire::domain::{Cadence, ChannelId, DeliveryId, Platform, Style, SubscriptionId};
use paperwire::message::{Message, why_sentence};
use paperwire::pipeline::{Router, step_until_idle};
use paperwire::store::{DeliveryFilter, NewSubscription, PaperFilter};

use super::{Bench, TODAY};
use crate::worlds::hub::{PaperRow, paper};

/// Nothing is sent in these tests.
pub struct Nowhere;

#[async_trait]
impl SandboxLedger for Nowhere {
    async fn post(&self, _: DeliveryId, _: &ChannelId, _: &str) -> anyhow::Result<i64> {
        anyhow::bail!("the routing tests send nothing")
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

impl Bench {
    pub fn router(&self) -> Router {
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Nowhere)));
        Router::new(self.store.clone(), self.clock.clone(), [sandbox], Duration::from_hours(24), 300)
    }

    pub async fn subscribe(&self, channel: &str, query: &str) -> SubscriptionId {
        let channel = ChannelId::parse(Platform::Sandbox, channel).unwrap();
        let query = query.parse().unwrap();
        let made = self.store.subscribe(Platform::Sandbox, &channel, &query, "test", self.clock.now()).await;
        made.unwrap().subscription().id
    }

    /// Lists papers for today and polls them in.
    async fn list(&self, rows: impl IntoIterator<Item = PaperRow>) {
        self.hub.list(TODAY, rows);
        self.poller(0).poll().await.unwrap();
    }

    /// Every delivery as `channel paper`, in the order of the outbox.
    pub async fn queued(&self) -> Vec<String> {
        let deliveries = self.store.deliveries(&DeliveryFilter::default()).await.unwrap();
        deliveries.iter().map(|d| format!("{} {}", d.destination.channel, d.paper)).collect()
    }
}

#[tokio::test]
async fn a_paper_goes_to_every_channel_that_asked_and_to_no_other() {
    let bench = Bench::new().await;
    bench.subscribe("robots", "robot").await;
    bench.subscribe("all", "robot OR protein").await;
    bench.subscribe("none", "cooking").await;
    bench
        .list([paper("2608.00001").title("Robots at work"), paper("2608.00002").title("Protein folding")])
        .await;
    step_until_idle(&bench.router()).await.unwrap();
    assert_eq!(bench.queued().await, ["robots 2608.00001", "all 2608.00001", "all 2608.00002"]);
}

#[tokio::test]
async fn two_subscriptions_of_one_channel_make_one_delivery_with_both_reasons() {
    let bench = Bench::new().await;
    bench.subscribe("lab", "robot").await;
    bench.subscribe("lab", "ti:work").await;
    bench.list([paper("2608.00001").title("Robots at work")]).await;
    step_until_idle(&bench.router()).await.unwrap();
    let deliveries = bench.store.deliveries(&DeliveryFilter::default()).await.unwrap();
    assert_eq!(deliveries.len(), 1);
    assert_eq!(why_sentence(&deliveries[0].why), "Matches “robot” in the title; “work” in the title");
}

#[tokio::test]
async fn a_paper_seen_again_with_other_votes_is_not_routed_again() {
    let bench = Bench::new().await;
    bench.subscribe("lab", "robot").await;
    let router = bench.router();
    for votes in [1, 7] {
        bench.list([paper("2608.00001").title("Robots at work").upvotes(votes)]).await;
        step_until_idle(&router).await.unwrap();
    }
    assert_eq!(bench.queued().await, ["lab 2608.00001"]);
}

#[tokio::test]
async fn a_running_router_sees_subscriptions_come_pause_and_go() {
    let bench = Bench::new().await;
    let router = bench.router();
    let first = bench.subscribe("lab", "robot").await;
    bench.list([paper("2608.00001").title("Robots one")]).await;
    step_until_idle(&router).await.unwrap();
    bench.store.pause_subscription(first, bench.clock.now()).await.unwrap();
    bench.list([paper("2608.00002").title("Robots two")]).await;
    step_until_idle(&router).await.unwrap();
    bench.store.resume_subscription(first).await.unwrap();
    bench.list([paper("2608.00003").title("Robots three")]).await;
    step_until_idle(&router).await.unwrap();
    bench.store.unsubscribe(first).await.unwrap();
    bench.list([paper("2608.00004").title("Robots four")]).await;
    step_until_idle(&router).await.unwrap();
    assert_eq!(bench.queued().await, ["lab 2608.00001", "lab 2608.00003"]);
    assert_eq!(bench.store.unrouted(10).await.unwrap(), []);
}

#[tokio::test]
async fn a_subscription_does_not_reach_back_to_papers_routed_before_it() {
    let bench = Bench::new().await;
    let router = bench.router();
    bench.list([paper("2608.00001").title("Robots one")]).await;
    step_until_idle(&router).await.unwrap();
    bench.subscribe("lab", "robot").await;
    step_until_idle(&router).await.unwrap();
    assert_eq!(bench.queued().await, Vec::<String>::new());
    assert_eq!(
        bench.store.papers(&PaperFilter { day: Some(TODAY), ..PaperFilter::default() }).await.unwrap().len(),
        1
    );
}

impl Bench {
    async fn wish(&self, channel: &str, query: &str, when: Cadence, style: Style) {
        let (channel, query) =
            (ChannelId::parse(Platform::Sandbox, channel).unwrap(), query.parse().unwrap());
        let wish = NewSubscription {
            platform: Platform::Sandbox,
            channel: &channel,
            workspace: None,
            query: &query,
            when: Some(when),
            style: Some(style),
            owner: "test",
        };
        self.store.subscribe_as(&wish, self.clock.now()).await.unwrap();
    }
}

#[tokio::test]
async fn what_daily_and_weekly_subscriptions_match_is_collected_and_not_posted() {
    let bench = Bench::new().await;
    bench.wish("lab", "robot", Cadence::Daily, Style::Card).await;
    bench.wish("lab", "protein", Cadence::Instant, Style::Card).await;
    bench
        .list([
            paper("2608.00001").title("Robots at work"),
            paper("2608.00002").title("Protein folding"),
            paper("2608.00003").title("Robots that fold protein"),
        ])
        .await;
    step_until_idle(&bench.router()).await.unwrap();
    assert_eq!(bench.queued().await, ["lab 2608.00002", "lab 2608.00003"]);
    let deliveries = bench.store.deliveries(&DeliveryFilter::default()).await.unwrap();
    assert_eq!(why_sentence(&deliveries[1].why), "Matches “protein” in the title");
    let lab = deliveries[0].destination.id;
    let since = bench.clock.now() - Duration::from_hours(1);
    let (collected, total) = bench.store.waiting(lab, Cadence::Daily, since, 9).await.unwrap();
    let papers: Vec<String> = collected.iter().map(|found| found.paper.id.to_string()).collect();
    assert_eq!((papers.len(), total), (2, 2), "{papers:?}");
}

#[tokio::test]
async fn a_paper_comes_in_the_richest_style_that_is_asked_for_it() {
    let bench = Bench::new().await;
    bench.wish("lines", "robot", Cadence::Instant, Style::Line).await;
    bench.wish("cards", "robot", Cadence::Instant, Style::Line).await;
    bench.wish("cards", "work", Cadence::Instant, Style::Card).await;
    bench.wish("cards", "ti:robots", Cadence::Daily, Style::Full).await;
    bench.wish("whole", "robot", Cadence::Instant, Style::Full).await;
    bench.wish("whole", "work", Cadence::Instant, Style::Line).await;
    let row = paper("2608.00001").title("Robots at work").set("/paper/ai_summary", "Short.");
    bench.list([row.abstract_text("The whole of it.")]).await;
    step_until_idle(&bench.router()).await.unwrap();
    let now = bench.clock.now();
    let mut seen = Vec::new();
    for claimed in
        bench.store.claim("test", &[Platform::Sandbox], 9, Duration::from_mins(1), now).await.unwrap()
    {
        let message: Message = serde_json::from_str(&claimed.body).unwrap();
        let (kind, card) = match message {
            Message::Line(card) => ("line", card),
            Message::Paper(card) => ("paper", card),
            Message::Roundup(_) | Message::Group(_) => panic!("the router makes messages of one paper"),
        };
        seen.push((claimed.channel.to_string(), kind, card.text));
    }
    seen.sort();
    let expected =
        [("cards", "paper", "Short."), ("lines", "line", "Short."), ("whole", "paper", "The whole of it.")];
    assert_eq!(seen, expected.map(|(channel, kind, text)| (channel.to_owned(), kind, text.to_owned())));
}

#[tokio::test]
async fn a_running_router_notices_that_a_timed_pause_is_over() {
    let bench = Bench::new().await;
    let router = bench.router();
    bench.subscribe("lab", "robot").await;
    let channel = ChannelId::parse(Platform::Sandbox, "lab").unwrap();
    let now = bench.clock.now();
    let until = now + Duration::from_hours(1);
    bench.store.pause(Platform::Sandbox, &channel, None, Some(until), now).await.unwrap();
    for (id, minutes) in [("2608.00001", 0), ("2608.00002", 59), ("2608.00003", 1), ("2608.00004", 1)] {
        bench.clock.advance(Duration::from_mins(minutes));
        bench.list([paper(id).title("Robots at work")]).await;
        step_until_idle(&router).await.unwrap();
    }
    assert_eq!(bench.queued().await, ["lab 2608.00003", "lab 2608.00004"]);
}
