//! Channels' limits: what they are set to, the papers that are kept for channels that have any, and what becomes of
//! these, decided for each channel in one transaction so that two processes cannot spend the same post twice.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::{DestinationRow, destination_columns, open_destination};
use super::outbox::{Both, both, queue::refresh, words};
use super::roundup_settings::SettingsRow;
use super::roundups::{Collected, CollectedRow};
use super::routing::{DELIVER, HOLD_VERSION, NewDelivery};
use super::subscriptions::RAISE_VERSION;
use super::values::{corrupt, day, json, micros, parsed, text, timestamp};
use super::{Store, StoreError};
use crate::domain::budget::{Cause, Ruling, Spike, Today, USUAL_DAYS, local_day, rule, zone_of};
use crate::domain::{
    ChannelId, DeliveryKind, Destination, DestinationId, Limits, LimitsChange, PaperKey, Platform, Quiet,
    RoundupSettings, Style, UserId,
};

/// A channel for which papers are kept that are still to be decided on.
#[derive(Debug, Clone)]
pub struct KeptChannel {
    /// The channel.
    pub destination: Destination,
    /// Its limits.
    pub limits: Limits,
    /// What its roundup is set to; the limits are meant in its zone.
    pub roundup: RoundupSettings,
    /// Since when the first of the papers is kept.
    pub since: Timestamp,
}

/// A paper that is still to be decided on, under one of the subscriptions that asked for it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The paper and the subscription.
    pub collected: Collected,
    /// How much of it that subscription shows.
    pub style: Style,
}

/// What deciding came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settled {
    /// Papers that are on their way now.
    pub posted: usize,
    /// Papers that wait for the roundup now.
    pub waiting: usize,
    /// That the day has just been found to be a spike.
    pub spike: Option<Spike>,
}

/// What a channel's limits have done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Papers posted on their own on this local day, or on their way.
    pub posted: u64,
    /// Papers that are still to be decided on.
    pub undecided: u64,
    /// Papers that wait for the next roundup.
    pub waiting: u64,
    /// True when far more than usual came on this local day.
    pub spike: bool,
}

/// How a channel keeps one paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptHere {
    /// Since when.
    pub at: Timestamp,
    /// Why it waits for the roundup; `None` while that is still to be decided.
    pub cause: Option<Cause>,
    /// The date of the roundup that brought it.
    pub roundup: Option<Date>,
}

#[derive(sqlx::FromRow)]
struct LimitsRow {
    per_day: Option<i64>,
    quiet_from: Option<String>,
    quiet_until: Option<String>,
    spike: bool,
}

