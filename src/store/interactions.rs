//! What people did, so that each deed is done once, and how much of it they may do.

use std::time::Duration;

use jiff::Timestamp;

use super::db::{query, query_scalar, reading, writing};
use super::values::{micros, text};
use super::{Store, StoreError};
use crate::domain::Platform;

/// For so long a deed is known again.
const REMEMBERED: Duration = Duration::from_hours(24);
/// After this nobody works on a deed any more: a platform has stopped waiting long before.
const GIVEN_UP: Duration = Duration::from_mins(1);
/// Queries that nobody asked for so long are not offered again.
const QUERIES_REMEMBERED: Duration = Duration::from_hours(180 * 24);

/// What is known of a deed when it comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new, and the caller's to do.
    New,
    /// Who began it has not ended it in a minute and is taken for gone; it is the caller's to do now.
    Abandoned,
    /// Somebody is doing it.
    Running,
    /// It was done, and this was the answer, as [`Store::end_interaction`] was given it.
    Done(String),
}

const BEGIN: &str =
    "INSERT INTO interaction (platform, id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

const TAKE_OVER: &str = "UPDATE interaction SET received_at = $3
    WHERE platform = $1 AND id = $2 AND answer IS NULL AND received_at <= $4";

const END: &str = "UPDATE interaction SET answer = $3 WHERE platform = $1 AND id = $2";

// The generic cell rate algorithm: each draw moves the time at which the allowance is whole again by $3, and it
// may not move further than $4 ahead of now.
const DRAW: &str = "INSERT INTO allowance (scope, whole_at) VALUES ($1, $2 + $3)
    ON CONFLICT (scope) DO UPDATE SET whole_at =
        CASE WHEN allowance.whole_at > $2 THEN allowance.whole_at ELSE $2 END + $3
    WHERE allowance.whole_at + $3 <= $2 + $4";

impl Store {
    /// Notes that a deed came in; of several callers with one id only one is told to do it.
    pub async fn begin_interaction(
        &self,
        platform: Platform,
        id: &str,
        now: Timestamp,
    ) -> Result<Begun, StoreError> {
        let (name, id) = (platform.name(), text(id));
        writing!(self, |tx| {
            let begun = query(BEGIN).bind(name).bind(&id).bind(micros(now)).execute(&mut *tx).await?;
            if begun.rows_affected() > 0 {
                Ok(Begun::New)
            } else {
                let answer: Option<String> =
                    query_scalar("SELECT answer FROM interaction WHERE platform = $1 AND id = $2")
                        .bind(name)
                        .bind(&id)
                        .fetch_one(&mut *tx)
                        .await?;
                if let Some(answer) = answer {
                    return Ok(Begun::Done(answer));
                }
                let taken = query(TAKE_OVER)
                    .bind(name)
                    .bind(&id)
                    .bind(micros(now))
                    .bind(micros(now - GIVEN_UP))
                    .execute(&mut *tx)
                    .await?;
                Ok(if taken.rows_affected() > 0 { Begun::Abandoned } else { Begun::Running })
            }
        })
    }

    /// Keeps the answer to a deed for whoever brings it again.
    pub async fn end_interaction(
        &self,
        platform: Platform,
        id: &str,
        answer: &str,
    ) -> Result<(), StoreError> {
        writing!(self, |tx| {
            query(END).bind(platform.name()).bind(text(id)).bind(text(answer)).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// Draws one on an allowance of `burst` that fills up evenly in `per`; else says how long to wait for one.
    pub async fn allow(
        &self,
        scope: &str,
        burst: u32,
        per: Duration,
        now: Timestamp,
    ) -> Result<Result<(), Duration>, StoreError> {
        self.allow_all(&[(scope, burst)], per, now).await
    }

    /// Draws one on each of several allowances, or on none of them.
    pub async fn allow_all(
        &self,
        scopes: &[(&str, u32)],
        per: Duration,
        now: Timestamp,
    ) -> Result<Result<(), Duration>, StoreError> {
        let whole = i64::try_from(per.as_micros()).unwrap_or(i64::MAX / 4);
        let at = micros(now);
        writing!(self, |tx| {
            for (scope, burst) in scopes {
                let step = whole / i64::from((*burst).max(1));
                let drawn =
                    query(DRAW).bind(text(scope)).bind(at).bind(step).bind(whole).execute(&mut *tx).await?;
                if drawn.rows_affected() == 0 {
                    let whole_at: i64 = query_scalar("SELECT whole_at FROM allowance WHERE scope = $1")
                        .bind(text(scope))
                        .fetch_one(&mut *tx)
                        .await?;
                    let wait = (whole_at + step - whole - at).max(0);
                    return Ok(Err(Duration::from_micros(wait.unsigned_abs())));
                }
            }
            Ok(Ok(()))
        })
    }

    /// Forgets deeds older than a day, controls and allowances that mean nothing any more, and old queries.
    pub async fn forget_interactions(&self, now: Timestamp) -> Result<(), StoreError> {
        let chores = [
            ("DELETE FROM interaction WHERE received_at < $1", now - REMEMBERED),
            ("DELETE FROM control WHERE expires_at <= $1", now),
            ("DELETE FROM allowance WHERE whole_at <= $1", now),
            ("DELETE FROM asked_query WHERE asked_at < $1", now - QUERIES_REMEMBERED),
        ];
        for (sql, before) in chores {
            writing!(self, |tx| {
                query(sql).bind(micros(before)).execute(&mut *tx).await?;
            });
        }
        Ok(())
    }

    /// Notes that somebody asked a query, for completing the next one.
    pub async fn note_query(
        &self,
        platform: Platform,
        user: &str,
        asked: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO asked_query (platform, asked_by, query, times, asked_at) VALUES ($1, $2, $3, 1, $4)
            ON CONFLICT (platform, asked_by, query) DO UPDATE
            SET times = asked_query.times + 1, asked_at = excluded.asked_at";
        writing!(self, |tx| {
            query(sql)
                .bind(platform.name())
                .bind(text(user))
                .bind(text(asked))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }

    /// The queries that somebody asked last, the latest first.
    pub async fn recent_queries(
        &self,
        platform: Platform,
        user: &str,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT query FROM asked_query WHERE platform = $1 AND asked_by = $2
            ORDER BY asked_at DESC, query LIMIT $3";
        Ok(reading!(self, |tx| {
            query_scalar(sql)
                .bind(platform.name())
                .bind(text(user))
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?
        }))
    }

    /// The queries that most people of a platform asked; one that a single person asked stays theirs.
    pub async fn popular_queries(&self, platform: Platform, limit: u32) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT query FROM asked_query WHERE platform = $1
            GROUP BY query HAVING COUNT(*) > 1
            ORDER BY COUNT(*) DESC, SUM(times) DESC, query LIMIT $2";
        Ok(reading!(self, |tx| {
            query_scalar(sql).bind(platform.name()).bind(i64::from(limit)).fetch_all(&mut *tx).await?
        }))
    }
}
