//! A simulated month in which processes are dropped at any await point and started again.
//!
//! Two rounds in a row may be disturbed; then comes one that is not, as the outbox gives up a message whose
//! senders were stopped three times.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use fastrand::Rng;
use jiff::civil::{date, time};
use jiff::{Timestamp, ToSpan as _};
use paperwire::clock::Clock as _;
use paperwire::domain::{Cadence, DeliveryState, Every, Facts, Listing};
use paperwire::store::Store;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::sim::{Board, Channel, Replica, midnight};
use crate::store::{Database, HUB, listing};
use crate::worlds::clock::FakeClock;

const CHANNELS: [Channel; 6] = [
    // A gap at 02:00 on 4 October.
    Channel {
        name: "howe",
        every: Every::Daily,
        at: time(2, 15, 0, 0),
        zone: "Australia/Lord_Howe",
        queries: &[("robot", Cadence::Daily)],
    },
    // 01:30 comes twice on 1 November.
    Channel {
        name: "york",
        every: Every::Daily,
        at: time(1, 30, 0, 0),
        zone: "America/New_York",
        queries: &[("robot", Cadence::Daily), ("ti:protein", Cadence::Weekly)],
    },
    // The clocks go back at midnight, on the night to 30 October.
    Channel {
        name: "cairo",
        every: Every::Weekdays,
        at: time(0, 0, 0, 0),
        zone: "Africa/Cairo",
        queries: &[("protein", Cadence::Daily)],
    },
    Channel {
        name: "auckland",
        every: Every::Weekly,
        at: time(18, 0, 0, 0),
        zone: "Pacific/Auckland",
        queries: &[("robot OR protein", Cadence::Daily)],
    },
    Channel {
        name: "utc",
        every: Every::Monthly,
        at: time(9, 0, 0, 0),
        zone: "UTC",
        queries: &[("robot", Cadence::Daily), ("protein", Cadence::Weekly)],
    },
    Channel {
        name: "kathmandu",
        every: Every::Daily,
        at: time(23, 59, 0, 0),
        zone: "Asia/Kathmandu",
        queries: &[("walk", Cadence::Weekly), ("protein", Cadence::Daily)],
    },
];

const TOPICS: [&str; 4] =
    ["A Robot at Work", "Protein Folding", "Robots that Fold Proteins", "To Walk at Night"];

/// A process that runs, or when it is started again.
enum Process {
    Up { replica: Replica, owner: String },
    Down { until: Timestamp },
}

struct Month<'a> {
    db: &'a Database,
    clock: Arc<FakeClock>,
    board: Arc<Board>,
    random: Rng,
    processes: Vec<Process>,
    starts: usize,
    drops: usize,
    /// Each paper with its title.
    listed: BTreeMap<String, &'static str>,
}

impl<'a> Month<'a> {
    async fn new(db: &'a Database, replicas: usize, seed: u64) -> Self {
        let clock = Arc::new(FakeClock::at("2026-10-01T00:00:00Z"));
        let now = clock.now();
        for channel in &CHANNELS {
            channel.open(&db.store, now).await;
        }
        let board = Board::new(Arc::clone(&clock));
        let processes = (0..replicas).map(|_| Process::Down { until: now }).collect();
        let (random, listed) = (Rng::with_seed(seed), BTreeMap::new());
        Self { db, clock, board, random, processes, starts: 0, drops: 0, listed }
    }

    /// A source lists some papers.
    async fn list(&mut self) {
        for _ in 0..self.random.usize(0..3) {
            let title = TOPICS[self.random.usize(0..TOPICS.len())];
            let id = format!("2610.{:05}", self.listed.len());
            let facts = Facts { title: title.to_owned(), ..Facts::default() };
            let paper = Listing { facts, day: self.clock.today(), ..listing(&id) };
            self.db.store.record(HUB, &[paper], date(2026, 10, 1), self.clock.now()).await.unwrap();
            self.listed.insert(id, title);
        }
    }

    /// Starts those whose time it is, one of them in any case; a start has connections of its own.
    async fn start(&mut self) {
        let now = self.clock.now();
        let nobody = self.processes.iter().all(|process| matches!(process, Process::Down { .. }));
        let chosen = self.random.usize(0..self.processes.len());
        for (number, process) in self.processes.iter_mut().enumerate() {
            let Process::Down { until } = process else { continue };
            if *until <= now || (nobody && number == chosen) {
                self.starts += 1;
                let owner = format!("process-{}", self.starts);
                let store = Store::open(&self.db.url).await.unwrap();
                let replica = Replica::start(&store, &self.clock, &self.board, &owner);
                *process = Process::Up { replica, owner };
            }
        }
    }

    /// All that are up do what there is to do; in a disturbed round some are dropped in between.
    async fn round(&mut self, disturbed: bool) {
        self.start().await;
        let random = &mut self.random;
        let runs = self.processes.iter().map(|process| {
            let polls = match random.usize(0..4) {
                0..3 if disturbed => 1 + 2_usize.pow(random.u32(0..9)) + random.usize(0..20),
                _ => usize::MAX,
            };
            async move {
                match process {
                    Process::Up { replica, .. } => within(polls, replica.run()).await.is_some(),
                    Process::Down { .. } => true,
                }
            }
        });
        let ended = together(runs.collect()).await;
        for (number, ended) in ended.into_iter().enumerate() {
            if !ended {
                self.dropped(number).await;
            }
        }
    }

