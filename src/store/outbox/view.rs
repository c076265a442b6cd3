//! The outbox as people and schedulers see it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Lane;
use crate::domain::{
    DeliveryId, DeliveryState, Destination, DestinationId, PaperId, PaperKey, Platform, Why,
};
use crate::store::db::{query_as, query_scalar, reading};
use crate::store::destinations::{DestinationRow, destination_columns};
use crate::store::values::{from_json, limit, opt_timestamp, parsed, timestamp};
use crate::store::{Store, StoreError};

/// Which deliveries to read; the default is all of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryFilter {
    /// Only those of this paper.
    pub paper: Option<PaperKey>,
    /// Only those to this destination.
    pub destination: Option<DestinationId>,
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// At most so many, the oldest.
    pub limit: Option<u32>,
}

/// A delivery, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// The delivery.
    pub id: DeliveryId,
    /// Where it goes.
    pub destination: Destination,
    /// The paper it brings.
    pub paper: PaperId,
    /// The paper's title.
    pub title: String,
    /// Which subscriptions asked for it.
    pub why: Vec<Why>,
    /// Where it stands.
    pub state: DeliveryState,
    /// What last kept it from being sent.
    pub reason: Option<String>,
    /// The platform's id of the message.
    pub message_id: Option<String>,
    /// When it came into the outbox.
    pub created_at: Timestamp,
    /// When it was posted.
    pub sent_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub(super) struct DeliveryRow {
    id: String,
    canonical_id: String,
    title: String,
    why: String,
    state: String,
    reason: Option<String>,
    message_id: Option<String>,
    created_at: i64,
    sent_at: Option<i64>,
    #[sqlx(flatten)]
    destination: DestinationRow,
}

impl TryFrom<DeliveryRow> for DeliveryRecord {
    type Error = StoreError;
    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let of = |what: &str| format!("the {what} of delivery {}", row.id);
        Ok(Self {
            id: DeliveryId(parsed(&row.id, "the id of a delivery")?),
            destination: row.destination.try_into()?,
            paper: parsed(&row.canonical_id, &of("paper"))?,
            why: from_json(&row.why, &of("reason why"))?,
            state: parsed(&row.state, &of("state"))?,
            created_at: timestamp(row.created_at, &of("creation"))?,
            sent_at: opt_timestamp(row.sent_at, &of("posting"))?,
            title: row.title,
            reason: row.reason,
            message_id: row.message_id,
        })
    }
}

const DELIVERIES: &str = concat!(
    "SELECT d.id, paper.canonical_id, paper.title, d.why, d.state, d.reason, d.message_id, d.created_at,
        d.sent_at, ",
    destination_columns!(),
    " FROM delivery d JOIN destination ON destination.id = d.destination_id
        JOIN paper ON paper.id = d.paper_id
    WHERE ($1 IS NULL OR d.paper_id = $1) AND ($2 IS NULL OR d.destination_id = $2)
        AND ($3 IS NULL OR d.state = $3)
    ORDER BY d.id LIMIT $4"
);

impl Store {
    /// Deliveries in the order in which they came into the outbox.
    pub async fn deliveries(&self, filter: &DeliveryFilter) -> Result<Vec<DeliveryRecord>, StoreError> {
        let rows: Vec<DeliveryRow> = reading!(self, |tx| {
            query_as(DELIVERIES)
                .bind(filter.paper.map(|p| p.0))
                .bind(filter.destination.map(|d| d.0))
                .bind(filter.state.map(DeliveryState::name))
                .bind(limit(filter.limit))
                .fetch_all(&mut *tx)
                .await?
        });
        rows.into_iter().map(DeliveryRecord::try_from).collect()
    }

    /// When the next delivery of these platforms can be claimed; `None` when nothing waits for time alone.
    pub async fn next_due(&self, platforms: &[Platform]) -> Result<Option<Timestamp>, StoreError> {
        let lanes: Vec<Lane> = platforms.iter().copied().map(Lane::from).collect();
        self.next_due_paced(&lanes).await
    }

    /// When the next delivery can be claimed within the budgets of the platforms; `None` when nothing
    /// waits for time alone.
    pub async fn next_due_paced(&self, lanes: &[Lane]) -> Result<Option<Timestamp>, StoreError> {
        const DUE: &str = "SELECT MIN(due_at) FROM destination
            WHERE platform = $1 AND paused_at IS NULL AND due_at IS NOT NULL";
        let mut next: Option<Timestamp> = None;
        reading!(self, |tx| {
            for lane in lanes {
                let due: Option<i64> =
                    query_scalar(DUE).bind(lane.platform.name()).fetch_one(&mut *tx).await?;
                let Some(due) = opt_timestamp(due, "the time of a delivery")? else { continue };
                let budget: Option<i64> = query_scalar("SELECT whole_at FROM allowance WHERE scope = $1")
                    .bind(lane.scope())
                    .fetch_optional(&mut *tx)
                    .await?;
                let open = budget.and_then(|budget| lane.open_at(budget)).map_or(due, |open| due.max(open));
                next = Some(next.map_or(open, |next| next.min(open)));
            }
        });
        Ok(next)
    }

    /// How many deliveries each platform has in each state; states without any are left out.
    pub async fn outbox_counts(&self) -> Result<BTreeMap<(Platform, DeliveryState), u64>, StoreError> {
        let sql = "SELECT x.platform, d.state, COUNT(*) FROM delivery d
            JOIN destination x ON x.id = d.destination_id GROUP BY x.platform, d.state";
        let rows: Vec<(String, String, i64)> = reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        let entry = |(platform, state, n): (String, String, i64)| {
            let platform = parsed(&platform, "the platform of a destination")?;
            Ok(((platform, parsed(&state, "the state of a delivery")?), n.unsigned_abs()))
        };
        rows.into_iter().map(entry).collect()
    }
}
