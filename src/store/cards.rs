//! Posted messages that no longer show how their paper stands, and the edits that mend them.
//!
//! An edit is idempotent, so the lease alone is its intent: whoever holds it edits, and a lost answer is edited again.

use std::time::Duration;

use jiff::Timestamp;

use super::db::{query, query_as, query_scalar, writing};
use super::destinations::place;
use super::outbox::platform_list;
use super::values::{count, from_json, micros, parsed, text};
use super::{Store, StoreError};
use crate::domain::{ChannelId, DeliveryId, PaperKey, Platform, Style, Why};

/// Messages older than this are left as they are.
const LIVE_DAYS: Duration = Duration::from_hours(30 * 24);
/// At most one edit of a message in this time.
const BETWEEN_EDITS: Duration = Duration::from_hours(1);
/// The wait after a first failed edit; it doubles.
pub(super) const FIRST_WAIT: Duration = Duration::from_mins(1);
/// After so many failures in a row a message is left as it is.
pub(super) const MAX_TRIES: u32 = 6;

/// A posted message that one process may edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueCard {
    /// The delivery that brought it.
    pub delivery: DeliveryId,
    /// The platform of its channel.
    pub platform: Platform,
    /// Its channel.
    pub channel: ChannelId,
    /// The platform's id of the message.
    pub message_id: String,
    /// Its paper.
    pub paper: PaperKey,
    /// Which subscriptions asked for it.
    pub why: Vec<Why>,
    /// How the paper is shown.
    pub style: Style,
    /// True when the platform took only the plain rendering.
    pub plain: bool,
    pub(super) epoch: i64,
    pub(super) tries: u32,
    /// Events up to this time are shown, or so many votes, by what it was claimed for.
    pub(super) covers: i64,
}

/// What came of an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardEdit {
    /// The message shows how the paper stands.
    Done,
    /// It cannot be edited, now and later.
    Stopped(String),
    /// It could not be edited yet; the platform may name the wait.
    Later(Option<Duration>),
}

#[derive(sqlx::FromRow)]
pub(super) struct DueRow {
    pub(super) id: String,
    platform: String,
    channel: String,
    message_id: String,
    paper_id: i64,
    why: String,
    plain: bool,
    style: Option<i64>,
    tries: i64,
    covers: i64,
}

/// The columns of [`DueRow`] but the last, of a delivery `d` in a destination `x` with a card `c`.
macro_rules! due_columns {
    () => {
        "d.id, x.platform, x.channel, d.message_id, d.paper_id, d.why, d.plain,
        (SELECT MAX(CASE s.style WHEN 'full' THEN CAST(2 AS BIGINT) WHEN 'card' THEN 1 ELSE 0 END)
            FROM paper_match m JOIN subscription s ON s.id = m.subscription_id
            WHERE m.paper_id = d.paper_id AND s.destination_id = d.destination_id AND s.cadence = 'instant') AS style,
        COALESCE(c.tries, 0) AS tries, "
    };
}
pub(super) use due_columns;

// A message of several papers, and one that was confirmed without its id, stay as they are.
const DUE: &str = concat!(
    "SELECT ",
    due_columns!(),
    "(SELECT MAX(e.happened_at) FROM paper_event e WHERE e.paper_id = d.paper_id) AS covers
    FROM delivery d JOIN destination x ON x.id = d.destination_id LEFT JOIN card c ON c.delivery_id = d.id
    WHERE d.paper_id IN (SELECT e.paper_id FROM paper_event e WHERE e.happened_at >= $3)
        AND d.kind = 'paper' AND d.state = 'sent' AND d.sent_at >= $3
        AND d.bundle IS NULL AND d.message_id <> ''
        AND x.paused_at IS NULL AND $1 LIKE '%,' || x.platform || ',%'
        AND EXISTS (SELECT 1 FROM paper_event e WHERE e.paper_id = d.paper_id
            AND e.happened_at > d.created_at AND e.happened_at > COALESCE(c.covered_at, 0))
        AND (c.delivery_id IS NULL OR (c.stopped IS NULL AND c.next_at <= $2
            AND (c.lease_until IS NULL OR c.lease_until <= $2)))
    ORDER BY covers, d.id LIMIT $4"
);

