//! Stores what a source listed, merged into one row for each paper.

use std::collections::{BTreeSet, HashMap};

use jiff::{Timestamp, civil::Date};
use tracing::info;

use super::db::{query, query_as, query_scalar, writing};
use super::events::{HAPPENED, value};
use super::heard::{AllHeard, HEARD, HeardOf, HeardRow, PUT_HEARD};
use super::joining::join;
use super::many::{Many, portions};
use super::meeting::{ALIASES, BY_ID, BY_TITLE};
use super::papers::{BY_KEY, PaperRow};
use super::shelf::{Hearing, Heeded, Kept, RowState, Shelf};
use super::values::{day, json, micros, parsed};
use super::{Store, StoreError};
use crate::domain::query::Announcement;
use crate::domain::{Counters, Listing, Paper, PaperId, SourceName};

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

static INSERT: Many = Many::rows(
    "INSERT INTO paper (title, abstract_text, authors, categories, published_at, submitter,
        repository, project_page, thumbnail, organization, summary, keywords, withdrawn_at,
        comment, journal, doi, version, title_key, upvotes, comments, stars, day, updated_at,
        change, canonical_id, revision, first_seen_at, counted_at, routed_at, route_note)
    VALUES {} RETURNING id, canonical_id",
    30,
);

const UPDATE: &str = "UPDATE paper SET title = $1, abstract_text = $2, authors = $3, categories = $4,
        published_at = $5, submitter = $6, repository = $7, project_page = $8, thumbnail = $9,
        organization = $10, summary = $11, keywords = $12, withdrawn_at = $13,
        comment = $14, journal = $15, doi = $16, version = $17, title_key = $18,
        upvotes = $19, comments = $20, stars = $21, day = $22, updated_at = $23,
        change = $24, canonical_id = $25, revision = $26
    WHERE id = $27";

/// Takes a row of change numbers for the papers of one transaction, and the place in the line until it ends: nobody
/// else records meanwhile, so that what was read stays true until it is written.
const TAKE_CHANGES: &str =
    "UPDATE change_counter SET value = value + $1 WHERE name = 'papers' RETURNING value";

/// For those who follow the changes: a source lists what others have listed before.
const NEWLY_LISTED: &str = "UPDATE paper SET change = $2 WHERE id = $1";

static PUT_ALIAS: Many =
    Many::rows("INSERT INTO paper_alias (alias, paper_id) VALUES {} ON CONFLICT (alias) DO NOTHING", 2);

const NO_ALIAS: &str = "DELETE FROM paper_alias WHERE alias = $1";

static SNAPSHOT: Many = Many::rows(
    "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, comments, stars) VALUES {}
    ON CONFLICT (paper_id, taken_at) DO UPDATE
    SET upvotes = excluded.upvotes, comments = excluded.comments, stars = excluded.stars",
    5,
);

/// Something moved that subscriptions ask for again: the numbers, an announcement, a source, the code.
const MOVED: &str = "UPDATE paper SET counted_at = $2, updated_at = $2 WHERE id = $1";

/// A paper that was not to be posted, or only asked of those who want replacements, is news after all.
const REOPEN: &str = "UPDATE paper SET routed_at = NULL, route_note = NULL
    WHERE id = $1 AND routed_at IS NOT NULL AND ($2 OR route_note IS NOT NULL)";

/// True for a source that listed anything before.
const KNOWN_SOURCE: &str = "SELECT EXISTS (SELECT 1 FROM listing WHERE source = $1)";

/// So many new items at once are ordinary for any feed.
const ORDINARY_NEWS: usize = 10;

/// Binds the twenty-six values that inserting and updating a paper share, in their order.
macro_rules! bind_paper {
    ($query:expr, $kept:expr) => {{
        let Paper { facts, counters, .. } = &$kept.paper;
        $query
            .bind(&facts.title)
            .bind(&facts.abstract_text)
            .bind(json(&facts.authors))
            .bind(json(&facts.categories))
            .bind(facts.published_at.map(micros))
            .bind(&facts.submitter)
            .bind(&facts.repository)
            .bind(&facts.project_page)
            .bind(&facts.thumbnail)
            .bind(facts.organization.as_ref().map(json))
            .bind(facts.summary.as_ref().map(json))
            .bind(json(&facts.keywords))
            .bind(facts.withdrawn_at.map(micros))
            .bind(&facts.comment)
            .bind(&facts.journal)
            .bind(&facts.doi)
            .bind(facts.version.map(i64::from))
            .bind(&$kept.title_key)
            .bind(counters.upvotes.map(i64::from))
            .bind(counters.comments.map(i64::from))
            .bind(counters.stars.map(i64::from))
            .bind(day($kept.paper.day))
            .bind(micros($kept.paper.updated_at))
            .bind($kept.change)
            .bind($kept.paper.id.as_str())
            .bind($kept.paper.revision)
    }};
}

