//! Deliveries that are in their channel twice: the earlier message is kept, the later one noted to be deleted.
//!
//! A second message comes from a sent fact that arrives late. Where a lost answer was followed by another post, since
//! nothing was seen in the channel, it is also looked for once more when its history has long caught up.
//! A deletion is idempotent, so the lease alone is its intent: whoever holds it deletes, and does so again after a crash.

use std::cmp::Ordering;
use std::time::Duration;

use jiff::Timestamp;

use super::{body, platform_list};
use crate::domain::{ChannelId, DeliveryId, Platform};
use crate::store::db::{query, query_as, query_scalar, reading, writing};
use crate::store::destinations::place;
use crate::store::values::{count, micros, parsed, text, timestamp};
use crate::store::{Store, StoreError};

/// Stands in the place of a message that is not known yet.
const UNSEEN: &str = "";
/// How long after the second post it is looked for the first.
const LOOK_AFTER: Duration = Duration::from_mins(10);
/// Posts that follow a lost answer sooner are repeats under the same nonce, which make no second message.
const POSTED_ANEW: Duration = Duration::from_mins(1);
/// Doubts older than this are looked into no more.
const DOUBTS_KEPT: Duration = Duration::from_hours(24);
/// The wait after a first failure; it doubles.
const FIRST_WAIT: Duration = Duration::from_mins(1);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_hours(6);
/// After so many failures in a row a message is left to people.
const MAX_TRIES: u32 = 12;

/// A delivery that may be in its channel twice, in the hands of one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surplus {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The platform of its channel.
    pub platform: Platform,
    /// Its channel.
    pub channel: ChannelId,
    /// Its message, which is kept.
    pub kept: String,
    /// What is to be done.
    pub work: SurplusWork,
    epoch: i64,
    tries: u32,
}

