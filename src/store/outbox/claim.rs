//! Claiming deliveries and committing the intents to post them.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tracing::warn;

use super::bundle::take_along;
use super::queue::{self, refresh};
use super::rows::{PUT, SELECT_LOCKED, StoredRow, id_list, put, row_columns};
use super::{Both, Lane, body, both, lanes::span, words};
use crate::domain::outbox::{Company, Event, Row};
use crate::domain::{ChannelId, DeliveryId, DeliveryState, DestinationId, PaperKey, Platform};
use crate::store::db::{query, query_as, query_scalar, writing};
use crate::store::destinations::place;
use crate::store::values::{micros, parsed};
use crate::store::{Store, StoreError};

/// A delivery that one sender holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The delivery.
    pub id: DeliveryId,
    /// Grows with every claim; an older one permits nothing any more.
    pub epoch: i64,
    /// Where it goes.
    pub destination: DestinationId,
    /// The platform of the destination.
    pub platform: Platform,
    /// The channel of the destination.
    pub channel: ChannelId,
    /// The paper it brings.
    pub paper: PaperKey,
    /// The bytes to send.
    pub body: String,
    /// True when it leads a bundle, whose one message `body` is.
    pub bundled: bool,
    /// True when `body` is the plain rendering.
    pub plain: bool,
    /// Earlier tries that count.
    pub tries: u32,
    /// Since when it may be in the channel already.
    pub unsettled_since: Option<Timestamp>,
    /// Since when it was looked for there in vain.
    pub unseen_since: Option<Timestamp>,
}

/// A destination whose queue has something due.
#[derive(sqlx::FromRow)]
struct DueRow {
    id: i64,
    platform: String,
    channel: String,
    turn: i64,
    due_at: i64,
}

/// The head of a queue.
#[derive(sqlx::FromRow)]
struct HeadRow {
    #[sqlx(flatten)]
    stored: StoredRow,
    paper_id: i64,
    body: String,
}

// In PostgreSQL a queue that another process holds is passed over, and so is a head.
macro_rules! due {
    ($db:ident) => {
        concat!(
            "SELECT x.id, x.platform, x.channel, x.turn, x.due_at FROM destination x
            WHERE x.platform = $1 AND x.paused_at IS NULL AND x.due_at <= $2
            ORDER BY x.turn, x.due_at, x.id LIMIT $3",
            words!($db pass "x")
        )
    };
}

macro_rules! heads {
    ($db:ident) => {
        concat!(
            "SELECT ",
            row_columns!(),
            ", d.paper_id, ",
            body!(),
            " AS body FROM ",
            words!($db list),
            " asked JOIN delivery d ON d.id = (SELECT h.id FROM delivery h
                WHERE h.destination_id = CAST(asked.value AS BIGINT)
                    AND h.state IN ('pending', 'leased', 'unknown') AND (h.bundle IS NULL OR h.bundle = h.id)
                ORDER BY h.id LIMIT 1)
            WHERE NOT EXISTS (SELECT 1 FROM delivery f
                WHERE f.destination_id = d.destination_id AND f.state = 'leased')",
            words!($db pass "d")
        )
    };
}

