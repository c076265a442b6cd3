//! Taking back what a stopped sender held.

use jiff::Timestamp;

use crate::store::db::{Db, query, query_scalar, writing};
use crate::store::values::micros;
use crate::store::{Store, StoreError};

/// What a recovery took back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Deliveries that were surely not posted and wait again.
    pub requeued: u64,
    /// Deliveries that may be in their channel.
    pub unknown: u64,
}

// Locks the rows first: what is decided next must see every intent that was committed.
const LOCK_OVERDUE: &str = "UPDATE delivery SET lease_epoch = lease_epoch
    WHERE state = 'leased' AND (lease_until <= $1 OR ($2 AND lease_owner <> $3)) RETURNING id";

// An attempt of an earlier lease leaves its trace in `unsettled_since`; an open one is of this lease.
const DOUBT: &str = "UPDATE delivery SET state = 'unknown', lease_owner = NULL, lease_until = NULL,
        reason = 'its sender stopped before the answer was recorded',
        unsettled_since = COALESCE(unsettled_since,
            (SELECT MIN(started_at) FROM attempt WHERE delivery_id = $1 AND outcome IS NULL))
    WHERE id = $1 AND (unsettled_since IS NOT NULL
        OR EXISTS (SELECT 1 FROM attempt WHERE delivery_id = $1 AND outcome IS NULL))";

const REQUEUE: &str = "UPDATE delivery SET state = 'pending', lease_owner = NULL, lease_until = NULL,
        reason = 'its sender stopped before it was posted'
    WHERE id = $1 AND state = 'leased'";

const CLOSE_LOST: &str = "UPDATE attempt SET ended_at = $2, outcome = 'lost'
    WHERE delivery_id = $1 AND outcome IS NULL";

impl Store {
    /// Takes back deliveries whose lease is over: when its time is up and, in SQLite, at once when
    /// another owner held it, since only one process uses the file.
    ///
    /// A delivery whose post may have been made becomes unknown, any other one waits again.
    pub async fn recover(&self, owner: &str, now: Timestamp) -> Result<Recovered, StoreError> {
        let sole_process = matches!(self.db, Db::Sqlite(_));
        let mut recovered = Recovered::default();
        writing!(self, |tx| {
            let overdue: Vec<String> = query_scalar(LOCK_OVERDUE)
                .bind(micros(now))
                .bind(sole_process)
                .bind(owner)
                .fetch_all(&mut *tx)
                .await?;
            for id in overdue {
                let unknown = query(DOUBT).bind(&id).execute(&mut *tx).await?.rows_affected();
                if unknown == 0 {
                    query(REQUEUE).bind(&id).execute(&mut *tx).await?;
                    recovered.requeued += 1;
                } else {
                    query(CLOSE_LOST).bind(&id).bind(micros(now)).execute(&mut *tx).await?;
                    recovered.unknown += 1;
                }
            }
        });
        Ok(recovered)
    }
}
