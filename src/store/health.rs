//! How each source is: when it was last read, what went wrong, what it brings and how late.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::db::{query, query_as, query_scalar, reading, writing};
use super::values::{count, day, micros, opt_timestamp, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::SourceName;

/// The time that the lag and the newest papers are counted over.
const RECENT: Duration = Duration::from_hours(24);

/// How a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceHealth {
    /// Its short name.
    pub source: String,
    /// When it was last read without a failure.
    pub last_success: Option<Timestamp>,
    /// How many polls in a row have failed since.
    pub failures: u32,
    /// The last failure, in words; it stays after the source is well again.
    pub last_error: Option<String>,
    /// When that was; `None` when it was not noted.
    pub last_error_at: Option<Timestamp>,
    /// When it is asked next.
    pub next_poll: Option<Timestamp>,
    /// Papers that it has listed, each once for each of its days.
    pub items: u64,
    /// Those of them that were first seen during the last 24 hours.
    pub items_last_day: u64,
    /// The newest of its days that had a paper.
    pub newest_day: Option<Date>,
    /// How late papers that may be posted were stored during the last 24 hours; `None` without any.
    pub lag: Option<Lag>,
}

/// The time from the beginning of a listing's day (UTC), the finest time that listings carry, to its being stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Half of the papers came sooner.
    pub p50: Duration,
    /// The latest paper.
    pub max: Duration,
}

/// What a poll came to, for people to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollNote<'a> {
    /// When it ended.
    pub at: Timestamp,
    /// Why it failed, in words.
    pub error: Option<&'a str>,
    /// When the source is asked next.
    pub next_poll: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    source: String,
    polled_at: Option<i64>,
    failures: Option<i64>,
    failure: Option<String>,
    last_error: Option<String>,
    last_error_at: Option<i64>,
    next_poll_at: Option<i64>,
    items: i64,
    items_last_day: i64,
    newest_day: Option<String>,
}

const HEALTH: &str = "SELECT n.source, s.polled_at, s.failures, s.failure, h.last_error, h.last_error_at,
        h.next_poll_at, COALESCE(l.items, 0) AS items, COALESCE(l.items_last_day, 0) AS items_last_day, l.newest_day
    FROM (SELECT source FROM source_state UNION SELECT source FROM source_health
          UNION SELECT source FROM listing) n
    LEFT JOIN source_state s ON s.source = n.source
    LEFT JOIN source_health h ON h.source = n.source
    LEFT JOIN (SELECT source, COUNT(*) AS items, COUNT(CASE WHEN first_seen_at >= $1 THEN 1 END) AS items_last_day,
                   MAX(day) AS newest_day
               FROM listing GROUP BY source) l ON l.source = n.source
    ORDER BY n.source";

const LAGS: &str = "SELECT l.source, l.day, l.first_seen_at FROM listing l JOIN paper p ON p.id = l.paper_id
    WHERE l.first_seen_at >= $1 AND p.route_note IS NULL";

impl Store {
    /// How every source is that was ever polled or has listed a paper, in the order of their names.
    pub async fn source_health(&self, now: Timestamp) -> Result<Vec<SourceHealth>, StoreError> {
        let since = micros(now - RECENT);
        let (rows, seen): (Vec<Row>, Vec<(String, String, i64)>) = reading!(self, |tx| {
            (
                query_as(HEALTH).bind(since).fetch_all(&mut *tx).await?,
                query_as(LAGS).bind(since).fetch_all(&mut *tx).await?,
            )
        });
        let mut lags: Vec<(String, Duration)> = Vec::with_capacity(seen.len());
        for (source, day, stored) in seen {
            let day: Date = parsed(&day, "the day of a listing")?;
            let stored = timestamp(stored, "the first sight of a listing")?;
            lags.push((source, lag(day, stored)));
        }
        rows.into_iter().map(|row| health(row, &lags)).collect()
    }

    /// True when a source has listed papers of a day or a later one, first seen since a time.
    pub async fn has_listed(
        &self,
        source: SourceName,
        of: Date,
        seen_since: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM listing
            WHERE source = $1 AND first_seen_at >= $3 AND day >= $2 LIMIT 1) l";
        let found: i64 = reading!(self, |tx| {
            query_scalar(sql)
                .bind(source.0)
                .bind(day(of))
                .bind(micros(seen_since))
                .fetch_one(&mut *tx)
                .await?
        });
        Ok(found > 0)
    }

    /// Keeps what a poll came to; a last error stays when later polls succeed.
    pub async fn note_poll(&self, source: SourceName, note: PollNote<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO source_health (source, next_poll_at, last_error, last_error_at)
            VALUES ($1, $2, $3, $4)
            ON CONFLICT (source) DO UPDATE SET next_poll_at = excluded.next_poll_at,
                last_error = COALESCE(excluded.last_error, source_health.last_error),
                last_error_at = COALESCE(excluded.last_error_at, source_health.last_error_at)";
        writing!(self, |tx| {
            query(sql)
                .bind(source.0)
                .bind(micros(note.next_poll))
                .bind(note.error.map(text))
                .bind(note.error.map(|_| micros(note.at)))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}

fn health(row: Row, lags: &[(String, Duration)]) -> Result<SourceHealth, StoreError> {
    let mut own: Vec<Duration> =
        lags.iter().filter(|(source, _)| *source == row.source).map(|(_, lag)| *lag).collect();
    own.sort_unstable();
    let lag = own.last().map(|max| Lag { p50: own[(own.len() - 1) / 2], max: *max });
    Ok(SourceHealth {
        last_success: opt_timestamp(row.polled_at, "the last poll of a source")?,
        failures: count(row.failures.unwrap_or(0), "the failures of a source")?,
        // A failure that goes on is the newest one.
        last_error: row.failure.or(row.last_error),
        last_error_at: opt_timestamp(row.last_error_at, "the last failure of a source")?,
        next_poll: opt_timestamp(row.next_poll_at, "the next poll of a source")?,
        items: row.items.unsigned_abs(),
        items_last_day: row.items_last_day.unsigned_abs(),
        newest_day: row.newest_day.map(|day| parsed(&day, "the day of a listing")).transpose()?,
        source: row.source,
        lag,
    })
}

fn lag(day: Date, stored: Timestamp) -> Duration {
    let begins = TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).unwrap_or(stored);
    Duration::try_from(stored.duration_since(begins)).unwrap_or_default()
}
