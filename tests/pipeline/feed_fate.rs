//! Feeds that are gone, that have moved, that refuse us and that ask for time.

use std::time::Duration;

use paperwire::store::FollowedFeed;

use super::feeds::poller;
use super::{Bench, step_and_wait};
use crate::worlds::feeds::{Feeds, item};
use crate::worlds::hub::Fault;

const PATH: &str = "/feed-1";
const HOUR: Duration = Duration::from_hours(1);

/// A feed that is followed as the first one.
async fn followed() -> (Bench, Feeds) {
    let (bench, world) = (Bench::new().await, Feeds::start().await);
    world.list(PATH, &[item(1)]);
    let url = world.url(PATH);
    bench.store.add_feed(url.as_str(), "The Journal", "cli", bench.now()).await.unwrap();
    (bench, world)
}

async fn feed(bench: &Bench) -> FollowedFeed {
    bench.store.feeds().await.unwrap().remove(0)
}

#[tokio::test]
async fn a_feed_that_is_gone_ends_at_once() {
    let (bench, world) = followed().await;
    let poller = poller(&bench, &world, 1);
    poller.poll().await.unwrap();
    world.fail(PATH, Fault::Status(410, vec![]));
    poller.poll().await.unwrap_err();
    let (at, why) = feed(&bench).await.ended.unwrap();
    assert_eq!((at, why.as_str()), (bench.now(), "its server says that it is gone for good (410)"));
}

#[tokio::test]
async fn a_feed_that_refuses_us_is_asked_less_and_ends_after_a_week() {
    let (bench, world) = followed().await;
    let poller = poller(&bench, &world, 1);
    poller.poll().await.unwrap();
    let mut waits = Vec::new();
    for refusal in 1..=11 {
        assert_eq!(feed(&bench).await.ended, None, "before refusal {refusal}");
        world.fail(PATH, Fault::Status(404, vec![]));
        let wait = step_and_wait(&poller, &bench.clock).await;
        waits.push(wait);
        bench.clock.advance(wait);
    }
    // Each is jittered a little.
    let hours: Vec<u64> = waits.iter().map(|wait| (wait.as_secs() + 1_800) / 3_600).collect();
    assert!(
        (1..=3).contains(&hours[0]) && hours[1] > hours[0] && (20..=28).contains(&hours[10]),
        "{hours:?}"
    );
    assert_eq!(feed(&bench).await.ended.unwrap().1, "its server has refused it for a week (404)");
}

#[tokio::test]
async fn eleven_refusals_in_a_day_of_restarts_end_nothing() {
    let (bench, world) = followed().await;
    for _ in 1..=12 {
        world.fail(PATH, Fault::Status(401, vec![]));
        poller(&bench, &world, 1).poll().await.unwrap_err();
        bench.clock.advance(HOUR);
    }
    assert_eq!(feed(&bench).await.ended, None);
}

#[tokio::test]
async fn a_feed_that_has_moved_for_good_is_followed_there_once_it_is_read_there_three_times() {
    let (bench, world) = followed().await;
    let there = world.url("/there");
    let moves = |status| Fault::Status(status, vec![("location", there.to_string())]);
    for (round, status) in [(1, 301), (2, 308), (3, 302), (4, 301), (5, 301), (6, 301)] {
        assert_ne!(feed(&bench).await.url, there.as_str(), "before answer {round}");
        world.list("/there", &[item(round)]);
        world.fail(PATH, moves(status));
        poller(&bench, &world, 1).poll().await.unwrap();
    }
    assert_eq!(feed(&bench).await.url, there.as_str());
}

#[tokio::test]
async fn a_move_to_something_that_is_no_feed_is_not_believed() {
    let (bench, world) = followed().await;
    world.put("/there", "text/html", "<html><body>Parked</body></html>");
    for _ in 0..4 {
        world.fail(PATH, Fault::Status(301, vec![("location", world.url("/there").to_string())]));
        poller(&bench, &world, 1).poll().await.unwrap_err();
    }
    assert_eq!(feed(&bench).await.url, world.url(PATH).as_str());
}

#[tokio::test]
async fn a_feed_that_stays_the_same_for_hours_is_asked_after_them() {
    let (bench, world) = followed().await;
    let poller = poller(&bench, &world, 1);
    world.fail(PATH, Fault::Headers(vec![("cache-control", "max-age=7200".to_owned())]));
    let wait = step_and_wait(&poller, &bench.clock).await;
    assert!((2 * HOUR..=2 * HOUR + Duration::from_mins(1)).contains(&wait), "{wait:?}");
}
