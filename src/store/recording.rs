//! Stores what a source listed, merged into one row for each paper.

use jiff::{Timestamp, civil::Date};
use tracing::info;

use super::db::{query, query_as, query_scalar, writing};
use super::events::{HAPPENED, happened, value};
use super::heard::{AllHeard, HEARD, HeardRow, PUT_HEARD, is_fresh};
use super::joining::join;
use super::meeting::meet;
use super::papers::PaperRow;
use super::values::{day, json, micros};
use super::{Store, StoreError, merge};
use crate::domain::identity::{canonical, title_key};
use crate::domain::query::Announcement;
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
        comment, journal, doi, version, title_key,
        upvotes, comments, stars, day, updated_at,
        change, canonical_id, first_seen_at, routed_at, route_note)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
    ON CONFLICT (canonical_id) DO NOTHING RETURNING id";

const UPDATE: &str = "UPDATE paper SET title = $1, abstract_text = $2, authors = $3, categories = $4,
        published_at = $5, submitter = $6, repository = $7, project_page = $8, thumbnail = $9,
        organization = $10, summary = $11, keywords = $12, withdrawn_at = $13,
        comment = $14, journal = $15, doi = $16, version = $17, title_key = $18,
        upvotes = $19, comments = $20, stars = $21, day = $22, updated_at = $23,
        change = $24, canonical_id = $25, revision = revision + 1
    WHERE id = $26 AND revision = $27";

/// Takes a row of change numbers for the papers of one transaction, and the place in the line until it ends.
const TAKE_CHANGES: &str =
    "UPDATE change_counter SET value = value + $1 WHERE name = 'papers' RETURNING value";

/// For those who follow the changes: a source lists what others have listed before.
const NEWLY_LISTED: &str = "UPDATE paper SET change = $2 WHERE id = $1";

pub(super) const ALIAS: &str =
    "INSERT INTO paper_alias (alias, paper_id) VALUES ($1, $2) ON CONFLICT (alias) DO NOTHING";

const NO_ALIAS: &str = "DELETE FROM paper_alias WHERE alias = $1";

const SNAPSHOT: &str = "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, comments, stars)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (paper_id, taken_at) DO UPDATE
    SET upvotes = excluded.upvotes, comments = excluded.comments, stars = excluded.stars";

const COUNTED: &str = "UPDATE paper SET counted_at = $2 WHERE id = $1";

const BY_KEY: &str = "SELECT * FROM paper WHERE id = $1";

/// Something moved that subscriptions ask for again: the numbers, an announcement, a source, the code.
const MOVED: &str = "UPDATE paper SET counted_at = $2, updated_at = $2 WHERE id = $1";

/// A paper that was not to be posted, or only asked of those who want replacements, is news after all.
const REOPEN: &str = "UPDATE paper SET routed_at = NULL, route_note = NULL
    WHERE id = $1 AND routed_at IS NOT NULL AND ($2 OR route_note IS NOT NULL)";

/// True for a source that listed anything before.
const KNOWN_SOURCE: &str = "SELECT EXISTS (SELECT 1 FROM listing WHERE source = $1)";

/// So many new items at once are ordinary for any feed.
const ORDINARY_NEWS: usize = 10;

/// Binds the twenty-four values that inserting and updating a paper share, in their order.
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
            .bind(title_key(&$facts))
            .bind($counters.upvotes.map(i64::from))
            .bind($counters.comments.map(i64::from))
            .bind($counters.stars.map(i64::from))
            .bind(day($day))
            .bind(micros($now))
            .bind($change)
    };
}

/// What all that is known of a paper comes to.
struct Revised {
    facts: Facts,
    counters: Counters,
    day: Date,
}

impl Revised {
    fn is(&self, known: &Paper) -> bool {
        self.facts == known.facts && self.counters == known.counters && self.day == known.day
    }
}

