//! Taking back what a stopped sender held.

use jiff::Timestamp;

use super::queue::refresh;
use super::rows::{SELECT_LOCKED, StoredRow, close, close_attempts, put, put_rows};
use super::{Both, both, words};
use crate::domain::DeliveryState;
use crate::domain::outbox::Event;
use crate::store::db::{Db, query, query_as, query_scalar, writing};
use crate::store::values::{json, micros};
use crate::store::{Store, StoreError};

/// What a recovery took back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Deliveries that were surely not posted and wait again.
    pub requeued: u64,
    /// Deliveries that may be in their channel.
    pub unknown: u64,
}

macro_rules! overdue {
    ($db:ident) => {
        concat!(
            "SELECT d.id FROM delivery d WHERE d.state = 'leased'
                AND (d.lease_until <= ",
            words!($db now),
            " OR ($1 AND d.lease_owner <> $3)) ORDER BY d.id LIMIT 1000",
            words!($db pass "d")
        )
    };
}

const OVERDUE: Both = both!(overdue);

impl Store {
    /// Takes back deliveries whose lease is over: when its time is up and, in SQLite, at once when
    /// another owner held it, since only one process uses the file. PostgreSQL's server tells the time.
    ///
    /// A delivery whose post may have been made becomes unknown, any other one waits again.
    pub async fn recover(&self, owner: &str, now: Timestamp) -> Result<Recovered, StoreError> {
        let sole_process = matches!(self.db, Db::Sqlite(_));
        let mut recovered = Recovered::default();
        writing!(self, |tx| {
            // By itself: what is read next must see every intent that was committed before the lock.
            let overdue: Vec<String> = query_scalar(OVERDUE.of(&self.db))
                .bind(sole_process)
                .bind(micros(now))
                .bind(owner)
                .fetch_all(&mut *tx)
                .await?;
            if overdue.is_empty() {
                return Ok(recovered);
            }
            let rows: Vec<StoredRow> =
                query_as(SELECT_LOCKED.of(&self.db)).bind(json(&overdue)).fetch_all(&mut *tx).await?;
            let (mut put_back, mut closed, mut queues) = (Vec::new(), Vec::new(), Vec::new());
            for stored in rows {
                let Some(next) = stored.row()?.after(Event::LeaseOver, now) else { continue };
                match next.row.state {
                    DeliveryState::Unknown => recovered.unknown += 1,
                    _ => recovered.requeued += 1,
                }
                closed.extend(next.closes.map(|outcome| close(&stored.id, None, outcome, None, None)));
                put_back.push(put(&stored.id, &next.row));
                queues.push(stored.destination_id);
            }
            put_rows!(self, tx, put_back);
            close_attempts!(self, tx, closed, now);
            refresh!(self, tx, queues);
        });
        Ok(recovered)
    }
}
