//! Stores what a source listed, merged into one row for each paper.

use jiff::{Timestamp, civil::Date};

use super::db::{query, query_as, query_scalar, writing};
use super::papers::PaperRow;
use super::values::{day, json, micros};
use super::{Store, StoreError, merge};
use crate::domain::{Counters, Facts, Listing, Paper, SourceName};

/// What recording a listing changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Papers seen for the first time.
    pub new: usize,
    /// Papers of which something is known now that was not before.
    pub changed: usize,
    /// Papers that are as they were.
    pub unchanged: usize,
}

const INSERT: &str = "INSERT INTO paper (title, abstract_text, authors, categories, published_at, submitter,
        repository, project_page, thumbnail, organization, summary, keywords, withdrawn_at,
        comment, journal, doi, version,
        upvotes, comments, stars, day, updated_at,
        change, canonical_id, first_seen_at, routed_at, route_note)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26, $27)
    ON CONFLICT (canonical_id) DO NOTHING RETURNING id";

const UPDATE: &str = "UPDATE paper SET title = $1, abstract_text = $2, authors = $3, categories = $4,
        published_at = $5, submitter = $6, repository = $7, project_page = $8, thumbnail = $9,
        organization = $10, summary = $11, keywords = $12, withdrawn_at = $13,
        comment = $14, journal = $15, doi = $16, version = $17,
        upvotes = $18, comments = $19, stars = $20, day = $21, updated_at = $22,
        change = $23, revision = revision + 1
    WHERE id = $24 AND revision = $25";

/// Takes a row of change numbers for the papers of one transaction, and the place in the line until it ends.
pub(super) const TAKE_CHANGES: &str =
    "UPDATE change_counter SET value = value + $1 WHERE name = 'papers' RETURNING value";

/// For those who follow the changes: a source lists what others have listed before.
const NEWLY_LISTED: &str = "UPDATE paper SET change = $3
    WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM listing WHERE paper_id = $1 AND source = $2)";

const SEEN: &str = "INSERT INTO listing (paper_id, source, day, first_seen_at, last_seen_at)
    VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (paper_id, source, day) DO UPDATE SET last_seen_at = excluded.last_seen_at";

const SNAPSHOT: &str = "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, comments, stars)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (paper_id, taken_at) DO UPDATE
    SET upvotes = excluded.upvotes, comments = excluded.comments, stars = excluded.stars";

const COUNTED: &str = "UPDATE paper SET counted_at = $2 WHERE id = $1";

/// Binds the twenty-three values that inserting and updating a paper share, in their order.
macro_rules! bind_paper {
    ($query:expr, $facts:expr, $counters:expr, $day:expr, $now:expr, $change:expr) => {
        $query
            .bind(&$facts.title)
            .bind(&$facts.abstract_text)
            .bind(json(&$facts.authors))
            .bind(json(&$facts.categories))
            .bind($facts.published_at.map(micros))
            .bind(&$facts.submitter)
            .bind(&$facts.repository)
            .bind(&$facts.project_page)
            .bind(&$facts.thumbnail)
            .bind($facts.organization.as_ref().map(json))
            .bind($facts.summary.as_ref().map(json))
            .bind(json(&$facts.keywords))
            .bind($facts.withdrawn_at.map(micros))
            .bind(&$facts.comment)
            .bind(&$facts.journal)
            .bind(&$facts.doi)
            .bind($facts.version.map(i64::from))
            .bind($counters.upvotes.map(i64::from))
            .bind($counters.comments.map(i64::from))
            .bind($counters.stars.map(i64::from))
            .bind(day($day))
            .bind(micros($now))
            .bind($change)
    };
}

/// What a listing makes of a paper that is known already; `None` when it says nothing new.
pub(super) fn revised(known: &Paper, listing: &Listing) -> Option<(Facts, Counters, Date)> {
    let facts = merge::facts(known.facts.clone(), merge::storable(&listing.facts));
    let counters = merge::counters(known.counters, listing.counters);
    let day = known.day.min(listing.day);
    let same = facts == known.facts && counters == known.counters && day == known.day;
    (!same).then_some((facts, counters, day))
}

impl Store {
    /// Stores a listing in its own order, all of it or nothing.
    ///
    /// A paper that is known gets what the listing adds or corrects, and its revision grows by one
    /// when that is anything; its day stays the earliest. A new paper of a day before
    /// `postable_from` is kept as already routed, so that it is never posted. The numbers go into
    /// the history when they move (the first ones count as a move).
    pub async fn record(
        &self,
        source: SourceName,
        listings: &[Listing],
        postable_from: Date,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let mut recorded = Recorded::default();
        let count = i64::try_from(listings.len()).expect("as many as fit into memory");
        writing!(self, |tx| {
            let last: i64 = query_scalar(TAKE_CHANGES).bind(count).fetch_one(&mut *tx).await?;
            for (listing, change) in listings.iter().zip(last - count + 1..) {
                // Another process may write the same paper between our reading and writing: then again.
                let (key, moved) = loop {
                    let row: Option<PaperRow> = query_as("SELECT * FROM paper WHERE canonical_id = $1")
                        .bind(listing.paper.as_str())
                        .fetch_optional(&mut *tx)
                        .await?;
                    let Some(row) = row else {
                        let backlog = listing.day < postable_from;
                        let facts = merge::storable(&listing.facts);
                        let key: Option<i64> = bind_paper!(
                            query_scalar(INSERT),
                            facts,
                            listing.counters,
                            listing.day,
                            now,
                            change
                        )
                        .bind(listing.paper.as_str())
                        .bind(micros(now))
                        .bind(backlog.then(|| micros(now)))
                        .bind(backlog.then_some("backlog"))
                        .fetch_optional(&mut *tx)
                        .await?;
                        let Some(key) = key else { continue };
                        recorded.new += 1;
                        let known = listing.counters != Counters::default();
                        break (key, known.then_some(listing.counters));
                    };
                    let known = Paper::try_from(row)?;
                    let Some((facts, counters, day)) = revised(&known, listing) else {
                        recorded.unchanged += 1;
                        let newly = query(NEWLY_LISTED).bind(known.key.0).bind(source.0).bind(change);
                        newly.execute(&mut *tx).await?;
                        break (known.key.0, None);
                    };
                    let written = bind_paper!(query(UPDATE), facts, counters, day, now, change)
                        .bind(known.key.0)
                        .bind(known.revision)
                        .execute(&mut *tx)
                        .await?;
                    if written.rows_affected() == 1 {
                        recorded.changed += 1;
                        break (known.key.0, (counters != known.counters).then_some(counters));
                    }
                };
                query(SEEN)
                    .bind(key)
                    .bind(source.0)
                    .bind(day(listing.day))
                    .bind(micros(now))
                    .execute(&mut *tx)
                    .await?;
                if let Some(counters) = moved {
                    query(SNAPSHOT)
                        .bind(key)
                        .bind(micros(now))
                        .bind(counters.upvotes.map(i64::from))
                        .bind(counters.comments.map(i64::from))
                        .bind(counters.stars.map(i64::from))
                        .execute(&mut *tx)
                        .await?;
                    query(COUNTED).bind(key).bind(micros(now)).execute(&mut *tx).await?;
                }
            }
        });
        Ok(recorded)
    }
}
