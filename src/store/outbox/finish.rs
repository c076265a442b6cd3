//! Recording what came of a try.

use jiff::Timestamp;
use tracing::warn;

use super::Claimed;
use super::bundle::{apart, goes_apart, with_lead};
use crate::domain::{DeliveryState, PauseCause, Verdict};
use crate::store::db::{query, query_scalar, writing};
use crate::store::destinations::{PAUSE_ONE, PAUSE_PLATFORM};
use crate::store::subscriptions::RAISE_VERSION;
use crate::store::values::{micros, opt_timestamp, text};
use crate::store::{Store, StoreError};

/// What a verdict makes of a delivery's row.
struct Change<'a> {
    state: DeliveryState,
    /// `None` leaves the time as it is.
    next_at: Option<Timestamp>,
    counts: bool,
    plain: bool,
    reason: &'a str,
    unsettled_since: Option<Timestamp>,
    unseen_since: Option<Timestamp>,
    /// The name of the outcome in the attempt's row.
    outcome: &'static str,
}

/// Reads a verdict other than “sent”; `started` is when the try began, if it did.
fn change<'a>(verdict: &'a Verdict, claimed: &Claimed, started: Timestamp, now: Timestamp) -> Change<'a> {
    use DeliveryState as S;
    let doubt = claimed.unsettled_since;
    let new = |state, next_at, reason: &'a str, outcome| Change {
        state,
        next_at,
        counts: true,
        plain: claimed.plain,
        reason,
        unsettled_since: None,
        unseen_since: None,
        outcome,
    };
    match verdict {
        Verdict::Retry { at, reason, free } => {
            Change { counts: !free, ..new(S::Pending, Some(*at), reason, "retry") }
        }
        Verdict::RetryPlain { reason } => {
            Change { plain: true, ..new(S::Pending, Some(now), reason, "retry_plain") }
        }
        Verdict::Unknown { at, reason } => Change {
            unsettled_since: doubt.or(Some(started)),
            unseen_since: claimed.unseen_since,
            ..new(S::Unknown, Some(*at), reason, "unknown")
        },
        Verdict::NotSeen { at } => Change {
            counts: false,
            unsettled_since: doubt.or(Some(started)),
            unseen_since: claimed.unseen_since.or(Some(now)),
            ..new(S::Unknown, Some(*at), "not in the channel so far", "not_seen")
        },
        Verdict::Ambiguous { reason } => Change {
            unsettled_since: doubt.or(Some(started)),
            ..new(S::Ambiguous, None, reason, "ambiguous")
        },
        Verdict::Dead { reason } => Change { unsettled_since: doubt, ..new(S::Dead, None, reason, "dead") },
        // An earlier try may be in the channel: the doubt outlasts the pause.
        Verdict::PauseDestination { reason } | Verdict::PausePlatform { reason } => Change {
            unsettled_since: doubt,
            ..new(if doubt.is_some() { S::Unknown } else { S::Pending }, Some(now), reason, "refused")
        },
        Verdict::Sent { .. } => unreachable!("finish records “sent” by itself"),
    }
}

const APPLY: &str = "UPDATE delivery SET state = $3, next_at = COALESCE($4, next_at), tries = tries + $5,
        plain = $6, reason = $7, unsettled_since = $8, unseen_since = $9, claims = 0, lease_owner = NULL, lease_until = NULL
    WHERE id = $1 AND state = 'leased' AND lease_epoch = $2";

const SENT: &str = "UPDATE delivery SET state = 'sent', message_id = $2, sent_at = $3, tries = tries + 1,
        claims = 0, reason = NULL, unsettled_since = NULL, unseen_since = NULL, lease_owner = NULL, lease_until = NULL
    WHERE (id = $1 OR bundle = $1) AND (state <> 'sent' OR message_id = '')";

