//! Many ends and starts: told to stop with work on its way, and killed again and again at the start.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};

use super::{Database, Rig, until};
use crate::worlds::loopback::{Fault, Held};

/// Installations, and how often each of them is stopped.
const RIGS: usize = 10;
const STOPS: usize = 10;
const AT_ONCE: usize = 4;
/// How long an end in order may take.
const DRAIN: Duration = Duration::from_secs(20);

/// Stops one installation again and again, each time with a message in another state of its way.
async fn stop_again_and_again(seed: usize) -> Duration {
    let mut random = fastrand::Rng::with_seed(seed as u64);
    let database = if seed.is_multiple_of(2) { Database::Sqlite } else { Database::Postgres };
    let mut rig = Rig::subscribed(database, 2).await;
    rig.slack.grant_history();
    let mut longest = Duration::ZERO;
    for stop in 0..STOPS {
        let told = format!("installation {seed}, stop {stop}");
        let held = Held::new();
        let waits = random.bool();
        if waits {
            rig.discord.faults().next(Fault::Hold(held.clone()));
        }
        let before = rig.visible();
        rig.list(1);
        let serve = rig.serve();
        if waits {
            held.reached().await;
        } else {
            let some = before + random.usize(1..=2);
            until("some of it is there", async || rig.visible() >= some).await;
        }
        serve.tell_to_stop().await;
        let since = Instant::now();
        if waits {
            held.release();
        }
        let (status, log) = serve.ended().await;
        longest = longest.max(since.elapsed());
        assert!(
            status.success() && since.elapsed() < DRAIN,
            "{told}: {status} after {:?}\n{log}",
            since.elapsed()
        );
    }
    let told = format!("installation {seed}");
    rig.settle(&told).await.holds(&rig, &told, false);
    longest
}

#[tokio::test]
async fn a_hundred_stops_with_work_on_its_way_end_in_time_and_double_nothing() {
    let stops: Vec<Duration> =
        stream::iter(0..RIGS).map(stop_again_and_again).buffer_unordered(AT_ONCE).collect().await;
    println!("the longest of {} stops took {:?}", RIGS * STOPS, stops.into_iter().max().unwrap());
}

#[tokio::test]
async fn a_storm_of_restarts_doubles_and_loses_nothing() {
    for database in [Database::Sqlite, Database::Postgres] {
        let mut rig = Rig::subscribed(database, 2).await;
        rig.slack.grant_history();
        rig.list(2);
        for _ in 0..20 {
            let serve = rig.serve();
            until("it has begun", async || serve.log().contains("Paperwire ")).await;
            serve.kill().await;
        }
        rig.settle("after the storm").await.holds(&rig, "after the storm", false);
    }
}
