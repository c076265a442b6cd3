//! Stores many listings at once, as a dump or an archive brings them: many rows in one statement.
//!
//! What it leaves behind is what [`Store::record`] would leave for papers that are never posted; that one also does
//! whatever is not plain here: a paper that is known and changes, or one with several ids.

use std::collections::{HashMap, HashSet};

use jiff::{Timestamp, civil::Date};
use sqlx::QueryBuilder;

use super::db::{query_scalar, writing};
use super::papers::PaperRow;
use super::recording::{Recorded, TAKE_CHANGES, revised};
use super::values::{day, json, micros};
use super::{Store, StoreError, merge};
use crate::domain::{Counters, Facts, Listing, Paper, PaperKey, SourceName};

/// Rows of one statement; of 28 values each, well under the 32,766 that SQLite takes.
const ROWS: usize = 250;

const INSERT: &str = "INSERT INTO paper (canonical_id, day, title, abstract_text, authors, categories,
    published_at, submitter, repository, project_page, thumbnail, organization, summary, keywords, withdrawn_at,
    comment, journal, doi, version, upvotes, comments, stars, counted_at, updated_at, first_seen_at, routed_at,
    route_note, change) ";

/// A paper that is not in the store yet, with every listing of it in the batch.
struct Fresh {
    /// As the store would give it back; the key is not known yet.
    paper: Paper,
    days: Vec<Date>,
}

/// What is to be done with the listings of a batch.
#[derive(Default)]
struct Sorted<'a> {
    fresh: Vec<Fresh>,
    /// Papers that are in the store and stay as they are, seen on these days.
    seen: Vec<(PaperKey, Date)>,
    unchanged: usize,
    /// What only the long way does right.
    rest: Vec<&'a Listing>,
}

impl Store {
    /// Stores listings of papers that are never to be posted, all that is new of them in one transaction.
    ///
    /// A paper that is waiting to be posted goes on waiting.
    pub async fn import(
        &self,
        source: SourceName,
        listings: &[Listing],
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let mut recorded = Recorded::default();
        let mut rest: Vec<Listing> = Vec::new();
        writing!(self, |tx| {
            // First of all: whoever writes papers waits for this row, so nothing comes between reading and writing.
            let count = i64::try_from(listings.len()).expect("as many as fit into memory");
            let last: i64 = query_scalar(TAKE_CHANGES).bind(count).fetch_one(&mut *tx).await?;
            let ids: HashSet<&str> = listings.iter().map(|listing| listing.paper.as_str()).collect();
            let ids: Vec<&str> = ids.into_iter().collect();
            let mut known: HashMap<String, Paper> = HashMap::new();
            for ids in ids.chunks(ROWS) {
                let mut select = QueryBuilder::new("SELECT * FROM paper WHERE canonical_id IN (");
                let mut among = select.separated(", ");
                for id in ids {
                    among.push_bind(*id);
                }
                select.push(")");
                let rows: Vec<PaperRow> =
                    select.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
                for row in rows {
                    let paper = Paper::try_from(row)?;
                    known.insert(paper.id.to_string(), paper);
                }
            }
            let mut sorted = sort(listings, &known, now);
            for (fresh, first) in sorted.fresh.chunks(ROWS).zip((last - count + 1..).step_by(ROWS)) {
                let mut insert = QueryBuilder::new(INSERT);
                insert.push_values(fresh.iter().zip(first..), |mut row, (Fresh { paper, .. }, change)| {
                    let (facts, counters) = (&paper.facts, paper.counters);
                    row.push_bind(paper.id.as_str())
                        .push_bind(day(paper.day))
                        .push_bind(facts.title.as_str())
                        .push_bind(facts.abstract_text.as_str())
                        .push_bind(json(&facts.authors))
                        .push_bind(json(&facts.categories))
                        .push_bind(facts.published_at.map(micros))
                        .push_bind(facts.submitter.as_deref())
                        .push_bind(facts.repository.as_deref())
                        .push_bind(facts.project_page.as_deref())
                        .push_bind(facts.thumbnail.as_deref())
                        .push_bind(facts.organization.as_ref().map(json))
                        .push_bind(facts.summary.as_ref().map(json))
                        .push_bind(json(&facts.keywords))
                        .push_bind(facts.withdrawn_at.map(micros))
                        .push_bind(facts.comment.as_deref())
                        .push_bind(facts.journal.as_deref())
                        .push_bind(facts.doi.as_deref())
                        .push_bind(facts.version.map(i64::from))
                        .push_bind(counters.upvotes.map(i64::from))
                        .push_bind(counters.comments.map(i64::from))
                        .push_bind(counters.stars.map(i64::from))
                        .push_bind(if counted(paper) { micros(now) } else { 0 })
                        .push_bind(micros(now))
                        .push_bind(micros(now))
                        .push_bind(micros(now))
                        .push_bind("backlog")
                        .push_bind(change);
                });
                insert.push(" RETURNING canonical_id, id");
                let keys: Vec<(String, i64)> =
                    insert.build_query_as().persistent(false).fetch_all(&mut *tx).await?;
                let keys: HashMap<String, i64> = keys.into_iter().collect();
                let key = |fresh: &Fresh| {
                    PaperKey(*keys.get(fresh.paper.id.as_str()).expect("every inserted row is returned"))
                };
                for fresh in fresh {
                    sorted.seen.extend(fresh.days.iter().map(|day| (key(fresh), *day)));
                }
                let moved: Vec<_> = fresh.iter().filter(|fresh| counted(&fresh.paper)).collect();
                if !moved.is_empty() {
                    let mut insert = QueryBuilder::new(
                        "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, comments, stars) ",
                    );
                    insert.push_values(moved, |mut row, fresh| {
                        let Counters { upvotes, comments, stars } = fresh.paper.counters;
                        row.push_bind(key(fresh).0)
                            .push_bind(micros(now))
                            .push_bind(upvotes.map(i64::from))
                            .push_bind(comments.map(i64::from))
                            .push_bind(stars.map(i64::from));
                    });
                    insert.build().persistent(false).execute(&mut *tx).await?;
                }
            }
            for seen in sorted.seen.chunks(ROWS) {
                let mut insert = QueryBuilder::new(
                    "INSERT INTO listing (paper_id, source, day, first_seen_at, last_seen_at) ",
                );
                insert.push_values(seen, |mut row, (key, listed)| {
                    row.push_bind(key.0)
                        .push_bind(source.0)
                        .push_bind(day(*listed))
                        .push_bind(micros(now))
                        .push_bind(micros(now));
                });
                insert.push(
                    " ON CONFLICT (paper_id, source, day) DO UPDATE SET last_seen_at = excluded.last_seen_at",
                );
                insert.build().persistent(false).execute(&mut *tx).await?;
            }
            recorded.new += sorted.fresh.len();
            recorded.unchanged += sorted.unchanged;
            rest.extend(sorted.rest.into_iter().cloned());
        });
        if !rest.is_empty() {
            let Recorded { new, changed, unchanged } = self.record(source, &rest, Date::MAX, now).await?;
            recorded.new += new;
            recorded.changed += changed;
            recorded.unchanged += unchanged;
        }
        Ok(recorded)
    }
}