/// The rows of a statement for one portion after another.
macro_rules! ask {
    ($tx:ident, $sql:expr, $values:expr, $row:ty) => {{
        let mut rows: Vec<$row> = Vec::new();
        for portion in portions($values) {
            let mut asked = query_as::<_, $row>($sql.text(portion.len()));
            for value in portion {
                asked = asked.bind(*value);
            }
            rows.extend(asked.fetch_all(&mut *$tx).await?);
        }
        rows
    }};
}

/// Reads all papers that listings may be of; a [`Shelf`].
macro_rules! read_shelf {
    ($tx:ident, $heeded:expr) => {{
        let ids = each($heeded.iter().flat_map(|one| &one.ids).map(PaperId::as_str));
        let titles = each($heeded.iter().filter_map(|one| one.title_key.as_deref()));
        let mut keys = ask!($tx, BY_ID, &ids, (i64,));
        keys.extend(ask!($tx, BY_TITLE, &titles, (i64,)));
        let keys = each(keys.into_iter().map(|(key,)| key));
        let rows = ask!($tx, BY_KEY, &keys, PaperRow);
        let aliases = ask!($tx, ALIASES, &keys, (i64, String));
        let heard = ask!($tx, HEARD, &keys, HeardOf);
        shelf_of(rows, aliases, heard)?
    }};
}

/// Writes all that a [`Shelf`] remembers.
macro_rules! write_shelf {
    ($tx:ident, $shelf:ident, $how:ident) => {{
        for id in $shelf.touched().flat_map(|kept| &kept.freed) {
            query(NO_ALIAS).bind(id.as_str()).execute(&mut *$tx).await?;
        }
        let mut numbers: Vec<(i64, String)> = Vec::new();
        for portion in portions(&$shelf.new_papers()) {
            let mut insert = query_as(INSERT.text(portion.len()));
            for kept in portion {
                let now = micros(kept.paper.updated_at);
                let routed_at = kept.note.map(|_| now);
                let counted_at = if kept.moved { now } else { 0 };
                insert = bind_paper!(insert, kept).bind(now).bind(counted_at).bind(routed_at).bind(kept.note);
            }
            numbers.extend(insert.fetch_all(&mut *$tx).await?);
        }
        let new: BTreeSet<i64> = numbers.iter().map(|(key, _)| *key).collect();
        $shelf.number(&numbers);
        let (mut aliases, mut heard, mut counted) = (Vec::new(), Vec::new(), Vec::new());
        for kept in $shelf.touched() {
            let (key, now) = (kept.paper.key.0, micros(kept.at.unwrap_or($how.now)));
            if kept.row == RowState::Changed {
                bind_paper!(query(UPDATE), kept).bind(key).execute(&mut *$tx).await?;
            } else if let Some(change) = kept.change.filter(|_| kept.row == RowState::Known) {
                query(NEWLY_LISTED).bind(key).bind(change).execute(&mut *$tx).await?;
            }
            if !new.contains(&key) {
                if let Some(even_posted) = kept.reopened {
                    query(REOPEN).bind(key).bind(even_posted).execute(&mut *$tx).await?;
                }
                if kept.moved {
                    query(MOVED).bind(key).bind(now).execute(&mut *$tx).await?;
                }
            }
            for (kind, version) in &kept.events {
                query(HAPPENED)
                    .bind(key)
                    .bind(kind.name())
                    .bind(value(*version))
                    .bind($how.source.0)
                    .bind(now)
                    .execute(&mut *$tx)
                    .await?;
            }
            aliases.extend(kept.aliases.iter().map(|alias| (alias.as_str(), key)));
            heard.extend(kept.heard.to_write(&kept.paper.facts).map(|(heard, facts)| (key, heard, facts)));
            if kept.counted {
                counted.push((key, now, kept.paper.counters));
            }
        }
        for portion in portions(&aliases) {
            let mut put = query(PUT_ALIAS.text(portion.len()));
            for (alias, key) in portion {
                put = put.bind(*alias).bind(*key);
            }
            put.execute(&mut *$tx).await?;
        }
        for portion in portions(&heard) {
            let mut put = query(PUT_HEARD.text(portion.len()));
            for (key, heard, facts) in portion {
                put = put
                    .bind(*key)
                    .bind(&heard.told.source)
                    .bind(day(heard.told.day))
                    .bind(micros(heard.first_seen_at))
                    .bind(micros(heard.last_seen_at))
                    .bind(heard.announced.map(Announcement::name))
                    .bind(heard.announced_at.map(micros))
                    .bind(facts);
            }
            put.execute(&mut *$tx).await?;
        }
        for portion in portions(&counted) {
            let mut put = query(SNAPSHOT.text(portion.len()));
            for (key, now, counters) in portion {
                put = put
                    .bind(*key)
                    .bind(*now)
                    .bind(counters.upvotes.map(i64::from))
                    .bind(counters.comments.map(i64::from))
                    .bind(counters.stars.map(i64::from));
            }
            put.execute(&mut *$tx).await?;
        }
        $shelf.written();
    }};
}

