//! What an operator decides about a delivery, fenced like everything else: whatever happened to it meanwhile wins.

use jiff::Timestamp;

use super::DeliveryDetail;
use super::bundle::{LEFT_OUT, take_along};
use super::queue::refresh;
use super::rows::{SELECT_LOCKED, StoredRow, id_list, put, put_rows};
use crate::domain::outbox::{Company, Event, Row};
use crate::domain::{Deed, DeliveryState};
use crate::store::db::{query, query_as, writing};
use crate::store::values::{micros, text};
use crate::store::{Store, StoreError};

/// A decision about a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// It is posted, again or after all.
    Retry {
        /// When it is too old to be posted.
        expires_at: Timestamp,
    },
    /// It is in its channel.
    Confirm {
        /// The platform's id of the message, where it is known.
        message_id: Option<String>,
    },
    /// It is never posted.
    Drop {
        /// Why.
        why: Option<String>,
    },
}

impl ByHand {
    /// The deed, without its particulars.
    pub fn deed(&self) -> Deed {
        match self {
            Self::Retry { .. } => Deed::Retry,
            Self::Confirm { .. } => Deed::Confirm,
            Self::Drop { .. } => Deed::Drop,
        }
    }

    /// What is kept of it as the reason of the delivery, and as the outcome in its history.
    fn words(&self, by: &str) -> (String, &'static str) {
        match self {
            Self::Retry { .. } => (format!("to be posted again, by {by}"), "retried by hand"),
            Self::Confirm { .. } => (format!("seen in the channel by {by}"), "confirmed by hand"),
            Self::Drop { why: Some(why) } => (format!("dropped by {by}: {why}"), "dropped by hand"),
            Self::Drop { why: None } => (format!("dropped by {by}"), "dropped by hand"),
        }
    }
}

/// What is retried goes alone; the others of its message stay as they are, each for itself.
const UNBUNDLE_ENDED: &str = "UPDATE delivery SET bundle = NULL WHERE bundle = $1 AND NOT EXISTS (SELECT 1
    FROM delivery l WHERE l.id = $1 AND l.bundle = l.id AND l.state IN ('pending', 'leased', 'unknown'))";

const ANEW: &str = "UPDATE delivery SET expires_at = $2, folded_into = NULL WHERE id = $1";

const NOTE: &str = "INSERT INTO attempt
        (delivery_id, epoch, no, plain, started_at, ended_at, outcome, reason, message_id)
    VALUES ($1, $2, 0, FALSE, $3, $3, $4, $5, $6)";

impl Store {
    /// Does what an operator decided about a delivery that looked so; false when it has changed since.
    ///
    /// `by` says who decided. Whether it may be decided is for [`Deed::on`] to say; a delivery that waits in the
    /// message of another one is decided about together with that one.
    pub async fn by_hand(
        &self,
        seen: &DeliveryDetail,
        decision: &ByHand,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = seen.record.id.to_string();
        let (reason, outcome) = decision.words(by);
        let message_id = match decision {
            ByHand::Confirm { message_id } => message_id.as_deref(),
            _ => None,
        };
        writing!(self, |tx| {
            let led = seen.bundle.filter(|lead| *lead != seen.record.id);
            let ids = id_list(std::iter::once(&seen.record.id).chain(&led));
            let mut rows: Vec<StoredRow> =
                query_as(SELECT_LOCKED.of(&self.db)).bind(ids).fetch_all(&mut *tx).await?;
            let Some(own) = rows.iter().position(|row| row.id == id) else { return Ok(false) };
            let own = rows.swap_remove(own);
            if own.bundle != seen.bundle.map(|lead| lead.to_string()) {
                return Ok(false);
            }
            let (bundle, deed) = (own.bundle.clone(), decision.deed());
            let Some((target, row)) = decided(own, rows.pop(), seen, deed)? else { return Ok(false) };
            let event = Event::ByHand { epoch: row.epoch, deed, reason: &reason, message_id };
            let Some(next) = row.after(event, now).map(|next| next.row) else { return Ok(false) };
            put_rows!(self, tx, vec![put(&target.id, &next)]);
            if let ByHand::Retry { expires_at } = decision {
                query(ANEW).bind(&target.id).bind(micros(*expires_at)).execute(&mut *tx).await?;
                query(UNBUNDLE_ENDED).bind(bundle.as_deref()).execute(&mut *tx).await?;
            }
            // A message that was seen is there for each of its papers; else only the lead speaks for the others.
            let led = bundle.filter(|lead| match deed {
                Deed::Confirm => true,
                Deed::Drop => *lead == target.id,
                Deed::Retry => false,
            });
            take_along!(self, tx, led.map(|lead| (lead, next.clone())).into_iter().collect());
            if deed == Deed::Drop && row.state == DeliveryState::Pending {
                query(LEFT_OUT).bind(target.destination_id).execute(&mut *tx).await?;
            }
            query(NOTE)
                .bind(&target.id)
                .bind(next.epoch)
                .bind(micros(now))
                .bind(outcome)
                .bind(text(&reason))
                .bind(next.message_id.as_deref().map(text))
                .execute(&mut *tx)
                .await?;
            refresh!(self, tx, [target.destination_id]);
            Ok(true)
        })
    }
}

/// The delivery that is decided over, when what somebody saw is still so: what waits in the message of another one is
/// as far as that one, and a message is seen with all of its papers.
fn decided(
    own: StoredRow,
    lead: Option<StoredRow>,
    seen: &DeliveryDetail,
    deed: Deed,
) -> Result<Option<(StoredRow, Row)>, StoreError> {
    let row = own.row()?;
    if row.epoch != seen.epoch {
        return Ok(None);
    }
    let waits = row.company == Company::Follows && row.state == DeliveryState::Pending;
    let lead = lead.map(|lead| lead.row().map(|row| (lead, row))).transpose()?;
    let shown = lead.as_ref().filter(|_| waits).map_or(row.state, |(_, lead)| lead.state);
    if shown != seen.record.state {
        return Ok(None);
    }
    let together = |lead: &Row| match deed {
        Deed::Confirm => deed.on(lead.state).is_ok(),
        Deed::Retry | Deed::Drop => waits && lead.state != DeliveryState::Pending,
    };
    Ok(Some(lead.filter(|(_, lead)| together(lead)).unwrap_or((own, row))))
}
