//! One request at a time and three seconds apart, whatever is asked and by whomever.

use std::sync::Arc;
use std::time::Duration;

use paperwire::clock::Clock as _;
use paperwire::sources::arxiv::{Lease as _, OwnLease, Standing, Turn};
use paperwire::sources::{FetchError, Source as _};

use super::{DAY, MORNING, World};
use crate::worlds::arxiv::paper;
use crate::worlds::hub::Fault;

#[tokio::test]
async fn two_processes_take_turns_over_one_lease() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "math.CO")]);
    let (one, two) = (world.source(&["math"]), world.source(&[]));
    let ids = ["2608.20001".parse().unwrap()];
    let began = world.clock.now();
    let (day, found) = tokio::join!(world.read(&one, DAY, None), two.lookup(&ids));
    assert_eq!((day.unwrap().listings.len(), found.unwrap().listings.len()), (1, 1));
    assert_eq!(world.arxiv.asked().len(), 9);
    assert!(world.clock.now().duration_since(began).as_secs() >= 24);
}

#[tokio::test]
async fn after_a_403_nobody_asks_for_hours_and_the_error_says_so() {
    let world = World::at(MORNING).await;
    world.arxiv.fail(Fault::Status(403, vec![]));
    let (one, two) = (world.source(&["cs.AI"]), world.source(&["cs.AI"]));
    let error = world.read(&one, DAY, None).await.unwrap_err();
    assert!(matches!(error.cause, FetchError::Rejected { .. }), "{error}");
    for source in [&one, &two] {
        let error = world.read(source, DAY, None).await.unwrap_err();
        assert!(matches!(error.cause, FetchError::Barred { .. }), "{error}");
        assert!(error.to_string().contains("forbidden us to ask (403)"), "{error}");
        assert!(error.retry_after().unwrap() > Duration::from_hours(2), "{error}");
    }
    assert_eq!(world.arxiv.asked().len(), 1);
    world.clock.advance(Duration::from_mins(181));
    world.arxiv.fail(Fault::Status(403, vec![]));
    world.read(&two, DAY, None).await.unwrap_err();
    assert_eq!(world.arxiv.asked().len(), 2);
    let error = world.read(&two, DAY, None).await.unwrap_err();
    assert!(error.retry_after().unwrap() > Duration::from_hours(5), "{error}");
}

#[tokio::test]
async fn a_wait_that_arxiv_asks_for_holds_for_all_its_hosts() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    for status in [429, 503] {
        world.arxiv.fail(Fault::Status(status, vec![("retry-after", "600".to_owned())]));
        let error = world.read(&world.source(&["cs.AI"]), DAY, None).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_mins(10)));
        let asked = world.arxiv.take_asked().len();
        let other = world.source(&["cs.AI"]);
        let error = other.lookup(&["2608.20001".parse().unwrap()]).await.unwrap_err();
        assert!(error.retry_after().unwrap() > Duration::from_mins(9), "{error}");
        assert_eq!((asked, world.arxiv.take_asked().len()), (1, 0));
        world.clock.advance(Duration::from_mins(11));
        assert_eq!(other.lookup(&["2608.20001".parse().unwrap()]).await.unwrap().listings.len(), 1);
        world.arxiv.take_asked();
    }
}

#[tokio::test]
async fn a_busy_answer_without_a_wait_is_waited_out_longer_each_time() {
    let world = World::at(MORNING).await;
    let source = world.source(&["cs.AI"]);
    let mut waits = Vec::new();
    for _ in 0..3 {
        world.arxiv.fail(Fault::Status(503, vec![]));
        world.read(&source, DAY, None).await.unwrap_err();
        let now = world.clock.now();
        let Turn::Later(free_at, standing) = world.lease.take(now, now).await.unwrap() else {
            panic!("it is not free")
        };
        assert_eq!(standing.denials, 0);
        let wait = free_at.duration_since(now).as_secs();
        waits.push(wait);
        world.clock.advance(Duration::from_secs(wait.unsigned_abs() + 10));
    }
    assert_eq!(waits, [30, 60, 120]);
}

#[tokio::test]
async fn a_turn_that_was_never_given_back_runs_out() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    let now = world.clock.now();
    world.lease.take(now, now + paperwire::sources::arxiv::gate::HOLD).await.unwrap();
    let day = world.read(&world.source(&["cs.AI"]), DAY, None).await.unwrap();
    assert_eq!(day.listings.len(), 1);
    assert!(world.clock.now().duration_since(now).as_secs() >= 200);
}

#[tokio::test]
async fn a_turn_is_only_given_back_by_whoever_holds_it() {
    let world = World::at(MORNING).await;
    let lease = Arc::new(OwnLease::default());
    let now = world.clock.now();
    let (first, second) = (now + Duration::from_secs(1), now + Duration::from_mins(5));
    assert_eq!(lease.take(now, first).await.unwrap(), Turn::Ours(Standing::default()));
    assert_eq!(lease.take(first, second).await.unwrap(), Turn::Ours(Standing::default()));
    lease.give_back(first, now, Standing { busy: 1, denials: 1 }).await.unwrap();
    assert_eq!(lease.take(first, second).await.unwrap(), Turn::Later(second, Standing::default()));
    assert_eq!(world.source(&[]).name().0, "arxiv");
}
