//! Deliveries as `domain::outbox` sees them: read under a lock, written back many at a time.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Both, both, words};
use crate::domain::DeliveryId;
use crate::domain::outbox::{Company, Row};
use crate::store::StoreError;
use crate::store::values::{count, micros, opt_timestamp, parsed, text, timestamp};

/// The columns of [`StoredRow`], of a table called `d`.
macro_rules! row_columns {
    () => {
        "d.id, d.destination_id, d.state, d.lease_epoch, d.claims, d.tries, d.plain, d.next_at, d.unsettled_since,
        d.unseen_since, d.message_id, d.sent_at, d.reason, d.bundle,
        (SELECT MIN(a.started_at) FROM attempt a WHERE a.delivery_id = d.id AND a.outcome IS NULL) AS intent_at"
    };
}
pub(super) use row_columns;

/// A delivery's row without its content.
#[derive(sqlx::FromRow)]
pub(in crate::store) struct StoredRow {
    pub id: String,
    pub destination_id: i64,
    state: String,
    lease_epoch: i64,
    claims: i64,
    tries: i64,
    plain: bool,
    next_at: i64,
    unsettled_since: Option<i64>,
    unseen_since: Option<i64>,
    message_id: Option<String>,
    sent_at: Option<i64>,
    reason: Option<String>,
    pub bundle: Option<String>,
    intent_at: Option<i64>,
}

impl StoredRow {
    /// What decides over the delivery.
    pub fn row(&self) -> Result<Row, StoreError> {
        let of = |what: &str| format!("the {what} of delivery {}", self.id);
        Ok(Row {
            state: parsed(&self.state, &of("state"))?,
            epoch: self.lease_epoch,
            claims: count(self.claims, &of("claims"))?,
            tries: count(self.tries, &of("tries"))?,
            plain: self.plain,
            next_at: timestamp(self.next_at, &of("time"))?,
            unsettled_since: opt_timestamp(self.unsettled_since, &of("doubt"))?,
            unseen_since: opt_timestamp(self.unseen_since, &of("search"))?,
            intent_at: opt_timestamp(self.intent_at, &of("attempt"))?,
            message_id: self.message_id.clone(),
            sent_at: opt_timestamp(self.sent_at, &of("posting"))?,
            reason: self.reason.clone(),
            company: match &self.bundle {
                None => Company::Alone,
                Some(lead) if *lead == self.id => Company::Leads,
                Some(_) => Company::Follows,
            },
        })
    }
}

macro_rules! select_locked {
    ($db:ident) => {
        concat!(
            "SELECT ",
            row_columns!(),
            " FROM delivery d WHERE d.id IN (SELECT value FROM ",
            words!($db list),
            ") ORDER BY d.id",
            words!($db lock "d")
        )
    };
}

/// Reads deliveries by their ids and holds them where they are.
pub(in crate::store) const SELECT_LOCKED: Both = both!(select_locked);

macro_rules! put {
    ($db:ident) => {
        concat!(
            "WITH put AS (SELECT value ->> 'id' AS id, value ->> 'state' AS state,
                CAST(value ->> 'epoch' AS BIGINT) AS epoch, CAST(value ->> 'claims' AS BIGINT) AS claims,
                CAST(value ->> 'tries' AS BIGINT) AS tries, CAST(value ->> 'plain' AS BOOLEAN) AS plain,
                CAST(value ->> 'next_at' AS BIGINT) AS next_at,
                CAST(value ->> 'unsettled' AS BIGINT) AS unsettled,
                CAST(value ->> 'unseen' AS BIGINT) AS unseen, value ->> 'message' AS message,
                CAST(value ->> 'sent_at' AS BIGINT) AS sent_at, value ->> 'reason' AS reason,
                CAST(value ->> 'alone' AS BOOLEAN) AS alone
                FROM ",
            words!($db rows),
            ")
            UPDATE delivery SET state = put.state, lease_epoch = put.epoch, claims = put.claims,
                tries = put.tries, plain = put.plain, next_at = put.next_at, unsettled_since = put.unsettled,
                unseen_since = put.unseen, message_id = put.message, sent_at = put.sent_at, reason = put.reason,
                bundle = CASE WHEN put.alone THEN NULL ELSE delivery.bundle END,
                lease_owner = CASE WHEN put.state = 'leased' THEN $4 END,
                lease_until = CASE WHEN put.state = 'leased' THEN ",
            words!($db now),
            " + $3 END
            FROM put WHERE delivery.id = put.id"
        )
    };
}

