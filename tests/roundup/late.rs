//! A process that was away when a roundup was due, for any time.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::time;
use jiff::{Timestamp, ToSpan as _};
use paperwire::clock::Clock as _;
use paperwire::domain::{Cadence, Every, RoundupKind};
use paperwire::store::NewRoundup;

use super::sim::{Board, Channel, Replica};
use crate::store::{Database, HUB, listing, on_both};
use crate::worlds::clock::FakeClock;

const CHANNEL: Channel = Channel {
    name: "late",
    every: Every::Daily,
    at: time(7, 30, 0, 0),
    zone: "America/New_York",
    queries: &[("paper", Cadence::Daily)],
};
const HALF_A_DAY: i64 = 12 * 3_600;

/// A day at whose end one more paper is there.
struct World {
    db: Database,
    clock: Arc<FakeClock>,
    board: Arc<Board>,
    listed: usize,
}

impl World {
    async fn new(db: Database) -> Self {
        let clock = Arc::new(FakeClock::at("2026-10-20T00:00:00Z"));
        CHANNEL.open(&db.store, clock.now()).await;
        let board = Board::new(Arc::clone(&clock));
        Self { db, clock, board, listed: 0 }
    }

    /// Moves the clock forward to a time.
    fn sleep_until(&self, at: Timestamp) {
        self.clock.advance(Duration::try_from(at.duration_since(self.clock.now())).unwrap());
    }

    fn replica(&self) -> Replica {
        Replica::start(&self.db.store, &self.clock, &self.board, "one")
    }

    /// One more paper, listed by a source.
    async fn list(&mut self) {
        self.listed += 1;
        let paper = listing(&format!("2610.{:05}", self.listed));
        self.db.store.record(HUB, &[paper], crate::store::day(1), self.clock.now()).await.unwrap();
    }
}

on_both! {
    async fn what_is_late_is_made_up_within_12_hours_once_and_later_its_papers_wait_for_the_next(db: Database) {
        let mut world = World::new(db).await;
        let mut random = fastrand::Rng::with_seed(12);
        let edges = [0, 1, HALF_A_DAY - 1, HALF_A_DAY, HALF_A_DAY + 1, 23 * 3_600];
        let delays = edges.into_iter().chain((0..20).map(|_| random.i64(0..23 * 3_600)));
        let (mut waiting, mut kept) = (0, 0);
        for delay in delays.collect::<Vec<_>>() {
            let firing = CHANNEL.schedule().firings(world.clock.now() + 1.second()).next().unwrap();
            world.list().await;
            waiting += 1;
            // It was up shortly before, and is up again after the delay: another process each time.
            world.sleep_until(firing.at - 1.second());
            world.replica().run().await;
            let before = world.board.len();
            world.sleep_until(firing.at + delay.seconds());
            world.replica().run().await;
            world.replica().run().await;
            let made = world.board.of(CHANNEL.name).split_off(before);
            if delay <= HALF_A_DAY {
                assert_eq!(made.len(), 1, "{delay} s late");
                assert!(made[0].is_of(firing.date), "{}", made[0].card.heading);
                assert_eq!(made[0].papers().len(), waiting, "{delay} s late");
                (waiting, kept) = (0, kept + 1);
            } else {
                assert_eq!(made.len(), 0, "{delay} s late");
            }
        }
        assert!(kept > 5 && waiting < world.listed, "{kept} of 26 were made");
    }

    /// The first one reads what has come together, and before it commits a second one makes the next date's roundup.
    async fn a_replica_that_stood_still_for_a_day_brings_no_paper_a_second_time(db: Database) {
        let mut world = World::new(db).await;
        world.list().await;
        let first = CHANNEL.schedule().firings(world.clock.now()).next().unwrap();
        world.sleep_until(first.at);
        let destination = world.db.subscribe(CHANNEL.name, "paper").await.destination.id;
        world.replica().route().await;
        let collected = world.db.store.collected(destination, RoundupKind::Matches, first.at - 24.hours(), None).await.unwrap();
        let stale = NewRoundup {
            papers: collected.iter().map(|one| one.paper.key).collect(),
            reasons: Vec::new(),
            rich: String::new(),
            plain: String::new(),
            expires_at: first.at + 24.hours(),
        };
        assert_eq!(stale.papers.len(), 1);
        world.clock.advance(Duration::from_hours(24));
        world.replica().run().await;
        assert_eq!(world.board.len(), 1);
        let late = world.db.store.commit_roundup(destination, RoundupKind::Matches, first.date, Ok(&stale), world.clock.now()).await;
        assert!(!late.unwrap(), "its paper stands in the roundup of the next date");
        assert_eq!(world.db.deliveries().await.len(), 1);
    }
}
