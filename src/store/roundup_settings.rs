//! What channels' roundups are set to, and the papers that have come together for them.

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::open_destination;
use super::papers::PaperRow;
use super::subscriptions::RAISE_VERSION;
use super::values::{from_json, micros, parsed, text};
use super::{Store, StoreError};
use crate::domain::{
    AlreadyPosted, Cadence, ChannelId, DestinationId, Every, Paper, Platform, QuietDay, RoundupKind,
    RoundupSettings, SubscriptionId, UserId, Why,
};

/// A paper that waits for a channel's roundup.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The paper.
    pub paper: Paper,
    /// The subscription that asked for it; of several, the oldest.
    pub subscription: SubscriptionId,
    /// What that subscription asked for and found.
    pub why: Why,
}

/// The settings as their row holds them.
#[derive(sqlx::FromRow)]
pub(super) struct SettingsRow {
    local_time: Option<String>,
    zone: Option<String>,
    every: Option<String>,
    size: Option<i64>,
    posted: Option<String>,
    quiet: Option<String>,
}

impl TryFrom<SettingsRow> for RoundupSettings {
    type Error = StoreError;
    fn try_from(row: SettingsRow) -> Result<Self, StoreError> {
        Ok(Self {
            at: row.local_time.map(|at| parsed(&at, "the time of a roundup")).transpose()?,
            zone: row.zone,
            every: row.every.map(|every| parsed::<Every>(&every, "the rhythm of a roundup")).transpose()?,
            size: row.size.and_then(|size| u16::try_from(size).ok()),
            posted: row
                .posted
                .map(|posted| parsed(&posted, "a roundup’s way with posted papers"))
                .transpose()?,
            quiet: row.quiet.map(|quiet| parsed(&quiet, "a roundup’s quiet days")).transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct OtherRow {
    kind: String,
    #[sqlx(flatten)]
    settings: SettingsRow,
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    subscription_id: i64,
    query: String,
    terms: String,
    #[sqlx(flatten)]
    paper: PaperRow,
}

const SETTINGS: &str = "SELECT local_time, zone, every, size, posted, quiet FROM roundup_setting
    WHERE destination_id = $1 AND kind = $2";

const OTHERS: &str = "SELECT kind, local_time, zone, every, size, posted, quiet FROM roundup_setting
    WHERE destination_id = $1 AND kind <> 'matches' AND (every IS NULL OR every <> 'off')
    ORDER BY subscription_id, kind";

const PUT: &str = "INSERT INTO roundup_setting
        (destination_id, kind, subscription_id, local_time, zone, every, size, posted, quiet, changed_by, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (destination_id, kind) DO UPDATE SET
        local_time = COALESCE(excluded.local_time, roundup_setting.local_time),
        zone = COALESCE(excluded.zone, roundup_setting.zone),
        every = COALESCE(excluded.every, roundup_setting.every),
        size = COALESCE(excluded.size, roundup_setting.size),
        posted = COALESCE(excluded.posted, roundup_setting.posted),
        quiet = COALESCE(excluded.quiet, roundup_setting.quiet),
        changed_by = excluded.changed_by, changed_at = excluded.changed_at";

/// Sets what is given of one kind of a channel's roundups.
macro_rules! put {
    ($tx:ident, $destination:expr, $kind:expr, $settings:expr, $by:expr, $now:expr) => {{
        let (kind, settings): (RoundupKind, &RoundupSettings) = ($kind, $settings);
        let subscription = match kind {
            RoundupKind::Subscription(id) => Some(id.0),
            RoundupKind::Matches | RoundupKind::Trending => None,
        };
        query(PUT)
            .bind($destination)
            .bind(kind.to_string())
            .bind(subscription)
            .bind(settings.at.map(|at| at.to_string()))
            .bind(settings.zone.as_deref().map(text))
            .bind(settings.every.map(Every::name))
            .bind(settings.size.map(i64::from))
            .bind(settings.posted.map(AlreadyPosted::name))
            .bind(settings.quiet.map(QuietDay::name))
            .bind(text(&$by.0))
            .bind(micros($now))
            .execute(&mut *$tx)
            .await?;
    }};
}

// Of several subscriptions that asked for a paper the oldest stands for all; what is in the channel is not news.
macro_rules! waiting {
    ($what:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
                JOIN paper ON paper.id = m.paper_id
            WHERE s.destination_id = $1 AND s.cadence = $2 AND m.matched_at >= $3
                AND NOT EXISTS (SELECT 1 FROM removal v WHERE v.destination_id = $1 AND v.paper_id = m.paper_id)
                AND NOT EXISTS (SELECT 1 FROM paper_match o JOIN subscription t ON t.id = o.subscription_id
                    WHERE o.paper_id = m.paper_id AND t.destination_id = $1 AND t.cadence = $2 AND t.id < s.id)
                AND NOT EXISTS (SELECT 1 FROM delivery d
                    WHERE d.destination_id = $1 AND d.paper_id = m.paper_id AND d.state = 'sent')",
            $rest
        )
    };
}

impl Store {
    /// What a channel's roundups are set to; all `None` when nothing was ever chosen.
    pub async fn roundup_settings(&self, channel: DestinationId) -> Result<RoundupSettings, StoreError> {
        Ok(self.roundup_settings_of(channel, RoundupKind::Matches).await?.unwrap_or_default())
    }

    /// What one kind of a channel's roundups is set to; `None` when nobody set anything of it.
    pub async fn roundup_settings_of(
        &self,
        channel: DestinationId,
        kind: RoundupKind,
    ) -> Result<Option<RoundupSettings>, StoreError> {
        let row: Option<SettingsRow> = reading!(self, |tx| {
            query_as(SETTINGS).bind(channel.0).bind(kind.to_string()).fetch_optional(&mut *tx).await?
        });
        row.map(RoundupSettings::try_from).transpose()
    }

    /// The roundups that a channel has beside the one of its matches, with what is set for each.
    pub async fn other_roundups(
        &self,
        channel: DestinationId,
    ) -> Result<Vec<(RoundupKind, RoundupSettings)>, StoreError> {
        let rows: Vec<OtherRow> =
            reading!(self, |tx| query_as(OTHERS).bind(channel.0).fetch_all(&mut *tx).await?);
        let other =
            |row: OtherRow| Ok((parsed(&row.kind, "the kind of a roundup")?, row.settings.try_into()?));
        rows.into_iter().map(other).collect()
    }

    /// Sets when a channel's roundup of trending papers comes: daily, weekly or off; at the time and in the zone of
    /// its other roundup.
    pub async fn set_trending_schedule(
        &self,
        channel: DestinationId,
        every: Every,
        by: &UserId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let settings = RoundupSettings { every: Some(every), ..RoundupSettings::default() };
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            put!(tx, channel.0, RoundupKind::Trending, &settings, by, now);
        });
        Ok(())
    }

    /// Sets what is given of one subscription's own roundup, and returns all of it; `off` gives its papers back to the
    /// channel's roundup.
    pub async fn put_own_roundup(
        &self,
        channel: DestinationId,
        subscription: SubscriptionId,
        settings: &RoundupSettings,
        by: &UserId,
        now: Timestamp,
    ) -> Result<RoundupSettings, StoreError> {
        let kind = RoundupKind::Subscription(subscription);
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            put!(tx, channel.0, kind, settings, by, now);
            let row: SettingsRow =
                query_as(SETTINGS).bind(channel.0).bind(kind.to_string()).fetch_one(&mut *tx).await?;
            row.try_into()
        })
    }

