//! Feeds that people add, and how reading them goes.

use std::collections::HashMap;

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::values::{count, micros, opt_timestamp, text, timestamp};
use super::{Store, StoreError};

/// The number of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(pub i64);

impl FeedId {
    /// The feed of a source called `feed-7`; other sources are none.
    pub fn of_source(name: &str) -> Option<Self> {
        name.strip_prefix("feed-")?.parse().ok().map(Self)
    }
}

/// A feed that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowedFeed {
    /// Its number; its source is called `feed-` and this.
    pub id: FeedId,
    /// Where it is fetched.
    pub url: String,
    /// What it calls itself; its address when it has no name.
    pub title: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
    /// Since when it is not read.
    pub paused_at: Option<Timestamp>,
    /// When it was last read without a failure.
    pub read_at: Option<Timestamp>,
    /// Since when it is not read any more because of what it answers, and why.
    pub ended: Option<(Timestamp, String)>,
    /// Why the last reading failed, in words.
    pub failure: Option<String>,
    /// How many readings in a row failed.
    pub failures: u32,
}

/// What adding a feed came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddedFeed {
    /// It is followed from now on.
    Created(FollowedFeed),
    /// It was followed already; nothing changed.
    Existing(FollowedFeed),
}

macro_rules! select_feeds {
    ($rest:literal) => {
        concat!(
            "SELECT f.id, f.url, f.title, f.added_by, f.added_at, f.paused_at, f.ended_at, f.ended_why,
                s.polled_at AS read_at, s.failure, s.failures
            FROM feed f LEFT JOIN source_state s ON s.source = 'feed-' || f.id ",
            $rest
        )
    };
}

pub(super) use select_feeds;

/// Forgets a feed inside a transaction, with all that is known of reading it.
macro_rules! forget_feed {
    ($tx:ident, $id:expr) => {{
        query("DELETE FROM feed WHERE id = $1").bind($id.0).execute(&mut *$tx).await?;
        for sql in [
            "DELETE FROM source_state WHERE source = 'feed-' || $1",
            "DELETE FROM source_health WHERE source = 'feed-' || $1",
            "DELETE FROM validator WHERE url LIKE 'feed-' || $1 || ':%'",
        ] {
            query(sql).bind($id.0.to_string()).execute(&mut *$tx).await?;
        }
    }};
}
pub(super) use forget_feed;

#[derive(sqlx::FromRow)]
pub(super) struct FeedRow {
    id: i64,
    url: String,
    title: String,
    added_by: String,
    added_at: i64,
    paused_at: Option<i64>,
    ended_at: Option<i64>,
    ended_why: Option<String>,
    read_at: Option<i64>,
    failure: Option<String>,
    failures: Option<i64>,
}

impl TryFrom<FeedRow> for FollowedFeed {
    type Error = StoreError;
    fn try_from(row: FeedRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of feed {}", row.id);
        Ok(Self {
            id: FeedId(row.id),
            url: row.url,
            title: row.title,
            added_by: row.added_by,
            added_at: timestamp(row.added_at, &of("start"))?,
            paused_at: opt_timestamp(row.paused_at, &of("pause"))?,
            ended: opt_timestamp(row.ended_at, &of("end"))?.zip(row.ended_why),
            read_at: opt_timestamp(row.read_at, &of("last reading"))?,
            failure: row.failure,
            failures: count(row.failures.unwrap_or(0), &of("failures"))?,
        })
    }
}

impl Store {
    /// Follows a feed; one that is followed already, by whatever spelling of its address, stays as it is.
    pub async fn add_feed(
        &self,
        url: &str,
        title: &str,
        added_by: &str,
        now: Timestamp,
    ) -> Result<AddedFeed, StoreError> {
        let canonical = canonical(url);
        let insert = "INSERT INTO feed (url, canonical_url, title, added_by, added_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (canonical_url) DO NOTHING RETURNING id";
        writing!(self, |tx| {
            let created: Option<i64> = query_scalar(insert)
                .bind(url)
                .bind(&canonical)
                .bind(text(title))
                .bind(text(added_by))
                .bind(micros(now))
                .fetch_optional(&mut *tx)
                .await?;
            let sql = select_feeds!("WHERE f.canonical_url = $1");
            let row: FeedRow = query_as(sql).bind(&canonical).fetch_one(&mut *tx).await?;
            let feed = row.try_into()?;
            Ok(if created.is_some() { AddedFeed::Created(feed) } else { AddedFeed::Existing(feed) })
        })
    }

    /// The feeds that are followed, in the order in which they were added.
    pub async fn feeds(&self) -> Result<Vec<FollowedFeed>, StoreError> {
        let sql = select_feeds!("ORDER BY f.id");
        let rows: Vec<FeedRow> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// How many papers each feed has listed.
    pub async fn papers_of_feeds(&self) -> Result<HashMap<FeedId, u32>, StoreError> {
        let sql =
            "SELECT source, COUNT(DISTINCT paper_id) FROM listing WHERE source LIKE 'feed-%' GROUP BY source";
        let rows: Vec<(String, i64)> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        let numbered = rows.into_iter().filter_map(|(source, papers)| {
            let number = source.strip_prefix("feed-")?.parse().ok()?;
            Some(count(papers, "the papers of a feed").map(|papers| (FeedId(number), papers)))
        });
        numbered.collect()
    }

    /// Follows a feed no longer; its papers stay. `None` when there is no such feed.
    pub async fn remove_feed(&self, id: FeedId) -> Result<Option<FollowedFeed>, StoreError> {
        writing!(self, |tx| {
            let sql = select_feeds!("WHERE f.id = $1");
            let row: Option<FeedRow> = query_as(sql).bind(id.0).fetch_optional(&mut *tx).await?;
            forget_feed!(tx, id);
            Ok(row.map(TryInto::try_into).transpose()?)
        })
    }

    /// Leaves a feed unread until it is resumed.
    pub async fn pause_feed(&self, id: FeedId, now: Timestamp) -> Result<(), StoreError> {
        self.set_pause(id, Some(micros(now))).await
    }

    /// Reads a feed again.
    pub async fn resume_feed(&self, id: FeedId) -> Result<(), StoreError> {
        self.set_pause(id, None).await
    }

    async fn set_pause(&self, id: FeedId, paused_at: Option<i64>) -> Result<(), StoreError> {
        let sql = "UPDATE feed SET paused_at = $2 WHERE id = $1";
        writing!(self, |tx| {
            query(sql).bind(id.0).bind(paused_at).execute(&mut *tx).await?;
        });
        Ok(())
    }
}

/// An address without what may change and leads to the same feed.
pub(super) fn canonical(url: &str) -> String {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = bare.split('#').next().unwrap_or(bare);
    bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_feed_in_several_spellings_is_one_feed() {
        for url in ["https://www.lab.example/feed/", "http://lab.example/feed", "https://lab.example/feed#x"]
        {
            assert_eq!(canonical(url), "lab.example/feed");
        }
        assert_ne!(canonical("https://lab.example/feed?a=1"), canonical("https://lab.example/feed?a=2"));
    }
}
