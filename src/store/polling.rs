//! What pollers remember: how far each source is, and what makes its next request conditional.

use jiff::{Timestamp, civil::Date};

use super::db::{query, query_as, reading, writing};
use super::values::{count, day, micros, opt_timestamp, parsed, text};
use super::{Store, StoreError};
use crate::domain::SourceName;

/// Where the polling of a source stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// Papers listed before this day are kept but not posted; set by the first poll.
    pub baseline: Date,
    /// When it was last read without a failure.
    pub polled_at: Option<Timestamp>,
    /// Why the last poll failed, in words.
    pub failure: Option<String>,
    /// How many polls in a row failed.
    pub failures: u32,
}

/// What a server gave to make the next request conditional, verbatim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// The `ETag` header.
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    pub last_modified: Option<String>,
}

impl Store {
    /// Where the polling of a source stands; `None` before its first poll.
    pub async fn source_state(&self, source: SourceName) -> Result<Option<SourceState>, StoreError> {
        let sql = "SELECT baseline, polled_at, failure, failures FROM source_state WHERE source = $1";
        let row: Option<(String, Option<i64>, Option<String>, i64)> =
            reading!(self, |tx| query_as(sql).bind(source.0).fetch_optional(&mut *tx).await?);
        let state = |(baseline, polled_at, failure, failures): (String, Option<i64>, Option<String>, i64)| {
            Ok(SourceState {
                baseline: parsed(&baseline, "the baseline of a source")?,
                polled_at: opt_timestamp(polled_at, "the last poll of a source")?,
                failure,
                failures: count(failures, "the failures of a source")?,
            })
        };
        row.map(state).transpose()
    }

    /// Keeps where the polling of a source stands.
    pub async fn put_source_state(&self, source: SourceName, state: &SourceState) -> Result<(), StoreError> {
        let sql = "INSERT INTO source_state (source, baseline, polled_at, failure, failures)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (source) DO UPDATE SET baseline = excluded.baseline,
                polled_at = excluded.polled_at, failure = excluded.failure, failures = excluded.failures";
        writing!(self, |tx| {
            query(sql)
                .bind(source.0)
                .bind(day(state.baseline))
                .bind(state.polled_at.map(micros))
                .bind(state.failure.as_deref().map(text))
                .bind(i64::from(state.failures))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// What makes the next request of this address conditional.
    pub async fn validators(&self, url: &str) -> Result<Option<Validators>, StoreError> {
        let sql = "SELECT etag, last_modified FROM validator WHERE url = $1";
        let row: Option<(Option<String>, Option<String>)> =
            reading!(self, |tx| query_as(sql).bind(url).fetch_optional(&mut *tx).await?);
        Ok(row.map(|(etag, last_modified)| Validators { etag, last_modified }))
    }

    /// Keeps what makes the next request of this address conditional.
    pub async fn put_validators(
        &self,
        url: &str,
        validators: &Validators,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO validator (url, etag, last_modified, updated_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (url) DO UPDATE SET etag = excluded.etag,
                last_modified = excluded.last_modified, updated_at = excluded.updated_at";
        writing!(self, |tx| {
            query(sql)
                .bind(url)
                .bind(&validators.etag)
                .bind(&validators.last_modified)
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}