macro_rules! served {
    ($db:ident) => {
        concat!(
            "UPDATE destination SET due_at = NULL, served_at = $2
            WHERE id IN (SELECT CAST(value AS BIGINT) FROM ",
            words!($db list),
            ")"
        )
    };
}

macro_rules! open_attempts {
    ($db:ident) => {
        concat!(
            "INSERT INTO attempt (delivery_id, epoch, no, plain, started_at)
            SELECT value ->> 'id', CAST(value ->> 'epoch' AS BIGINT), 1, CAST(value ->> 'plain' AS BOOLEAN), $2
            FROM ",
            words!($db rows),
            " WHERE TRUE ON CONFLICT (delivery_id, epoch, no) DO NOTHING RETURNING delivery_id"
        )
    };
}

const DUE: Both = both!(due);
const HEADS: Both = both!(heads);
const SERVED: Both = both!(served);
const OPEN: Both = both!(open_attempts);

const TURN: &str = "UPDATE change_counter SET value = $1 WHERE name = 'turn' AND value < $1";

/// Reads a budget and holds it, so that no other process draws from it meanwhile.
const HOLD_BUDGET: &str = "INSERT INTO allowance (scope, whole_at) VALUES ($1, 0)
    ON CONFLICT (scope) DO UPDATE SET whole_at = allowance.whole_at RETURNING whole_at";
const DRAW: &str = "UPDATE allowance SET whole_at = $2 WHERE scope = $1";

impl Store {
    /// Leases up to `limit` deliveries that are due on these platforms, at most one for each destination.
    pub async fn claim(
        &self,
        owner: &str,
        platforms: &[Platform],
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let lanes: Vec<Lane> = platforms.iter().copied().map(Lane::from).collect();
        self.claim_paced(owner, &lanes, limit, lease, now).await
    }

    /// Leases up to `limit` deliveries that are due, at most one for each destination, and draws them from the
    /// budgets of their platforms.
    ///
    /// Servers and workspaces take turns. A delivery that was claimed three times without any
    /// outcome is given up here, since it seems to be what stops its senders.
    pub async fn claim_paced(
        &self,
        owner: &str,
        lanes: &[Lane],
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let (db, at) = (&self.db, micros(now));
        writing!(self, |tx| {
            let mut due: Vec<DueRow> = Vec::new();
            for lane in lanes {
                let more: Vec<DueRow> = query_as(DUE.of(db))
                    .bind(lane.platform.name())
                    .bind(at)
                    .bind(i64::from(limit))
                    .fetch_all(&mut *tx)
                    .await?;
                due.extend(more);
            }
            if due.is_empty() {
                return Ok(Vec::new());
            }
            due.sort_by_key(|of| (of.turn, of.due_at, of.id));
            for lane in lanes.iter().filter(|lane| lane.per_second.is_some()) {
                let wanted = due.iter().filter(|of| of.platform == lane.platform.name()).count();
                if wanted == 0 {
                    continue;
                }
                let scope = lane.scope();
                let before: i64 = query_scalar(HOLD_BUDGET).bind(&scope).fetch_one(&mut *tx).await?;
                let (mut left, after) = lane.draw(before, wanted.min(limit as usize), at);
                if left > 0 {
                    query(DRAW).bind(&scope).bind(after).execute(&mut *tx).await?;
                }
                due.retain(|of| {
                    let keep = of.platform != lane.platform.name() || left > 0;
                    left -= usize::from(keep && of.platform == lane.platform.name());
                    keep
                });
            }
            due.truncate(limit as usize);
            let heads: Vec<HeadRow> = query_as(HEADS.of(db))
                .bind(queue::list(due.iter().map(|of| of.id)))
                .fetch_all(&mut *tx)
                .await?;
            let mut heads: HashMap<i64, HeadRow> =
                heads.into_iter().map(|head| (head.stored.destination_id, head)).collect();
            let mut claimed = Vec::with_capacity(due.len());
            let mut rows = Vec::with_capacity(due.len());
            let (mut stale, mut given_up) = (Vec::new(), Vec::new());
            for of in &due {
                let Some(head) = heads.remove(&of.id) else {
                    stale.push(of.id);
                    continue;
                };
                let id = head.stored.id.clone();
                let Some(next) = head.stored.row()?.after(Event::Claim, now) else {
                    stale.push(of.id);
                    continue;
                };
                rows.push(put(&id, &next.row));
                if next.row.state == DeliveryState::Leased {
                    claimed.push(hold(of, head, &next.row)?);
                } else {
                    let reason = next.row.reason.as_deref().unwrap_or_default();
                    warn!(delivery.id = id, "Gave up delivery {id}: {reason}");
                    stale.push(of.id);
                    given_up.push((id, next.row));
                }
            }
            if !rows.is_empty() {
                query(PUT.of(db))
                    .bind(Value::from(rows).to_string())
                    .bind(at)
                    .bind(span(lease))
                    .bind(owner)
                    .execute(&mut *tx)
                    .await?;
            }
            if !claimed.is_empty() {
                let served = queue::list(claimed.iter().map(|one| one.destination.0));
                query(SERVED.of(db)).bind(served).bind(at).execute(&mut *tx).await?;
            }
            take_along!(self, tx, given_up);
            refresh!(self, tx, stale);
            query(TURN).bind(due.iter().map(|of| of.turn).max()).execute(&mut *tx).await?;
            Ok(claimed)
        })
    }

    /// Commits the intent to post one delivery now; see [`Store::intents`].
    pub async fn intent(&self, claimed: &Claimed, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.intents(std::slice::from_ref(claimed), now).await?.pop().unwrap_or(false))
    }

    /// Commits the intents to post deliveries now; without it nothing may be posted.
    ///
    /// For each of them false when its lease was lost, or when this lease has posted already.
    pub async fn intents(&self, claimed: &[Claimed], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        if claimed.is_empty() {
            return Ok(Vec::new());
        }
        writing!(self, |tx| {
            // Held from here on, so that a recovery either sees the attempt or has ended the lease before.
            let rows: Vec<StoredRow> = query_as(SELECT_LOCKED.of(&self.db))
                .bind(id_list(claimed.iter().map(|one| &one.id)))
                .fetch_all(&mut *tx)
                .await?;
            let rows: HashMap<&str, &StoredRow> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
            let mut attempts = Vec::with_capacity(claimed.len());
            for one in claimed {
                let id = one.id.to_string();
                let Some(stored) = rows.get(id.as_str()) else { continue };
                let next = stored.row()?.after(Event::Intent { epoch: one.epoch }, now);
                if next.is_some_and(|next| next.may_post) {
                    attempts.push(json!({ "id": id, "epoch": one.epoch, "plain": one.plain }));
                }
            }
            let opened: Vec<(String,)> = query_as(OPEN.of(&self.db))
                .bind(Value::from(attempts).to_string())
                .bind(micros(now))
                .fetch_all(&mut *tx)
                .await?;
            Ok(claimed.iter().map(|one| opened.iter().any(|(id,)| *id == one.id.to_string())).collect())
        })
    }
}

fn hold(of: &DueRow, head: HeadRow, row: &Row) -> Result<Claimed, StoreError> {
    let (platform, channel) = place(&of.platform, &of.channel)?;
    Ok(Claimed {
        id: DeliveryId(parsed(&head.stored.id, "the id of a delivery")?),
        epoch: row.epoch,
        destination: DestinationId(of.id),
        platform,
        channel,
        paper: PaperKey(head.paper_id),
        body: head.body,
        bundled: row.company == Company::Leads,
        plain: row.plain,
        tries: row.tries,
        unsettled_since: row.unsettled_since,
        unseen_since: row.unseen_since,
    })
}
