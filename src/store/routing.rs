//! Puts a routed paper into the outbox, in the same transaction that marks it as routed.

use jiff::Timestamp;

use super::db::{query, query_scalar, writing};
use super::outbox::queue::refresh;
use super::values::{json, micros, text};
use super::{Store, StoreError};
use crate::domain::query::MatchedTerm;
use crate::domain::{DeliveryKind, DestinationId, Paper, SubscriptionId, Why};

/// That a paper is what a subscription asked for.
#[derive(Debug, Clone)]
pub struct NewMatch {
    /// The subscription.
    pub subscription: SubscriptionId,
    /// What of its query the paper holds.
    pub terms: Vec<MatchedTerm>,
}

/// A message that waits for its turn.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// Where it goes.
    pub destination: DestinationId,
    /// The platform's bytes.
    pub rich: String,
    /// The platform's bytes in plain words, for when it refuses the others.
    pub plain: String,
    /// Which subscriptions of the destination asked for the paper.
    pub why: Vec<Why>,
    /// When it is too old to be posted.
    pub expires_at: Timestamp,
}

/// What committing a routing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Routed {
    /// Messages that are new in the outbox.
    pub delivered: usize,
    /// True when the paper had been asked about before; nothing was written then.
    pub already: bool,
}

/// On which occasion a paper is asked of the subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It is new; every subscription was asked.
    New,
    /// Something of it moved; subscriptions that ask for that were asked.
    Again,
}

const MARK: &str = "UPDATE paper SET asked_at = $2, routed_at = $3 WHERE id = $1 AND routed_at IS NULL";

const MARK_AGAIN: &str = "UPDATE paper SET asked_at = $2 WHERE id = $1 AND asked_at < $2";

/// Takes the place in the line of changes without being one.
pub(super) const HOLD_VERSION: &str = "UPDATE change_counter SET value = value WHERE name = 'subscriptions'";

const MATCH: &str = "INSERT INTO paper_match (subscription_id, paper_id, terms, matched_at)
    SELECT id, $2, $3, $4 FROM subscription WHERE id = $1
    ON CONFLICT DO NOTHING";

const WANTED: &str = "SELECT COUNT(*) FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
    WHERE m.paper_id = $1 AND s.destination_id = $2 AND s.cadence = 'instant'";

const DELIVER: &str = "INSERT INTO delivery
        (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, next_at, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $8, $9)
    ON CONFLICT (destination_id, paper_id, kind) DO NOTHING";

impl Store {
    /// Marks a paper as asked about and writes its matches and messages: all of it or nothing.
    ///
    /// A subscription that was deleted meanwhile is left out, and so is a message for which only
    /// deleted subscriptions asked. A destination that has the paper already does not get it again.
    pub async fn commit_routing(
        &self,
        paper: &Paper,
        occasion: Occasion,
        matches: &[NewMatch],
        deliveries: &[NewDelivery],
        now: Timestamp,
    ) -> Result<Routed, StoreError> {
        let at = micros(now);
        let delivered = writing!(self, |tx| {
            query(HOLD_VERSION).execute(&mut *tx).await?;
            // What came into the row after it was read is asked about on the next occasion.
            let seen = micros(paper.updated_at);
            let marked = match occasion {
                Occasion::New => query(MARK).bind(paper.key.0).bind(seen).bind(at).execute(&mut *tx).await?,
                Occasion::Again => query(MARK_AGAIN).bind(paper.key.0).bind(seen).execute(&mut *tx).await?,
            };
            if marked.rows_affected() == 0 {
                return Ok(Routed { delivered: 0, already: true });
            }
            let mut some_deleted = false;
            for found in matches {
                let written = query(MATCH)
                    .bind(found.subscription.0)
                    .bind(paper.key.0)
                    .bind(json(&found.terms))
                    .bind(at)
                    .execute(&mut *tx)
                    .await?;
                some_deleted |= written.rows_affected() == 0;
            }
            let mut delivered = Vec::new();
            for delivery in deliveries {
                if some_deleted {
                    let wanted: i64 = query_scalar(WANTED)
                        .bind(paper.key.0)
                        .bind(delivery.destination.0)
                        .fetch_one(&mut *tx)
                        .await?;
                    if wanted == 0 {
                        continue;
                    }
                }
                let written = query(DELIVER)
                    .bind(self.ids.next(now).to_string())
                    .bind(delivery.destination.0)
                    .bind(paper.key.0)
                    .bind(DeliveryKind::Paper.name())
                    .bind(text(&delivery.rich))
                    .bind(text(&delivery.plain))
                    .bind(json(&delivery.why))
                    .bind(at)
                    .bind(micros(delivery.expires_at))
                    .execute(&mut *tx)
                    .await?;
                if written.rows_affected() > 0 {
                    delivered.push(delivery.destination.0);
                }
            }
            refresh!(self, tx, delivered.iter().copied());
            crashpoint!("match_pre_commit");
            delivered.len()
        });
        crashpoint!("match_post_commit");
        Ok(Routed { delivered, already: false })
    }
}
