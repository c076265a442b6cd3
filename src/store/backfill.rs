//! How far the archive of a source has been read back, day by day.

use std::collections::HashMap;

use jiff::{Timestamp, civil::Date};

use super::db::{query, query_as, reading, writing};
use super::values::{day, micros, parsed, text};
use super::{Store, StoreError};
use crate::domain::SourceName;

/// How far a day of an archive has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The source's own words for the page that comes next.
    Begun(String),
    /// To its end, when the day was over.
    Done,
}

impl Store {
    /// The days of a source's archive that have been begun or done; `category` is empty where there is none.
    pub async fn backfilled(
        &self,
        source: SourceName,
        category: &str,
        from: Date,
        to: Date,
    ) -> Result<HashMap<Date, Progress>, StoreError> {
        let sql = "SELECT day, page, done_at FROM backfill
            WHERE source = $1 AND category = $2 AND day >= $3 AND day <= $4";
        let rows: Vec<(String, Option<String>, Option<i64>)> = reading!(self, |tx| {
            query_as(sql)
                .bind(source.0)
                .bind(category)
                .bind(day(from))
                .bind(day(to))
                .fetch_all(&mut *tx)
                .await?
        });
        let progress = |(day, page, done): (String, Option<String>, Option<i64>)| {
            let progress = match (done, page) {
                (Some(_), _) => Progress::Done,
                (None, Some(page)) => Progress::Begun(page),
                (None, None) => return Ok(None),
            };
            Ok(Some((parsed::<Date>(&day, "a day that was read back")?, progress)))
        };
        rows.into_iter().filter_map(|row| progress(row).transpose()).collect()
    }

    /// Keeps how far a day has been read.
    pub async fn put_backfilled(
        &self,
        source: SourceName,
        category: &str,
        of: Date,
        progress: &Progress,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO backfill (source, category, day, page, done_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (source, category, day) DO UPDATE SET page = excluded.page,
                done_at = excluded.done_at, updated_at = excluded.updated_at";
        let (page, done) = match progress {
            Progress::Begun(page) => (Some(text(page)), None),
            Progress::Done => (None, Some(micros(now))),
        };
        writing!(self, |tx| {
            query(sql)
                .bind(source.0)
                .bind(category)
                .bind(day(of))
                .bind(&page)
                .bind(done)
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}
