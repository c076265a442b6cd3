//! Bundles: several waiting papers of one channel that go out as one message.
//!
//! The oldest of them is the lead: it alone is claimed, and its row has the attempts. The others wait as `pending`
//! rows that no queue sees, and end with the lead in the same transaction, as `domain::outbox` says. Only deliveries
//! that were never tried are bundled, and a bundle comes apart only when nothing of it can be in the channel.

use jiff::Timestamp;
use serde_json::Value;

pub(in crate::store) use super::rows::{SELECT_LOCKED as LOCKED, StoredRow as Follower};
use super::rows::{StoredRow, put, row_columns};
use super::{Both, Claimed, both, words};
use crate::domain::outbox::Row;
use crate::domain::{DeliveryId, PaperKey, Why};
use crate::store::db::{query, query_as, query_scalar, reading, writing};
use crate::store::values::{from_json, micros, parsed, text};
use crate::store::{Store, StoreError};

/// A delivery that may go out together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundling {
    /// The delivery.
    pub id: DeliveryId,
    /// The paper it brings.
    pub paper: PaperKey,
    /// Which subscriptions asked for it.
    pub why: Vec<Why>,
}

#[derive(sqlx::FromRow)]
struct BehindRow {
    id: String,
    paper_id: i64,
    why: String,
    fits: bool,
}

/// The lead and what waits behind it; `$1` destination, `$2` lead, `$3` now.
const BEHIND: &str = "SELECT d.id, d.paper_id, d.why,
        (d.kind = 'paper' AND (d.state = 'pending' OR d.id = $2) AND d.bundle IS NULL AND d.tries = 0 AND NOT d.plain
            AND d.next_at <= $3 AND (d.expires_at > $3 OR d.id = $2)
            AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = d.id)) AS fits
    FROM delivery d
    WHERE d.destination_id = $1 AND d.id >= $2 AND d.state IN ('pending', 'leased', 'unknown')
    ORDER BY d.id LIMIT $4";

const LEAD: &str = "UPDATE delivery SET bundle = id
    WHERE id = $1 AND state = 'leased' AND lease_epoch = $2 AND bundle IS NULL
        AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = delivery.id)";

const FOLLOW: &str = "UPDATE delivery SET bundle = $2
    WHERE id = $1 AND state = 'pending' AND bundle IS NULL AND tries = 0 AND NOT plain";

/// What was left out of an earlier bundle of this lead has nothing to do with this one.
const FORGET: &str = "UPDATE delivery SET bundle = NULL WHERE bundle = $1 AND id <> $1";

const BODY: &str = "INSERT INTO bundle_body (lead, rich_body, plain_body, made_at) VALUES ($1, $2, $3, $4)";

impl Store {
    /// A claimed delivery and those right behind it that may go out in the same message, in their order.
    ///
    /// Empty when the claimed one has to go alone.
    pub async fn bundling(
        &self,
        lead: &Claimed,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<Bundling>, StoreError> {
        let rows: Vec<BehindRow> = reading!(self, |tx| {
            query_as(BEHIND)
                .bind(lead.destination.0)
                .bind(lead.id.to_string())
                .bind(micros(now))
                .bind(i64::try_from(most).unwrap_or(i64::MAX))
                .fetch_all(&mut *tx)
                .await?
        });
        // The order of a channel holds: what cannot come along ends the bundle.
        let together = rows.into_iter().take_while(|row| row.fits).map(|row| {
            Ok(Bundling {
                id: DeliveryId(parsed(&row.id, "the id of a delivery")?),
                paper: PaperKey(row.paper_id),
                why: from_json(&row.why, "the reasons of a delivery")?,
            })
        });
        let together: Vec<Bundling> = together.collect::<Result<_, StoreError>>()?;
        let leads = together.first().is_some_and(|first| first.id == lead.id);
        Ok(if leads && together.len() > 1 { together } else { Vec::new() })
    }

    /// Makes one message of a claimed delivery and the others; false when one of them has changed meanwhile.
    pub async fn form_bundle(
        &self,
        lead: &Claimed,
        others: &[DeliveryId],
        rich: &str,
        plain: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = lead.id.to_string();
        writing!(self, |tx| {
            let begun = query(LEAD).bind(&id).bind(lead.epoch).execute(&mut *tx).await?;
            if begun.rows_affected() == 0 {
                return Ok(false);
            }
            query(FORGET).bind(&id).execute(&mut *tx).await?;
            for other in others {
                let follows = query(FOLLOW).bind(other.to_string()).bind(&id).execute(&mut *tx).await?;
                if follows.rows_affected() == 0 {
                    return Ok(false);
                }
            }
            query("DELETE FROM bundle_body WHERE lead = $1").bind(&id).execute(&mut *tx).await?;
            query(BODY)
                .bind(&id)
                .bind(text(rich))
                .bind(text(plain))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            Ok(true)
        })
    }

    /// How many deliveries went or go out in the message of this one, itself included; 1 when it is alone.
    pub async fn bundle_size(&self, id: DeliveryId) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM delivery d JOIN delivery m ON m.bundle = d.bundle WHERE d.id = $1";
        let size: i64 =
            reading!(self, |tx| query_scalar(sql).bind(id.to_string()).fetch_one(&mut *tx).await?);
        Ok(size.unsigned_abs().max(1))
    }
}

