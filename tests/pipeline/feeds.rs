//! Feeds from poll to poll: what is news, what is not, and that none harms another.

use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan;
use paperwire::clock::Clock;
use paperwire::domain::SourceName;
use paperwire::pipeline::{PollSettings, Poller};
use paperwire::sources::fetch::SystemLookup;
use paperwire::sources::{Feed, FetchConfig, Fetcher};

use super::{Bench, INTERVAL, TODAY, step_and_wait};
use crate::worlds::feeds::{Feeds, Item, item};
use crate::worlds::hub::Fault;

/// A poller of the feed with this number, at `/feed-NUMBER`.
pub(super) fn poller(bench: &Bench, world: &Feeds, number: i64) -> Poller {
    let clock = bench.clock.clone() as Arc<dyn Clock>;
    let config =
        FetchConfig { allow: vec![world.host().parse().unwrap()], ..FetchConfig::new("Paperwire-Test/0.1") };
    let fetcher = Fetcher::with(config, Arc::new(SystemLookup), clock.clone()).unwrap();
    let feed = Arc::new(
        Feed::new(number, fetcher, world.url(&format!("/feed-{number}")), clock.clone()).every(INTERVAL),
    );
    Poller::new(
        bench.store.clone(),
        clock,
        feed,
        PollSettings { interval: INTERVAL, backlog_days: 0, reread_days: 0 },
    )
}

/// Polls a feed that had `before` and then has `after`; the ids of what would be posted.
async fn news(before: &[Item], after: &[Item]) -> Vec<String> {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    world.list("/feed-1", before);
    poller(&bench, &world, 1).poll().await.unwrap();
    assert!(bench.postable().await.is_empty(), "a first poll posts nothing");
    world.list("/feed-1", after);
    poller(&bench, &world, 1).poll().await.unwrap();
    bench.postable().await
}

fn page(number: u32) -> String {
    format!("https://journal.example/papers/{number}")
}

#[tokio::test]
async fn what_stands_there_at_first_is_known_and_what_comes_later_is_news() {
    assert_eq!(news(&[item(1), item(2)], &[item(3), item(1), item(2)]).await, [page(3)]);
    assert_eq!(news(&[], &[item(1)]).await, [page(1)]);
}

#[tokio::test]
async fn a_first_poll_that_failed_is_no_first_poll() {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    world.list("/feed-1", &[item(1)]);
    world.fail("/feed-1", Fault::Status(500, vec![]));
    let poller = poller(&bench, &world, 1);
    poller.poll().await.unwrap_err();
    bench.clock.advance(Duration::from_hours(1));
    poller.poll().await.unwrap();
    assert!(bench.postable().await.is_empty());
    world.list("/feed-1", &[item(2), item(1)]);
    poller.poll().await.unwrap();
    assert_eq!(bench.postable().await, [page(2)]);
}

#[tokio::test]
async fn a_mended_item_is_no_new_item() {
    let before = [item(1)];
    for after in [
        item(1).title("Another title"),
        item(1).guid("of-another-scheme"),
        item(1).date("Fri, 21 Aug 2026 05:59:00 GMT"),
        item(1).link(&format!("{}?utm_source=rss&amp;utm_medium=feed#top", page(1))),
    ] {
        assert_eq!(news(&before, std::slice::from_ref(&after)).await, Vec::<String>::new(), "{after:?}");
    }
}

#[tokio::test]
async fn an_item_twice_in_one_answer_is_one_paper() {
    assert_eq!(news(&[], &[item(1), item(1), item(1).title("Again")]).await, [page(1)]);
}

#[tokio::test]
async fn a_feed_that_shrinks_and_grows_again_has_no_news() {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    let poller = poller(&bench, &world, 1);
    for items in [&[item(1), item(2), item(3)][..], &[item(3)], &[], &[item(1), item(2), item(3)]] {
        world.list("/feed-1", items);
        poller.poll().await.unwrap();
    }
    assert_eq!((bench.postable().await.len(), bench.stored().await.len()), (0, 3));
}

#[tokio::test]
async fn new_is_what_is_seen_first_and_not_weeks_old_whatever_its_date_says() {
    let after = [
        item(2).date("Thu, 13 Aug 2026 00:00:00 GMT"),
        item(3).date("Fri, 01 May 2026 00:00:00 GMT"),
        item(4).date("Fri, 31 Dec 9999 00:00:00 GMT"),
        item(5).date("Thu, 01 Jan 1970 00:00:00 GMT"),
        item(6).date("nonsense"),
    ];
    let posted = news(&[item(1)], &after).await;
    assert_eq!(posted, [page(2), page(4), page(5), page(6)]);
}

#[tokio::test]
async fn an_item_of_two_feeds_is_one_paper() {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    for number in [1, 2] {
        world.list(&format!("/feed-{number}"), &[item(9)]);
        poller(&bench, &world, number).poll().await.unwrap();
    }
    world.list("/feed-1", &[item(1), item(9)]);
    world.list("/feed-2", &[item(1).guid("other").title("Other spelling"), item(9)]);
    for number in [2, 1, 2] {
        poller(&bench, &world, number).poll().await.unwrap();
    }
    assert_eq!(bench.postable().await, [page(1)]);
}

#[tokio::test]
async fn a_bad_feed_harms_no_other_and_backs_off_alone() {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    world.list("/feed-1", &[item(1)]);
    world.put("/feed-2", "text/html", "<!doctype html><p>Log in</p>");
    let (good, bad) = (poller(&bench, &world, 1), poller(&bench, &world, 2));
    let mut waits = Vec::new();
    for _ in 0..4 {
        waits.push(step_and_wait(&bad, &bench.clock).await);
        let wait = step_and_wait(&good, &bench.clock).await;
        assert!(wait >= INTERVAL, "the good feed keeps its pace");
        bench.clock.advance(Duration::from_hours(1));
    }
    assert!(waits.is_sorted() && waits[3] > waits[0], "{waits:?}");
    let state = |name| bench.store.source_state(SourceName(name));
    assert_eq!(state("feed-1").await.unwrap().unwrap().failure, None);
    let bad = state("feed-2").await.unwrap().unwrap();
    assert!(bad.failure.unwrap().ends_with("it is a web page and no feed"));
    assert_eq!((bad.failures, bad.polled_at), (4, None));
}

#[tokio::test]
async fn a_feed_that_was_silent_for_weeks_posts_what_is_young() {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    world.list("/feed-1", &[item(1)]);
    let poller = poller(&bench, &world, 1);
    poller.poll().await.unwrap();
    (0..30).for_each(|_| bench.next_day());
    let recent = TODAY.checked_add(25.days()).unwrap().to_string();
    world.list("/feed-1", &[item(3).date(&recent), item(2)]);
    let report = poller.poll().await.unwrap();
    assert_eq!((report.new, bench.postable().await), (2, vec![page(3)]));
}