impl Store {
    /// Stores listings in their own order, all of them or nothing.
    ///
    /// A listing is of the paper that has one of its ids, else of one with the same title and first author. When it
    /// shows that two stored papers are one, they are joined into the older one. Its facts are put together with those
    /// of all other listings by the table of precedence; the paper's revision grows by one when that changes anything,
    /// and its day stays the earliest. A new paper of a day before `postable_from` is kept as already routed, so that
    /// it is never posted. The numbers go into the history when they move (the first ones count as a move).
    pub async fn record(
        &self,
        source: SourceName,
        listings: &[Listing],
        postable_from: Date,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        Ok(self.record_as(source, listings, postable_from, false, now).await?.0)
    }

    /// Stores a whole answer of a feed, which repeats its earlier items.
    ///
    /// When more than half of a known feed's items and more than ten are suddenly new, the new ones are held back until
    /// [`Store::release_held`] or [`Store::drop_held`]; then the second value is true.
    pub async fn record_feed(
        &self,
        source: SourceName,
        listings: &[Listing],
        postable_from: Date,
        now: Timestamp,
    ) -> Result<(Recorded, bool), StoreError> {
        self.record_as(source, listings, postable_from, true, now).await
    }

    async fn record_as(
        &self,
        source: SourceName,
        listings: &[Listing],
        postable_from: Date,
        is_feed: bool,
        now: Timestamp,
    ) -> Result<(Recorded, bool), StoreError> {
        let mut recorded = Recorded::default();
        let mut hold = false;
        let count = i64::try_from(listings.len()).expect("as many as fit into memory");
        writing!(self, |tx| {
            let last: i64 = query_scalar(TAKE_CHANGES).bind(count).fetch_one(&mut *tx).await?;
            if is_feed && listings.len() > ORDINARY_NEWS {
                let known: bool = query_scalar(KNOWN_SOURCE).bind(source.0).fetch_one(&mut *tx).await?;
                let mut new = 0;
                for listing in listings {
                    new += usize::from(meet!(tx, listing).papers.is_empty());
                }
                hold = known && new > ORDINARY_NEWS && 2 * new > listings.len();
            }
            for (listing, change) in listings.iter().zip(last - count + 1..) {
                let said = merge::storable(&listing.facts);
                let postable = listing.day >= postable_from && !hold;
                // Another process may write the same paper between our reading and writing: then again.
                let (key, heard, facts, moved) = loop {
                    let met = meet!(tx, listing);
                    let Some(first) = met.papers.iter().min().copied() else {
                        let id = canonical(&met.unknown).unwrap_or(&listing.paper).clone();
                        let note = if hold { Some("held") } else { (!postable).then_some("backlog") };
                        let key: Option<i64> = bind_paper!(
                            query_scalar(INSERT),
                            said,
                            listing.counters,
                            listing.day,
                            now,
                            change
                        )
                        .bind(id.as_str())
                        .bind(micros(now))
                        .bind(note.map(|_| micros(now)))
                        .bind(note)
                        .fetch_optional(&mut *tx)
                        .await?;
                        let Some(key) = key else { continue };
                        for alias in met.unknown.iter().filter(|alias| **alias != id) {
                            query(ALIAS).bind(alias.as_str()).bind(key).execute(&mut *tx).await?;
                        }
                        recorded.new += 1;
                        if listing.counters != Counters::default() {
                            query(COUNTED).bind(key).bind(micros(now)).execute(&mut *tx).await?;
                        }
                        let known = listing.counters != Counters::default();
                        let mut heard = AllHeard::default();
                        heard.hear(source, listing, said.clone(), now);
                        break (key, heard, said, known.then_some(listing.counters));
                    };
                    let row: PaperRow = query_as(BY_KEY).bind(first).fetch_one(&mut *tx).await?;
                    let known = Paper::try_from(row)?;
                    let rows: Vec<HeardRow> = query_as(HEARD).bind(first).fetch_all(&mut *tx).await?;
                    let mut heard = AllHeard::read(rows, &known.facts)?;
                    let mut counters = known.counters;
                    for younger in met.papers.iter().copied().filter(|key| *key != first) {
                        let row: PaperRow = query_as(BY_KEY).bind(younger).fetch_one(&mut *tx).await?;
                        let other = Paper::try_from(row)?;
                        let rows: Vec<HeardRow> = query_as(HEARD).bind(younger).fetch_all(&mut *tx).await?;
                        heard.absorb(AllHeard::read(rows, &other.facts)?);
                        counters = merge::counters(other.counters, counters, source);
                        join!(self, tx, first, younger, other.id.as_str());
                        info!(paper.id = %known.id, other.id = %other.id, "Joined {} and {}: they are one paper", known.id, other.id);
                    }
                    let joined = met.papers.len() > 1;
                    let news = heard.hear(source, listing, said.clone(), now);
                    let revised = Revised {
                        facts: heard.facts(),
                        counters: merge::counters(counters, listing.counters, source),
                        day: heard.day().unwrap_or(known.day).min(known.day),
                    };
                    let id = canonical(std::iter::once(&known.id).chain(&met.own)).unwrap_or(&known.id);
                    if revised.is(&known) && !joined && *id == known.id {
                        recorded.unchanged += 1;
                        if news.new_source {
                            query(NEWLY_LISTED).bind(first).bind(change).execute(&mut *tx).await?;
                        }
                    } else {
                        query(NO_ALIAS).bind(id.as_str()).execute(&mut *tx).await?;
                        let Revised { facts, counters, day } = &revised;
                        let written = bind_paper!(query(UPDATE), facts, counters, *day, now, change)
                            .bind(id.as_str())
                            .bind(first)
                            .bind(known.revision)
                            .execute(&mut *tx)
                            .await?;
                        if written.rows_affected() != 1 {
                            continue;
                        }
                        recorded.changed += 1;
                    }
                    for alias in met.unknown.iter().chain([&known.id]).filter(|alias| *alias != id) {
                        query(ALIAS).bind(alias.as_str()).bind(first).execute(&mut *tx).await?;
                    }
                    let events = happened(&known.facts, &revised.facts, news, source);
                    for (kind, version) in &events {
                        query(HAPPENED)
                            .bind(first)
                            .bind(kind.name())
                            .bind(value(*version))
                            .bind(source.0)
                            .bind(micros(now))
                            .execute(&mut *tx)
                            .await?;
                    }
                    if postable && (news.first_fresh || (news.new_source && is_fresh(listing.announced))) {
                        query(REOPEN).bind(first).bind(news.first_fresh).execute(&mut *tx).await?;
                    }
                    let counted = revised.counters != known.counters;
                    if counted || news.new_source || news.newly_announced || !events.is_empty() {
                        query(MOVED).bind(first).bind(micros(now)).execute(&mut *tx).await?;
                    }
                    break (first, heard, revised.facts, counted.then_some(revised.counters));
                };
                for (heard, facts) in heard.to_write(&facts) {
                    query(PUT_HEARD)
                        .bind(key)
                        .bind(&heard.told.source)
                        .bind(day(heard.told.day))
                        .bind(micros(heard.first_seen_at))
                        .bind(micros(heard.last_seen_at))
                        .bind(heard.announced.map(Announcement::name))
                        .bind(heard.announced_at.map(micros))
                        .bind(facts)
                        .execute(&mut *tx)
                        .await?;
                }
                if let Some(counters) = moved {
                    query(SNAPSHOT)
                        .bind(key)
                        .bind(micros(now))
                        .bind(counters.upvotes.map(i64::from))
                        .bind(counters.comments.map(i64::from))
                        .bind(counters.stars.map(i64::from))
                        .execute(&mut *tx)
                        .await?;
                }
            }
        });
        Ok((recorded, hold))
    }
}
