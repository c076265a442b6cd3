//! What each destination keeps of its own queue: when its head is due, and its place in the line.
//!
//! A destination that begins to wait gets the turn after the last one of its tenant that waits, and
//! no earlier one than is being served. So the tenants come one after the other, however many
//! channels and papers each of them has, and nobody who was away for long comes first for it.

use serde_json::Value;

use super::{Both, both, words};
use crate::store::db::{Db, query, query_as, writing};
use crate::store::{Store, StoreError};

macro_rules! lock_queues {
    ($db:ident) => {
        concat!(
            "SELECT x.id FROM destination x WHERE x.id IN (SELECT CAST(value AS BIGINT) FROM ",
            words!($db list),
            ") ORDER BY x.id",
            words!($db lock "x")
        )
    };
}

const LOCK: Both = both!(lock_queues);

/// The statement that holds destinations where they are; SQLite's only writer needs none.
pub(in crate::store) fn lock(db: &Db) -> Option<&'static str> {
    matches!(db, Db::Postgres(_)).then_some(LOCK.postgres)
}

// A queue whose delivery is in flight is not due, whatever came into it before that one; a bundle waits as its lead.
macro_rules! refresh_queues {
    ($db:ident) => {
        concat!(
            "WITH asked AS (SELECT DISTINCT CAST(value AS BIGINT) AS id FROM ",
            words!($db list),
            "),
            head AS MATERIALIZED (SELECT x.id, x.tenant, x.due_at, x.rests_until,
                COALESCE(x.served_at, 0) AS served_at,
                CASE WHEN NOT EXISTS (SELECT 1 FROM delivery f
                        WHERE f.destination_id = x.id AND f.state = 'leased')
                    THEN (SELECT d.next_at FROM delivery d
                        WHERE d.destination_id = x.id AND d.state IN ('pending', 'leased', 'unknown')
                            AND (d.bundle IS NULL OR d.bundle = d.id)
                        ORDER BY d.id LIMIT 1) END AS next_at
                FROM asked JOIN destination x ON x.id = asked.id),
            placed AS MATERIALIZED (SELECT h.id, h.next_at, h.rests_until, h.begins,
                ROW_NUMBER() OVER (PARTITION BY h.tenant, h.begins ORDER BY h.served_at, h.id) AS place,
                CASE WHEN h.begins THEN COALESCE((SELECT MAX(t.turn) FROM destination t
                    WHERE t.tenant = h.tenant AND t.due_at IS NOT NULL), 0) END AS last,
                (SELECT c.value FROM change_counter c WHERE c.name = 'turn') AS served
                FROM (SELECT head.*, head.due_at IS NULL AND head.next_at IS NOT NULL AS begins FROM head) h)
            UPDATE destination SET
                due_at = CASE WHEN placed.next_at < placed.rests_until THEN placed.rests_until
                    ELSE placed.next_at END,
                turn = CASE WHEN placed.begins
                    THEN placed.place + CASE WHEN placed.served > placed.last THEN placed.served
                        ELSE placed.last END
                    ELSE destination.turn END
            FROM placed WHERE destination.id = placed.id"
        )
    };
}

/// Reads the queues of destinations anew.
pub(in crate::store) const REFRESH: Both = both!(refresh_queues);

/// Numbers of destinations as a list for [`REFRESH`].
pub(in crate::store) fn list(destinations: impl IntoIterator<Item = i64>) -> String {
    Value::from_iter(destinations).to_string()
}

/// Reads the queues of destinations anew inside a transaction, after the last change of their deliveries.
macro_rules! refresh {
    ($store:expr, $tx:ident, $destinations:expr) => {{
        use $crate::store::outbox::queue;
        let asked = queue::list($destinations);
        if asked != "[]" {
            // By itself: what is read next must see all that was committed while this waited.
            if let Some(lock) = queue::lock(&$store.db) {
                query(lock).bind(&asked).execute(&mut *$tx).await?;
            }
            query(queue::REFRESH.of(&$store.db)).bind(&asked).execute(&mut *$tx).await?;
        }
    }};
}
pub(in crate::store) use refresh;

impl Store {
    /// Finds queues that wait for nothing and are not known to, and lets them be claimed; returns how many.
    ///
    /// Nothing of this version leaves such a queue behind, but an older one may run beside it.
    pub async fn find_forgotten(&self) -> Result<usize, StoreError> {
        const FORGOTTEN: &str = "SELECT x.id FROM destination x
            WHERE x.due_at IS NULL
                AND EXISTS (SELECT 1 FROM delivery d
                    WHERE d.destination_id = x.id AND d.state IN ('pending', 'leased', 'unknown')
                        AND (d.bundle IS NULL OR d.bundle = d.id))
                AND NOT EXISTS (SELECT 1 FROM delivery f
                    WHERE f.destination_id = x.id AND f.state = 'leased')";
        writing!(self, |tx| {
            let found: Vec<(i64,)> = query_as(FORGOTTEN).fetch_all(&mut *tx).await?;
            refresh!(self, tx, found.iter().map(|(id,)| *id));
            Ok(found.len())
        })
    }
}
