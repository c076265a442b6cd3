//! Who gets letters: subscribers by their opaque ids, and what was asked for and is not yet confirmed.

use std::str::FromStr;

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::values::{corrupt, count, from_json, json, micros, opt_timestamp, parsed, timestamp};
use super::{Store, StoreError};
use crate::domain::{ChannelId, MailAddress, MailAddressError, MailWish, Platform, mail};

/// After so many letters that a mail server refused for good, no more are sent.
pub const BOUNCES_MAX: u32 = 3;

/// Somebody who gets letters, got them, or was asked whether to.
#[derive(Debug, Clone)]
pub struct Subscriber {
    /// The channel on [`Platform::Email`].
    pub channel: ChannelId,
    /// Where the letters go.
    pub address: MailAddress,
    /// How things are.
    pub state: SubscriberState,
    /// What was confirmed; `None`: nothing yet.
    pub wish: Option<MailWish>,
    /// Letters in a row that were refused for good.
    pub bounces: u32,
    /// When somebody first asked.
    pub created_at: Timestamp,
    /// When it was last confirmed.
    pub confirmed_at: Option<Timestamp>,
}

/// How things are between us and a subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriberState {
    /// Was asked by letter whether letters are wanted.
    Pending,
    /// Gets letters.
    Active,
    /// Wants no more.
    Unsubscribed,
    /// Cannot be reached.
    Bounced,
}

impl SubscriberState {
    /// The name in the store and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
        }
    }
}

impl FromStr for SubscriberState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [Self::Pending, Self::Active, Self::Unsubscribed, Self::Bounced];
        all.into_iter().find(|state| state.name() == text).ok_or_else(|| "unknown state".to_owned())
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct SubscriberRow {
    channel: String,
    address: String,
    state: String,
    wish: Option<String>,
    bounces: i64,
    created_at: i64,
    confirmed_at: Option<i64>,
}

impl TryFrom<SubscriberRow> for Subscriber {
    type Error = StoreError;
    fn try_from(row: SubscriberRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of subscriber {}", row.channel);
        Ok(Self {
            channel: channel(&row.channel)?,
            // The value itself must not come into a log.
            address: row
                .address
                .parse()
                .map_err(|reason: MailAddressError| corrupt(&of("address"), "…", &reason))?,
            state: parsed(&row.state, &of("state"))?,
            wish: row.wish.map(|wish| from_json(&wish, &of("wish"))).transpose()?,
            bounces: count(row.bounces, &of("bounces"))?,
            created_at: timestamp(row.created_at, &of("beginning"))?,
            confirmed_at: opt_timestamp(row.confirmed_at, &of("confirmation"))?,
        })
    }
}

fn channel(text: &str) -> Result<ChannelId, StoreError> {
    ChannelId::parse(Platform::Email, text).map_err(|reason| corrupt("the id of a subscriber", text, &reason))
}

/// Selects [`SubscriberRow`]s.
macro_rules! select_subscribers {
    ($rest:literal) => {
        concat!(
            "SELECT s.channel, s.address, s.state, s.wish, s.bounces, s.created_at, s.confirmed_at
            FROM mail_subscriber s ",
            $rest
        )
    };
}
pub(super) const ONE: &str = select_subscribers!("WHERE s.channel = $1");

