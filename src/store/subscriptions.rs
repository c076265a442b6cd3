//! Subscriptions: which queries go to which destination.

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::{DestinationRow, destination_columns, open_destination};
use super::outbox::bundle::LEFT_OUT;
use super::outbox::queue::refresh;
use super::values::{micros, opt_timestamp, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::{Cadence, ChannelId, Platform, Query, Style, Subscription, SubscriptionId, UserId};

/// What subscribing came to.
#[derive(Debug, Clone)]
pub enum Subscribed {
    /// There is a new subscription.
    Created(Subscription),
    /// The channel had this very query already; when or how its papers come is other than before.
    Changed(Subscription),
    /// The channel had this very query already; nothing changed.
    Existing(Subscription),
}

/// A subscription that is wished for.
#[derive(Debug, Clone)]
pub struct NewSubscription<'a> {
    /// The platform.
    pub platform: Platform,
    /// The channel on it.
    pub channel: &'a ChannelId,
    /// The server or workspace of the channel, where it is known.
    pub workspace: Option<&'a str>,
    /// Which papers.
    pub query: &'a Query,
    /// When they come; `None` keeps what the channel has, or is instant.
    pub when: Option<Cadence>,
    /// How much of each is shown; `None` keeps what the channel has, or is a card.
    pub style: Option<Style>,
    /// Who wants it; of a subscription that is there already it stays who made it.
    pub owner: &'a str,
}

impl Subscribed {
    /// The subscription as it is now.
    pub fn subscription(&self) -> &Subscription {
        match self {
            Self::Created(subscription) | Self::Changed(subscription) | Self::Existing(subscription) => {
                subscription
            }
        }
    }
}

/// Tells other processes that subscriptions are not what they were. Every change does this first, so
/// that changes and [`Store::commit_routing`] come one after the other.
pub(super) const RAISE_VERSION: &str =
    "UPDATE change_counter SET value = value + 1 WHERE name = 'subscriptions'";

/// Selects [`SubscriptionRow`]s.
macro_rules! select_subscriptions {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.query, s.created_by, s.created_at, s.cadence, s.style, s.paused_at, s.paused_until,
                (SELECT COUNT(*) FROM paper_match m
                    JOIN delivery d ON d.destination_id = s.destination_id AND d.paper_id = m.paper_id
                    WHERE m.subscription_id = s.id AND d.kind = 'paper' AND d.state = 'sent') AS posted, ",
            destination_columns!(),
            " FROM subscription s JOIN destination ON destination.id = s.destination_id ",
            $rest
        )
    };
}

pub(super) use select_subscriptions;

pub(super) const ONE: &str = select_subscriptions!("WHERE s.id = $1");

#[derive(sqlx::FromRow)]
pub(super) struct SubscriptionRow {
    id: i64,
    query: String,
    created_by: String,
    created_at: i64,
    cadence: String,
    style: String,
    paused_at: Option<i64>,
    paused_until: Option<i64>,
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
            cadence: parsed(&row.cadence, &of("cadence"))?,
            style: parsed(&row.style, &of("style"))?,
            paused_at: opt_timestamp(row.paused_at, &of("pause"))?,
            paused_until: opt_timestamp(row.paused_until, &of("end of the pause"))?,
            posted: row.posted,
        })
    }
}

impl Store {
    /// Subscribes a channel to a query, instantly and with cards; the same canonical query a second time is
    /// the one it has.
    pub async fn subscribe(
        &self,
        platform: Platform,
        channel: &ChannelId,
        interest: &Query,
        created_by: &str,
        now: Timestamp,
    ) -> Result<Subscribed, StoreError> {
        let wish = NewSubscription {
            platform,
            channel,
            workspace: None,
            query: interest,
            when: None,
            style: None,
            owner: created_by,
        };
        self.subscribe_as(&wish, now).await
    }