macro_rules! followers_locked {
    ($db:ident) => {
        concat!(
            "SELECT ",
            row_columns!(),
            " FROM delivery d WHERE d.bundle IN (SELECT value FROM ",
            words!($db list),
            ") AND d.id <> d.bundle ORDER BY d.id",
            words!($db lock "d")
        )
    };
}

/// What goes along with leads, held where it is.
pub(in crate::store) const FOLLOWERS: Both = both!(followers_locked);

/// What becomes of the followers of leads that have changed, as rows to write.
pub(in crate::store) fn along(
    followers: &[StoredRow],
    leads: &[(String, Row)],
) -> Result<Vec<Value>, StoreError> {
    let mut rows = Vec::new();
    for stored in followers {
        let lead = leads.iter().find(|(id, _)| stored.bundle.as_ref() == Some(id));
        if let Some(next) =
            lead.map(|(_, lead)| Ok::<_, StoreError>(stored.row()?.behind(lead))).transpose()?.flatten()
        {
            rows.push(put(&stored.id, &next));
        }
    }
    Ok(rows)
}

/// Takes the followers of leads along, whose ids and new rows these are.
macro_rules! take_along {
    ($store:expr, $tx:ident, $leads:expr) => {{
        use $crate::store::outbox::bundle;
        let leads: Vec<(String, $crate::domain::outbox::Row)> = $leads;
        if !leads.is_empty() {
            let ids = serde_json::Value::from_iter(leads.iter().map(|(id, _)| id.as_str())).to_string();
            let followers: Vec<bundle::Follower> =
                query_as(bundle::FOLLOWERS.of(&$store.db)).bind(ids).fetch_all(&mut *$tx).await?;
            $crate::store::outbox::rows::put_rows!($store, $tx, bundle::along(&followers, &leads)?);
        }
    }};
}

/// Takes along what followed a delivery that was put aside.
macro_rules! put_aside {
    ($store:expr, $tx:ident, $id:expr) => {{
        use $crate::store::outbox::bundle;
        let ids = serde_json::Value::from_iter([$id.as_str()]).to_string();
        let aside: Vec<bundle::Follower> =
            query_as(bundle::LOCKED.of(&$store.db)).bind(ids).fetch_all(&mut *$tx).await?;
        let mut leads = Vec::new();
        for one in &aside {
            leads.push((one.id.clone(), one.row()?));
        }
        bundle::take_along!($store, $tx, leads);
    }};
}
pub(in crate::store) use {put_aside, take_along};

/// Takes bundles of a channel (`$1`) apart of which something was left out before any of it could be posted.
pub(in crate::store) const LEFT_OUT: &str = "UPDATE delivery SET bundle = NULL
    WHERE destination_id = $1 AND bundle IN (SELECT l.id FROM delivery l JOIN delivery m ON m.bundle = l.id
        WHERE l.destination_id = $1 AND m.state = 'skipped'
            AND (l.state = 'pending' OR (l.state = 'skipped' AND l.unsettled_since IS NULL)))";
