//! What one process at a time does for all that share the database, and when it is to be done again.
//!
//! Nothing correct hangs on a lease: it saves work that would be done twice and come to the same.

use std::time::Duration;

use jiff::Timestamp;

use super::db::{Db, query, query_as, query_scalar, writing};
use super::values::micros;
use super::{Store, StoreError};

/// What came of asking for a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseAnswer {
    /// It is the caller's.
    Held,
    /// It may be free after this time.
    Later(Duration),
}

/// The clocks of several machines differ, the server's is one.
const SERVER_NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

// $6: another owner's lease is void in SQLite, since only one process uses the file.
const TAKE: &str = "INSERT INTO lease (name, owner, held_until, next_at, ended_at) VALUES ($1, $2, $4, 0, 0)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, held_until = excluded.held_until
    WHERE (lease.held_until <= $3 OR lease.owner = excluded.owner OR $6)
        AND (lease.next_at <= $3 OR lease.ended_at <= $5)
    RETURNING name";

impl Store {
    /// True when other processes may work on the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
    }

    /// Takes a lease until `hold` has passed, if it is nobody's and its time has come; of several callers one gets it.
    ///
    /// With `rested` its time has also come when it was given back that long ago, whatever was said then.
    pub async fn take_lease(
        &self,
        name: &str,
        owner: &str,
        hold: Duration,
        rested: Option<Duration>,
        now: Timestamp,
    ) -> Result<LeaseAnswer, StoreError> {
        let shared = self.is_shared();
        let look = "SELECT held_until, next_at FROM lease WHERE name = $1";
        Ok(writing!(self, |tx| {
            let now = if shared { query_scalar(SERVER_NOW).fetch_one(&mut *tx).await? } else { micros(now) };
            let taken: Option<String> = query_scalar(TAKE)
                .bind(name)
                .bind(owner)
                .bind(now)
                .bind(now + span(hold))
                .bind(rested.map_or(-1, |rested| now - span(rested)))
                .bind(!shared)
                .fetch_optional(&mut *tx)
                .await?;
            if taken.is_some() {
                LeaseAnswer::Held
            } else {
                let (held_until, next_at): (i64, i64) = query_as(look).bind(name).fetch_one(&mut *tx).await?;
                let left = held_until.max(next_at).saturating_sub(now);
                LeaseAnswer::Later(Duration::from_micros(u64::try_from(left).unwrap_or(0)))
            }
        }))
    }

    /// Holds a lease for longer; false when it is somebody else's by now.
    pub async fn renew_lease(
        &self,
        name: &str,
        owner: &str,
        hold: Duration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let shared = self.is_shared();
        let sql = "UPDATE lease SET held_until = $3 WHERE name = $1 AND owner = $2";
        Ok(writing!(self, |tx| {
            let now = if shared { query_scalar(SERVER_NOW).fetch_one(&mut *tx).await? } else { micros(now) };
            let until = now + span(hold);
            query(sql).bind(name).bind(owner).bind(until).execute(&mut *tx).await?.rows_affected() > 0
        }))
    }

    /// Gives a lease back, to be taken by anybody after `rest`; false when it is somebody else's by now.
    pub async fn end_lease(
        &self,
        name: &str,
        owner: &str,
        rest: Duration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let shared = self.is_shared();
        let sql = "UPDATE lease SET owner = '', held_until = 0, next_at = $3, ended_at = $4
            WHERE name = $1 AND owner = $2";
        Ok(writing!(self, |tx| {
            let now = if shared { query_scalar(SERVER_NOW).fetch_one(&mut *tx).await? } else { micros(now) };
            let ended =
                query(sql).bind(name).bind(owner).bind(now + span(rest)).bind(now).execute(&mut *tx).await?;
            ended.rows_affected() > 0
        }))
    }
}

/// In microseconds; a span that no clock will see the end of is a thousand years.
fn span(span: Duration) -> i64 {
    const MOST: i64 = 1_000 * 366 * 24 * 3_600 * 1_000_000;
    i64::try_from(span.as_micros()).unwrap_or(MOST).min(MOST)
}