    /// Subscribes a channel to a query; the same canonical query a second time changes when and how its papers
    /// come, where that is said.
    pub async fn subscribe_as(
        &self,
        wish: &NewSubscription<'_>,
        now: Timestamp,
    ) -> Result<Subscribed, StoreError> {
        const CREATE: &str =
            "INSERT INTO subscription (destination_id, query, created_by, created_at, cadence, style)
            VALUES ($1, $2, $3, $4, COALESCE($5, 'instant'), COALESCE($6, 'card'))
            ON CONFLICT (destination_id, query) DO NOTHING RETURNING id";
        const CHANGE: &str =
            "UPDATE subscription SET cadence = COALESCE($3, cadence), style = COALESCE($4, style)
            WHERE destination_id = $1 AND query = $2
                AND (cadence <> COALESCE($3, cadence) OR style <> COALESCE($4, style))";
        let canonical = text(&wish.query.to_string());
        let (when, style) = (wish.when.map(Cadence::name), wish.style.map(Style::name));
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let destination: i64 = open_destination!(tx, wish.platform, wish.channel, wish.workspace);
            let created: Option<i64> = query_scalar(CREATE)
                .bind(destination)
                .bind(&canonical)
                .bind(text(wish.owner))
                .bind(micros(now))
                .bind(when)
                .bind(style)
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(id) = created {
                let row: SubscriptionRow = query_as(ONE).bind(id).fetch_one(&mut *tx).await?;
                Ok(Subscribed::Created(row.try_into()?))
            } else {
                let changed = query(CHANGE)
                    .bind(destination)
                    .bind(&canonical)
                    .bind(when)
                    .bind(style)
                    .execute(&mut *tx)
                    .await?;
                let sql = select_subscriptions!("WHERE s.destination_id = $1 AND s.query = $2");
                let row: SubscriptionRow =
                    query_as(sql).bind(destination).bind(&canonical).fetch_one(&mut *tx).await?;
                if changed.rows_affected() == 0 {
                    return Ok(Subscribed::Existing(row.try_into()?));
                }
                Ok(Subscribed::Changed(row.try_into()?))
            }
        })
    }

    /// Every subscription, in the order in which they were made.
    pub async fn subscriptions(&self) -> Result<Vec<Subscription>, StoreError> {
        let sql = select_subscriptions!("ORDER BY s.id");
        let rows: Vec<SubscriptionRow> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        rows.into_iter().map(Subscription::try_from).collect()
    }

    /// What a channel is subscribed to, the newest first.
    pub async fn subscriptions_in(
        &self,
        platform: Platform,
        channel: &ChannelId,
    ) -> Result<Vec<Subscription>, StoreError> {
        let sql = select_subscriptions!(
            "WHERE destination.platform = $1 AND destination.channel = $2 ORDER BY s.id DESC"
        );
        let rows: Vec<SubscriptionRow> = reading!(self, |tx| {
            query_as(sql).bind(platform.name()).bind(channel.as_str()).fetch_all(&mut *tx).await?
        });
        rows.into_iter().map(Subscription::try_from).collect()
    }

    /// What a person has subscribed channels of a platform to, by channel and the newest first.
    pub async fn subscriptions_by(
        &self,
        platform: Platform,
        owner: &UserId,
    ) -> Result<Vec<Subscription>, StoreError> {
        let sql = select_subscriptions!(
            "WHERE destination.platform = $1 AND s.created_by = $2 ORDER BY destination.id, s.id DESC"
        );
        let rows: Vec<SubscriptionRow> = reading!(self, |tx| {
            query_as(sql).bind(platform.name()).bind(text(&owner.0)).fetch_all(&mut *tx).await?
        });
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
                AND NOT EXISTS (SELECT 1 FROM submission u
                    WHERE u.destination_id = $1 AND u.paper_id = delivery.paper_id)
                AND NOT EXISTS (SELECT 1 FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
                    WHERE m.paper_id = delivery.paper_id AND s.destination_id = $1 AND s.id <> $2
                        AND s.cadence = 'instant')";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let row: Option<SubscriptionRow> = query_as(ONE).bind(id.0).fetch_optional(&mut *tx).await?;
            let Some(row) = row else { return Ok(None) };
            let ended = Subscription::try_from(row)?;
            query(SKIP_UNWANTED).bind(ended.destination.id.0).bind(id.0).execute(&mut *tx).await?;
            query(LEFT_OUT).bind(ended.destination.id.0).execute(&mut *tx).await?;
            refresh!(self, tx, [ended.destination.id.0]);
            query("DELETE FROM subscription WHERE id = $1").bind(id.0).execute(&mut *tx).await?;
            Ok(Some(ended))
        })
    }

    /// A number that every change of subscriptions and of pauses raises.
    pub async fn subscription_version(&self) -> Result<i64, StoreError> {
        let sql = "SELECT value FROM change_counter WHERE name = 'subscriptions'";
        Ok(reading!(self, |tx| query_scalar(sql).fetch_one(&mut *tx).await?))
    }
}
