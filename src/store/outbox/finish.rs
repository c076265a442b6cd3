//! Recording what came of tries.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracing::warn;

use super::bundle::take_along;
use super::queue::refresh;
use super::rows::{SELECT_LOCKED, StoredRow, close, close_attempts, id_list, put, put_rows};
use super::{Both, Claimed, both, words};
use crate::domain::outbox::{Event, Row};
use crate::domain::{DeliveryId, PauseCause, Verdict};
use crate::store::db::{query, query_as, writing};
use crate::store::destinations::{PAUSE_ONE, PAUSE_PLATFORM};
use crate::store::subscriptions::RAISE_VERSION;
use crate::store::values::{micros, text};
use crate::store::{Store, StoreError};

/// What came of a claimed delivery.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The delivery.
    pub claimed: Claimed,
    /// What becomes of it.
    pub verdict: Verdict,
    /// How long its channel takes no further post.
    pub rest: Duration,
}

/// That a message is in its channel, whoever holds its delivery by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFact {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The claim under which it was posted.
    pub epoch: i64,
    /// The platform's id of the message.
    pub message_id: String,
    /// When it was posted.
    pub at: Timestamp,
}

/// One try and what became of it, as the transaction takes it.
struct Outcome<'a> {
    id: DeliveryId,
    epoch: i64,
    verdict: &'a Verdict,
    /// The claim, unless only the fact is known.
    claimed: Option<&'a Claimed>,
    rest: Duration,
    at: Timestamp,
}

macro_rules! rest_queues {
    ($db:ident) => {
        concat!(
            "UPDATE destination SET rests_until = CAST(asked.value ->> 'until' AS BIGINT) FROM ",
            words!($db rows),
            " asked WHERE destination.id = CAST(asked.value ->> 'id' AS BIGINT)
                AND destination.rests_until < CAST(asked.value ->> 'until' AS BIGINT)"
        )
    };
}

const REST: Both = both!(rest_queues);

impl Store {
    /// Records what came of one claimed delivery; see [`Store::finish_all`].
    pub async fn finish(
        &self,
        claimed: &Claimed,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Claimed { id, epoch, .. } = *claimed;
        let outcome = Outcome { id, epoch, verdict, claimed: Some(claimed), rest: Duration::ZERO, at: now };
        Ok(self.record_outcomes(&[outcome], now).await?.pop().unwrap_or(false))
    }

    /// Records what came of claimed deliveries, all in one commit; for each of them false when it changed nothing.
    ///
    /// “Sent” is a fact about the world: it counts whoever holds the delivery by now, and nothing
    /// undoes it. Any other verdict counts only while the lease holds.
    pub async fn finish_all(&self, ended: &[Ended], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let outcomes: Vec<Outcome<'_>> = ended
            .iter()
            .map(|Ended { claimed, verdict, rest }| {
                let Claimed { id, epoch, .. } = *claimed;
                Outcome { id, epoch, verdict, claimed: Some(claimed), rest: *rest, at: now }
            })
            .collect();
        self.record_outcomes(&outcomes, now).await
    }

    /// Records posts that nobody could record when they were made; returns how many were news.
    pub async fn record_sent(&self, facts: &[SentFact], now: Timestamp) -> Result<usize, StoreError> {
        let verdicts: Vec<Verdict> =
            facts.iter().map(|fact| Verdict::Sent { message_id: fact.message_id.clone() }).collect();
        let outcomes: Vec<Outcome<'_>> = facts
            .iter()
            .zip(&verdicts)
            .map(|(fact, verdict)| {
                let SentFact { delivery: id, epoch, at, .. } = *fact;
                Outcome { id, epoch, verdict, claimed: None, rest: Duration::ZERO, at }
            })
            .collect();
        Ok(self.record_outcomes(&outcomes, now).await?.into_iter().filter(|news| *news).count())
    }

