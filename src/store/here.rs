//! What is known of one channel: its deliveries of some papers, its subscriptions, and why a paper came to it or not.

use jiff::Timestamp;

use super::db::{query_as, query_scalar, reading};
use super::values::{from_json, micros, opt_timestamp, parsed, timestamp};
use super::{Store, StoreError};
use crate::domain::query::MatchedTerm;
use crate::domain::{
    Cadence, ChannelId, DeliveryState, DestinationId, PaperKey, Platform, Query, RoundupKind,
    RoundupSettings, SubscriptionId,
};

/// Where the delivery of a paper to one channel stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// The paper.
    pub paper: PaperKey,
    /// Where it stands.
    pub state: DeliveryState,
    /// What last kept it from being sent.
    pub reason: Option<String>,
    /// The platform's id of the message.
    pub message_id: Option<String>,
    /// When it came into the outbox.
    pub created_at: Timestamp,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// When it was posted.
    pub sent_at: Option<Timestamp>,
}

/// A subscription of one channel.
#[derive(Debug, Clone)]
pub struct SubscribedHere {
    /// The store's number.
    pub id: SubscriptionId,
    /// Which papers.
    pub query: Query,
    /// When they come.
    pub cadence: Cadence,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is paused.
    pub paused_at: Option<Timestamp>,
    /// Until when; `None` with `paused_at` is until somebody resumes it.
    pub paused_until: Option<Timestamp>,
}

/// How the deliveries of one channel stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Wait for their turn or are being settled.
    pub waiting: u64,
    /// Were refused for good since the time that was asked about.
    pub refused: u64,
    /// When the last one was posted.
    pub last_sent_at: Option<Timestamp>,
}

impl SubscribedHere {
    /// True when the pause was on at a time.
    pub fn is_paused_at(&self, at: Timestamp) -> bool {
        self.paused_at.is_some_and(|since| since <= at) && self.paused_until.is_none_or(|until| at < until)
    }
}

// What was taken out of a channel is not there any more, whatever became of its message.
const HERE: &str = "SELECT d.paper_id, d.created_at, d.next_at,
        CASE WHEN r.paper_id IS NULL THEN d.state ELSE 'skipped' END AS state,
        CASE WHEN r.paper_id IS NULL THEN d.reason ELSE 'it was removed from this channel' END AS reason,
        CASE WHEN r.paper_id IS NULL THEN d.message_id END AS message_id,
        CASE WHEN r.paper_id IS NULL THEN d.sent_at END AS sent_at
    FROM delivery d JOIN destination x ON x.id = d.destination_id
        LEFT JOIN removal r ON r.destination_id = d.destination_id AND r.paper_id = d.paper_id
    WHERE x.platform = $1 AND x.channel = $2 AND d.paper_id = $3 AND d.kind = 'paper'";

#[derive(sqlx::FromRow)]
struct HereRow {
    paper_id: i64,
    state: String,
    reason: Option<String>,
    message_id: Option<String>,
    created_at: i64,
    next_at: i64,
    sent_at: Option<i64>,
}