/// Writes rows back; those that are leased from now on get an owner (`$4`) and hold for `$3`.
pub(in crate::store) const PUT: Both = both!(put);

/// A row as [`PUT`] takes it.
pub(super) fn put(id: &str, row: &Row) -> Value {
    let at = |time: Option<Timestamp>| time.map(micros);
    json!({
        "id": id, "state": row.state.name(), "epoch": row.epoch, "claims": row.claims, "tries": row.tries,
        "plain": row.plain, "next_at": micros(row.next_at), "unsettled": at(row.unsettled_since),
        "unseen": at(row.unseen_since), "message": row.message_id.as_deref().map(text),
        "sent_at": at(row.sent_at), "reason": row.reason.as_deref().map(text),
        "alone": row.company == Company::Alone,
    })
}

macro_rules! close {
    ($db:ident) => {
        concat!(
            "WITH ended AS (SELECT value ->> 'id' AS id, CAST(value ->> 'epoch' AS BIGINT) AS epoch,
                value ->> 'outcome' AS outcome, value ->> 'reason' AS reason, value ->> 'message' AS message
                FROM ",
            words!($db rows),
            ")
            UPDATE attempt SET ended_at = $2, outcome = ended.outcome, reason = ended.reason,
                message_id = ended.message
            FROM ended WHERE attempt.delivery_id = ended.id
                AND (ended.epoch IS NULL OR attempt.epoch = ended.epoch)
                AND (attempt.outcome IS NULL OR attempt.outcome = 'lost')"
        )
    };
}

/// Closes attempts. A recovery may have closed one as lost before its outcome came in.
pub(super) const CLOSE: Both = both!(close);

/// The end of an attempt as [`CLOSE`] takes it; without an epoch it is meant for all that are open.
pub(super) fn close(
    id: &str,
    epoch: Option<i64>,
    outcome: &str,
    reason: Option<&str>,
    message: Option<&str>,
) -> Value {
    json!({
        "id": id, "epoch": epoch, "outcome": outcome, "reason": reason.map(text), "message": message.map(text),
    })
}

/// Ids as a list for `words!(… list)`.
pub(super) fn id_list<'a>(ids: impl IntoIterator<Item = &'a DeliveryId>) -> String {
    ids.into_iter().map(ToString::to_string).collect::<Value>().to_string()
}

/// Writes rows that hold no lease inside a transaction.
macro_rules! put_rows {
    ($store:expr, $tx:ident, $rows:expr) => {{
        let rows: Vec<serde_json::Value> = $rows;
        if !rows.is_empty() {
            query($crate::store::outbox::rows::PUT.of(&$store.db))
                .bind(serde_json::Value::from(rows).to_string())
                .bind(0_i64)
                .bind(0_i64)
                .bind(None::<String>)
                .execute(&mut *$tx)
                .await?;
        }
    }};
}

/// Closes attempts inside a transaction.
macro_rules! close_attempts {
    ($store:expr, $tx:ident, $ends:expr, $now:expr) => {{
        let ends: Vec<serde_json::Value> = $ends;
        if !ends.is_empty() {
            query($crate::store::outbox::rows::CLOSE.of(&$store.db))
                .bind(serde_json::Value::from(ends).to_string())
                .bind(micros($now))
                .execute(&mut *$tx)
                .await?;
        }
    }};
}
pub(super) use close_attempts;
pub(in crate::store) use put_rows;