    /// The process is gone: its leases end before anybody starts again.
    async fn dropped(&mut self, number: usize) {
        let until = self.clock.now() + self.random.i64(0..480).minutes();
        let gone = std::mem::replace(&mut self.processes[number], Process::Down { until });
        self.drops += 1;
        if let Process::Up { owner, .. } = gone
            && !self.db.is_sqlite()
        {
            let sql = format!("UPDATE delivery SET lease_until = 0 WHERE lease_owner = '{owner}'");
            let mut connection = PgConnection::connect(&self.db.url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
    }

    /// An undisturbed round, and what it leaves to be done within minutes.
    async fn whole_round(&mut self) {
        for _ in 0..6 {
            self.round(false).await;
            let due = self.db.deliveries().await.iter().any(|one| one.state != DeliveryState::Sent);
            if !due {
                return;
            }
            self.clock.advance(Duration::from_secs(61));
        }
    }

    async fn live(&mut self, until: Timestamp) {
        let mut disturbed = 0;
        while self.clock.now() < until {
            // Three rounds are less than the 12 hours within which a roundup is made up for.
            self.clock.advance(Duration::from_mins(self.random.u64(20..220)));
            if self.clock.now() < midnight(date(2026, 11, 1)) {
                self.list().await;
            }
            if disturbed < 2 && self.random.u32(0..10) < 6 {
                disturbed += 1;
                self.round(true).await;
            } else {
                disturbed = 0;
                self.whole_round().await;
            }
        }
        self.whole_round().await;
    }

    /// Every date of each channel was dealt with once, and each paper is in one roundup of each channel that asked.
    async fn holds(&self, seed: u64) {
        let (first, now) = (midnight(date(2026, 10, 1)), self.clock.now());
        let mut dates = 0;
        for channel in &CHANNELS {
            let mondays = channel.queries.iter().any(|(_, cadence)| *cadence == Cadence::Weekly);
            let own = channel.schedule();
            let weekly = paperwire::domain::Schedule { every: Every::Weekly, ..own.clone() };
            let until = |firing: &paperwire::domain::Firing| firing.at <= now;
            let mut due: BTreeSet<_> =
                own.firings(first).take_while(until).map(|firing| firing.date).collect();
            if mondays {
                due.extend(weekly.firings(first).take_while(until).map(|firing| firing.date));
            }
            dates += due.len();
            let posted = self.board.of(channel.name);
            for roundup in &posted {
                let same = posted.iter().filter(|other| other.card.heading == roundup.card.heading).count();
                assert_eq!(same, 1, "seed {seed}, {}: {}", channel.name, roundup.card.heading);
                assert!(due.iter().any(|date| roundup.is_of(*date)), "seed {seed}: {}", roundup.card.heading);
            }
            let wanted: Vec<&String> =
                self.listed.iter().filter(|(_, title)| asks(channel, title)).map(|(id, _)| id).collect();
            let mut brought: Vec<String> = posted.iter().flat_map(super::sim::Posted::papers).collect();
            brought.sort();
            assert_eq!(brought.iter().collect::<Vec<_>>(), wanted, "seed {seed}, {}", channel.name);
        }
        let dealt = self.db.column("SELECT COUNT(*) FROM roundup").await;
        assert_eq!(usize::try_from(dealt).unwrap(), dates, "seed {seed}");
        assert!(self.db.states().await.iter().all(|state| *state == DeliveryState::Sent), "seed {seed}");
    }
}

/// What the queries of a channel mean, by the titles alone.
fn asks(channel: &Channel, title: &str) -> bool {
    channel.queries.iter().any(|(query, _)| match *query {
        "robot" => title.contains("Robot"),
        "protein" | "ti:protein" => title.contains("Protein"),
        "robot OR protein" => title.contains("Robot") || title.contains("Protein"),
        "walk" => title.contains("Walk"),
        other => panic!("no meaning for {other}"),
    })
}

/// Lets a future run for so many polls and drops it where it stands.
async fn within<T>(mut polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        polls -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if polls == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Runs futures at the same time, taking turns.
async fn together<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut all = true;
        for (future, done) in &mut futures {
            if done.is_none()
                && let Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
            all &= done.is_some();
        }
        if all { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    futures.into_iter().filter_map(|(_, done)| done).collect()
}

/// Lives through the time and says how often a process was dropped, and how many roundups there were.
async fn through(db: Database, replicas: usize, seed: u64, until: Timestamp) -> (usize, usize) {
    let mut month = Month::new(&db, replicas, seed).await;
    month.live(until).await;
    month.holds(seed).await;
    (month.drops, month.board.len())
}

#[test]
fn two_replicas_dropped_and_restarted_through_a_month_make_every_roundup_once() {
    let until = midnight(date(2026, 11, 3));
    // Some months at the same time, each on a thread of its own.
    let lives: Vec<_> = (0..4_u64)
        .map(|thread| {
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let seeds = thread * 3..thread * 3 + 3;
                let month = |seed| async move { through(Database::postgres().await, 2, seed, until).await };
                seeds.map(|seed| runtime.block_on(month(seed))).collect::<Vec<_>>()
            })
        })
        .collect();
    let (mut drops, mut roundups) = (0, 0);
    for (dropped, made) in lives.into_iter().flat_map(|life| life.join().unwrap()) {
        assert!(dropped > 50 && made > 60, "{dropped} drops, {made} roundups");
        (drops, roundups) = (drops + dropped, roundups + made);
    }
    println!("12 months, {drops} drops, {roundups} roundups");
}

#[tokio::test]
async fn a_process_on_sqlite_that_is_dropped_and_restarted_makes_every_roundup_once() {
    for seed in 100..103 {
        let (drops, roundups) = through(Database::sqlite().await, 1, seed, midnight(date(2026, 11, 3))).await;
        assert!(drops > 50 && roundups > 60, "{drops} drops, {roundups} roundups");
    }
}
