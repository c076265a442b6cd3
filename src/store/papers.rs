//! Papers read back from the store.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};

use super::db::{query_as, query_scalar, reading};
use super::heard::announcement;
use super::many::{Many, portions};
use super::values::{self, count, from_json, opt_timestamp, parsed, timestamp};
use super::{Store, StoreError};
use crate::domain::query::Announcement;
use crate::domain::{Counters, Facts, Paper, PaperId, PaperKey};

/// Which papers to read; the default is all of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct PaperFilter {
    /// Only those of this day.
    pub day: Option<Date>,
    /// Only those of this day and later.
    pub since: Option<Date>,
    /// At most so many.
    pub limit: Option<u32>,
}

/// A paper's numbers at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterSnapshot {
    /// When they were read.
    pub taken_at: Timestamp,
    /// The numbers.
    pub counters: Counters,
}

/// A paper whose numbers have moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The paper as it is now.
    pub paper: Paper,
    /// Up to when its numbers have been asked of the subscriptions.
    pub asked_at: Timestamp,
}

/// That a source listed a paper on one of its days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAt {
    /// The short name of the source.
    pub source: String,
    /// The source's day.
    pub day: Date,
    /// When Paperwire first saw it there.
    pub first_seen_at: Timestamp,
    /// When Paperwire last saw it there.
    pub last_seen_at: Timestamp,
    /// How the source announced it, and when Paperwire saw that.
    pub announced: Option<(Announcement, Timestamp)>,
}

/// A paper as its row holds it.
#[derive(sqlx::FromRow)]
pub(super) struct PaperRow {
    pub id: i64,
    canonical_id: String,
    revision: i64,
    day: String,
    first_seen_at: i64,
    updated_at: i64,
    title: String,
    abstract_text: String,
    authors: String,
    categories: String,
    published_at: Option<i64>,
    submitter: Option<String>,
    repository: Option<String>,
    project_page: Option<String>,
    thumbnail: Option<String>,
    organization: Option<String>,
    summary: Option<String>,
    keywords: String,
    withdrawn_at: Option<i64>,
    comment: Option<String>,
    journal: Option<String>,
    doi: Option<String>,
    version: Option<i64>,
    change: i64,
    pub title_key: Option<String>,
    #[sqlx(flatten)]
    counters: CounterRow,
}

/// The numbers that move, wherever they are stored.
#[derive(sqlx::FromRow)]
struct CounterRow {
    upvotes: Option<i64>,
    comments: Option<i64>,
    stars: Option<i64>,
}

impl TryFrom<CounterRow> for Counters {
    type Error = StoreError;
    fn try_from(row: CounterRow) -> Result<Self, StoreError> {
        let number = |n: Option<i64>| n.map(|n| count(n, "a counter")).transpose();
        Ok(Self { upvotes: number(row.upvotes)?, comments: number(row.comments)?, stars: number(row.stars)? })
    }
}

impl TryFrom<PaperRow> for Paper {
    type Error = StoreError;
    fn try_from(row: PaperRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of paper {}", row.id);
        Ok(Self {
            key: PaperKey(row.id),
            id: parsed(&row.canonical_id, &of("id"))?,
            revision: row.revision,
            day: parsed(&row.day, &of("day"))?,
            first_seen_at: timestamp(row.first_seen_at, &of("first sight"))?,
            updated_at: timestamp(row.updated_at, &of("last change"))?,
            facts: Facts {
                authors: from_json(&row.authors, &of("authors"))?,
                categories: from_json(&row.categories, &of("categories"))?,
                published_at: opt_timestamp(row.published_at, &of("publication"))?,
                organization: row.organization.map(|o| from_json(&o, &of("organization"))).transpose()?,
                summary: row.summary.map(|s| from_json(&s, &of("summary"))).transpose()?,
                keywords: from_json(&row.keywords, &of("keywords"))?,
                withdrawn_at: opt_timestamp(row.withdrawn_at, &of("withdrawal"))?,
                title: row.title,
                abstract_text: row.abstract_text,
                submitter: row.submitter,
                repository: row.repository,
                project_page: row.project_page,
                thumbnail: row.thumbnail,
                comment: row.comment,
                journal: row.journal,
                doi: row.doi,
                version: row.version.map(|number| version(number, &of("version"))).transpose()?,
            },
            counters: row.counters.try_into()?,
        })
    }
}

fn version(number: i64, what: &str) -> Result<u16, StoreError> {
    u16::try_from(number).map_err(|error| values::corrupt(what, number, &error))
}

