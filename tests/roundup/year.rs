//! A year of recorded days, from the source over the poller into the roundups of channels with all rhythms, on a clock
//! that leaps from one thing to do to the next.
//!
//! Each weekday lists the papers of one recorded day, under ids of their own when the recordings begin anew. What
//! every roundup must hold is worked out from the raw rows and the calendar alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::{Date, DateTime, Weekday, date, time};
use jiff::{Timestamp, ToSpan as _};
use paperwire::clock::Clock as _;
use paperwire::domain::{Cadence, Every};
use paperwire::pipeline::{PollSettings, Poller, Stage as _, Step};
use paperwire::sources::{FetchConfig, Fetcher, HuggingFace, fetch::SystemLookup};
use serde_json::Value;

use super::sim::{Board, Channel, Replica, midnight};
use crate::serve::oracle::Row;
use crate::store::{Database, on_both};
use crate::worlds::clock::FakeClock;
use crate::worlds::hub::{
    Hub,
    days::{self, Days},
};

const FIRST: Date = date(2026, 1, 1);
/// A month's roundup after the last papers.
const END: Date = date(2027, 2, 2);
const LAST_PAPERS: Date = date(2026, 12, 31);
/// So many papers of a recorded day: enough that every channel has quiet days and busy ones.
const ROWS: usize = 6;
/// How long a roundup may wait for a source that is late; here none is.
const PATIENCE: Duration = Duration::ZERO;