    async fn record_outcomes(
        &self,
        outcomes: &[Outcome<'_>],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        if outcomes.is_empty() {
            return Ok(Vec::new());
        }
        writing!(self, |tx| {
            let stored: Vec<StoredRow> = query_as(SELECT_LOCKED.of(&self.db))
                .bind(id_list(outcomes.iter().map(|outcome| &outcome.id)))
                .fetch_all(&mut *tx)
                .await?;
            let queues: HashMap<String, i64> =
                stored.iter().map(|row| (row.id.clone(), row.destination_id)).collect();
            let mut rows: HashMap<String, Row> = HashMap::with_capacity(stored.len());
            for row in &stored {
                rows.insert(row.id.clone(), row.row()?);
            }
            let mut changed: Vec<String> = Vec::with_capacity(outcomes.len());
            let (mut ends, mut rests) = (Vec::new(), Vec::new());
            let mut applied = Vec::with_capacity(outcomes.len());
            let mut surplus: Vec<(String, &str)> = Vec::new();
            let mut refusals: Vec<(&Claimed, &Verdict, &str)> = Vec::new();
            for outcome in outcomes {
                let Outcome { epoch, verdict, at, .. } = *outcome;
                let id = outcome.id.to_string();
                // A delivery that is gone has nothing to say any more.
                let Some(row) = rows.get_mut(&id) else {
                    applied.push(false);
                    continue;
                };
                let next = row.after(Event::Ended { epoch, verdict }, at);
                applied.push(next.is_some());
                if let Verdict::Sent { message_id } = verdict {
                    ends.push(close(&id, Some(epoch), "sent", None, Some(message_id)));
                    // What was confirmed by hand has no message that this one could stand beside.
                    if row.message_id.as_ref().is_some_and(|first| !first.is_empty() && first != message_id) {
                        surplus.push((id.clone(), message_id));
                    }
                } else if let Some(closes) = next.as_ref().and_then(|next| next.closes) {
                    let reason = next.as_ref().and_then(|next| next.row.reason.as_deref());
                    ends.push(close(&id, Some(epoch), closes, reason, None));
                }
                let Some(next) = next else { continue };
                *row = next.row;
                changed.push(id.clone());
                if !outcome.rest.is_zero() && matches!(verdict, Verdict::Sent { .. }) {
                    rests.push(json!({ "id": queues[&id], "until": micros(at + outcome.rest) }));
                }
                if let (
                    Verdict::PauseDestination { reason } | Verdict::PausePlatform { reason },
                    Some(claimed),
                ) = (verdict, outcome.claimed)
                {
                    refusals.push((claimed, verdict, reason));
                }
            }
            changed.sort();
            changed.dedup();
            put_rows!(self, tx, changed.iter().map(|id| put(id, &rows[id])).collect());
            close_attempts!(self, tx, ends, now);
            let led =
                stored.iter().filter(|row| row.bundle.as_ref() == Some(&row.id) && changed.contains(&row.id));
            let led: Vec<(String, Row)> = led.map(|row| (row.id.clone(), rows[&row.id].clone())).collect();
            take_along!(self, tx, led);
            for (id, message) in surplus {
                query(super::surplus::NOTE)
                    .bind(&id)
                    .bind(message)
                    .bind(micros(now))
                    .execute(&mut *tx)
                    .await?;
                warn!(
                    delivery.id = id,
                    message.first = rows[&id].message_id,
                    message.surplus = message,
                    "Delivery {id} is in its channel twice: message {message} is surplus"
                );
            }
            for (claimed, verdict, reason) in refusals {
                query(RAISE_VERSION).execute(&mut *tx).await?;
                if matches!(verdict, Verdict::PausePlatform { .. }) {
                    query(PAUSE_PLATFORM)
                        .bind(micros(now))
                        .bind(text(reason))
                        .bind(claimed.platform.name())
                        .execute(&mut *tx)
                        .await?;
                } else {
                    query(PAUSE_ONE)
                        .bind(micros(now))
                        .bind(PauseCause::Channel.name())
                        .bind(text(reason))
                        .bind(claimed.destination.0)
                        .execute(&mut *tx)
                        .await?;
                }
            }
            if !rests.is_empty() {
                query(REST.of(&self.db)).bind(Value::from(rests).to_string()).execute(&mut *tx).await?;
            }
            refresh!(self, tx, changed.iter().map(|id| queues[id]));
            Ok(applied)
        })
    }
}