fn all(rows: Vec<PaperRow>) -> Result<Vec<Paper>, StoreError> {
    rows.into_iter().map(Paper::try_from).collect()
}

/// The latest announcement among listings, by the sources' days.
pub fn last_announcement(listings: &[ListedAt]) -> Option<Announcement> {
    let told = listings.iter().filter_map(|listed| Some((listed.day, listed.announced?.0)));
    told.max().map(|(_, kind)| kind)
}

pub(super) static BY_KEY: Many = Many::list("SELECT * FROM paper WHERE id IN ({})");

static SOURCES: Many = Many::list(
    "SELECT DISTINCT paper_id, source FROM listing WHERE paper_id IN ({}) ORDER BY paper_id, source",
);

impl Store {
    /// The paper that has this id, be it one of its others.
    pub async fn paper(&self, id: &PaperId) -> Result<Option<Paper>, StoreError> {
        let sql = "SELECT * FROM paper WHERE canonical_id = $1
            UNION ALL SELECT p.* FROM paper_alias a JOIN paper p ON p.id = a.paper_id WHERE a.alias = $1 LIMIT 1";
        let row: Option<PaperRow> =
            reading!(self, |tx| query_as(sql).bind(id.as_str()).fetch_optional(&mut *tx).await?);
        row.map(Paper::try_from).transpose()
    }

    /// Papers, the newest day first and each day in the order of its listing.
    pub async fn papers(&self, filter: &PaperFilter) -> Result<Vec<Paper>, StoreError> {
        let sql = "SELECT * FROM paper
            WHERE ($1 IS NULL OR day = $1) AND ($2 IS NULL OR day >= $2)
            ORDER BY day DESC, id LIMIT $3";
        let (day, since) = (filter.day.map(values::day), filter.since.map(values::day));
        all(reading!(self, |tx| {
            query_as(sql)
                .bind(&day)
                .bind(&since)
                .bind(values::limit(filter.limit))
                .fetch_all(&mut *tx)
                .await?
        }))
    }

    /// Papers that no router has seen yet, in the order in which they were listed.
    pub async fn unrouted(&self, limit: u32) -> Result<Vec<Paper>, StoreError> {
        let sql = "SELECT * FROM paper WHERE routed_at IS NULL ORDER BY id LIMIT $1";
        all(reading!(self, |tx| query_as(sql).bind(i64::from(limit)).fetch_all(&mut *tx).await?))
    }

