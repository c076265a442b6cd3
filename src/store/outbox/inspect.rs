//! Deliveries as an operator sees them: all that is known of each, and its attempts.

use jiff::Timestamp;

use super::view::{DeliveryRecord, DeliveryRow};
use crate::domain::{DeliveryId, DeliveryState, DestinationId, PaperKey};
use crate::store::db::{query_as, query_scalar, reading};
use crate::store::destinations::destination_columns;
use crate::store::values::{count, limit, opt_timestamp, parsed, timestamp};
use crate::store::{Store, StoreError};

/// Which deliveries to look at; the default is all of them.
#[derive(Debug, Clone, Default)]
pub struct DetailFilter {
    /// Only those whose id begins so.
    pub prefix: Option<String>,
    /// Only those of this paper.
    pub paper: Option<PaperKey>,
    /// Only those to this destination.
    pub destination: Option<DestinationId>,
    /// Only those in this state.
    pub state: Option<DeliveryState>,
    /// At most so many, the newest.
    pub limit: Option<u32>,
}

/// All that is known of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryDetail {
    /// What everybody sees of it.
    pub record: DeliveryRecord,
    /// The shortest beginning of its id that no other delivery has.
    pub prefix: String,
    /// What it brings: `paper`, `roundup …`.
    pub kind: String,
    /// How often it was tried, where that counts.
    pub tries: u32,
    /// When it is tried next, if it waits.
    pub next_at: Timestamp,
    /// When it is too old to be posted, if it waits.
    pub expires_at: Timestamp,
    /// Until when a sender holds it.
    pub held_until: Option<Timestamp>,
    /// Since when it may be in its channel.
    pub in_doubt_since: Option<Timestamp>,
    /// The delivery whose message brings it together with others.
    pub bundle: Option<DeliveryId>,
    /// True when a roundup of its channel names its paper.
    pub in_roundup: bool,
    /// Grows with every claim and every deed.
    pub epoch: i64,
}

impl DeliveryDetail {
    /// True when it waits in the message of another delivery.
    pub fn follows(&self) -> Option<DeliveryId> {
        self.bundle.filter(|lead| *lead != self.record.id)
    }
}

/// One try to post a delivery, or something that was done to it by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// The claim that it belongs to.
    pub epoch: i64,
    /// True when the plain rendering was sent.
    pub plain: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// When its outcome was recorded.
    pub ended_at: Option<Timestamp>,
    /// What came of it; `None`: not known.
    pub outcome: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The platform's id of the message.
    pub message_id: Option<String>,
}

#[derive(sqlx::FromRow)]
struct DetailRow {
    kind: String,
    tries: i64,
    next_at: i64,
    expires_at: i64,
    lease_until: Option<i64>,
    lease_epoch: i64,
    unsettled_since: Option<i64>,
    bundle: Option<String>,
    in_roundup: bool,
    before: Option<String>,
    after: Option<String>,
    #[sqlx(flatten)]
    delivery: DeliveryRow,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    epoch: i64,
    plain: bool,
    started_at: i64,
    ended_at: Option<i64>,
    outcome: Option<String>,
    reason: Option<String>,
    message_id: Option<String>,
}

const DETAILS: &str = concat!(
    "SELECT d.id, paper.canonical_id, paper.title, d.why, d.reason, d.message_id, d.created_at, d.sent_at,
        d.kind, d.tries, d.expires_at, d.lease_epoch, d.bundle,
        COALESCE(l.state, d.state) AS state, COALESCE(l.next_at, d.next_at) AS next_at,
        COALESCE(l.lease_until, d.lease_until) AS lease_until,
        COALESCE(l.unsettled_since, d.unsettled_since) AS unsettled_since,
        (d.kind = 'paper' AND (EXISTS (SELECT 1 FROM roundup_paper p
                JOIN roundup u ON u.destination_id = p.destination_id AND u.local_date = p.local_date
                JOIN delivery r ON r.id = u.delivery_id
                WHERE p.destination_id = d.destination_id AND p.paper_id = d.paper_id
                    AND r.state NOT IN ('dead', 'skipped'))
            OR EXISTS (SELECT 1 FROM delivery c WHERE c.id = d.folded_into
                AND c.state NOT IN ('dead', 'skipped')))) AS in_roundup,
        (SELECT MAX(b.id) FROM delivery b WHERE b.id < d.id) AS before,
        (SELECT MIN(a.id) FROM delivery a WHERE a.id > d.id) AS after, ",
    destination_columns!(),
    " FROM delivery d JOIN destination ON destination.id = d.destination_id
        JOIN paper ON paper.id = d.paper_id
        LEFT JOIN delivery l ON l.id = d.bundle AND d.state = 'pending'
    WHERE ($1 IS NULL OR d.paper_id = $1) AND ($2 IS NULL OR d.destination_id = $2)
        AND ($3 IS NULL OR COALESCE(l.state, d.state) = $3)
        AND ($4 IS NULL OR (d.id >= $4 AND d.id < $4 || 'g'))
    ORDER BY d.id DESC LIMIT $5"
);

