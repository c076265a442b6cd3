//! Destinations: where messages go, and the pauses that keep them from going there.

use jiff::Timestamp;

use super::db::{query, query_as, reading, writing};
use super::subscriptions::RAISE_VERSION;
use super::values::{corrupt, micros, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::{ChannelId, Destination, DestinationId, Pause, PauseCause, Platform};

/// The columns of [`DestinationRow`], of a table called `destination`.
macro_rules! destination_columns {
    () => {
        "destination.id AS destination_id, destination.platform, destination.channel,
        destination.paused_at AS destination_paused_at, destination.pause_cause, destination.pause_reason"
    };
}
pub(super) use destination_columns;

/// Makes sure inside a transaction that there is a destination for a channel, and evaluates to its number.
macro_rules! open_destination {
    ($tx:ident, $platform:expr, $channel:expr, $workspace:expr) => {{
        query(
            "INSERT INTO destination (platform, channel, workspace, tenant)
            VALUES ($1, $2, $3, $1 || COALESCE('/' || $3, '#' || $2))
            ON CONFLICT (platform, channel) DO UPDATE
            SET workspace = COALESCE(excluded.workspace, destination.workspace),
                tenant = CASE WHEN excluded.workspace IS NULL THEN destination.tenant ELSE excluded.tenant END",
        )
        .bind($platform.name())
        .bind($channel.as_str())
        .bind($workspace)
        .execute(&mut *$tx)
        .await?;
        query_scalar("SELECT id FROM destination WHERE platform = $1 AND channel = $2")
            .bind($platform.name())
            .bind($channel.as_str())
            .fetch_one(&mut *$tx)
            .await?
    }};
}
pub(super) use open_destination;

/// A destination as its row holds it.
#[derive(sqlx::FromRow)]
pub(super) struct DestinationRow {
    destination_id: i64,
    platform: String,
    channel: String,
    destination_paused_at: Option<i64>,
    pause_cause: Option<String>,
    pause_reason: Option<String>,
}

impl TryFrom<DestinationRow> for Destination {
    type Error = StoreError;
    fn try_from(row: DestinationRow) -> Result<Self, StoreError> {
        let (platform, channel) = place(&row.platform, &row.channel)?;
        let pause = match (row.destination_paused_at, row.pause_cause, row.pause_reason) {
            (Some(since), Some(cause), Some(reason)) => Some(Pause {
                cause: parsed(&cause, "the cause of a pause")?,
                reason,
                since: timestamp(since, "the start of a pause")?,
            }),
            _ => None,
        };
        Ok(Self { id: DestinationId(row.destination_id), platform, channel, pause })
    }
}

/// Reads a platform and the channel on it.
pub(super) fn place(platform: &str, channel: &str) -> Result<(Platform, ChannelId), StoreError> {
    let platform: Platform = parsed(platform, "the platform of a destination")?;
    let id = ChannelId::parse(platform, channel)
        .map_err(|reason| corrupt("the channel of a destination", channel, &reason))?;
    Ok((platform, id))
}

/// Pauses one destination. A refusal by the channel outlasts one of the account, which ends by itself
/// with new credentials; otherwise the first pause stays as it is.
pub(super) const PAUSE_ONE: &str = "UPDATE destination
    SET paused_at = $1, pause_cause = $2, pause_reason = $3
    WHERE id = $4 AND (paused_at IS NULL OR (pause_cause = 'account' AND $2 = 'channel'))";

/// Pauses every active destination of a platform for the account's sake.
pub(super) const PAUSE_PLATFORM: &str = "UPDATE destination
    SET paused_at = $1, pause_cause = 'account', pause_reason = $2
    WHERE platform = $3 AND paused_at IS NULL";

impl Store {
    /// Every destination, in the order in which they were first used.
    pub async fn destinations(&self) -> Result<Vec<Destination>, StoreError> {
        let sql = concat!("SELECT ", destination_columns!(), " FROM destination ORDER BY id");
        let rows: Vec<DestinationRow> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        rows.into_iter().map(Destination::try_from).collect()
    }

    /// The destination of a channel; `None` when nobody has subscribed it or set its roundup.
    pub async fn destination(
        &self,
        platform: Platform,
        channel: &ChannelId,
    ) -> Result<Option<Destination>, StoreError> {
        let sql = concat!(
            "SELECT ",
            destination_columns!(),
            " FROM destination WHERE platform = $1 AND channel = $2"
        );
        let row: Option<DestinationRow> = reading!(self, |tx| {
            query_as(sql).bind(platform.name()).bind(channel.as_str()).fetch_optional(&mut *tx).await?
        });
        row.map(Destination::try_from).transpose()
    }

    /// Keeps messages from a destination until somebody resumes it; false when it was paused already.
    pub async fn pause_destination(
        &self,
        destination: DestinationId,
        cause: PauseCause,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let paused = query(PAUSE_ONE)
                .bind(micros(now))
                .bind(cause.name())
                .bind(text(reason))
                .bind(destination.0)
                .execute(&mut *tx)
                .await?;
            paused.rows_affected() > 0
        }))
    }

    /// Keeps messages from every active destination of a platform; returns how many that were.
    pub async fn pause_platform(
        &self,
        platform: Platform,
        reason: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let paused = query(PAUSE_PLATFORM)
                .bind(micros(now))
                .bind(text(reason))
                .bind(platform.name())
                .execute(&mut *tx)
                .await?;
            paused.rows_affected()
        }))
    }

    /// Ends the pauses that came from refused credentials; returns how many that were.
    pub async fn resume_platform(&self, platform: Platform) -> Result<u64, StoreError> {
        let sql = "UPDATE destination SET paused_at = NULL, pause_cause = NULL, pause_reason = NULL
            WHERE platform = $1 AND pause_cause = 'account'";
        Ok(writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            query(sql).bind(platform.name()).execute(&mut *tx).await?.rows_affected()
        }))
    }
}
