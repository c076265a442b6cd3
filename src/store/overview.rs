//! How the sources and the stored papers stand as a whole, and what became of one paper when it was routed.

use jiff::{Timestamp, civil::Date};

use super::db::{query_as, query_scalar, reading};
use super::values::{count, day, micros, opt_timestamp, parsed};
use super::{SourceState, Store, StoreError};
use crate::domain::PaperKey;

/// How many papers there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaperCounts {
    /// In the store.
    pub stored: u64,
    /// Listed on the day that was asked about.
    pub listed: u64,
    /// Seen for the first time since the time that was asked about.
    pub seen: u64,
    /// Of those, how many the subscriptions were asked about since the other time that was asked about.
    pub asked: u64,
}

/// What became of a paper when it was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoutedAt {
    /// When the subscriptions were asked; `None` while they are still to be.
    pub at: Option<Timestamp>,
    /// True when they were not asked, as the paper was too old when it was first seen.
    pub backlog: bool,
    /// True when it is held until the operator has looked.
    pub held: bool,
    /// True when the operator has looked and dropped it.
    pub dropped: bool,
}

impl Store {
    /// Where the polling of every source stands that has been polled, by name.
    pub async fn source_states(&self) -> Result<Vec<(String, SourceState)>, StoreError> {
        type Row = (String, String, Option<i64>, Option<String>, i64);
        let sql = "SELECT source, baseline, polled_at, failure, failures FROM source_state ORDER BY source";
        let rows: Vec<Row> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        let state = |(source, baseline, polled_at, failure, failures): Row| {
            let state = SourceState {
                baseline: parsed(&baseline, "the baseline of a source")?,
                polled_at: opt_timestamp(polled_at, "the last poll of a source")?,
                failure,
                failures: count(failures, "the failures of a source")?,
            };
            Ok((source, state))
        };
        rows.into_iter().map(state).collect()
    }

    /// How many papers there are in all, of a listing day, first seen since a time, and asked about since another.
    pub async fn paper_counts(
        &self,
        of: Date,
        since: Timestamp,
        asked_since: Timestamp,
    ) -> Result<PaperCounts, StoreError> {
        // Papers are numbered in the order in which they are first seen: only the newest are looked at.
        const SEEN: &str = "SELECT COUNT(*),
                COUNT(CASE WHEN routed_at >= $2 AND route_note IS NULL THEN 1 END)
            FROM paper WHERE id > COALESCE(
            (SELECT id FROM paper WHERE first_seen_at < $1 ORDER BY id DESC LIMIT 1), 0)";
        let (stored, listed, (seen, asked)): (i64, i64, (i64, i64)) = reading!(self, |tx| {
            let stored: i64 = query_scalar("SELECT COUNT(*) FROM paper").fetch_one(&mut *tx).await?;
            let listed: i64 = query_scalar("SELECT COUNT(*) FROM paper WHERE day = $1")
                .bind(day(of))
                .fetch_one(&mut *tx)
                .await?;
            let seen: (i64, i64) =
                query_as(SEEN).bind(micros(since)).bind(micros(asked_since)).fetch_one(&mut *tx).await?;
            (stored, listed, seen)
        });
        Ok(PaperCounts {
            stored: stored.unsigned_abs(),
            listed: listed.unsigned_abs(),
            seen: seen.unsigned_abs(),
            asked: asked.unsigned_abs(),
        })
    }

    /// What became of a paper when it was new; `None` when there is no such paper.
    pub async fn routed_at(&self, paper: PaperKey) -> Result<Option<RoutedAt>, StoreError> {
        let sql = "SELECT routed_at, route_note FROM paper WHERE id = $1";
        let row: Option<(Option<i64>, Option<String>)> =
            reading!(self, |tx| query_as(sql).bind(paper.0).fetch_optional(&mut *tx).await?);
        let Some((at, note)) = row else { return Ok(None) };
        Ok(Some(RoutedAt {
            at: opt_timestamp(at, "the routing of a paper")?,
            backlog: note.as_deref() == Some("backlog"),
            held: note.as_deref() == Some("held"),
            dropped: note.as_deref() == Some("dropped"),
        }))
    }
}