const ATTEMPTS: &str = "SELECT epoch, plain, started_at, ended_at, outcome, reason, message_id
    FROM attempt WHERE delivery_id = $1 ORDER BY epoch, no";

/// Prefixes are never shown shorter than this.
const PREFIX_MIN: usize = 8;

impl Store {
    /// Deliveries with all that is known of them, the newest first.
    ///
    /// What waits in a bundle stands where its lead stands.
    pub async fn delivery_details(&self, filter: &DetailFilter) -> Result<Vec<DeliveryDetail>, StoreError> {
        let prefix = filter.prefix.as_deref().map(str::to_ascii_lowercase);
        let rows: Vec<DetailRow> = reading!(self, |tx| {
            query_as(DETAILS)
                .bind(filter.paper.map(|p| p.0))
                .bind(filter.destination.map(|d| d.0))
                .bind(filter.state.map(DeliveryState::name))
                .bind(prefix.as_deref())
                .bind(limit(filter.limit))
                .fetch_all(&mut *tx)
                .await?
        });
        rows.into_iter().map(detail).collect()
    }

    /// How many deliveries a filter names, whatever its limit.
    pub async fn delivery_count(&self, filter: &DetailFilter) -> Result<u64, StoreError> {
        let sql =
            "SELECT COUNT(*) FROM delivery d LEFT JOIN delivery l ON l.id = d.bundle AND d.state = 'pending'
            WHERE ($1 IS NULL OR d.paper_id = $1) AND ($2 IS NULL OR d.destination_id = $2)
                AND ($3 IS NULL OR COALESCE(l.state, d.state) = $3)";
        let number: i64 = reading!(self, |tx| {
            query_scalar(sql)
                .bind(filter.paper.map(|p| p.0))
                .bind(filter.destination.map(|d| d.0))
                .bind(filter.state.map(DeliveryState::name))
                .fetch_one(&mut *tx)
                .await?
        });
        Ok(number.unsigned_abs())
    }

    /// The tries to post a delivery and what was done by hand, the oldest first.
    pub async fn attempts(&self, id: DeliveryId) -> Result<Vec<AttemptRecord>, StoreError> {
        let rows: Vec<AttemptRow> =
            reading!(self, |tx| query_as(ATTEMPTS).bind(id.to_string()).fetch_all(&mut *tx).await?);
        let attempt = |row: AttemptRow| {
            Ok(AttemptRecord {
                epoch: row.epoch,
                plain: row.plain,
                started_at: timestamp(row.started_at, "the start of an attempt")?,
                ended_at: opt_timestamp(row.ended_at, "the end of an attempt")?,
                outcome: row.outcome,
                reason: row.reason,
                message_id: row.message_id,
            })
        };
        rows.into_iter().map(attempt).collect()
    }
}

fn detail(row: DetailRow) -> Result<DeliveryDetail, StoreError> {
    let record: DeliveryRecord = row.delivery.try_into()?;
    let of = |what: &str| format!("the {what} of delivery {}", record.id);
    let bundle = row.bundle.as_deref().map(|id| Ok::<_, StoreError>(DeliveryId(parsed(id, &of("bundle"))?)));
    let id = record.id.to_string();
    Ok(DeliveryDetail {
        prefix: prefix(&id, [row.before, row.after].into_iter().flatten()),
        kind: row.kind,
        tries: count(row.tries, &of("tries"))?,
        next_at: timestamp(row.next_at, &of("turn"))?,
        expires_at: timestamp(row.expires_at, &of("end"))?,
        held_until: opt_timestamp(row.lease_until, &of("lease"))?,
        in_doubt_since: opt_timestamp(row.unsettled_since, &of("doubt"))?,
        bundle: bundle.transpose()?,
        in_roundup: row.in_roundup,
        epoch: row.lease_epoch,
        record,
    })
}

/// The shortest beginning of an id that neither neighbour has.
fn prefix(id: &str, neighbours: impl Iterator<Item = String>) -> String {
    let shared = |other: String| id.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let longest = neighbours.map(shared).max().unwrap_or(0);
    let end = (longest + 1).max(PREFIX_MIN).min(id.len());
    // A dash at the end would look as if something were missing.
    id[..end].trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_as_long_as_its_neighbours_make_it() {
        let id = "01985cf3-8a00-7000-8000-000000000001";
        let of = |neighbours: &[&str]| prefix(id, neighbours.iter().map(|n| (*n).to_owned()));
        assert_eq!(of(&[]), "01985cf3");
        assert_eq!(of(&["01985cf2-8a00-7000-8000-000000000001"]), "01985cf3");
        assert_eq!(of(&["01985cf3-8a01-7000-8000-000000000001"]), "01985cf3-8a00");
        assert_eq!(of(&["01985cf3-8a00-7000-8000-000000000002", "02"]), id);
    }
}
