//! What is read, what is kept and when the source is asked again.

use std::time::Duration;

use jiff::{ToSpan, civil::date};
use paperwire::pipeline::{Stage as _, Step};

use super::{Bench, INTERVAL, TODAY, rows, step_and_wait};
use crate::worlds::hub::{Fault, paper};

#[tokio::test]
async fn a_fresh_installation_takes_todays_listing_and_nothing_older() {
    let bench = Bench::new().await;
    bench.hub.list(TODAY, rows(&["2608.00002"]));
    bench.hub.list(TODAY.yesterday().unwrap(), rows(&["2608.00001"]));
    let report = bench.poller(0).poll().await.unwrap();
    assert_eq!((report.from, report.to, report.new), (TODAY, TODAY, 1));
    assert_eq!(bench.stored().await, ["2608.00002"]);
    assert_eq!(bench.postable().await, ["2608.00002"]);
}

#[tokio::test]
async fn later_polls_never_reach_behind_the_first_days_backlog() {
    let bench = Bench::new().await;
    bench.hub.list(TODAY.yesterday().unwrap(), rows(&["2608.00001"]));
    bench.poller(0).poll().await.unwrap();
    bench.next_day();
    let report = bench.poller(0).poll().await.unwrap();
    assert_eq!((report.from, report.to), (TODAY, TODAY.tomorrow().unwrap()));
    assert!(bench.stored().await.is_empty());
}

#[tokio::test]
async fn a_backlog_is_taken_in_listing_order_the_oldest_day_first() {
    let bench = Bench::new().await;
    bench.hub.list(TODAY, [paper("2608.00003").upvotes(1), paper("2608.00004").upvotes(9)]);
    bench.hub.list(date(2026, 8, 19), rows(&["2608.00001"]));
    bench.hub.list(date(2026, 8, 18), rows(&["2608.00000"]));
    bench.poller(2).poll().await.unwrap();
    assert_eq!(bench.postable().await, ["2608.00001", "2608.00004", "2608.00003"]);
}

#[tokio::test]
async fn a_paper_that_a_past_day_gets_late_is_found_and_posted() {
    let bench = Bench::new().await;
    bench.poller(0).poll().await.unwrap();
    (0..4).for_each(|_| bench.next_day());
    bench.hub.list(TODAY, rows(&["2608.00009"]));
    bench.poller(0).poll().await.unwrap();
    assert_eq!(bench.postable().await, ["2608.00009"]);
}

#[tokio::test]
async fn days_missed_while_it_was_down_are_read_but_not_posted_weeks_late() {
    let bench = Bench::new().await;
    bench.poller(0).poll().await.unwrap();
    bench.hub.list(TODAY.tomorrow().unwrap(), rows(&["2608.00005"]));
    bench.hub.list(TODAY.checked_add(20.days()).unwrap(), rows(&["2609.00006"]));
    (0..30).for_each(|_| bench.next_day());
    bench.poller(0).poll().await.unwrap();
    assert_eq!(bench.stored().await, ["2609.00006", "2608.00005"]);
    assert_eq!(bench.postable().await, ["2609.00006"]);
}

#[tokio::test]
async fn fetching_old_days_by_hand_stores_them_without_posting() {
    let bench = Bench::new().await;
    bench.hub.list(date(2026, 8, 10), rows(&["2608.00001"]));
    bench.hub.list(TODAY, rows(&["2608.00002"]));
    let report = bench.poller(0).poll_days(date(2026, 8, 10), TODAY).await.unwrap();
    assert_eq!(report.new, 2);
    assert_eq!(bench.postable().await, ["2608.00002"]);
}

#[tokio::test]
async fn an_unchanged_day_is_asked_for_conditionally_and_changed_votes_are_kept() {
    let bench = Bench::new().await;
    bench.hub.list(TODAY, [paper("2608.00001").upvotes(1)]);
    let poller = bench.poller(0);
    poller.poll().await.unwrap();
    let again = poller.poll().await.unwrap();
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 0));
    assert_eq!(bench.hub.asked().last().unwrap().status, 304);
    bench.hub.list(TODAY, [paper("2608.00001").upvotes(5)]);
    bench.clock.advance(INTERVAL);
    let changed = poller.poll().await.unwrap();
    assert_eq!((changed.new, changed.changed), (0, 1));
    let id = "2608.00001".parse().unwrap();
    let known = bench.store.paper(&id).await.unwrap().unwrap();
    assert_eq!((known.revision, known.counters.upvotes), (2, Some(5)));
    let history = bench.store.counter_history(known.key).await.unwrap();
    assert_eq!(history.iter().map(|s| s.counters.upvotes).collect::<Vec<_>>(), [Some(1), Some(5)]);
}

#[tokio::test]
async fn a_quiet_weekend_is_no_failure() {
    let bench = Bench::new().await;
    bench.next_day();
    let report = bench.poller(0).poll().await.unwrap();
    assert_eq!((report.new, report.bad_rows), (0, 0));
    let state = bench.store.source_state(paperwire::sources::HuggingFace::NAME).await.unwrap().unwrap();
    assert_eq!((state.failure, state.failures), (None, 0));
}

#[tokio::test]
async fn after_a_poll_it_waits_for_the_interval() {
    let bench = Bench::new().await;
    let wait = step_and_wait(&bench.poller(0), &bench.clock).await;
    assert!((INTERVAL..INTERVAL.mul_f64(1.06)).contains(&wait), "{wait:?}");
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_a_day_does_not_stop_it_for_a_day() {
    let bench = Bench::new().await;
    let poller = bench.poller(0);
    step_and_wait(&poller, &bench.clock).await;
    bench.clock.set_back(Duration::from_secs(30));
    assert!(matches!(poller.step().await.unwrap(), Step::Idle { .. }), "the same clock, corrected");
    bench.clock.set_back(Duration::from_hours(24));
    assert_eq!(poller.step().await.unwrap(), Step::Worked);
}

#[tokio::test]
async fn failures_are_waited_out_longer_each_time_and_told() {
    let bench = Bench::new().await;
    bench.hub.list(TODAY, rows(&["2608.00001"]));
    let poller = bench.poller(0);
    let mut waits = Vec::new();
    for _ in 0..3 {
        bench.hub.fail(Fault::Status(500, Vec::new()));
        let wait = step_and_wait(&poller, &bench.clock).await;
        waits.push(wait.as_secs());
        bench.clock.advance(wait);
    }
    // Longer waits are spread, and kept off the full minute.
    assert!(waits[0] >= 30 && waits[1] >= 60 && waits[2] >= 120, "{waits:?}");
    assert!(waits[0] <= 32 && waits[1] <= 120 && waits[2] <= 180, "{waits:?}");
    let state = bench.store.source_state(paperwire::sources::HuggingFace::NAME).await.unwrap().unwrap();
    assert_eq!(state.failures, 3);
    assert!(state.failure.unwrap().contains("huggingface"));
    step_and_wait(&poller, &bench.clock).await;
    assert_eq!(bench.postable().await, ["2608.00001"]);
}

#[tokio::test]
async fn the_wait_that_the_source_asks_for_wins() {
    let bench = Bench::new().await;
    bench.hub.fail(Fault::Status(429, vec![("retry-after", "222".to_owned())]));
    let wait = step_and_wait(&bench.poller(0), &bench.clock).await;
    assert!((Duration::from_secs(222)..=Duration::from_secs(290)).contains(&wait), "{wait:?}");
}