    /// Sets what is given of a channel's roundups, and returns all of it; what is `None` stays as it is.
    pub async fn put_roundup_settings(
        &self,
        platform: Platform,
        channel: &ChannelId,
        workspace: Option<&str>,
        settings: &RoundupSettings,
        by: &UserId,
        now: Timestamp,
    ) -> Result<RoundupSettings, StoreError> {
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let destination: i64 = open_destination!(tx, platform, channel, workspace);
            put!(tx, destination, RoundupKind::Matches, settings, by, now);
            let row: SettingsRow = query_as(SETTINGS)
                .bind(destination)
                .bind(RoundupKind::Matches.to_string())
                .fetch_one(&mut *tx)
                .await?;
            row.try_into()
        })
    }

    /// The papers that came together for a channel's roundups of one rhythm since a time, the newest first, and how
    /// many there are; papers that are in the channel already are left out.
    pub async fn waiting(
        &self,
        channel: DestinationId,
        cadence: Cadence,
        since: Timestamp,
        limit: u32,
    ) -> Result<(Vec<Waiting>, u64), StoreError> {
        let list = waiting!(
            "paper.*, s.id AS subscription_id, s.query, m.terms",
            " ORDER BY m.matched_at DESC, paper.id DESC LIMIT $4"
        );
        let (rows, total) = reading!(self, |tx| {
            let rows: Vec<WaitingRow> = query_as(list)
                .bind(channel.0)
                .bind(cadence.name())
                .bind(micros(since))
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            let total: i64 = query_scalar(waiting!("COUNT(*)", ""))
                .bind(channel.0)
                .bind(cadence.name())
                .bind(micros(since))
                .fetch_one(&mut *tx)
                .await?;
            (rows, total)
        });
        let waiting = |row: WaitingRow| {
            Ok(Waiting {
                paper: row.paper.try_into()?,
                subscription: SubscriptionId(row.subscription_id),
                why: Why { query: row.query, terms: from_json(&row.terms, "the terms of a match")? },
            })
        };
        let papers: Result<Vec<Waiting>, StoreError> = rows.into_iter().map(waiting).collect();
        Ok((papers?, total.unsigned_abs()))
    }
}
