//! The steps of a subscriber's life that change what is sent: confirmed, changed, ended, erased.
//!
//! ```text
//! pending ──▶ active ──▶ unsubscribed | bounced ──▶ active (confirmed anew)
//!    any ──▶ erased: the address is gone, only the opaque id of the destination stays
//! ```

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, writing};
use super::destinations::{PAUSE_ONE, open_destination};
use super::outbox::queue::refresh;
use super::subscribers::{ONE, Subscriber, SubscriberRow, SubscriberState};
use super::subscriptions::RAISE_VERSION;
use super::values::{from_json, json, micros};
use super::{Store, StoreError};
use crate::domain::{ChannelId, MailWish, Platform, RoundupKind};

/// Who is named as the maker of subscribers' subscriptions.
const OWNER: &str = "subscriber";

/// What came of a confirmation.
#[derive(Debug, Clone)]
pub enum Confirmed {
    /// The subscriber gets letters as wished.
    Now(Subscriber),
    /// It was confirmed before; nothing changed.
    Before(Subscriber),
    /// The token is unknown or too old.
    Unknown,
}

const RESUME: &str = "UPDATE destination SET paused_at = NULL, pause_cause = NULL, pause_reason = NULL
    WHERE id = $1 AND pause_cause = 'channel'";
const UNSUBSCRIBE_OTHERS: &str = "DELETE FROM subscription WHERE destination_id = $1 AND query <> $2";
const SUBSCRIBE: &str =
    "INSERT INTO subscription (destination_id, query, created_by, created_at, cadence, style)
    VALUES ($1, $2, $3, $4, $5, 'card')
    ON CONFLICT (destination_id, query) DO UPDATE SET cadence = excluded.cadence";
const UNSCHEDULE_OTHERS: &str = "DELETE FROM roundup_setting WHERE destination_id = $1 AND kind <> $2";
const SCHEDULE: &str =
    "INSERT INTO roundup_setting (destination_id, zone, every, changed_by, changed_at, kind)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (destination_id, kind) DO UPDATE SET zone = excluded.zone, every = excluded.every,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at";
const ACTIVATE: &str = "UPDATE mail_subscriber
    SET state = 'active', wish = $2, bounces = 0, confirmed_at = $3, ended_at = NULL WHERE channel = $1";

/// Makes inside a transaction that a subscriber gets what was wished. One subscriber has one wish.
macro_rules! grant {
    ($tx:ident, $channel:expr, $wish:expr, $now:expr) => {{
        let (wish, at): (&MailWish, i64) = ($wish, micros($now));
        let destination: i64 = open_destination!($tx, Platform::Email, $channel, None::<&str>);
        query(RESUME).bind(destination).execute(&mut *$tx).await?;
        let wanted = wish.query.as_deref();
        query(UNSUBSCRIBE_OTHERS).bind(destination).bind(wanted.unwrap_or("")).execute(&mut *$tx).await?;
        if let Some(wanted) = wanted {
            query(SUBSCRIBE)
                .bind(destination)
                .bind(wanted)
                .bind(OWNER)
                .bind(at)
                .bind(wish.rhythm.cadence().name())
                .execute(&mut *$tx)
                .await?;
        }
        let kind = if wanted.is_some() { RoundupKind::Matches } else { RoundupKind::Trending }.to_string();
        query(UNSCHEDULE_OTHERS).bind(destination).bind(&kind).execute(&mut *$tx).await?;
        query(SCHEDULE)
            .bind(destination)
            .bind(&wish.zone)
            .bind(wish.rhythm.every().name())
            .bind(OWNER)
            .bind(at)
            .bind(&kind)
            .execute(&mut *$tx)
            .await?;
        query(ACTIVATE).bind($channel.as_str()).bind(json(wish)).bind(at).execute(&mut *$tx).await?;
    }};
}

