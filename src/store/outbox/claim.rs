//! Claiming a delivery and committing the intent to post it.

use std::time::Duration;

use jiff::Timestamp;
use tracing::warn;

use super::bundle::free_of_buried;
use super::{heads, platform_list};
use crate::domain::{ChannelId, DeliveryId, DestinationId, PaperKey, Platform};
use crate::store::db::{Db, query, query_as, writing};
use crate::store::destinations::place;
use crate::store::values::{count, micros, opt_timestamp, parsed};
use crate::store::{Store, StoreError};

/// How often a delivery is claimed without any outcome before it is taken for what stops its senders.
const MAX_CLAIMS: i64 = 3;

const POISON: &str = "Paperwire stopped three times while it held this message, so it is not sent again";

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

/// The head of a queue, not leased yet.
#[derive(sqlx::FromRow)]
struct HeadRow {
    id: String,
    platform: String,
    channel: String,
}

/// What the lease returns of a delivery.
#[derive(sqlx::FromRow)]
struct LeasedRow {
    lease_epoch: i64,
    destination_id: i64,
    paper_id: i64,
    body: String,
    bundled: bool,
    plain: bool,
    tries: i64,
    unsettled_since: Option<i64>,
    unseen_since: Option<i64>,
}

macro_rules! heads_to_claim {
    ($lock:literal) => {
        concat!(
            "SELECT d.id, x.platform, x.channel",
            heads!(),
            "AND d.next_at <= $2 ORDER BY d.next_at, d.id LIMIT $3",
            $lock
        )
    };
}

// What another transaction changed after our snapshot is checked again here, under the lock.
const LEASE: &str = "UPDATE delivery SET state = 'leased', lease_owner = $2, lease_until = $3,
        lease_epoch = lease_epoch + 1, claims = claims + 1
    WHERE id = $1 AND state IN ('pending', 'unknown') AND claims < $4
        AND NOT EXISTS (SELECT 1 FROM delivery f
            WHERE f.destination_id = delivery.destination_id AND f.state = 'leased')
    RETURNING lease_epoch, destination_id, paper_id, plain, tries, unsettled_since, unseen_since,
        bundle IS NOT NULL AS bundled,
        CASE WHEN bundle IS NOT NULL THEN (SELECT CASE WHEN delivery.plain THEN b.plain_body ELSE b.rich_body END
                FROM bundle_body b WHERE b.lead = delivery.id)
            WHEN plain THEN plain_body ELSE rich_body END AS body";

const BURY: &str = "UPDATE delivery SET state = 'dead', reason = $2
    WHERE id = $1 AND state IN ('pending', 'unknown') AND claims >= $3";

impl Store {
    /// Leases up to `limit` deliveries that are due, at most one for each destination.
    ///
    /// The longest due come first. A delivery that was claimed three times without any outcome is
    /// given up here, since it seems to be what stops its senders.
    pub async fn claim(
        &self,
        owner: &str,
        platforms: &[Platform],
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        // SQLite's only writer needs no lock. In PostgreSQL the destination is locked, not the
        // delivery: of two claimers one passes over it, and new deliveries do not wait for either.
        let heads = match self.db {
            Db::Sqlite(_) => heads_to_claim!(""),
            Db::Postgres(_) => heads_to_claim!(" FOR NO KEY UPDATE OF x SKIP LOCKED"),
        };
        writing!(self, |tx| {
            let due: Vec<HeadRow> = query_as(heads)
                .bind(platform_list(platforms))
                .bind(micros(now))
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            let mut claimed = Vec::with_capacity(due.len());
            for head in due {
                let leased: Option<LeasedRow> = query_as(LEASE)
                    .bind(&head.id)
                    .bind(owner)
                    .bind(micros(now + lease))
                    .bind(MAX_CLAIMS)
                    .fetch_optional(&mut *tx)
                    .await?;
                if let Some(leased) = leased {
                    claimed.push(hold(&head, leased)?);
                    continue;
                }
                let buried =
                    query(BURY).bind(&head.id).bind(POISON).bind(MAX_CLAIMS).execute(&mut *tx).await?;
                if buried.rows_affected() > 0 {
                    free_of_buried!(tx, &head.id);
                    warn!(delivery.id = head.id, "Gave up delivery {}: {POISON}", head.id);
                }
            }
            Ok(claimed)
        })
    }

    /// Commits the intent to post now; without it nothing may be posted.
    ///
    /// False when the lease was lost, or when this lease has posted already.
    pub async fn intent(&self, claimed: &Claimed, now: Timestamp) -> Result<bool, StoreError> {
        // Locks the row, so that a recovery either sees the attempt or has ended the lease before.
        let lock = "UPDATE delivery SET lease_epoch = lease_epoch
            WHERE id = $1 AND state = 'leased' AND lease_epoch = $2";
        let open = "INSERT INTO attempt (delivery_id, epoch, no, plain, started_at)
            VALUES ($1, $2, 1, $3, $4) ON CONFLICT (delivery_id, epoch, no) DO NOTHING";
        writing!(self, |tx| {
            let id = claimed.id.to_string();
            let held = query(lock).bind(&id).bind(claimed.epoch).execute(&mut *tx).await?;
            if held.rows_affected() == 0 {
                return Ok(false);
            }
            let opened = query(open)
                .bind(&id)
                .bind(claimed.epoch)
                .bind(claimed.plain)
                .bind(micros(now))
                .execute(&mut *tx)
                .await?;
            Ok(opened.rows_affected() > 0)
        })
    }
}

fn hold(head: &HeadRow, leased: LeasedRow) -> Result<Claimed, StoreError> {
    let (platform, channel) = place(&head.platform, &head.channel)?;
    Ok(Claimed {
        id: DeliveryId(parsed(&head.id, "the id of a delivery")?),
        epoch: leased.lease_epoch,
        destination: DestinationId(leased.destination_id),
        platform,
        channel,
        paper: PaperKey(leased.paper_id),
        body: leased.body,
        bundled: leased.bundled,
        plain: leased.plain,
        tries: count(leased.tries, "the tries of a delivery")?,
        unsettled_since: opt_timestamp(leased.unsettled_since, "the doubt about a delivery")?,
        unseen_since: opt_timestamp(leased.unseen_since, "the search for a delivery")?,
    })
}
