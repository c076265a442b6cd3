//! What an operator decides about a delivery, fenced like everything else: whatever happened to it meanwhile wins.

use jiff::Timestamp;

use super::DeliveryDetail;
use crate::domain::{Deed, DeliveryId, DeliveryState};
use crate::store::db::{query, writing};
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

const RETRY: &str = "UPDATE delivery SET state = 'pending', lease_epoch = lease_epoch + 1, next_at = $4,
        expires_at = $5, reason = $6, plain = FALSE, tries = 0, claims = 0, unsettled_since = NULL,
        unseen_since = NULL, folded_into = NULL
    WHERE id = $1 AND lease_epoch = $2 AND state = $3";

const CONFIRM: &str =
    "UPDATE delivery SET state = 'sent', lease_epoch = lease_epoch + 1, message_id = $4, sent_at = $5,
        reason = NULL, claims = 0, unsettled_since = NULL, unseen_since = NULL
    WHERE id = $1 AND lease_epoch = $2 AND state = $3";

// The doubt stays: who retries it later has to know that it may be visible.
const DROP: &str =
    "UPDATE delivery SET state = 'skipped', lease_epoch = lease_epoch + 1, reason = $4, claims = 0
    WHERE id = $1 AND lease_epoch = $2 AND state = $3";

/// Takes a bundle apart that nothing can be in the channel of.
const UNBUNDLE_WAITING: &str = "UPDATE delivery SET bundle = NULL WHERE bundle = $1 AND state = 'pending'
    AND EXISTS (SELECT 1 FROM delivery l WHERE l.id = $1 AND l.state = 'pending')";

/// What is retried goes alone; the others of its message stay as they are, each for itself.
const UNBUNDLE_ENDED: &str = "UPDATE delivery SET bundle = NULL WHERE bundle = $1
    AND NOT EXISTS (SELECT 1 FROM delivery l WHERE l.id = $1 AND l.state IN ('pending', 'leased', 'unknown'))";

/// The others of a message that has been found.
const CONFIRM_REST: &str =
    "UPDATE delivery SET state = 'sent', lease_epoch = lease_epoch + 1, message_id = $3,
        sent_at = $4, reason = NULL, unsettled_since = NULL
    WHERE bundle = $1 AND id <> $2 AND state IN ('pending', 'unknown', 'ambiguous')";

/// The others of a message that may be there and is not asked for any more.
const DROP_REST: &str = "UPDATE delivery SET state = 'skipped', lease_epoch = lease_epoch + 1, reason = $2,
        unsettled_since = (SELECT l.unsettled_since FROM delivery l WHERE l.id = $1)
    WHERE bundle = $1 AND id <> $1 AND state = 'pending'";

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
        let state = seen.record.state;
        if decision.deed().on(state).is_err() {
            return Ok(false);
        }
        let id = seen.record.id.to_string();
        let lead = seen.bundle.map(|lead: DeliveryId| lead.to_string());
        let (reason, outcome) = decision.words(by);
        let reason = text(&reason);
        let message_id = match decision {
            ByHand::Confirm { message_id } => Some(text(message_id.as_deref().unwrap_or_default())),
            _ => None,
        };
        writing!(self, |tx| {
            // Claims hold this row: no bundle is leased between two statements.
            query("UPDATE destination SET platform = platform WHERE id = $1")
                .bind(seen.record.destination.id.0)
                .execute(&mut *tx)
                .await?;
            match decision {
                ByHand::Retry { .. } => {
                    query(UNBUNDLE_ENDED).bind(lead.as_deref()).execute(&mut *tx).await?;
                }
                ByHand::Drop { .. } => {
                    query(UNBUNDLE_WAITING).bind(lead.as_deref()).execute(&mut *tx).await?;
                }
                ByHand::Confirm { .. } => {}
            }
            let fenced = |sql| query(sql).bind(&id).bind(seen.epoch).bind(state.name());
            let done = match decision {
                ByHand::Retry { expires_at } => {
                    fenced(RETRY).bind(micros(now)).bind(micros(*expires_at)).bind(&reason).execute(&mut *tx)
                }
                ByHand::Confirm { .. } => {
                    fenced(CONFIRM).bind(message_id.as_deref()).bind(micros(now)).execute(&mut *tx)
                }
                ByHand::Drop { .. } => fenced(DROP).bind(&reason).execute(&mut *tx),
            };
            if done.await?.rows_affected() == 0 {
                return Ok(false);
            }
            match (decision, state) {
                (ByHand::Confirm { .. }, _) => {
                    query(CONFIRM_REST)
                        .bind(lead.as_deref())
                        .bind(&id)
                        .bind(message_id.as_deref())
                        .bind(micros(now))
                        .execute(&mut *tx)
                        .await?;
                }
                (ByHand::Drop { .. }, DeliveryState::Unknown) => {
                    query(DROP_REST).bind(&id).bind(&reason).execute(&mut *tx).await?;
                }
                _ => {}
            }
            query(NOTE)
                .bind(&id)
                .bind(seen.epoch + 1)
                .bind(micros(now))
                .bind(outcome)
                .bind(&reason)
                .bind(message_id.as_deref())
                .execute(&mut *tx)
                .await?;
            Ok(true)
        })
    }
}