/// Keeps anything more from being sent to a channel, inside a transaction.
macro_rules! silence {
    ($self:ident, $tx:ident, $channel:expr, $reason:expr, $now:expr) => {{
        let destination: Option<i64> = query_scalar(DESTINATION)
            .bind(Platform::Email.name())
            .bind($channel.as_str())
            .fetch_optional(&mut *$tx)
            .await?;
        if let Some(destination) = destination {
            query(PAUSE_ONE)
                .bind(micros($now))
                .bind("channel")
                .bind($reason)
                .bind(destination)
                .execute(&mut *$tx)
                .await?;
            query("DELETE FROM subscription WHERE destination_id = $1")
                .bind(destination)
                .execute(&mut *$tx)
                .await?;
            query(SKIP).bind(destination).bind($reason).execute(&mut *$tx).await?;
            refresh!($self, $tx, [destination]);
        }
        destination
    }};
}

const DESTINATION: &str = "SELECT id FROM destination WHERE platform = $1 AND channel = $2";
const SKIP: &str =
    "UPDATE delivery SET state = 'skipped', reason = $2 WHERE destination_id = $1 AND state = 'pending'";

impl Store {
    /// Gives the bearer of a token what was asked for with it; a token does this once.
    pub async fn confirm_mail(&self, token_hash: &str, now: Timestamp) -> Result<Confirmed, StoreError> {
        const USE: &str = "UPDATE mail_request SET used_at = $2
            WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let used = query(USE).bind(token_hash).bind(micros(now)).execute(&mut *tx).await?;
            let request: Option<(String, String)> =
                query_as("SELECT channel, wish FROM mail_request WHERE token_hash = $1 AND expires_at > $2")
                    .bind(token_hash)
                    .bind(micros(now))
                    .fetch_optional(&mut *tx)
                    .await?;
            let Some((channel, wish)) = request else { return Ok(Confirmed::Unknown) };
            if used.rows_affected() > 0 {
                let row: SubscriberRow = query_as(ONE).bind(&channel).fetch_one(&mut *tx).await?;
                let subscriber = Subscriber::try_from(row)?;
                let wish: MailWish = from_json(&wish, "the wish of a letter")?;
                grant!(tx, subscriber.channel, &wish, now);
            }
            let row: SubscriberRow = query_as(ONE).bind(&channel).fetch_one(&mut *tx).await?;
            let subscriber = Subscriber::try_from(row)?;
            if used.rows_affected() > 0 {
                Ok(Confirmed::Now(subscriber))
            } else {
                Ok(Confirmed::Before(subscriber))
            }
        })
    }

    /// Changes what an active subscriber gets; false when there is none of this id.
    pub async fn change_mail(
        &self,
        channel: &ChannelId,
        wish: &MailWish,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let row: Option<SubscriberRow> =
                query_as(ONE).bind(channel.as_str()).fetch_optional(&mut *tx).await?;
            match row.map(Subscriber::try_from).transpose()? {
                Some(known) if known.state == SubscriberState::Active => {
                    grant!(tx, known.channel, wish, now);
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
    }

    /// Ends a subscriber's letters, however often it is asked; what waits to be sent is not sent.
    pub async fn end_mail(&self, channel: &ChannelId, now: Timestamp) -> Result<(), StoreError> {
        const END: &str = "UPDATE mail_subscriber SET state = 'unsubscribed', ended_at = $2
            WHERE channel = $1 AND state <> 'unsubscribed'";
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            query(END).bind(channel.as_str()).bind(micros(now)).execute(&mut *tx).await?;
            // A letter that was never answered must not bring them back.
            query("DELETE FROM mail_request WHERE channel = $1")
                .bind(channel.as_str())
                .execute(&mut *tx)
                .await?;
            let _ = silence!(self, tx, channel, "the subscriber wants no more letters", now);
        });
        Ok(())
    }

    /// Forgets a subscriber: address, wish and tokens; false when there is none of this id.
    pub async fn erase_mail(&self, channel: &ChannelId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let destination = silence!(self, tx, channel, "the subscriber was erased", now);
            query("DELETE FROM roundup_setting WHERE destination_id = $1")
                .bind(destination)
                .execute(&mut *tx)
                .await?;
            let sql = "DELETE FROM mail_subscriber WHERE channel = $1";
            query(sql).bind(channel.as_str()).execute(&mut *tx).await?.rows_affected() > 0
        }))
    }
}