impl Store {
    /// Keeps a wish until whoever has the token confirms it, and returns the subscriber of the address as it is now:
    /// a new one is pending, another stays as it was.
    pub async fn request_mail(
        &self,
        address: &MailAddress,
        wish: &MailWish,
        token_hash: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Subscriber, StoreError> {
        const CREATE: &str = "INSERT INTO mail_subscriber (channel, address, folded, state, created_at)
            VALUES ($1, $2, $3, 'pending', $4) ON CONFLICT (folded) DO NOTHING";
        const REQUEST: &str =
            "INSERT INTO mail_request (token_hash, channel, wish, expires_at) VALUES ($1, $2, $3, $4)";
        self.forget_mail_requests(now).await?;
        writing!(self, |tx| {
            query(CREATE)
                .bind(mail::new_channel().as_str())
                .bind(address.whole())
                .bind(address.folded())
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            let sql = select_subscribers!("WHERE s.folded = $1");
            let row: SubscriberRow = query_as(sql).bind(address.folded()).fetch_one(&mut *tx).await?;
            let subscriber = Subscriber::try_from(row)?;
            query(REQUEST)
                .bind(token_hash)
                .bind(subscriber.channel.as_str())
                .bind(json(wish))
                .bind(micros(expires_at))
                .execute(&mut *tx)
                .await?;
            Ok(subscriber)
        })
    }

    /// Forgets what was not confirmed in time, and the addresses of those who never confirmed anything.
    async fn forget_mail_requests(&self, now: Timestamp) -> Result<(), StoreError> {
        const SUBSCRIBERS: &str = "DELETE FROM mail_subscriber WHERE state = 'pending'
            AND NOT EXISTS (SELECT 1 FROM mail_request r WHERE r.channel = mail_subscriber.channel)";
        writing!(self, |tx| {
            let sql = "DELETE FROM mail_request WHERE expires_at <= $1";
            query(sql).bind(micros(now)).execute(&mut *tx).await?;
            query(SUBSCRIBERS).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// What the bearer of a token was asked to confirm, by whom, and whether it was confirmed already; `None` when the
    /// token is unknown or too old.
    pub async fn mail_request(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<(Subscriber, MailWish, bool)>, StoreError> {
        const REQUEST: &str =
            "SELECT channel, wish, used_at FROM mail_request WHERE token_hash = $1 AND expires_at > $2";
        let found: Option<(SubscriberRow, String, bool)> = reading!(self, |tx| {
            let request: Option<(String, String, Option<i64>)> =
                query_as(REQUEST).bind(token_hash).bind(micros(now)).fetch_optional(&mut *tx).await?;
            match request {
                None => None,
                Some((channel, wish, used_at)) => {
                    let row: SubscriberRow = query_as(ONE).bind(&channel).fetch_one(&mut *tx).await?;
                    Some((row, wish, used_at.is_some()))
                }
            }
        });
        let read = |(row, wish, used): (SubscriberRow, String, bool)| {
            Ok((Subscriber::try_from(row)?, from_json(&wish, "the wish of a letter")?, used))
        };
        found.map(read).transpose()
    }

    /// The subscriber of an id.
    pub async fn mail_subscriber(&self, channel: &ChannelId) -> Result<Option<Subscriber>, StoreError> {
        let row: Option<SubscriberRow> =
            reading!(self, |tx| query_as(ONE).bind(channel.as_str()).fetch_optional(&mut *tx).await?);
        row.map(Subscriber::try_from).transpose()
    }

    /// The subscriber of an address.
    pub async fn mail_subscriber_at(&self, address: &MailAddress) -> Result<Option<Subscriber>, StoreError> {
        let sql = select_subscribers!("WHERE s.folded = $1");
        let row: Option<SubscriberRow> =
            reading!(self, |tx| query_as(sql).bind(address.folded()).fetch_optional(&mut *tx).await?);
        row.map(Subscriber::try_from).transpose()
    }

    /// Everybody, in the order in which they first asked.
    pub async fn mail_subscribers(&self) -> Result<Vec<Subscriber>, StoreError> {
        let sql = select_subscribers!("ORDER BY s.created_at, s.channel");
        let rows: Vec<SubscriberRow> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        rows.into_iter().map(Subscriber::try_from).collect()
    }

    /// Where letters of a channel go; `None` unless it is one that is wanted and can be reached.
    pub async fn mail_address(&self, channel: &ChannelId) -> Result<Option<MailAddress>, StoreError> {
        let subscriber = self.mail_subscriber(channel).await?;
        let active = subscriber.filter(|subscriber| subscriber.state == SubscriberState::Active);
        Ok(active.map(|subscriber| subscriber.address))
    }

    /// Notes that a letter was taken: those refused before do not count any more.
    pub async fn mail_taken(&self, channel: &ChannelId) -> Result<(), StoreError> {
        let sql =
            "UPDATE mail_subscriber SET bounces = 0 WHERE channel = $1 AND state = 'active' AND bounces > 0";
        writing!(self, |tx| {
            query(sql).bind(channel.as_str()).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// Counts a letter that was refused for good and returns how many that are; [`BOUNCES_MAX`] end the letters.
    pub async fn mail_bounced(&self, channel: &ChannelId, now: Timestamp) -> Result<u32, StoreError> {
        const BOUNCED: &str = "UPDATE mail_subscriber SET bounces = bounces + 1,
                state = CASE WHEN bounces + 1 >= $2 THEN 'bounced' ELSE state END,
                ended_at = CASE WHEN bounces + 1 >= $2 THEN $3 ELSE ended_at END
            WHERE channel = $1 AND state = 'active' RETURNING bounces";
        let bounces: Option<i64> = writing!(self, |tx| {
            query_scalar(BOUNCED)
                .bind(channel.as_str())
                .bind(i64::from(BOUNCES_MAX))
                .bind(micros(now))
                .fetch_optional(&mut *tx)
                .await?
        });
        count(bounces.unwrap_or(0), "the bounces of a subscriber")
    }
}
