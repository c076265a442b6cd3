//! Subscriptions: which queries go to which destination.

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::{DestinationRow, destination_columns};
use super::values::{micros, opt_timestamp, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::{ChannelId, Platform, Query, Subscription, SubscriptionId};

/// What subscribing came to.
#[derive(Debug, Clone)]
pub enum Subscribed {
    /// There is a new subscription.
    Created(Subscription),
    /// The channel had this very query already; nothing changed.
    Existing(Subscription),
}

impl Subscribed {
    /// The subscription, new or old.
    pub fn subscription(&self) -> &Subscription {
        match self {
            Self::Created(subscription) | Self::Existing(subscription) => subscription,
        }
    }
}

/// Tells other processes that subscriptions are not what they were. Every change does this first, so
/// that changes and [`Store::commit_routing`] come one after the other.
pub(super) const RAISE_VERSION: &str =
    "UPDATE change_counter SET value = value + 1 WHERE name = 'subscriptions'";

macro_rules! select_subscriptions {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.query, s.created_by, s.created_at, s.paused_at,
                (SELECT COUNT(*) FROM paper_match m
                    JOIN delivery d ON d.destination_id = s.destination_id AND d.paper_id = m.paper_id
                    WHERE m.subscription_id = s.id AND d.kind = 'paper' AND d.state = 'sent') AS posted, ",
            destination_columns!(),
            " FROM subscription s JOIN destination ON destination.id = s.destination_id ",
            $rest
        )
    };
}

const ONE: &str = select_subscriptions!("WHERE s.id = $1");

#[derive(sqlx::FromRow)]
struct SubscriptionRow {
    id: i64,
    query: String,
    created_by: String,
    created_at: i64,
    paused_at: Option<i64>,
    posted: i64,
    #[sqlx(flatten)]
    destination: DestinationRow,
}

impl TryFrom<SubscriptionRow> for Subscription {
    type Error = StoreError;
    fn try_from(row: SubscriptionRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of subscription {}", row.id);
        Ok(Self {
            id: SubscriptionId(row.id),
            destination: row.destination.try_into()?,
            query: parsed(&row.query, &of("query"))?,
            created_by: row.created_by,
            created_at: timestamp(row.created_at, &of("creation"))?,
            paused_at: opt_timestamp(row.paused_at, &of("pause"))?,
            posted: row.posted,
        })
    }
}

impl Store {
    /// Subscribes a channel to a query; the same canonical query a second time is the one it has.
    pub async fn subscribe(
        &self,
        platform: Platform,
        channel: &ChannelId,
        interest: &Query,
        created_by: &str,
        now: Timestamp,
    ) -> Result<Subscribed, StoreError> {
        let canonical = text(&interest.to_string());
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            query("INSERT INTO destination (platform, channel) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(platform.name())
                .bind(channel.as_str())
                .execute(&mut *tx)
                .await?;
            let destination: i64 =
                query_scalar("SELECT id FROM destination WHERE platform = $1 AND channel = $2")
                    .bind(platform.name())
                    .bind(channel.as_str())
                    .fetch_one(&mut *tx)
                    .await?;
            let created: Option<i64> = query_scalar(
                "INSERT INTO subscription (destination_id, query, created_by, created_at)
                VALUES ($1, $2, $3, $4) ON CONFLICT (destination_id, query) DO NOTHING RETURNING id",
            )
            .bind(destination)
            .bind(&canonical)
            .bind(text(created_by))
            .bind(micros(now))
            .fetch_optional(&mut *tx)
            .await?;
            let Some(id) = created else {
                let sql = select_subscriptions!("WHERE s.destination_id = $1 AND s.query = $2");
                let row: SubscriptionRow =
                    query_as(sql).bind(destination).bind(&canonical).fetch_one(&mut *tx).await?;
                return Ok(Subscribed::Existing(row.try_into()?));
            };
            let row: SubscriptionRow = query_as(ONE).bind(id).fetch_one(&mut *tx).await?;
            Ok(Subscribed::Created(row.try_into()?))
        })
    }

    /// Every subscription, in the order in which they were made.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let sql = select_subscriptions!("ORDER BY s.id");
        let rows: Vec<SubscriptionRow> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        rows.into_iter().map(Subscription::try_from).collect()
    }

    /// The subscription with this number.
    pub async fn subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        let row: Option<SubscriptionRow> =
            reading!(self, |tx| query_as(ONE).bind(id.0).fetch_optional(&mut *tx).await?);
        row.map(Subscription::try_from).transpose()
    }

    /// Ends a subscription and returns what it was.
    ///
    /// Papers that still wait for the channel and that no other subscription of it asked for are
    /// not posted any more.
    pub async fn unsubscribe(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        const SKIP_UNWANTED: &str = "UPDATE delivery
            SET state = 'skipped', reason = 'its subscription was removed before its turn came'
            WHERE destination_id = $1 AND state = 'pending'
                AND paper_id IN (SELECT paper_id FROM paper_match WHERE subscription_id = $2)
                AND NOT EXISTS (SELECT 1 FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
                    WHERE m.paper_id = delivery.paper_id AND s.destination_id = $1 AND s.id <> $2)";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let row: Option<SubscriptionRow> = query_as(ONE).bind(id.0).fetch_optional(&mut *tx).await?;
            let Some(row) = row else { return Ok(None) };
            let ended = Subscription::try_from(row)?;
            query(SKIP_UNWANTED).bind(ended.destination.id.0).bind(id.0).execute(&mut *tx).await?;
            query("DELETE FROM subscription WHERE id = $1").bind(id.0).execute(&mut *tx).await?;
            Ok(Some(ended))
        })
    }

    /// Stops a subscription until it is resumed; `None` when there is none of this number.
    pub async fn pause_subscription(
        &self,
        id: SubscriptionId,
        now: Timestamp,
    ) -> Result<Option<Subscription>, StoreError> {
        let sql = "UPDATE subscription SET paused_at = COALESCE(paused_at, $2) WHERE id = $1";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            query(sql).bind(id.0).bind(micros(now)).execute(&mut *tx).await?;
            let row: Option<SubscriptionRow> = query_as(ONE).bind(id.0).fetch_optional(&mut *tx).await?;
            row.map(Subscription::try_from).transpose()
        })
    }

    /// Ends the pause of a subscription and of its destination; `None` when there is none of this number.
    pub async fn resume_subscription(&self, id: SubscriptionId) -> Result<Option<Subscription>, StoreError> {
        const RESUME_DESTINATION: &str = "UPDATE destination
            SET paused_at = NULL, pause_cause = NULL, pause_reason = NULL
            WHERE id = (SELECT destination_id FROM subscription WHERE id = $1)";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            query("UPDATE subscription SET paused_at = NULL WHERE id = $1")
                .bind(id.0)
                .execute(&mut *tx)
                .await?;
            query(RESUME_DESTINATION).bind(id.0).execute(&mut *tx).await?;
            let row: Option<SubscriptionRow> = query_as(ONE).bind(id.0).fetch_optional(&mut *tx).await?;
            row.map(Subscription::try_from).transpose()
        })
    }

    /// A number that every change of subscriptions and of pauses raises.
    pub async fn subscription_version(&self) -> Result<i64, StoreError> {
        let sql = "SELECT value FROM change_counter WHERE name = 'subscriptions'";
        Ok(reading!(self, |tx| query_scalar(sql).fetch_one(&mut *tx).await?))
    }
}