// A recovery may have closed the attempt as lost before its outcome came in.
const CLOSE: &str = "UPDATE attempt SET ended_at = $3, outcome = $4, reason = $5, message_id = $6
    WHERE delivery_id = $1 AND epoch = $2 AND (outcome IS NULL OR outcome = 'lost')";

impl Store {
    /// Records what came of a claimed delivery; false when it changed nothing.
    ///
    /// “Sent” is a fact about the world: it counts whoever holds the delivery by now, and nothing
    /// undoes it. Any other verdict counts only while the lease holds.
    pub async fn finish(
        &self,
        claimed: &Claimed,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if let Verdict::Sent { message_id } = verdict {
            return self.finish_sent(claimed, message_id, now).await;
        }
        let id = claimed.id.to_string();
        writing!(self, |tx| {
            let started: Option<i64> = query_scalar(
                "SELECT MIN(started_at) FROM attempt WHERE delivery_id = $1 AND epoch = $2 AND outcome IS NULL",
            )
            .bind(&id)
            .bind(claimed.epoch)
            .fetch_one(&mut *tx)
            .await?;
            let started = opt_timestamp(started, "the start of an attempt")?.unwrap_or(now);
            let apart = goes_apart(claimed, verdict, now);
            let change = change(apart.as_ref().unwrap_or(verdict), claimed, started, now);
            let reason = text(change.reason);
            let applied = query(APPLY)
                .bind(&id)
                .bind(claimed.epoch)
                .bind(change.state.name())
                .bind(change.next_at.map(micros))
                .bind(i64::from(change.counts))
                .bind(change.plain && apart.is_none())
                .bind(&reason)
                .bind(change.unsettled_since.map(micros))
                .bind(change.unseen_since.map(micros))
                .execute(&mut *tx)
                .await?;
            if applied.rows_affected() == 0 {
                return Ok(false);
            }
            if apart.is_some() {
                apart!(tx, &id);
            } else if claimed.bundled && change.state.is_final() {
                with_lead!(tx, &id, change.state, &reason, change.unsettled_since);
            }
            query(CLOSE)
                .bind(&id)
                .bind(claimed.epoch)
                .bind(micros(now))
                .bind(change.outcome)
                .bind(&reason)
                .bind(None::<String>)
                .execute(&mut *tx)
                .await?;
            match verdict {
                Verdict::PauseDestination { .. } => {
                    query(RAISE_VERSION).execute(&mut *tx).await?;
                    query(PAUSE_ONE)
                        .bind(micros(now))
                        .bind(PauseCause::Channel.name())
                        .bind(&reason)
                        .bind(claimed.destination.0)
                        .execute(&mut *tx)
                        .await?;
                }
                Verdict::PausePlatform { .. } => {
                    query(RAISE_VERSION).execute(&mut *tx).await?;
                    query(PAUSE_PLATFORM)
                        .bind(micros(now))
                        .bind(&reason)
                        .bind(claimed.platform.name())
                        .execute(&mut *tx)
                        .await?;
                }
                _ => {}
            }
            Ok(true)
        })
    }

    async fn finish_sent(
        &self,
        claimed: &Claimed,
        message_id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = claimed.id.to_string();
        writing!(self, |tx| {
            let sent = query(SENT).bind(&id).bind(message_id).bind(micros(now)).execute(&mut *tx).await?;
            query(CLOSE)
                .bind(&id)
                .bind(claimed.epoch)
                .bind(micros(now))
                .bind("sent")
                .bind(None::<String>)
                .bind(message_id)
                .execute(&mut *tx)
                .await?;
            let first: Option<String> = query_scalar("SELECT message_id FROM delivery WHERE id = $1")
                .bind(&id)
                .fetch_one(&mut *tx)
                .await?;
            let news = sent.rows_affected() > 0;
            if first.as_deref() != Some(message_id) {
                warn!(
                    delivery.id = id,
                    message.first = first,
                    message.surplus = message_id,
                    "Delivery {id} is in its channel twice: message {message_id} is surplus"
                );
            }
            Ok(news)
        })
    }
}
