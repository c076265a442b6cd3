//! Subscriptions that ask for numbers, over the days in which the numbers move.

use std::time::Duration;

use paperwire::clock::Clock as _;
use paperwire::pipeline::step_until_idle;

use super::{Bench, TODAY};
use crate::worlds::hub::paper;

impl Bench {
    /// The paper's votes as the source shows them at the next poll, and what the router makes of it.
    async fn vote(&self, votes: u32) {
        self.clock.advance(Duration::from_mins(10));
        self.hub.set_today(self.clock.today());
        self.hub.list(TODAY, [paper("2608.00001").title("Robots at work").upvotes(votes)]);
        self.poller(0).poll().await.unwrap();
        step_until_idle(&self.router()).await.unwrap();
    }
}

#[tokio::test]
async fn a_threshold_fires_when_it_becomes_true_and_never_again() {
    let bench = Bench::new().await;
    bench.subscribe("lab", "robot upvotes>=50").await;
    bench.vote(3).await;
    assert_eq!(bench.queued().await, [""; 0]);
    bench.vote(49).await;
    assert_eq!(bench.queued().await, [""; 0]);
    for votes in [50, 80, 40, 60] {
        bench.vote(votes).await;
        assert_eq!(bench.queued().await, ["lab 2608.00001"], "at {votes} votes");
    }
}

#[tokio::test]
async fn a_threshold_that_is_true_at_first_sight_fires_at_once() {
    let bench = Bench::new().await;
    bench.subscribe("lab", "upvotes>=50").await;
    bench.vote(50).await;
    assert_eq!(bench.queued().await, ["lab 2608.00001"]);
}

#[tokio::test]
async fn a_threshold_does_not_fire_for_what_was_true_before_anybody_asked() {
    let bench = Bench::new().await;
    bench.vote(70).await;
    bench.subscribe("lab", "upvotes>=50").await;
    bench.subscribe("later", "upvotes>=100").await;
    bench.vote(90).await;
    assert_eq!(bench.queued().await, [""; 0]);
    bench.vote(100).await;
    assert_eq!(bench.queued().await, ["later 2608.00001"]);
}

#[tokio::test]
async fn a_rise_fires_days_after_the_listing() {
    let bench = Bench::new().await;
    bench.subscribe("lab", "upvotes+24h>=30").await;
    bench.vote(40).await;
    for votes in [50, 60, 69] {
        bench.clock.advance(Duration::from_hours(30));
        bench.vote(votes).await;
    }
    assert_eq!(bench.queued().await, [""; 0], "never thirty in a day");
    bench.clock.advance(Duration::from_hours(3));
    bench.vote(90).await;
    assert_eq!(bench.queued().await, ["lab 2608.00001"]);
}

#[tokio::test]
async fn a_channel_that_has_the_paper_already_does_not_get_it_again_for_its_numbers() {
    let bench = Bench::new().await;
    bench.subscribe("lab", "robot").await;
    bench.subscribe("lab", "upvotes>=50").await;
    bench.subscribe("hits", "upvotes>=50").await;
    bench.vote(3).await;
    bench.vote(70).await;
    assert_eq!(bench.queued().await, ["lab 2608.00001", "hits 2608.00001"]);
}
