//! Which channels have which roundups, and when each was last dealt with.

use jiff::Timestamp;
use jiff::civil::Date;

use super::db::{query_as, reading};
use super::destinations::{DestinationRow, destination_columns};
use super::roundup_settings::SettingsRow;
use super::values::{opt_timestamp, parsed, timestamp};
use super::{Store, StoreError};
use crate::domain::{Destination, RoundupKind, RoundupSettings};

/// A channel that may have a roundup of a kind.
#[derive(Debug, Clone)]
pub struct RoundupPlan {
    /// The channel.
    pub destination: Destination,
    /// The server or workspace of the channel, where it is known.
    pub workspace: Option<String>,
    /// Which of its roundups.
    pub kind: RoundupKind,
    /// What was chosen there, for another kind than the matches filled up with what was chosen for those.
    pub settings: RoundupSettings,
    /// True when it has subscriptions whose papers come daily.
    pub daily: bool,
    /// True when it has subscriptions whose papers come weekly.
    pub weekly: bool,
    /// Since when the channel has subscriptions or settings; no earlier date is dealt with.
    pub since: Timestamp,
    /// The last local date that was dealt with.
    pub done: Option<Date>,
    /// When that was.
    pub done_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct PlanRow {
    kind: String,
    workspace: Option<String>,
    #[sqlx(flatten)]
    settings: SettingsRow,
    daily: i64,
    weekly: i64,
    since: i64,
    done: Option<String>,
    done_at: Option<i64>,
    #[sqlx(flatten)]
    destination: DestinationRow,
}

impl TryFrom<PlanRow> for RoundupPlan {
    type Error = StoreError;
    fn try_from(row: PlanRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of a roundup");
        Ok(Self {
            destination: row.destination.try_into()?,
            workspace: row.workspace,
            kind: parsed(&row.kind, &of("kind"))?,
            settings: row.settings.try_into()?,
            daily: row.daily > 0,
            weekly: row.weekly > 0,
            since: timestamp(row.since, &of("beginning"))?,
            done: row.done.map(|date| parsed(&date, &of("date"))).transpose()?,
            done_at: opt_timestamp(row.done_at, &of("last time"))?,
        })
    }
}

/// True in SQL for a subscription `s` that has no roundup of its own.
macro_rules! without_own {
    () => {
        "NOT EXISTS (SELECT 1 FROM roundup_setting o
            WHERE o.subscription_id = s.id AND (o.every IS NULL OR o.every <> 'off'))"
    };
}
pub(super) use without_own;

/// The date and the time of the last roundup of a kind.
macro_rules! done {
    ($kind:literal) => {
        concat!(
            "(SELECT MAX(u.local_date) FROM roundup u WHERE u.destination_id = destination.id AND u.kind = ",
            $kind,
            ") AS done, (SELECT MAX(u.fired_at) FROM roundup u WHERE u.destination_id = destination.id AND u.kind = ",
            $kind,
            ") AS done_at, "
        )
    };
}

const PLANS: &str = concat!(
    "SELECT 'matches' AS kind, destination.workspace, r.local_time, r.zone, r.every, r.size, r.posted, r.quiet,
        (SELECT COUNT(*) FROM subscription s WHERE s.destination_id = destination.id AND s.cadence = 'daily' AND ",
    without_own!(),
    ") AS daily,
        (SELECT COUNT(*) FROM subscription s WHERE s.destination_id = destination.id AND s.cadence = 'weekly' AND ",
    without_own!(),
    ") AS weekly,
        COALESCE((SELECT MIN(s.created_at) FROM subscription s WHERE s.destination_id = destination.id),
            r.changed_at) AS since, ",
    done!("'matches'"),
    destination_columns!(),
    " FROM destination
        LEFT JOIN roundup_setting r ON r.destination_id = destination.id AND r.kind = 'matches'
    WHERE destination.paused_at IS NULL AND (r.every IS NULL OR r.every <> 'off')
        AND EXISTS (SELECT 1 FROM subscription s WHERE s.destination_id = destination.id)
    ORDER BY destination.id"
);

// A kind fires from its setting on: what is chosen after its hour begins the day after.
const OTHER_PLANS: &str = concat!(
    "SELECT k.kind, destination.workspace, COALESCE(k.local_time, r.local_time) AS local_time,
        COALESCE(k.zone, r.zone) AS zone,
        COALESCE(k.every, CASE WHEN s.cadence = 'weekly' THEN 'weekly' ELSE 'daily' END) AS every,
        COALESCE(k.size, r.size) AS size, COALESCE(k.posted, r.posted) AS posted,
        COALESCE(k.quiet, r.quiet) AS quiet,
        CAST(1 AS BIGINT) AS daily, CAST(0 AS BIGINT) AS weekly, k.changed_at AS since, ",
    done!("k.kind"),
    destination_columns!(),
    " FROM roundup_setting k JOIN destination ON destination.id = k.destination_id
        LEFT JOIN roundup_setting r ON r.destination_id = k.destination_id AND r.kind = 'matches'
        LEFT JOIN subscription s ON s.id = k.subscription_id AND s.destination_id = k.destination_id
    WHERE destination.paused_at IS NULL AND k.kind <> 'matches' AND (k.every IS NULL OR k.every <> 'off')
        AND (k.kind = 'trending' OR s.cadence <> 'instant')
    ORDER BY destination.id, k.subscription_id"
);

impl Store {
    /// The channels that may have a roundup, not paused and not switched off: those that are subscribed to something,
    /// then the roundups beside the ones of the matches.
    pub async fn roundup_plans(&self) -> Result<Vec<RoundupPlan>, StoreError> {
        let rows: (Vec<PlanRow>, Vec<PlanRow>) = reading!(self, |tx| {
            (query_as(PLANS).fetch_all(&mut *tx).await?, query_as(OTHER_PLANS).fetch_all(&mut *tx).await?)
        });
        rows.0.into_iter().chain(rows.1).map(RoundupPlan::try_from).collect()
    }
}
