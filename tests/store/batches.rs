//! However listings are cut into batches, the same is stored: batch by batch as row by row.

use std::collections::BTreeMap;

use jiff::civil::Date;
use paperwire::domain::query::Announcement;
use paperwire::domain::{Counters, Facts, Listing, PaperId, SourceName};
use paperwire::store::{PaperFilter, Recorded};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Database, at, day, id};

const SOURCES: [SourceName; 3] = [SourceName("arxiv"), SourceName("huggingface"), SourceName("nature")];
/// Few enough that listings meet by them, contradict each other, and join what was two papers.
const IDS: [&str; 9] = [
    "2608.00001",
    "2608.00002",
    "2608.00003",
    "10.1000/a",
    "10.1000/b",
    "10.1000/c",
    "https://lab.example/a",
    "https://lab.example/b",
    "https://lab.example/c",
];
const TITLES: [&str; 3] =
    ["Flow matching for robots in the wild", "A survey of everything that swims or flies", "Short"];

fn listing() -> impl Strategy<Value = Listing> {
    let ids = subsequence(IDS.to_vec(), 1..=3).prop_shuffle();
    let announced =
        select(vec![None, Some(Announcement::New), Some(Announcement::Cross), Some(Announcement::Replace)]);
    let facts = (
        select(TITLES.to_vec()),
        select(vec!["Ada Lovelace", "Alan Turing"]),
        select(vec![None, Some("https://github.com/a/b")]),
        select(vec![None, Some(1), Some(2), Some(3)]),
        select(vec!["", "An abstract.", "A longer abstract."]),
    );
    (ids, announced, 1_i8..25, facts, proptest::option::of(0_u32..3)).prop_map(
        |(ids, announced, of, (title, author, repository, version, abstract_text), upvotes)| Listing {
            paper: id(ids[0]),
            also: ids[1..].iter().map(|text| id(text)).collect(),
            announced,
            day: day(of),
            facts: Facts {
                title: title.into(),
                authors: vec![author.into()],
                repository: repository.map(Into::into),
                version,
                abstract_text: abstract_text.into(),
                ..Facts::default()
            },
            counters: Counters { upvotes, ..Counters::default() },
        },
    )
}

/// Answers of sources, each cut into batches of some length.
fn answers() -> impl Strategy<Value = Vec<(SourceName, Vec<Listing>)>> {
    proptest::collection::vec((select(SOURCES.to_vec()), proptest::collection::vec(listing(), 1..9)), 1..5)
}

/// All that is told of papers beside times, by their numbers.
type Told = BTreeMap<i64, Vec<String>>;

impl Database {
    async fn record_in(&self, answers: &[(SourceName, Vec<Listing>)], length: usize) -> Recorded {
        let mut sum = Recorded::default();
        for (source, listings) in answers {
            for batch in listings.chunks(length) {
                let one = self.store.record(*source, batch, postable(), at(0)).await.unwrap();
                sum.new += one.new;
                sum.changed += one.changed;
                sum.unchanged += one.unchanged;
            }
        }
        sum
    }

    async fn told(&self, keys: &BTreeMap<i64, i64>) -> Told {
        let mut all = Told::new();
        let unrouted: Vec<PaperId> =
            self.store.unrouted(999).await.unwrap().into_iter().map(|p| p.id).collect();
        for paper in self.store.papers(&PaperFilter::default()).await.unwrap() {
            let waits = unrouted.contains(&paper.id);
            let mut told = vec![format!(
                "{} {} {} {waits} {:?} {:?}",
                paper.id, paper.revision, paper.day, paper.facts, paper.counters
            )];
            for listed in self.store.sources_of(paper.key).await.unwrap() {
                told.push(format!(
                    "{} {} {:?}",
                    listed.source,
                    listed.day,
                    listed.announced.map(|(kind, _)| kind)
                ));
            }
            for event in self.store.events_of(paper.key).await.unwrap() {
                told.push(format!("{:?} {:?} {}", event.kind, event.version, event.source));
            }
            told[1..].sort();
            for name in IDS {
                let found = self.store.paper(&id(name)).await.unwrap();
                if found.is_some_and(|found| found.key == paper.key) {
                    told.push(name.to_owned());
                }
            }
            all.insert(keys.get(&paper.key.0).copied().unwrap_or(paper.key.0), told);
        }
        all
    }

    /// Which papers changed in which order, and which are gone.
    async fn changes(&self) -> (Vec<i64>, usize) {
        let (papers, reached) = self.store.papers_changed_since(0, 999).await.unwrap();
        let position = self.store.paper_position().await.unwrap();
        let gone = self.store.papers_joined_away(0, position).await.unwrap();
        assert!(reached <= position);
        (papers.iter().map(|paper| paper.key.0).collect(), gone.len())
    }
}

/// Some listings are too old to be posted.
fn postable() -> Date {
    day(10)
}

const TABLES: &str = "DELETE FROM joined_paper; DELETE FROM paper";

async fn the_same_in_every_batching(database: Database, cases: u32) {
    let mut runner =
        TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    for case in 0..cases {
        let answers = answers().new_tree(&mut runner).unwrap().current();
        let mut first = None;
        for length in [1, 2, 3, 9] {
            database.tamper(TABLES).await;
            let recorded = database.record_in(&answers, length).await;
            // A database counts its rows on; what matters is which came before which.
            let (changes, gone) = database.changes().await;
            let mut keys = changes.clone();
            keys.sort_unstable();
            let places: BTreeMap<i64, i64> = keys.into_iter().zip(1..).collect();
            let order: Vec<i64> = changes.iter().map(|key| places[key]).collect();
            let all = (recorded, database.told(&places).await, order, gone);
            match &first {
                None => first = Some(all),
                Some(first) => assert_eq!(first, &all, "case {case}, batches of {length}: {answers:#?}"),
            }
        }
    }
}

#[tokio::test]
async fn batches_store_what_single_rows_store_in_sqlite() {
    the_same_in_every_batching(Database::sqlite().await, 60).await;
}

#[tokio::test]
async fn batches_store_what_single_rows_store_in_postgres() {
    the_same_in_every_batching(Database::postgres().await, 40).await;
}
