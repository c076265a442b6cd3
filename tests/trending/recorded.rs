//! Rises over recorded looks at the same day: what is trending does not hang on how often, in which order or how
//! regularly was looked.
//!
//! The recordings are found through `PAPERWIRE_RECORDED` and are no part of the repository.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::Listing;
use paperwire::sources::huggingface;

use crate::store::{Database, HUB, on_both};
use crate::worlds::hub::days;

/// The day that was looked at twice, in the evening and the next morning (UTC).
const DAY: Date = date(2024, 6, 12);
const LOOKS: [(&str, &str); 2] = [
    ("2024-06-12@2024-06-12T170641Z.json.gz", "2024-06-12T17:06:41Z"),
    ("2024-06-12@2024-06-13T115001+0800.json.gz", "2024-06-13T03:50:01Z"),
];

/// What was seen at a time.
#[derive(Clone)]
struct Look {
    at: Timestamp,
    listings: Vec<Listing>,
}

fn recorded() -> Option<Vec<Look>> {
    let Some(root) = env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from) else {
        println!("did not run: PAPERWIRE_RECORDED names no folder of recordings");
        return None;
    };
    let folder = root.join("huggingface/revisions");
    Some(LOOKS.iter().map(|(file, at)| look(&folder.join(file), at.parse().unwrap())).collect())
}

fn look(path: &Path, at: Timestamp) -> Look {
    let rows = days::read(path).unwrap_or_else(|e| panic!("{}: {e:#}", path.display()));
    let body = serde_json::to_vec(&rows).unwrap();
    let read = huggingface::parse(&body, DAY, DAY.tomorrow().unwrap()).unwrap();
    assert_eq!(read.listings.len(), rows.len());
    Look { at, listings: read.listings }
}

fn votes(look: &Look) -> BTreeMap<String, u32> {
    let votes = |listing: &Listing| Some((listing.paper.to_string(), listing.counters.upvotes?));
    look.listings.iter().filter_map(votes).collect()
}

/// The votes that papers gained by the definition of the documentation, worked out without the store.
fn by_hand(looks: &[Look]) -> BTreeMap<String, u32> {
    let (first, last) = (votes(&looks[0]), votes(looks.last().unwrap()));
    let gained = |(id, now): (&String, &u32)| Some((id.clone(), now.saturating_sub(*first.get(id)?)));
    last.iter().filter_map(gained).filter(|(_, gained)| *gained > 0).collect()
}

/// Between two looks, one each half hour, with the votes on the way from the one to the other.
fn between(looks: &[Look]) -> Vec<Look> {
    let (first, last) = (&looks[0], &looks[1]);
    let (then, now) = (votes(first), votes(last));
    let whole = last.at.duration_since(first.at).as_secs();
    let mut made = vec![first.clone()];
    let mut at = first.at + 30.minutes();
    while at < last.at {
        let passed = at.duration_since(first.at).as_secs();
        let mut look = Look { at, ..first.clone() };
        for listing in &mut look.listings {
            let id = listing.paper.to_string();
            let Some((from, to)) = then.get(&id).zip(now.get(&id)) else { continue };
            let on_the_way = i64::from(*from) + (i64::from(*to) - i64::from(*from)) * passed / whole;
            listing.counters.upvotes = u32::try_from(on_the_way).ok();
        }
        made.push(look);
        at += 30.minutes();
    }
    made.push(last.clone());
    made
}

/// The votes gained in the 24 hours before a time, as the store tells.
async fn told(db: &Database, now: Timestamp) -> BTreeMap<String, u32> {
    let start = now - 24.hours();
    let risen = db.store.risen(start - 24.hours(), start, now).await.unwrap();
    let keys: Vec<_> = risen.iter().map(|risen| risen.paper).collect();
    let papers = db.store.papers_by_key(&keys).await.unwrap();
    let of = |key| risen.iter().find(|risen| risen.paper == key).unwrap().upvotes;
    papers.iter().map(|paper| (paper.id.to_string(), of(paper.key))).collect()
}

async fn record(db: &Database, look: &Look) {
    db.store.record(HUB, &look.listings, DAY, look.at).await.unwrap();
}

on_both! {
    async fn recorded_looks_come_to_the_same_rises_however_often_they_are_taken_in(db: Database) {
        let Some(looks) = recorded() else { return };
        let expected = by_hand(&looks);
        assert!(expected.len() >= 10, "{expected:?}");
        let now = looks[1].at + 10.minutes();
        for look in &looks {
            record(&db, look).await;
        }
        assert_eq!(told(&db, now).await, expected);
        // Each poll reads the same answer again, in another order.
        for minutes in [1, 3, 7] {
            let mut again = Look { at: looks[1].at + minutes.minutes(), ..looks[1].clone() };
            again.listings.reverse();
            record(&db, &again).await;
            assert_eq!(told(&db, now).await, expected);
        }
        let gained: u32 = expected.values().sum();
        println!("{} papers gained {gained} votes between two recorded looks", expected.len());
    }

    async fn papers_that_arrive_in_another_order_rise_alike(db: Database) {
        let Some(mut looks) = recorded() else { return };
        let expected = by_hand(&looks);
        let mut random = fastrand::Rng::with_seed(12);
        for look in &mut looks {
            random.shuffle(&mut look.listings);
            // Page by page, as a source gives them.
            for page in look.listings.chunks(5) {
                record(&db, &Look { at: look.at, listings: page.to_vec() }).await;
            }
        }
        assert_eq!(told(&db, looks[1].at + 1.hour()).await, expected);
    }

    async fn polls_that_were_missed_in_between_change_no_rise(db: Database) {
        let Some(looks) = recorded() else { return };
        let expected = by_hand(&looks);
        let all = between(&looks);
        assert!(all.len() > 20, "{} looks", all.len());
        let last = all.len() - 1;
        let mut random = fastrand::Rng::with_seed(5);
        let kept: Vec<_> =
            (0..all.len()).filter(|n| *n == 0 || *n == last || random.u8(..3) == 0).collect();
        println!("{} of {} looks are kept", kept.len(), all.len());
        for n in kept {
            record(&db, &all[n]).await;
        }
        assert_eq!(told(&db, looks[1].at + 10.minutes()).await, expected);
    }
}
