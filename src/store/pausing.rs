//! Pauses that people wish for: of one subscription, or of all of a channel.

use jiff::Timestamp;

use super::db::{query, query_as, writing};
use super::destinations::{DestinationRow, destination_columns};
use super::outbox::bundle::LEFT_OUT;
use super::outbox::queue::refresh;
use super::subscriptions::{ONE, RAISE_VERSION, SubscriptionRow, select_subscriptions};
use super::values::micros;
use super::{Store, StoreError};
use crate::domain::{ChannelId, Destination, Platform, Subscription, SubscriptionId};

/// What resuming came to.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// The subscriptions that were paused by people until now, as they are now.
    pub subscriptions: Vec<Subscription>,
    /// The channel as it was: a pause that came from a refusal is ended too, unless the account is refused.
    pub before: Option<Destination>,
}

// A pause that lasts keeps its start; `$4` is one subscription, or NULL for all.
const PAUSE: &str = "UPDATE subscription
    SET paused_at = CASE WHEN paused_at IS NULL OR paused_until <= $1 THEN $1 ELSE paused_at END, paused_until = $2
    WHERE destination_id = $3 AND ($4 IS NULL OR id = $4)";

/// Keeps back what waits for a channel and what no subscription that is not paused asked for.
const SKIP_PAUSED: &str =
    "UPDATE delivery SET state = 'skipped', reason = 'its subscription was paused before its turn came'
    WHERE destination_id = $1 AND state = 'pending'
        AND NOT EXISTS (SELECT 1 FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
            WHERE m.paper_id = delivery.paper_id AND s.destination_id = $1 AND s.cadence = 'instant'
                AND (s.paused_at IS NULL OR s.paused_until <= $2))";

const RESUME: &str = "UPDATE subscription SET paused_at = NULL, paused_until = NULL
    WHERE destination_id = $1 AND ($2 IS NULL OR id = $2)
        AND paused_at IS NOT NULL AND (paused_until IS NULL OR paused_until > $3)
    RETURNING id";

const RESUME_CHANNEL: &str =
    "UPDATE destination SET paused_at = NULL, pause_cause = NULL, pause_reason = NULL
    WHERE id = $1 AND pause_cause = 'channel'";

const CHANNEL: &str =
    concat!("SELECT ", destination_columns!(), " FROM destination WHERE platform = $1 AND channel = $2");

impl Store {
    /// Stops one subscription of a channel or all of them until a time, or until resumed, and returns those that
    /// are meant as they are now; what waits in the outbox for them alone is not posted any more.
    pub async fn pause(
        &self,
        platform: Platform,
        channel: &ChannelId,
        only: Option<SubscriptionId>,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<Subscription>, StoreError> {
        let sql = select_subscriptions!(
            "WHERE s.destination_id = $1 AND ($2 IS NULL OR s.id = $2) ORDER BY s.id DESC"
        );
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let place: Option<DestinationRow> = query_as(CHANNEL)
                .bind(platform.name())
                .bind(channel.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            let Some(place) = place else { return Ok(Vec::new()) };
            let destination = Destination::try_from(place)?.id.0;
            let only = only.map(|id| id.0);
            query(PAUSE)
                .bind(micros(now))
                .bind(until.map(micros))
                .bind(destination)
                .bind(only)
                .execute(&mut *tx)
                .await?;
            query(SKIP_PAUSED).bind(destination).bind(micros(now)).execute(&mut *tx).await?;
            query(LEFT_OUT).bind(destination).execute(&mut *tx).await?;
            refresh!(self, tx, [destination]);
            let rows: Vec<SubscriptionRow> =
                query_as(sql).bind(destination).bind(only).fetch_all(&mut *tx).await?;
            rows.into_iter().map(Subscription::try_from).collect()
        })
    }

    /// Ends the pause of one subscription of a channel or of all of them, and that of a channel that refused messages.
    pub async fn resume(
        &self,
        platform: Platform,
        channel: &ChannelId,
        only: Option<SubscriptionId>,
        now: Timestamp,
    ) -> Result<Resumed, StoreError> {
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let place: Option<DestinationRow> = query_as(CHANNEL)
                .bind(platform.name())
                .bind(channel.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            let Some(place) = place else {
                return Ok(Resumed { subscriptions: Vec::new(), before: None });
            };
            let before = Destination::try_from(place)?;
            let resumed: Vec<(i64,)> = query_as(RESUME)
                .bind(before.id.0)
                .bind(only.map(|id| id.0))
                .bind(micros(now))
                .fetch_all(&mut *tx)
                .await?;
            query(RESUME_CHANNEL).bind(before.id.0).execute(&mut *tx).await?;
            let mut subscriptions = Vec::with_capacity(resumed.len());
            for (id,) in resumed {
                let row: SubscriptionRow = query_as(ONE).bind(id).fetch_one(&mut *tx).await?;
                subscriptions.push(Subscription::try_from(row)?);
            }
            subscriptions.sort_by_key(|subscription| std::cmp::Reverse(subscription.id));
            Ok(Resumed { subscriptions, before: Some(before) })
        })
    }

    /// Stops a subscription until it is resumed; `None` when there is none of this number.
    pub async fn pause_subscription(
        &self,
        id: SubscriptionId,
        now: Timestamp,
    ) -> Result<Option<Subscription>, StoreError> {
        let Some(known) = self.subscription(id).await? else { return Ok(None) };
        let Destination { platform, channel, .. } = known.destination;
        Ok(self.pause(platform, &channel, Some(id), None, now).await?.pop())
    }

    /// Ends the pause of a subscription and of its destination; `None` when there is none of this number.
    pub async fn resume_subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        const RESUME_DESTINATION: &str = "UPDATE destination
            SET paused_at = NULL, pause_cause = NULL, pause_reason = NULL
            WHERE id = (SELECT destination_id FROM subscription WHERE id = $1)";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            query("UPDATE subscription SET paused_at = NULL, paused_until = NULL WHERE id = $1")
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
            query(RESUME_DESTINATION).bind(id.0).execute(&mut *tx).await?;
            let row: Option<SubscriptionRow> = query_as(ONE).bind(id.0).fetch_optional(&mut *tx).await?;
            row.map(Subscription::try_from).transpose()
        })
    }
}