/// True when a new paper's numbers are known, which counts as their first move.
fn counted(paper: &Paper) -> bool {
    paper.counters != Counters::default()
}

/// Parts what can be written as it is from what has to go the long way.
///
/// From the first listing of a paper that has to, all later ones of it follow, so that their order stays.
fn sort<'a>(listings: &'a [Listing], known: &HashMap<String, Paper>, now: Timestamp) -> Sorted<'a> {
    let mut sorted = Sorted::default();
    let mut fresh: HashMap<&str, usize> = HashMap::new();
    let mut long: HashSet<&str> = HashSet::new();
    let mut seen: HashSet<(i64, Date)> = HashSet::new();
    for listing in listings {
        let id = listing.paper.as_str();
        if long.contains(id) || !listing.also.is_empty() || listing.announced.is_some() {
            long.insert(id);
            sorted.rest.push(listing);
        } else if let Some(paper) = known.get(id) {
            if revised(paper, listing).is_some() {
                long.insert(id);
                sorted.rest.push(listing);
                continue;
            }
            sorted.unchanged += 1;
            if seen.insert((paper.key.0, listing.day)) {
                sorted.seen.push((paper.key, listing.day));
            }
        } else if let Some(&at) = fresh.get(id) {
            let fresh: &mut Fresh = &mut sorted.fresh[at];
            if revised(&fresh.paper, listing).is_some() {
                long.insert(id);
                sorted.rest.push(listing);
                continue;
            }
            sorted.unchanged += 1;
            if !fresh.days.contains(&listing.day) {
                fresh.days.push(listing.day);
            }
        } else {
            fresh.insert(id, sorted.fresh.len());
            sorted.fresh.push(Fresh { paper: paper(listing, now), days: vec![listing.day] });
        }
    }
    sorted
}

/// A new paper as its first listing makes it.
fn paper(listing: &Listing, now: Timestamp) -> Paper {
    let facts: Facts = merge::storable(&listing.facts);
    Paper {
        key: PaperKey(0),
        id: listing.paper.clone(),
        revision: 1,
        day: listing.day,
        first_seen_at: now,
        updated_at: now,
        facts,
        counters: listing.counters,
    }
}