    /// Routed papers whose numbers moved since they were last asked, the longest waiting first; papers
    /// that were never to be posted are left out.
    pub async fn to_ask_again(&self, limit: u32) -> Result<Vec<Moved>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            asked_at: i64,
            #[sqlx(flatten)]
            paper: PaperRow,
        }
        let sql = "SELECT * FROM paper
            WHERE routed_at IS NOT NULL AND route_note IS NULL AND counted_at > asked_at
            ORDER BY counted_at, id LIMIT $1";
        let rows: Vec<Row> =
            reading!(self, |tx| query_as(sql).bind(i64::from(limit)).fetch_all(&mut *tx).await?);
        let moved = |row: Row| {
            let asked_at = timestamp(row.asked_at, "the time of the last question")?;
            Ok(Moved { paper: row.paper.try_into()?, asked_at })
        };
        rows.into_iter().map(moved).collect()
    }

    /// Papers that changed after a position, in the order of their changes, and the position after them.
    ///
    /// A position is got from here, or 0 for the beginning. Who goes on from it misses no change.
    pub async fn papers_changed_since(
        &self,
        position: i64,
        limit: u32,
    ) -> Result<(Vec<Paper>, i64), StoreError> {
        let sql = "SELECT * FROM paper WHERE change > $1 ORDER BY change LIMIT $2";
        let rows: Vec<PaperRow> = reading!(self, |tx| {
            query_as(sql).bind(position).bind(i64::from(limit)).fetch_all(&mut *tx).await?
        });
        let reached = rows.last().map_or(position, |row| row.change);
        Ok((all(rows)?, reached))
    }

    /// Papers whose rows were joined into others by the changes after a position up to another one.
    pub async fn papers_joined_away(&self, after: i64, until: i64) -> Result<Vec<PaperKey>, StoreError> {
        let sql = "SELECT paper_id FROM joined_paper WHERE change > $1 AND change <= $2";
        let keys: Vec<i64> =
            reading!(self, |tx| query_scalar(sql).bind(after).bind(until).fetch_all(&mut *tx).await?);
        Ok(keys.into_iter().map(PaperKey).collect())
    }

    /// The position after the latest change; it never goes back.
    pub async fn paper_position(&self) -> Result<i64, StoreError> {
        let sql = "SELECT value FROM change_counter WHERE name = 'papers'";
        Ok(reading!(self, |tx| query_scalar(sql).fetch_one(&mut *tx).await?))
    }

    /// The papers with these numbers, in their order; those that are not there are left out.
    pub async fn papers_by_key(&self, keys: &[PaperKey]) -> Result<Vec<Paper>, StoreError> {
        let keys: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let mut rows: Vec<PaperRow> = Vec::with_capacity(keys.len());
        reading!(self, |tx| {
            for portion in portions(&keys) {
                let mut asked = query_as::<_, PaperRow>(BY_KEY.text(portion.len()));
                for key in portion {
                    asked = asked.bind(*key);
                }
                rows.extend(asked.fetch_all(&mut *tx).await?);
            }
        });
        let papers: HashMap<i64, Paper> = all(rows)?.into_iter().map(|paper| (paper.key.0, paper)).collect();
        Ok(keys.iter().filter_map(|key| papers.get(key).cloned()).collect())
    }

    /// The short names of the sources that list each of these papers, in the papers' order.
    pub async fn sources_of_each(&self, papers: &[PaperKey]) -> Result<Vec<Vec<String>>, StoreError> {
        let keys: Vec<i64> = papers.iter().map(|key| key.0).collect();
        let mut rows: Vec<(i64, String)> = Vec::with_capacity(papers.len());
        reading!(self, |tx| {
            for portion in portions(&keys) {
                let mut asked = query_as::<_, (i64, String)>(SOURCES.text(portion.len()));
                for key in portion {
                    asked = asked.bind(*key);
                }
                rows.extend(asked.fetch_all(&mut *tx).await?);
            }
        });
        let mut of: HashMap<i64, Vec<String>> = HashMap::new();
        for (key, source) in rows {
            of.entry(key).or_default().push(source);
        }
        Ok(keys.iter().map(|key| of.get(key).cloned().unwrap_or_default()).collect())
    }

    /// How a paper's numbers moved, oldest first.
    pub async fn counter_history(&self, paper: PaperKey) -> Result<Vec<CounterSnapshot>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            taken_at: i64,
            #[sqlx(flatten)]
            counters: CounterRow,
        }
        let sql = "SELECT taken_at, upvotes, comments, stars FROM counter_snapshot
            WHERE paper_id = $1 ORDER BY taken_at";
        let rows: Vec<Row> = reading!(self, |tx| query_as(sql).bind(paper.0).fetch_all(&mut *tx).await?);
        let snapshot = |row: Row| {
            let taken_at = timestamp(row.taken_at, "the time of a counter")?;
            Ok(CounterSnapshot { taken_at, counters: row.counters.try_into()? })
        };
        rows.into_iter().map(snapshot).collect()
    }

    /// Which sources listed a paper and when, in the order of days.
    pub async fn sources_of(&self, paper: PaperKey) -> Result<Vec<ListedAt>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            source: String,
            day: String,
            first_seen_at: i64,
            last_seen_at: i64,
            announced: Option<String>,
            announced_at: Option<i64>,
        }
        let sql = "SELECT source, day, first_seen_at, last_seen_at, announced, announced_at FROM listing
            WHERE paper_id = $1 ORDER BY day, source";
        let rows: Vec<Row> = reading!(self, |tx| query_as(sql).bind(paper.0).fetch_all(&mut *tx).await?);
        let listed = |row: Row| {
            let first_seen_at = timestamp(row.first_seen_at, "the first sight of a listing")?;
            let announced_at = opt_timestamp(row.announced_at, "the time of an announcement")?;
            let announced = announcement(row.announced.as_deref())?;
            Ok(ListedAt {
                source: row.source,
                day: parsed(&row.day, "the day of a listing")?,
                first_seen_at,
                last_seen_at: timestamp(row.last_seen_at, "the last sight of a listing")?,
                announced: announced.map(|kind| (kind, announced_at.unwrap_or(first_seen_at))),
            })
        };
        rows.into_iter().map(listed).collect()
    }

    /// How many papers are stored.
    pub async fn paper_count(&self) -> Result<u64, StoreError> {
        let n: i64 =
            reading!(self, |tx| query_scalar("SELECT COUNT(*) FROM paper").fetch_one(&mut *tx).await?);
        Ok(n.unsigned_abs())
    }
}