impl TryFrom<LimitsRow> for Limits {
    type Error = StoreError;
    fn try_from(row: LimitsRow) -> Result<Self, StoreError> {
        let time = |at: String| parsed::<Time>(&at, "the quiet hours of a channel");
        let (from, until) = (row.quiet_from.map(time).transpose()?, row.quiet_until.map(time).transpose()?);
        let limit = |n: i64| u16::try_from(n).map_err(|e| corrupt("the posts a day of a channel", n, &e));
        Ok(Self {
            per_day: row.per_day.map(limit).transpose()?,
            quiet: from.zip(until).and_then(|(from, until)| Quiet::new(from, until)),
            spike: row.spike,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ChannelRow {
    since: i64,
    #[sqlx(flatten)]
    limits: LimitsRow,
    #[sqlx(flatten)]
    roundup: SettingsRow,
    #[sqlx(flatten)]
    destination: DestinationRow,
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    style: String,
    #[sqlx(flatten)]
    collected: CollectedRow,
}

macro_rules! limited {
    ($db:ident) => {
        concat!(
            "SELECT destination_id FROM limit_setting
            WHERE (per_day IS NOT NULL OR quiet_from IS NOT NULL OR spike)
                AND destination_id IN (SELECT CAST(value AS BIGINT) FROM ",
            words!($db list),
            ")"
        )
    };
}

/// Which of the channels of a list have limits.
pub(super) const LIMITED: Both = both!(limited);

/// Keeps a paper for a channel that has not got it.
pub(super) const KEEP: &str = "INSERT INTO kept_paper (destination_id, paper_id, kept_at)
    SELECT x.id, $2, $3 FROM destination x WHERE x.id = $1
        AND NOT EXISTS (SELECT 1 FROM delivery d
            WHERE d.destination_id = $1 AND d.paper_id = $2 AND d.kind = 'paper')
    ON CONFLICT (destination_id, paper_id) DO NOTHING";

/// Puts a message into the outbox inside a transaction.
macro_rules! deliver {
    ($store:expr, $tx:ident, $new:expr, $paper:expr, $kind:expr, $now:expr) => {
        query(DELIVER)
            .bind($store.ids.next($now).to_string())
            .bind($new.destination.0)
            .bind($paper)
            .bind($kind)
            .bind(text(&$new.rich))
            .bind(text(&$new.plain))
            .bind(json(&$new.why))
            .bind(micros($now))
            .bind(micros($new.expires_at))
            .execute(&mut *$tx)
            .await?
    };
}

/// Limits and the zone that they are meant in; without a row for either all is `NULL`.
macro_rules! settings {
    () => {
        "l.per_day, l.quiet_from, l.quiet_until, COALESCE(l.spike, FALSE) AS spike,
            r.local_time, r.zone, r.every, r.size, r.posted, r.quiet
        FROM destination LEFT JOIN limit_setting l ON l.destination_id = destination.id
            LEFT JOIN roundup_setting r ON r.destination_id = destination.id AND r.kind = 'matches'"
    };
}

#[derive(sqlx::FromRow)]
struct BothRow {
    #[sqlx(flatten)]
    limits: LimitsRow,
    #[sqlx(flatten)]
    roundup: SettingsRow,
}

const SETTINGS: &str = concat!("SELECT ", settings!(), " WHERE destination.id = $1");

const CHANNELS: &str = concat!(
    "SELECT ",
    destination_columns!(),
    ", (SELECT MIN(k.kept_at) FROM kept_paper k
        WHERE k.destination_id = destination.id AND k.cause IS NULL) AS since, ",
    settings!(),
    " WHERE destination.id IN (SELECT k.destination_id FROM kept_paper k WHERE k.cause IS NULL)
    ORDER BY destination.id"
);

const PUT: &str = "INSERT INTO limit_setting
        (destination_id, per_day, quiet_from, quiet_until, spike, changed_by, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (destination_id) DO UPDATE SET per_day = excluded.per_day, quiet_from = excluded.quiet_from,
        quiet_until = excluded.quiet_until, spike = excluded.spike,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at";

// Subscriptions that are paused by now do not ask any more.
macro_rules! asking {
    () => {
        "s.destination_id = $1 AND s.cadence = 'instant' AND (s.paused_at IS NULL OR s.paused_until <= $2)"
    };
}

const UNDECIDED: &str = concat!(
    "SELECT paper.*, s.query AS asked, s.cadence, s.style, m.terms, k.cause AS kept, CAST(NULL AS TEXT) AS posted,
        (SELECT c.upvotes FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.upvotes IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_upvotes,
        (SELECT c.stars FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.stars IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_stars
    FROM kept_paper k JOIN paper ON paper.id = k.paper_id
        JOIN paper_match m ON m.paper_id = k.paper_id JOIN subscription s ON s.id = m.subscription_id
    WHERE k.destination_id = $1 AND k.cause IS NULL AND ",
    asking!(),
    " ORDER BY k.paper_id, s.id"
);

const UNWANTED: &str = concat!(
    "DELETE FROM kept_paper WHERE destination_id = $1 AND cause IS NULL
        AND NOT EXISTS (SELECT 1 FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
            WHERE m.paper_id = kept_paper.paper_id AND ",
    asking!(),
    ")"
);

const HOLD_PLACE: &str = "UPDATE destination SET platform = platform WHERE id = $1";

// What is on its way counts for the day on which it is counted: it may be seen on it.
const POSTED: &str = "SELECT (SELECT COUNT(*) FROM delivery
            WHERE destination_id = $1 AND kind = 'paper' AND state IN ('pending', 'leased', 'unknown'))
        + (SELECT COUNT(*) FROM delivery
            WHERE destination_id = $1 AND kind = 'paper' AND state = 'sent' AND sent_at >= $2)
        + (SELECT COUNT(*) FROM delivery
            WHERE destination_id = $1 AND kind = 'paper' AND state = 'ambiguous' AND unsettled_since >= $2)";

const CAME: &str =
    "SELECT MIN(m.matched_at) FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
    WHERE s.destination_id = $1 AND s.cadence = 'instant' AND m.matched_at >= $2 GROUP BY m.paper_id";

const IS_SPIKE: &str =
    "SELECT CAST(1 AS BIGINT) FROM spike_day WHERE destination_id = $1 AND local_date = $2";

const TO_ROUNDUP: &str = "UPDATE kept_paper SET cause = $3, decided_at = $4
    WHERE destination_id = $1 AND paper_id = $2 AND cause IS NULL";

const WAITING: &str = "SELECT COUNT(*) FROM kept_paper k
    WHERE k.destination_id = $1 AND k.cause IS NOT NULL
        AND EXISTS (SELECT 1 FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
            WHERE m.paper_id = k.paper_id AND s.destination_id = $1)
        AND NOT EXISTS (SELECT 1 FROM delivery d
            WHERE d.destination_id = $1 AND d.paper_id = k.paper_id AND d.kind = 'paper'
                AND d.state IN ('pending', 'leased', 'unknown', 'sent'))
        AND NOT EXISTS (SELECT 1 FROM roundup_paper p
            JOIN roundup u ON u.destination_id = p.destination_id AND u.kind = p.kind
                AND u.local_date = p.local_date
            JOIN delivery d ON d.id = u.delivery_id
            WHERE p.destination_id = $1 AND p.paper_id = k.paper_id AND p.kind <> 'trending' AND d.state NOT IN ('dead', 'skipped'))";

const HERE: &str = "SELECT k.kept_at, k.cause, (SELECT MAX(u.local_date) FROM roundup_paper p
            JOIN roundup u ON u.destination_id = p.destination_id AND u.kind = p.kind
                AND u.local_date = p.local_date
            JOIN delivery d ON d.id = u.delivery_id
            WHERE p.destination_id = $1 AND p.paper_id = k.paper_id AND p.kind <> 'trending' AND d.state NOT IN ('dead', 'skipped')) AS roundup
    FROM kept_paper k WHERE k.destination_id = $1 AND k.paper_id = $2";

impl Store {
    /// A channel's limits; none when nobody set any.
    pub async fn limits(&self, channel: DestinationId) -> Result<Limits, StoreError> {
        let row: BothRow =
            reading!(self, |tx| query_as(SETTINGS).bind(channel.0).fetch_one(&mut *tx).await?);
        row.limits.try_into()
    }

    /// Changes a channel's limits and returns them.
    pub async fn put_limits(
        &self,
        platform: Platform,
        channel: &ChannelId,
        workspace: Option<&str>,
        change: LimitsChange,
        by: &UserId,
        now: Timestamp,
    ) -> Result<Limits, StoreError> {
        writing!(self, |tx| {
            query(RAISE_VERSION).execute(&mut *tx).await?;
            let destination: i64 = open_destination!(tx, platform, channel, workspace);
            let row: BothRow = query_as(SETTINGS).bind(destination).fetch_one(&mut *tx).await?;
            let limits = Limits::try_from(row.limits)?.with(change);
            query(PUT)
                .bind(destination)
                .bind(limits.per_day.map(i64::from))
                .bind(limits.quiet.map(|quiet| quiet.from().to_string()))
                .bind(limits.quiet.map(|quiet| quiet.until().to_string()))
                .bind(limits.spike)
                .bind(text(&by.0))
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            Ok(limits)
        })
    }

    /// The channels for which papers are kept that are still to be decided on.
    pub async fn kept_channels(&self) -> Result<Vec<KeptChannel>, StoreError> {
        let rows: Vec<ChannelRow> = reading!(self, |tx| query_as(CHANNELS).fetch_all(&mut *tx).await?);
        let channel = |row: ChannelRow| {
            Ok(KeptChannel {
                since: timestamp(row.since, "since when a paper is kept")?,
                destination: row.destination.try_into()?,
                limits: row.limits.try_into()?,
                roundup: row.roundup.try_into()?,
            })
        };
        rows.into_iter().map(channel).collect()
    }

    /// The papers that are to be decided on for a channel, one entry for each subscription that asked and is not paused.
    pub async fn undecided(&self, channel: DestinationId, now: Timestamp) -> Result<Vec<Kept>, StoreError> {
        let rows: Vec<KeptRow> = reading!(self, |tx| {
            query_as(UNDECIDED).bind(channel.0).bind(micros(now)).fetch_all(&mut *tx).await?
        });
        let kept = |row: KeptRow| {
            let style = parsed(&row.style, "the style of a subscription")?;
            Ok(Kept { collected: row.collected.try_into()?, style })
        };
        rows.into_iter().map(kept).collect()
    }

    /// Decides on the papers that are kept for a channel, of which `posts` are the best first: puts them into the
    /// outbox within the limits, and gives the rest to the roundup. What came after `posts` were read stays undecided.
    ///
    /// Papers for which nobody asks any more are dropped. `notice` makes the message that tells of a spike.
    pub async fn settle_kept(
        &self,
        channel: DestinationId,
        posts: &[(PaperKey, NewDelivery)],
        notice: &(dyn Fn(Spike, &TimeZone) -> NewDelivery + Sync),
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let (id, at) = (channel.0, micros(now));
        writing!(self, |tx| {
            // No router adds to the papers meanwhile, and of two processes one waits here.
            query(HOLD_VERSION).execute(&mut *tx).await?;
            query(HOLD_PLACE).bind(id).execute(&mut *tx).await?;
            query(UNWANTED).bind(id).bind(at).execute(&mut *tx).await?;
            let still: Vec<(i64,)> =
                query_as("SELECT paper_id FROM kept_paper WHERE destination_id = $1 AND cause IS NULL")
                    .bind(id)
                    .fetch_all(&mut *tx)
                    .await?;
            let still: HashSet<i64> = still.into_iter().map(|(paper,)| paper).collect();
            let posts: Vec<_> = posts.iter().filter(|(paper, _)| still.contains(&paper.0)).collect();
            let row: BothRow = query_as(SETTINGS).bind(id).fetch_one(&mut *tx).await?;
            let limits = Limits::try_from(row.limits)?;
            let zone = zone_of(&row.roundup.try_into()?);
            let (date, start) = local_day(&zone, now);
            let posted: i64 = query_scalar(POSTED).bind(id).bind(micros(start)).fetch_one(&mut *tx).await?;
            let mut today = Today { posted: posted.unsigned_abs(), ..Today::default() };
            if limits.spike {
                let told: Option<i64> =
                    query_scalar(IS_SPIKE).bind(id).bind(day(date)).fetch_optional(&mut *tx).await?;
                let since = start - (24 * (USUAL_DAYS + 1)).hours();
                let times: Vec<(i64,)> =
                    query_as(CAME).bind(id).bind(micros(since)).fetch_all(&mut *tx).await?;
                let times = times.into_iter().map(|(at,)| timestamp(at, "the time of a match"));
                let times: Vec<Timestamp> = times.collect::<Result<_, _>>()?;
                (today.came, today.before) = by_day(&times, &zone, date);
                today.spike = told.is_some();
            }
            let (most, cause, spike) = match rule(&limits, &zone, now, &today) {
                Ruling::Wait(_) => return Ok(Settled::default()),
                Ruling::Post(most) => (most, Cause::Limit, None),
                Ruling::Roundup(spike) => (0, Cause::Spike, spike),
            };
            let mut settled = Settled { spike, ..Settled::default() };
            if let (Some(spike), Some((paper, _))) = (spike, posts.first()) {
                query("INSERT INTO spike_day (destination_id, local_date, begun_at) VALUES ($1, $2, $3)")
                    .bind(id)
                    .bind(day(date))
                    .bind(at)
                    .execute(&mut *tx)
                    .await?;
                let notice = notice(spike, &zone);
                let kind = format!("notice {date}");
                deliver!(self, tx, &notice, paper.0, kind, now);
            }
            for (paper, post) in posts {
                if settled.posted < most {
                    query("DELETE FROM kept_paper WHERE destination_id = $1 AND paper_id = $2")
                        .bind(id)
                        .bind(paper.0)
                        .execute(&mut *tx)
                        .await?;
                    let kind = DeliveryKind::Paper.name();
                    let written = deliver!(self, tx, post, paper.0, kind, now);
                    settled.posted += usize::from(written.rows_affected() > 0);
                } else {
                    query(TO_ROUNDUP)
                        .bind(id)
                        .bind(paper.0)
                        .bind(cause.name())
                        .bind(at)
                        .execute(&mut *tx)
                        .await?;
                    settled.waiting += 1;
                }
            }
            if settled.posted > 0 || spike.is_some() {
                refresh!(self, tx, [id]);
            }
            Ok(settled)
        })
    }

    /// What a channel's limits have done so far.
    pub async fn spent(
        &self,
        channel: DestinationId,
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Spent, StoreError> {
        const UNDECIDED: &str = "SELECT COUNT(*) FROM kept_paper WHERE destination_id = $1 AND cause IS NULL";
        let (date, start) = local_day(zone, now);
        let (posted, undecided, waiting, spike): (i64, i64, i64, Option<i64>) = reading!(self, |tx| {
            let posted = query_scalar(POSTED).bind(channel.0).bind(micros(start));
            let posted: i64 = posted.fetch_one(&mut *tx).await?;
            let undecided: i64 = query_scalar(UNDECIDED).bind(channel.0).fetch_one(&mut *tx).await?;
            let waiting: i64 = query_scalar(WAITING).bind(channel.0).fetch_one(&mut *tx).await?;
            let spike = query_scalar(IS_SPIKE).bind(channel.0).bind(day(date));
            (posted, undecided, waiting, spike.fetch_optional(&mut *tx).await?)
        });
        Ok(Spent {
            posted: posted.unsigned_abs(),
            undecided: undecided.unsigned_abs(),
            waiting: waiting.unsigned_abs(),
            spike: spike.is_some(),
        })
    }

    /// How a channel keeps a paper; `None` when its limits have nothing to do with it.
    pub async fn kept_here(
        &self,
        channel: DestinationId,
        paper: PaperKey,
    ) -> Result<Option<KeptHere>, StoreError> {
        let row: Option<(i64, Option<String>, Option<String>)> = reading!(self, |tx| {
            query_as(HERE).bind(channel.0).bind(paper.0).fetch_optional(&mut *tx).await?
        });
        let Some((at, cause, roundup)) = row else { return Ok(None) };
        Ok(Some(KeptHere {
            at: timestamp(at, "since when a paper is kept")?,
            cause: cause.map(|cause| parsed(&cause, "why a paper is kept")).transpose()?,
            roundup: roundup.map(|date| parsed(&date, "the date of a roundup")).transpose()?,
        }))
    }
}

/// How many of these times are on a date, and how many on each of the days before it.
fn by_day(times: &[Timestamp], zone: &TimeZone, date: Date) -> (u64, Vec<u64>) {
    let mut days: BTreeMap<Date, u64> = BTreeMap::new();
    for at in times {
        *days.entry(local_day(zone, *at).0).or_default() += 1;
    }
    let first = date.saturating_sub(USUAL_DAYS.days());
    let before = days.range(first..date).map(|(_, came)| *came).collect();
    (days.get(&date).copied().unwrap_or(0), before)
}