const LEASE: &str =
    "INSERT INTO card (delivery_id, covered_at, next_at, lease_owner, lease_epoch, lease_until)
    VALUES ($1, 0, $2, $3, 1, $4)
    ON CONFLICT (delivery_id) DO UPDATE SET lease_owner = excluded.lease_owner,
        lease_epoch = card.lease_epoch + 1, lease_until = excluded.lease_until
    WHERE card.stopped IS NULL AND card.next_at <= $2 AND (card.lease_until IS NULL OR card.lease_until <= $2)
    RETURNING lease_epoch";

const FINISH: &str = "UPDATE card SET covered_at = CASE WHEN $3 THEN $4 ELSE covered_at END, next_at = $5,
        tries = $6, stopped = $7, lease_owner = NULL, lease_until = NULL
    WHERE delivery_id = $1 AND lease_epoch = $2";

impl Store {
    /// Leases up to `limit` posted messages whose paper has an event that they do not show, those longest due first.
    pub async fn claim_cards(
        &self,
        owner: &str,
        platforms: &[Platform],
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<DueCard>, StoreError> {
        writing!(self, |tx| {
            let due: Vec<DueRow> = query_as(DUE)
                .bind(platform_list(platforms))
                .bind(micros(now))
                .bind(micros(now - LIVE_DAYS))
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            let mut cards = Vec::with_capacity(due.len());
            for row in due {
                let epoch: Option<i64> = query_scalar(LEASE)
                    .bind(&row.id)
                    .bind(micros(now))
                    .bind(owner)
                    .bind(micros(now + lease))
                    .fetch_optional(&mut *tx)
                    .await?;
                if let Some(epoch) = epoch {
                    cards.push(held(row, epoch)?);
                }
            }
            Ok(cards)
        })
    }

    /// Records what came of an edit; false when its lease was lost.
    pub async fn finish_card(
        &self,
        card: &DueCard,
        edit: &CardEdit,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let doubled = FIRST_WAIT * 2_u32.pow(card.tries.min(6));
        let (next_at, tries, stopped) = match edit {
            CardEdit::Done => (now + BETWEEN_EDITS, 0, None),
            CardEdit::Stopped(reason) => (now, card.tries, Some(reason.clone())),
            // A wait that the platform names is no failure.
            CardEdit::Later(Some(after)) => (now + (*after).min(BETWEEN_EDITS), card.tries, None),
            CardEdit::Later(None) if card.tries + 1 >= MAX_TRIES => {
                (now, card.tries + 1, Some("it could not be edited, several times in a row".to_owned()))
            }
            CardEdit::Later(None) => (now + doubled, card.tries + 1, None),
        };
        let finished = writing!(self, |tx| {
            query(FINISH)
                .bind(card.delivery.to_string())
                .bind(card.epoch)
                .bind(*edit == CardEdit::Done)
                .bind(card.covers)
                .bind(micros(next_at))
                .bind(i64::from(tries))
                .bind(stopped.as_deref().map(text))
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(finished > 0)
    }
}

pub(super) fn held(row: DueRow, epoch: i64) -> Result<DueCard, StoreError> {
    let (platform, channel) = place(&row.platform, &row.channel)?;
    Ok(DueCard {
        delivery: DeliveryId(parsed(&row.id, "the id of a delivery")?),
        platform,
        channel,
        message_id: row.message_id,
        paper: PaperKey(row.paper_id),
        why: from_json(&row.why, "the reasons of a delivery")?,
        style: match row.style {
            Some(0) => Style::Line,
            Some(2) => Style::Full,
            _ => Style::Card,
        },
        plain: row.plain,
        epoch,
        tries: count(row.tries, "the tries of an edit")?,
        covers: row.covers,
    })
}
