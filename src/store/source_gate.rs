//! Whose turn it is at a source that allows one request at a time for all processes together.

use jiff::Timestamp;

use super::db::{query, query_as, writing};
use super::values::{count, micros, timestamp};
use super::{Store, StoreError};

/// What came of asking for the turn; `busy` and `denials` are what was given back last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceTurn {
    /// It is the caller's.
    Ours {
        /// Answers in a row that asked to wait.
        busy: u32,
        /// Answers in a row that forbade to ask.
        denials: u32,
    },
    /// It is not free yet.
    Later {
        /// When it is, at the latest.
        at: Timestamp,
        /// Answers in a row that asked to wait.
        busy: u32,
        /// Answers in a row that forbade to ask.
        denials: u32,
    },
}

impl Store {
    /// Takes the turn at a source until `held_until`, if it is free at `now`; of several callers one gets it.
    pub async fn take_source_turn(
        &self,
        name: &str,
        now: Timestamp,
        held_until: Timestamp,
    ) -> Result<SourceTurn, StoreError> {
        let take = "INSERT INTO source_gate (name, next_at, busy, denials) VALUES ($1, $2, 0, 0)
            ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at WHERE source_gate.next_at <= $3
            RETURNING busy, denials";
        let look = "SELECT next_at, busy, denials FROM source_gate WHERE name = $1";
        let numbers = |busy, denials| {
            let busy = count(busy, "the patience of a source")?;
            Ok::<_, StoreError>((busy, count(denials, "the patience of a source")?))
        };
        let turn = writing!(self, |tx| {
            let taken: Option<(i64, i64)> = query_as(take)
                .bind(name)
                .bind(micros(held_until))
                .bind(micros(now))
                .fetch_optional(&mut *tx)
                .await?;
            if let Some((busy, denials)) = taken {
                let (busy, denials) = numbers(busy, denials)?;
                SourceTurn::Ours { busy, denials }
            } else {
                let (at, busy, denials): (i64, i64, i64) =
                    query_as(look).bind(name).fetch_one(&mut *tx).await?;
                let (busy, denials) = numbers(busy, denials)?;
                SourceTurn::Later { at: timestamp(at, "the turn at a source")?, busy, denials }
            }
        });
        Ok(turn)
    }

    /// Gives back the turn that was taken until `held_until`; false when it had run out and is somebody else's.
    pub async fn give_back_source_turn(
        &self,
        name: &str,
        held_until: Timestamp,
        next_at: Timestamp,
        (busy, denials): (u32, u32),
    ) -> Result<bool, StoreError> {
        let sql =
            "UPDATE source_gate SET next_at = $3, busy = $4, denials = $5 WHERE name = $1 AND next_at = $2";
        let done = writing!(self, |tx| {
            query(sql)
                .bind(name)
                .bind(micros(held_until))
                .bind(micros(next_at))
                .bind(i64::from(busy))
                .bind(i64::from(denials))
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(done > 0)
    }
}
