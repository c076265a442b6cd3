//! The sandbox platform's memory: the messages in its channels.

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::values::{corrupt, micros, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::{ChannelId, DeliveryId, Platform};

/// A message in a sandbox channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxMessage {
    /// Its number; grows with time.
    pub id: i64,
    /// The delivery that brought it.
    pub delivery: DeliveryId,
    /// The channel it stands in.
    pub channel: ChannelId,
    /// The sandbox's own bytes.
    pub body: String,
    /// When it was posted.
    pub posted_at: Timestamp,
}

impl Store {
    /// Posts a message and returns its number; the same delivery again is the message it has.
    pub async fn sandbox_post(
        &self,
        delivery: DeliveryId,
        channel: &ChannelId,
        body: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let insert = "INSERT INTO sandbox_message (delivery_id, channel, body, posted_at)
            VALUES ($1, $2, $3, $4) ON CONFLICT (delivery_id) DO NOTHING";
        Ok(writing!(self, |tx| {
            query(insert)
                .bind(delivery.to_string())
                .bind(channel.as_str())
                .bind(text(body))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            query_scalar("SELECT id FROM sandbox_message WHERE delivery_id = $1")
                .bind(delivery.to_string())
                .fetch_one(&mut *tx)
                .await?
        }))
    }

    /// Changes a delivery's message; false when there is none.
    pub async fn sandbox_edit(&self, delivery: DeliveryId, body: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE sandbox_message SET body = $2 WHERE delivery_id = $1";
        let changed = writing!(self, |tx| {
            query(sql).bind(delivery.to_string()).bind(text(body)).execute(&mut *tx).await?.rows_affected()
        });
        Ok(changed > 0)
    }

    /// Deletes a message; that there is none is as good.
    pub async fn sandbox_delete(&self, id: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM sandbox_message WHERE id = $1";
        writing!(self, |tx| { query(sql).bind(id).execute(&mut *tx).await?.rows_affected() });
        Ok(())
    }

    /// The messages of a channel, or of all, with a number above `after`; oldest first.
    pub async fn sandbox_messages(
        &self,
        channel: Option<&ChannelId>,
        after: i64,
    ) -> Result<Vec<SandboxMessage>, StoreError> {
        let sql = "SELECT id, delivery_id, channel, body, posted_at FROM sandbox_message
            WHERE id > $1 AND ($2 IS NULL OR channel = $2) ORDER BY id";
        let rows: Vec<(i64, String, String, String, i64)> = reading!(self, |tx| {
            query_as(sql).bind(after).bind(channel.map(ChannelId::as_str)).fetch_all(&mut *tx).await?
        });
        let message = |(id, delivery, channel, body, at): (i64, String, String, String, i64)| {
            Ok(SandboxMessage {
                id,
                delivery: DeliveryId(parsed(&delivery, "the delivery of a sandbox message")?),
                channel: ChannelId::parse(Platform::Sandbox, &channel)
                    .map_err(|reason| corrupt("a sandbox channel", &channel, &reason))?,
                body,
                posted_at: timestamp(at, "the time of a sandbox message")?,
            })
        };
        rows.into_iter().map(message).collect()
    }
}
