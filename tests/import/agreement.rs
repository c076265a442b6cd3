//! Many rows in one statement leave behind what listing after listing leaves behind.

use jiff::civil::{Date, date};
use paperwire::domain::{Counters, Facts, Listing, Paper, SourceName};
use paperwire::store::{CounterSnapshot, ListedAt, PaperFilter, Recorded};

use crate::store::{Database, at, id, listing, on_both};

const DUMP: SourceName = SourceName("import");

/// Listings of a few papers that repeat, contradict and add to each other; a seed makes them.
fn listings(random: &mut fastrand::Rng, count: usize) -> Vec<Listing> {
    let mut one = || {
        let some = |random: &mut fastrand::Rng, text: &str| random.bool().then(|| text.to_owned());
        let facts = Facts {
            title: ["One title", "Another\0 title"][random.usize(..10) / 9].into(),
            abstract_text: ["An abstract.", ""][random.usize(..2)].into(),
            authors: vec!["Ada".to_owned(); random.usize(..2)],
            categories: vec!["cs.CL".to_owned(); random.usize(..2)],
            comment: some(random, "12 pages"),
            submitter: some(random, "\0"),
            published_at: random.bool().then(|| at(-100)),
            version: random.bool().then(|| random.u16(1..3)),
            ..Facts::default()
        };
        let upvotes = (random.usize(..4) == 0).then(|| random.u32(..3));
        let also = if random.usize(..20) == 0 { vec![id("10.1000/flow")] } else { Vec::new() };
        Listing {
            also,
            day: date(2026, 7, random.i8(1..4)),
            facts,
            counters: Counters { upvotes, ..Counters::default() },
            ..listing(&format!("2607.{:05}", random.u32(..400)))
        }
    };
    (0..count).map(|_| one()).collect()
}

/// All that is known of a paper, but for the numbers that the store chose.
type Known = (Paper, Vec<(String, Date)>, Vec<CounterSnapshot>);

async fn known(db: &Database) -> Vec<Known> {
    let mut all = Vec::new();
    for paper in db.store.papers(&PaperFilter::default()).await.unwrap() {
        let seen = db.store.sources_of(paper.key).await.unwrap();
        let seen = seen.into_iter().map(|ListedAt { source, day, .. }| (source, day)).collect();
        let history = db.store.counter_history(paper.key).await.unwrap();
        all.push((Paper { key: paperwire::domain::PaperKey(0), ..paper }, seen, history));
    }
    all.sort_by_key(|(paper, ..)| paper.id.to_string());
    all
}

async fn agree(bulk: Database, single: Database) {
    let mut random = fastrand::Rng::with_seed(7);
    let mut sums = [Recorded::default(); 2];
    for round in 0..4 {
        let listings = listings(&mut random, 350);
        let in_bulk = bulk.store.import(DUMP, &listings, at(round)).await.unwrap();
        let one_by_one = single.store.record(DUMP, &listings, Date::MAX, at(round)).await.unwrap();
        assert_eq!(in_bulk, one_by_one, "round {round}");
        for (sum, recorded) in sums.iter_mut().zip([in_bulk, one_by_one]) {
            sum.new += recorded.new;
            sum.changed += recorded.changed;
            sum.unchanged += recorded.unchanged;
        }
        assert_eq!(known(&bulk).await, known(&single).await, "round {round}");
    }
    assert!(sums[0].new > 300 && sums[0].changed > 100 && sums[0].unchanged > 100, "{sums:?}");
    assert!(bulk.store.unrouted(1).await.unwrap().is_empty(), "nothing waits to be posted");
    let (followed, position) = bulk.store.papers_changed_since(0, 9_999).await.unwrap();
    assert_eq!((followed.len(), position <= bulk.store.paper_position().await.unwrap()), (sums[0].new, true));
}

#[tokio::test]
async fn a_bulk_leaves_what_one_by_one_leaves_in_sqlite() {
    agree(Database::sqlite().await, Database::sqlite().await).await;
}

#[tokio::test]
async fn a_bulk_leaves_what_one_by_one_leaves_in_postgres() {
    agree(Database::postgres().await, Database::postgres().await).await;
}

on_both! {
    async fn a_paper_that_waits_to_be_posted_goes_on_waiting(db: Database) {
        db.papers(&["2608.00001"]).await;
        let facts = Facts { comment: Some("12 pages".into()), ..Facts::default() };
        let dump = [Listing { facts, ..listing("2608.00001") }, listing("2608.00002")];
        db.store.import(DUMP, &dump, at(9)).await.unwrap();
        let waiting = db.store.unrouted(9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!((waiting[0].id.as_str(), waiting[0].facts.comment.as_deref()), ("2608.00001", Some("12 pages")));
    }

    async fn an_imported_paper_is_news_only_when_a_source_lists_it_afterwards(db: Database) {
        db.store.import(DUMP, &[listing("2608.00001")], at(0)).await.unwrap();
        db.store.import(DUMP, &[listing("2608.00001")], at(1)).await.unwrap();
        assert!(db.store.unrouted(9).await.unwrap().is_empty());
        db.papers(&["2608.00001"]).await;
        assert_eq!(db.store.unrouted(9).await.unwrap().len(), 1);
    }

    async fn nothing_to_import_is_no_error(db: Database) {
        assert_eq!(db.store.import(DUMP, &[], at(0)).await.unwrap(), Recorded::default());
    }
}