/// Each value once, in their order.
fn each<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().collect()
}

/// Puts together what was read of papers.
fn shelf_of(
    rows: Vec<PaperRow>,
    aliases: Vec<(i64, String)>,
    heard: Vec<HeardOf>,
) -> Result<Shelf, StoreError> {
    let mut named: HashMap<i64, Vec<PaperId>> = HashMap::new();
    for (key, alias) in aliases {
        named.entry(key).or_default().push(parsed(&alias, "an id of a paper")?);
    }
    let mut told: HashMap<i64, Vec<HeardRow>> = HashMap::new();
    for HeardOf { paper_id, row } in heard {
        told.entry(paper_id).or_default().push(row);
    }
    let mut shelf = Shelf::default();
    for mut row in rows {
        let title_key = row.title_key.take();
        let paper = Paper::try_from(row)?;
        let key = paper.key.0;
        let heard = AllHeard::read(told.remove(&key).unwrap_or_default(), &paper.facts)?;
        shelf.put(Kept::known(paper, title_key, named.remove(&key).unwrap_or_default(), heard));
    }
    Ok(shelf)
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
        let mut how = Hearing { source, postable_from, hold: false, now };
        let count = i64::try_from(listings.len()).expect("as many as fit into memory");
        let heeded = Heeded::all(listings);
        writing!(self, |tx| {
            let last: i64 = query_scalar(TAKE_CHANGES).bind(count).fetch_one(&mut *tx).await?;
            let mut shelved: Shelf = read_shelf!(tx, heeded);
            if is_feed && listings.len() > ORDINARY_NEWS {
                let known: bool = query_scalar(KNOWN_SOURCE).bind(source.0).fetch_one(&mut *tx).await?;
                let new = heeded.iter().filter(|one| shelved.meet(one).papers.is_empty()).count();
                how.hold = known && new > ORDINARY_NEWS && 2 * new > listings.len();
            }
            for (heeded, change) in heeded.into_iter().zip(last - count + 1..) {
                let mut met = shelved.meet(&heeded);
                let mut joined: Option<Counters> = None;
                if met.papers.len() > 1 {
                    write_shelf!(tx, shelved, how);
                    met = shelved.meet(&heeded);
                    let first = *met.papers.iter().min().expect("there are several");
                    let paper = shelved.paper(first).expect("who is met is there");
                    let (id, mut counters) = (paper.id.clone(), paper.counters);
                    for younger in met.papers.iter().copied().filter(|key| *key != first) {
                        let other = shelved.paper(younger).expect("who is met is there").id.clone();
                        join!(self, tx, first, younger, other.as_str(), change);
                        counters = shelved.join(first, younger, counters, source);
                        info!(paper.id = %id, other.id = %other, "Joined {id} and {other}: they are one paper");
                    }
                    joined = Some(counters);
                }
                shelved.hear(met, heeded, joined, how, change, &mut recorded);
            }
            write_shelf!(tx, shelved, how);
        });
        Ok((recorded, how.hold))
    }
}