impl TryFrom<HereRow> for Here {
    type Error = StoreError;
    fn try_from(row: HereRow) -> Result<Self, StoreError> {
        Ok(Self {
            paper: PaperKey(row.paper_id),
            state: parsed(&row.state, "the state of a delivery")?,
            reason: row.reason,
            // One that was confirmed by hand may have none that leads anywhere.
            message_id: row.message_id.filter(|id| !id.is_empty()),
            created_at: timestamp(row.created_at, "the creation of a delivery")?,
            next_at: timestamp(row.next_at, "the time of a delivery")?,
            sent_at: opt_timestamp(row.sent_at, "the posting of a delivery")?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct SubscribedRow {
    id: i64,
    query: String,
    cadence: String,
    created_at: i64,
    paused_at: Option<i64>,
    paused_until: Option<i64>,
}

impl TryFrom<SubscribedRow> for SubscribedHere {
    type Error = StoreError;
    fn try_from(row: SubscribedRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of subscription {}", row.id);
        Ok(Self {
            id: SubscriptionId(row.id),
            query: parsed(&row.query, &of("query"))?,
            cadence: parsed(&row.cadence, &of("cadence"))?,
            created_at: timestamp(row.created_at, &of("creation"))?,
            paused_at: opt_timestamp(row.paused_at, &of("pause"))?,
            paused_until: opt_timestamp(row.paused_until, &of("pause's end"))?,
        })
    }
}

impl Store {
    /// How the deliveries of these papers to a channel stand; papers without one are left out.
    pub async fn deliveries_here(
        &self,
        platform: Platform,
        channel: &ChannelId,
        papers: &[PaperKey],
    ) -> Result<Vec<Here>, StoreError> {
        let mut rows: Vec<HereRow> = Vec::with_capacity(papers.len());
        reading!(self, |tx| {
            for paper in papers {
                let row = query_as(HERE).bind(platform.name()).bind(channel.as_str()).bind(paper.0);
                rows.extend(row.fetch_optional(&mut *tx).await?);
            }
        });
        rows.into_iter().map(Here::try_from).collect()
    }

    /// A channel's subscriptions, in the order in which they were made.
    pub async fn subscriptions_here(
        &self,
        platform: Platform,
        channel: &ChannelId,
    ) -> Result<Vec<SubscribedHere>, StoreError> {
        let sql = "SELECT s.id, s.query, s.cadence, s.created_at, s.paused_at, s.paused_until
            FROM subscription s JOIN destination x ON x.id = s.destination_id
            WHERE x.platform = $1 AND x.channel = $2 ORDER BY s.id";
        let rows: Vec<SubscribedRow> = reading!(self, |tx| {
            query_as(sql).bind(platform.name()).bind(channel.as_str()).fetch_all(&mut *tx).await?
        });
        rows.into_iter().map(SubscribedHere::try_from).collect()
    }

    /// Which of a channel's subscriptions a paper was found to match, with what it holds of them and when.
    pub async fn matches_here(
        &self,
        destination: DestinationId,
        paper: PaperKey,
    ) -> Result<Vec<(SubscriptionId, Vec<MatchedTerm>, Timestamp)>, StoreError> {
        let sql = "SELECT m.subscription_id, m.terms, m.matched_at FROM paper_match m
            JOIN subscription s ON s.id = m.subscription_id
            WHERE m.paper_id = $1 AND s.destination_id = $2 ORDER BY m.subscription_id";
        let rows: Vec<(i64, String, i64)> = reading!(self, |tx| {
            query_as(sql).bind(paper.0).bind(destination.0).fetch_all(&mut *tx).await?
        });
        let found = |(id, terms, at): (i64, String, i64)| {
            let terms = from_json(&terms, "the terms of a match")?;
            Ok((SubscriptionId(id), terms, timestamp(at, "the time of a match")?))
        };
        rows.into_iter().map(found).collect()
    }

    /// How the deliveries of a channel stand; refused ones count from a time on.
    pub async fn traffic_here(
        &self,
        destination: DestinationId,
        since: Timestamp,
    ) -> Result<Traffic, StoreError> {
        const WAITING: &str = "SELECT COUNT(*) FROM delivery
            WHERE destination_id = $1 AND state IN ('pending', 'leased', 'unknown')";
        const REFUSED: &str = "SELECT COUNT(*) FROM delivery
            WHERE destination_id = $1 AND state = 'dead' AND created_at >= $2";
        const LAST: &str = "SELECT MAX(sent_at) FROM delivery WHERE destination_id = $1 AND state = 'sent'";
        let (waiting, refused, last): (i64, i64, Option<i64>) = reading!(self, |tx| {
            let waiting: i64 = query_scalar(WAITING).bind(destination.0).fetch_one(&mut *tx).await?;
            let refused: i64 =
                query_scalar(REFUSED).bind(destination.0).bind(micros(since)).fetch_one(&mut *tx).await?;
            let last: Option<i64> = query_scalar(LAST).bind(destination.0).fetch_one(&mut *tx).await?;
            (waiting, refused, last)
        });
        Ok(Traffic {
            waiting: waiting.unsigned_abs(),
            refused: refused.unsigned_abs(),
            last_sent_at: opt_timestamp(last, "the time of a post")?,
        })
    }

    /// What a channel's roundups are set to; `None` when nobody set anything.
    pub async fn roundup_here(
        &self,
        destination: DestinationId,
    ) -> Result<Option<RoundupSettings>, StoreError> {
        self.roundup_settings_of(destination, RoundupKind::Matches).await
    }
}