const CHANNELS: [Channel; 8] = [
    Channel {
        name: "utc",
        every: Every::Daily,
        at: time(9, 0, 0, 0),
        zone: "UTC",
        queries: &[(r#""reinforcement learning""#, Cadence::Daily)],
    },
    Channel {
        name: "cairo",
        every: Every::Weekdays,
        at: time(0, 30, 0, 0),
        zone: "Africa/Cairo",
        queries: &[("ti:agents", Cadence::Daily)],
    },
    Channel {
        name: "howe-gap",
        every: Every::Daily,
        at: time(2, 15, 0, 0),
        zone: "Australia/Lord_Howe",
        queries: &[("ti:video", Cadence::Daily)],
    },
    Channel {
        name: "howe-fold",
        every: Every::Daily,
        at: time(1, 45, 0, 0),
        zone: "Australia/Lord_Howe",
        queries: &[("robot", Cadence::Daily)],
    },
    Channel {
        name: "york",
        every: Every::Daily,
        at: time(2, 30, 0, 0),
        zone: "America/New_York",
        queries: &[("benchmark", Cadence::Weekly), ("ti:reasoning", Cadence::Daily)],
    },
    Channel {
        name: "york-weekly",
        every: Every::Weekly,
        at: time(17, 0, 0, 0),
        zone: "America/New_York",
        queries: &[("diffusion", Cadence::Daily), ("ti:agents", Cadence::Daily)],
    },
    Channel {
        name: "auckland",
        every: Every::Monthly,
        at: time(2, 30, 0, 0),
        zone: "Pacific/Auckland",
        queries: &[("multimodal", Cadence::Daily)],
    },
    Channel {
        name: "troll",
        every: Every::Monthly,
        at: time(1, 30, 0, 0),
        zone: "Antarctica/Troll",
        queries: &[("ti:video", Cadence::Daily), ("robot", Cadence::Weekly)],
    },
];

/// By hand: the dates whose time a clock leaps over or shows twice, and the moment that counts.
const BY_HAND: [(&str, Date, &str); 4] = [
    ("cairo", date(2026, 4, 24), "2026-04-23T22:00:00Z"),
    ("howe-gap", date(2026, 10, 4), "2026-10-03T15:30:00Z"),
    ("howe-fold", date(2026, 4, 5), "2026-04-04T14:45:00Z"),
    ("york", date(2026, 3, 8), "2026-03-08T07:00:00Z"),
];

/// What a query of a channel means, in other words.
fn asks(query: &str, row: &Row) -> bool {
    match query {
        r#""reinforcement learning""# => row.has("reinforcement learning"),
        "ti:agents" => row.title_has("agent"),
        "ti:video" => row.title_has("video"),
        "ti:reasoning" => row.title_has("reasoning"),
        other => row.has(other),
    }
}

/// The recorded days over the weekdays of the year, again and again.
fn year() -> Option<Days> {
    let Some(root) = std::env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from) else {
        println!("did not run: PAPERWIRE_RECORDED names no folder of recordings");
        return None;
    };
    let recorded: Vec<(Date, Vec<Value>)> =
        days::load(&root.join("huggingface")).unwrap().into_iter().collect();
    let weekdays = FIRST.series(1.day()).take_while(|day| *day <= LAST_PAPERS).filter(|day| is_weekday(*day));
    let mut year = Days::new();
    for (number, day) in weekdays.enumerate() {
        let (round, which) = (number / recorded.len(), number % recorded.len());
        let (of, rows) = &recorded[which];
        let rows = rows.iter().take(ROWS).map(|row| again(row.clone(), round)).collect();
        year.extend(days::shift(Days::from([(*of, rows)]), day).unwrap());
    }
    Some(year)
}

/// The same paper of another time: three years earlier for each round, so that no two have one id.
fn again(mut row: Value, round: usize) -> Value {
    let id = row["paper"]["id"].as_str().unwrap();
    let year: usize = id[..2].parse().unwrap();
    row["paper"]["id"] = format!("{:02}{}", year - 3 * round, &id[2..]).into();
    row
}

fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

struct World {
    db: Database,
    clock: Arc<FakeClock>,
    board: Arc<Board>,
    year: Days,
    /// When the source was asked.
    polls: Vec<Timestamp>,
}

impl World {
    /// One process, which lives until a date.
    async fn live(&mut self, until: Date) {
        let hub = Hub::serving(self.year.clone(), self.clock.today()).await;
        let agent = "Paperwire-Test/0.1 (+https://paperwire.example; test@paperwire.example)";
        let fetcher = Fetcher::with(FetchConfig::new(agent), Arc::new(SystemLookup), self.clock.clone());
        let source = Arc::new(HuggingFace::new(fetcher.unwrap(), hub.base_url(), 100));
        let settings = PollSettings { interval: Duration::from_hours(11), backlog_days: 0, reread_days: 1 };
        let poller = Poller::new(self.db.store.clone(), self.clock.clone(), source, settings);
        let replica = Replica::start(&self.db.store, &self.clock, &self.board, &format!("until {until}"));
        while self.clock.today() < until {
            hub.set_today(self.clock.today());
            let next_poll = loop {
                match poller.step().await.unwrap() {
                    Step::Worked => self.polls.push(self.clock.now()),
                    Step::Idle { until } => break until,
                }
            };
            let next = replica.run().await.into_iter().chain(next_poll).min().unwrap();
            let wait = next.min(midnight(until)).duration_since(self.clock.now());
            self.clock.advance(Duration::try_from(wait).unwrap().max(Duration::from_secs(1)));
        }
        assert_eq!(
            hub.asked().iter().find(|asked| !matches!(asked.status, 200 | 304)).map(|a| a.status),
            None
        );
    }

    /// When each paper was first seen, and what its row said then.
    fn seen(&self) -> BTreeMap<String, (Timestamp, Row)> {
        let mut seen = BTreeMap::new();
        for (day, rows) in &self.year {
            let first = *self.polls.iter().find(|at| **at >= midnight(*day)).unwrap();
            for row in rows {
                let id = row["paper"]["id"].as_str().unwrap().to_owned();
                seen.entry(id).or_insert_with(|| (first, Row::new(row)));
            }
        }
        seen
    }
}

/// When the channel's roundup of a date is due, by the calendar and the wall clock.
fn due(channel: &Channel, day: Date) -> Option<Timestamp> {
    let is_due = match channel.every {
        Every::Daily => true,
        Every::Weekdays => is_weekday(day),
        Every::Weekly => day.weekday() == Weekday::Monday,
        Every::Monthly => day.day() == 1,
        Every::Off => false,
    };
    let weekly = channel.queries.iter().any(|(_, cadence)| *cadence == Cadence::Weekly);
    let is_due = is_due || weekly && day.weekday() == Weekday::Monday;
    if !is_due {
        return None;
    }
    let by_hand = BY_HAND.iter().find(|(name, on, _)| *name == channel.name && *on == day);
    Some(
        by_hand.map_or_else(|| plain(channel, day.to_datetime(channel.at)), |(_, _, at)| at.parse().unwrap()),
    )
}

/// A local time that comes once.
fn plain(channel: &Channel, local: DateTime) -> Timestamp {
    let zoned = local.to_zoned(channel.schedule().zone).unwrap();
    assert_eq!(zoned.datetime(), local, "{} needs a moment by hand", channel.name);
    zoned.timestamp()
}

/// Holds what was posted into a channel against the rows; gives how many roundups and papers that were.
fn check(channel: &Channel, world: &World, seen: &BTreeMap<String, (Timestamp, Row)>) -> (usize, usize) {
    // Each paper that is waited for: since when, and whether only on Mondays or with a slow rhythm.
    let mut waiting: BTreeMap<&String, (Timestamp, bool)> = BTreeMap::new();
    for (id, (at, row)) in seen {
        let asked = channel.queries.iter().filter(|(query, _)| asks(query, row));
        let cadences: Vec<Cadence> = asked.map(|(_, cadence)| *cadence).collect();
        if !cadences.is_empty() {
            waiting.insert(id, (*at, !cadences.contains(&Cadence::Daily)));
        }
    }
    let all = waiting.len();
    let posted = world.board.of(channel.name);
    let mut matched = 0;
    let days = (FIRST - 1.day()).series(1.day()).take_while(|day| *day < END);
    for (day, at) in days.filter_map(|day| Some((day, due(channel, day)?))) {
        let on_this: Vec<_> = posted.iter().filter(|roundup| roundup.is_of(day)).collect();
        let label = format!("{} on {day}", channel.name);
        let slow =
            day.weekday() == Weekday::Monday || matches!(channel.every, Every::Weekly | Every::Monthly);
        let by = on_this.first().map_or(at, |roundup| roundup.at);
        assert!(at <= by && by <= at + PATIENCE, "{label}: due at {at}, posted at {by}");
        let ripe = |(_, (since, weekly)): &(&&String, &(Timestamp, bool))| *since <= by && (slow || !weekly);
        let expected: BTreeSet<String> =
            waiting.iter().filter(ripe).map(|(id, _)| String::clone(id)).collect();
        assert_eq!(on_this.len(), usize::from(!expected.is_empty()), "{label}: {expected:?}");
        let brought: Vec<String> = on_this.iter().flat_map(|roundup| roundup.papers()).collect();
        assert_eq!(brought.len(), expected.len(), "{label}");
        assert_eq!(brought.iter().cloned().collect::<BTreeSet<_>>(), expected, "{label}");
        waiting.retain(|id, _| !expected.contains(*id));
        matched += on_this.len();
    }
    assert_eq!(waiting.keys().collect::<Vec<_>>(), Vec::<&&String>::new(), "{}: lost", channel.name);
    assert_eq!(matched, posted.len(), "{}: for another date", channel.name);
    (posted.len(), all)
}

on_both! {
    async fn a_year_of_recorded_days_brings_each_paper_in_one_roundup_of_each_channel_at_its_hour(db: Database) {
        let Some(year) = year() else { return };
        let began = Instant::now();
        // The day before, so that the first papers are no baseline.
        let clock = Arc::new(FakeClock::at("2025-12-31T00:00:10Z"));
        for channel in &CHANNELS {
            channel.open(&db.store, clock.now()).await;
        }
        let board = Board::new(Arc::clone(&clock));
        let mut world = World { db, clock, board, year, polls: Vec::new() };
        // A new process each month, and one in the middle of each.
        let months = FIRST.series(1.month()).take_while(|month| *month < END);
        for month in months.collect::<Vec<_>>() {
            world.live(month).await;
            world.live(month + 14.days()).await;
        }
        world.live(END).await;
        let seen = world.seen();
        println!("{} papers, {} polls, {:?}", seen.len(), world.polls.len(), began.elapsed());
        for channel in &CHANNELS {
            let (roundups, papers) = check(channel, &world, &seen);
            println!("{}: {papers} papers in {roundups} roundups", channel.name);
            let fewest = if channel.every == Every::Monthly { 12 } else { 45 };
            assert!(roundups >= fewest && papers > 100, "{}: {papers} in {roundups}", channel.name);
        }
    }
}
