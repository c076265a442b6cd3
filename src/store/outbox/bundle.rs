//! Bundles: several waiting papers of one channel that go out as one message.
//!
//! The oldest of them is the lead: it alone is claimed, and its row has the attempts. The others wait as `pending`
//! rows that no queue sees, and end with the lead in the same transaction. Only deliveries that were never tried are
//! bundled, and a bundle comes apart only when nothing of it can be in the channel.

use jiff::Timestamp;

use super::Claimed;
use crate::domain::{DeliveryId, PaperKey, Verdict, Why};
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
struct Row {
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
        let rows: Vec<Row> = reading!(self, |tx| {
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

/// What a refusal for good makes of a bundle: each of its papers is tried alone, unless the message may be there.
pub(super) fn goes_apart(claimed: &Claimed, verdict: &Verdict, now: Timestamp) -> Option<Verdict> {
    match verdict {
        Verdict::Dead { reason } if claimed.bundled && claimed.unsettled_since.is_none() => {
            let reason = format!("several papers in one message were refused, so each goes alone: {reason}");
            Some(Verdict::Retry { at: now, reason, free: true })
        }
        _ => None,
    }
}

/// Takes a bundle apart whose message was refused; `tries` keeps its papers from being bundled again.
pub(super) const APART: &str =
    "UPDATE delivery SET bundle = NULL, tries = tries + 1 WHERE bundle = $1 AND state = 'pending'";

/// Ends what waits in a bundle as its lead ended.
pub(super) const WITH_LEAD: &str = "UPDATE delivery SET state = $2, reason = $3, unsettled_since = $4
    WHERE bundle = $1 AND id <> $1 AND state = 'pending'";

/// What waits in the bundle of a lead that was given up, and may be in the channel.
pub(super) const BURIED: &str = "UPDATE delivery SET state = 'dead',
        reason = (SELECT l.reason FROM delivery l WHERE l.id = $1),
        unsettled_since = (SELECT l.unsettled_since FROM delivery l WHERE l.id = $1)
    WHERE bundle = $1 AND id <> $1 AND state = 'pending'
        AND EXISTS (SELECT 1 FROM delivery l WHERE l.id = $1 AND l.unsettled_since IS NOT NULL)";

macro_rules! apart {
    ($tx:ident, $lead:expr) => {
        query($crate::store::outbox::bundle::APART).bind($lead).execute(&mut *$tx).await?
    };
}

macro_rules! with_lead {
    ($tx:ident, $lead:expr, $state:expr, $reason:expr, $unsettled_since:expr) => {
        query($crate::store::outbox::bundle::WITH_LEAD)
            .bind($lead)
            .bind($state.name())
            .bind($reason)
            .bind($unsettled_since.map(micros))
            .execute(&mut *$tx)
            .await?
    };
}

macro_rules! free_of_buried {
    ($tx:ident, $lead:expr) => {
        query($crate::store::outbox::bundle::BURIED).bind($lead).execute(&mut *$tx).await?;
        query($crate::store::outbox::bundle::APART).bind($lead).execute(&mut *$tx).await?;
    };
}

pub(super) use {apart, free_of_buried, with_lead};
