//! From a stored paper to its deliveries.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paperwire::chat::{
    ChatPlatform,
    sandbox::{Sandbox, SandboxLedger},
};
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, DeliveryId, Platform, SubscriptionId};
use paperwire::message::why_sentence;
use paperwire::pipeline::{Router, step_until_idle};
use paperwire::store::{DeliveryFilter, PaperFilter};

use super::{Bench, TODAY};
use crate::worlds::hub::{PaperRow, paper};

/// Nothing is sent in these tests.
struct Nowhere;

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
