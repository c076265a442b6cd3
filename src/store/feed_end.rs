//! Feeds that end or move for good, as their servers say.

use std::time::Duration;

use jiff::Timestamp;

use super::db::{query, query_as, writing};
use super::feeds::canonical;
use super::values::{micros, text};
use super::{FeedId, Store, StoreError};

/// As often in a row a feed must say that it has moved, before it is believed.
const BELIEVED_AFTER: i64 = 3;

impl Store {
    /// Reads a feed no longer, for this reason.
    pub async fn end_feed(&self, id: FeedId, why: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE feed SET ended_at = $2, ended_why = $3 WHERE id = $1 AND ended_at IS NULL";
        writing!(self, |tx| {
            query(sql).bind(id.0).bind(micros(now)).bind(text(why)).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// Reads a feed no longer when it has refused every question for so long; true when that is so.
    pub async fn end_feed_refused_for(
        &self,
        id: FeedId,
        span: Duration,
        why: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE feed SET ended_at = $2, ended_why = $3
            WHERE id = $1 AND ended_at IS NULL AND added_at <= $4
                AND NOT EXISTS (SELECT 1 FROM source_state s
                    WHERE s.source = 'feed-' || feed.id AND s.polled_at > $4)";
        let since = micros(now - span);
        let ended = writing!(self, |tx| {
            let row = query(sql).bind(id.0).bind(micros(now)).bind(text(why)).bind(since);
            row.execute(&mut *tx).await?.rows_affected()
        });
        Ok(ended > 0)
    }

    /// Keeps where a feed says that it has moved to for good, `None` when it does not say so; true when it has said
    /// the same often enough, so that it is read there from now on.
    ///
    /// It stays where it is when the other address is a feed of its own already.
    pub async fn note_feed_move(&self, id: FeedId, to: Option<&str>) -> Result<bool, StoreError> {
        const STAYS: &str =
            "UPDATE feed SET moved_to = NULL, moved_times = 0 WHERE id = $1 AND moved_to IS NOT NULL";
        const COUNT: &str = "UPDATE feed
            SET moved_times = CASE WHEN moved_to = $2 THEN moved_times + 1 ELSE 1 END, moved_to = $2
            WHERE id = $1 RETURNING moved_times, url";
        const MOVE: &str = "UPDATE feed SET url = $2, canonical_url = $3, moved_to = NULL, moved_times = 0
            WHERE id = $1 AND NOT EXISTS
                (SELECT 1 FROM feed other WHERE other.canonical_url = $3 AND other.id <> $1)";
        let Some(to) = to else {
            writing!(self, |tx| {
                query(STAYS).bind(id.0).execute(&mut *tx).await?;
            });
            return Ok(false);
        };
        writing!(self, |tx| {
            let counted: Option<(i64, String)> =
                query_as(COUNT).bind(id.0).bind(to).fetch_optional(&mut *tx).await?;
            let moves = counted.is_some_and(|(times, url)| times >= BELIEVED_AFTER && url != to);
            Ok(moves
                && query(MOVE)
                    .bind(id.0)
                    .bind(to)
                    .bind(canonical(to))
                    .execute(&mut *tx)
                    .await?
                    .rows_affected()
                    > 0)
        })
    }
}