/// What is to be done about a second message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurplusWork {
    /// It is known, and to be deleted.
    Delete {
        /// The platform's id of the message.
        message_id: String,
    },
    /// It is to be looked for.
    Look {
        /// When the first post was made whose answer was lost.
        since: Timestamp,
        /// The bytes that were sent.
        body: String,
        /// True when `body` is the plain rendering.
        plain: bool,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SurplusEnd {
    /// Nothing is left to do; in words.
    Settled(String),
    /// Another message was seen beside the one that is kept.
    Seen(String),
    /// It could not be done yet; the platform may name the wait.
    Later(Option<Duration>, String),
}

#[derive(sqlx::FromRow)]
struct DueRow {
    delivery_id: String,
    message_id: String,
    kept: String,
    platform: String,
    channel: String,
    body: String,
    plain: bool,
    since: Option<i64>,
    tries: i64,
}

const SUSPECTS: &str = "SELECT COUNT(*) FROM attempt a
    WHERE a.outcome IN ('unknown', 'lost') AND a.started_at > $1 AND a.started_at <= $2";

const SUSPECT: &str = "INSERT INTO surplus_message (delivery_id, message_id, found_at, next_at)
    SELECT d.id, '', $3, $3 FROM delivery d WHERE d.state = 'sent' AND d.id IN (
        SELECT a.delivery_id FROM attempt a JOIN attempt s ON s.delivery_id = a.delivery_id AND s.outcome = 'sent'
        WHERE a.outcome IN ('unknown', 'lost') AND a.started_at > $1
            AND s.started_at <= $2 AND s.started_at >= a.started_at + $4)
    ON CONFLICT DO NOTHING";

const IS_DUE: &str = "SELECT COUNT(*) FROM surplus_message s WHERE s.settled_at IS NULL AND s.next_at <= $1";

const DUE: &str = concat!(
    "SELECT s.delivery_id, s.message_id, d.message_id AS kept, x.platform, x.channel, s.tries, d.plain,
        ",
    body!(),
    " AS body,
        (SELECT MIN(a.started_at) FROM attempt a WHERE a.delivery_id = d.id) AS since
    FROM surplus_message s JOIN delivery d ON d.id = s.delivery_id JOIN destination x ON x.id = d.destination_id
    WHERE s.settled_at IS NULL AND s.next_at <= $2 AND (s.lease_until IS NULL OR s.lease_until <= $2)
        AND d.state = 'sent' AND x.paused_at IS NULL AND $1 LIKE '%,' || x.platform || ',%'
    ORDER BY s.next_at, s.delivery_id LIMIT $3"
);

const LEASE: &str = "UPDATE surplus_message SET lease_owner = $3, lease_epoch = lease_epoch + 1, lease_until = $4
    WHERE delivery_id = $1 AND message_id = $2 AND settled_at IS NULL AND (lease_until IS NULL OR lease_until <= $5)
    RETURNING lease_epoch";

/// Notes a message of a delivery beside the one that it has: delivery, message, and the time. Where somebody named
/// the message by hand nothing is deleted on the word of an id that may be mistaken.
pub(super) const NOTE: &str = "INSERT INTO surplus_message (delivery_id, message_id, found_at, next_at)
    SELECT d.id, $2, $3, $3 FROM delivery d WHERE d.id = $1
        AND NOT EXISTS (SELECT 1 FROM attempt a JOIN delivery m ON m.id = a.delivery_id
            WHERE (m.id = $1 OR m.bundle = $1) AND a.outcome = 'confirmed by hand')
    ON CONFLICT DO NOTHING";

const KEEP_EARLIER: &str = "UPDATE delivery SET message_id = $3 WHERE (id = $1 OR bundle = $1) AND state = 'sent' AND message_id = $2";

// Several papers may stand in one message; the message that one of them keeps is nobody's surplus.
const STANDS_FOR_ANOTHER: &str = "SELECT COUNT(*) FROM delivery o JOIN delivery d ON d.id = $1
    WHERE o.destination_id = d.destination_id AND o.id <> $1 AND o.message_id = $2";

const FINISH: &str = "UPDATE surplus_message SET settled_at = $4, outcome = $5, next_at = $6, tries = $7,
        lease_owner = NULL, lease_until = NULL
    WHERE delivery_id = $1 AND message_id = $2 AND lease_epoch = $3 AND settled_at IS NULL";

const SETTLE: &str =
    "UPDATE surplus_message SET settled_at = $3, outcome = $4 WHERE delivery_id = $1 AND message_id = $2";

impl Store {
    /// Notes which deliveries are to be looked for once more, and returns how many are new.
    pub async fn suspect_surplus(&self, now: Timestamp) -> Result<u64, StoreError> {
        let (from, to) = (micros(now - DOUBTS_KEPT), micros(now - LOOK_AFTER));
        let doubts: i64 =
            reading!(self, |tx| query_scalar(SUSPECTS).bind(from).bind(to).fetch_one(&mut *tx).await?);
        if doubts == 0 {
            return Ok(0);
        }
        let anew = i64::try_from(POSTED_ANEW.as_micros()).expect("a minute is no long time");
        Ok(writing!(self, |tx| {
            query(SUSPECT)
                .bind(from)
                .bind(to)
                .bind(micros(now))
                .bind(anew)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        }))
    }

    /// Leases up to `limit` second messages that are to be dealt with, those longest due first.
    pub async fn claim_surplus(
        &self,
        owner: &str,
        platforms: &[Platform],
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<Surplus>, StoreError> {
        let due: i64 =
            reading!(self, |tx| query_scalar(IS_DUE).bind(micros(now)).fetch_one(&mut *tx).await?);
        if due == 0 {
            return Ok(Vec::new());
        }
        writing!(self, |tx| {
            let due: Vec<DueRow> = query_as(DUE)
                .bind(platform_list(platforms))
                .bind(micros(now))
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            let mut claimed = Vec::with_capacity(due.len());
            for mut row in due {
                let epoch: Option<i64> = query_scalar(LEASE)
                    .bind(&row.delivery_id)
                    .bind(&row.message_id)
                    .bind(owner)
                    .bind(micros(now + lease))
                    .bind(micros(now))
                    .fetch_optional(&mut *tx)
                    .await?;
                let Some(epoch) = epoch else { continue };
                if row.message_id == UNSEEN {
                    claimed.push(held(row, epoch)?);
                    continue;
                }
                let order = order(&row.message_id, &row.kept);
                if order == Some(Ordering::Less) {
                    // The fact that came late is of the earlier message: that one is kept.
                    query(KEEP_EARLIER)
                        .bind(&row.delivery_id)
                        .bind(&row.kept)
                        .bind(&row.message_id)
                        .execute(&mut *tx)
                        .await?;
                    let rename = "UPDATE surplus_message SET message_id = $3 WHERE delivery_id = $1 AND message_id = $2";
                    let gone = "DELETE FROM surplus_message WHERE delivery_id = $1 AND message_id = $2";
                    query(gone).bind(&row.delivery_id).bind(&row.kept).execute(&mut *tx).await?;
                    query(rename)
                        .bind(&row.delivery_id)
                        .bind(&row.message_id)
                        .bind(&row.kept)
                        .execute(&mut *tx)
                        .await?;
                    std::mem::swap(&mut row.message_id, &mut row.kept);
                }
                let others: i64 = query_scalar(STANDS_FOR_ANOTHER)
                    .bind(&row.delivery_id)
                    .bind(&row.message_id)
                    .fetch_one(&mut *tx)
                    .await?;
                let left = match order {
                    None | Some(Ordering::Equal) => Some("there is no second message"),
                    _ if others > 0 => Some("it stands for another delivery"),
                    _ => None,
                };
                if let Some(outcome) = left {
                    query(SETTLE)
                        .bind(&row.delivery_id)
                        .bind(&row.message_id)
                        .bind(micros(now))
                        .bind(outcome)
                        .execute(&mut *tx)
                        .await?;
                    continue;
                }
                claimed.push(held(row, epoch)?);
            }
            Ok(claimed)
        })
    }

    /// Records what came of a second message; false when its lease was lost.
    pub async fn finish_surplus(
        &self,
        surplus: &Surplus,
        end: &SurplusEnd,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let delivery = surplus.delivery.to_string();
        let message = match &surplus.work {
            SurplusWork::Delete { message_id } => message_id,
            SurplusWork::Look { .. } => UNSEEN,
        };
        let tries = surplus.tries + 1;
        let (outcome, next_at, tries) = match end {
            SurplusEnd::Settled(words) => (Some(words.clone()), now, surplus.tries),
            SurplusEnd::Seen(_) => (Some("a second message was seen".to_owned()), now, surplus.tries),
            // A wait that the platform names is no failure.
            SurplusEnd::Later(Some(after), _) => (None, now + (*after).min(LONGEST_WAIT), surplus.tries),
            SurplusEnd::Later(None, reason) if tries >= MAX_TRIES => {
                (Some(format!("given up: {reason}")), now, tries)
            }
            SurplusEnd::Later(None, _) => {
                (None, now + (FIRST_WAIT * 2_u32.pow(surplus.tries.min(9))).min(LONGEST_WAIT), tries)
            }
        };
        writing!(self, |tx| {
            let finished = query(FINISH)
                .bind(&delivery)
                .bind(message)
                .bind(surplus.epoch)
                .bind(outcome.as_ref().map(|_| micros(now)))
                .bind(outcome.as_deref().map(text))
                .bind(micros(next_at))
                .bind(i64::from(tries))
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if finished > 0
                && let SurplusEnd::Seen(message_id) = end
            {
                query(NOTE).bind(&delivery).bind(message_id).bind(micros(now)).execute(&mut *tx).await?;
            }
            Ok(finished > 0)
        })
    }
}

/// Which of two messages was posted first: ids of all platforms are numbers that grow with time.
fn order(one: &str, other: &str) -> Option<Ordering> {
    let number = |id: &str| {
        let (whole, part) = id.split_once('.').unwrap_or((id, "0"));
        Some((whole.parse::<u64>().ok()?, part.parse::<u64>().ok()?))
    };
    Some(number(one)?.cmp(&number(other)?))
}

fn held(row: DueRow, epoch: i64) -> Result<Surplus, StoreError> {
    let (platform, channel) = place(&row.platform, &row.channel)?;
    let work = if row.message_id == UNSEEN {
        let since = timestamp(row.since.unwrap_or_default(), "the first try of a delivery")?;
        SurplusWork::Look { since, body: row.body, plain: row.plain }
    } else {
        SurplusWork::Delete { message_id: row.message_id }
    };
    Ok(Surplus {
        delivery: DeliveryId(parsed(&row.delivery_id, "the id of a delivery")?),
        platform,
        channel,
        kept: row.kept,
        work,
        epoch,
        tries: count(row.tries, "the tries of a deletion")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_every_platform_say_which_message_came_first() {
        for (earlier, later) in [
            ("999", "1000"),
            ("1400000000000000001", "1400000000000000002"),
            ("1785672002.000100", "1785672002.000101"),
            ("1785672002.000101", "1785672003.000100"),
        ] {
            assert_eq!(order(earlier, later), Some(Ordering::Less));
            assert_eq!(order(later, earlier), Some(Ordering::Greater));
        }
        assert_eq!(order("deleted", "7"), None);
    }
}
