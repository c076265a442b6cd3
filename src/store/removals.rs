//! Papers that were taken out of a channel: they never come there again, and their message is deleted.
//!
//! A deletion is idempotent: whoever claims it does it, and a crash only does it once more.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;

use super::community::DESTINATION;
use super::db::{query, query_as, query_scalar, reading, writing};
use super::destinations::{open_destination, place};
use super::outbox::platform_list;
use super::outbox::queue::refresh;
use super::routing::HOLD_VERSION;
use super::values::{count, micros, text};
use super::{Store, StoreError};
use crate::domain::{ChannelId, DestinationId, PaperKey, Platform, UserId};

/// How long one process may take for a deletion before another takes it over, and between looks at a post on its way.
const HOLD: Duration = Duration::from_secs(30);
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_hours(6);
/// After so many failures in a row a message is left to people.
const MAX_TRIES: u32 = 12;
/// Why a delivery is left out.
const REASON: &str = "it was removed from this channel";

/// What came of taking a paper out of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It will not come again; true when its message is being deleted.
    Done {
        /// Whether there is a message, or may be one soon.
        posted: bool,
    },
    /// It was taken out before.
    Already,
    /// The person may not: it is another one's submission, or none.
    NotTheirs,
}

/// A message that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRemoval {
    /// The platform of its channel.
    pub platform: Platform,
    /// Its channel.
    pub channel: ChannelId,
    /// The platform's id of the message.
    pub message_id: String,
    destination: i64,
    paper: i64,
    tries: u32,
}

/// What came of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovalEnd {
    /// Nothing is left to do; in words.
    Settled(String),
    /// It could not be done yet; the platform may name the wait.
    Later(Option<Duration>, String),
}

#[derive(sqlx::FromRow)]
struct DueRow {
    destination_id: i64,
    paper_id: i64,
    platform: String,
    channel: String,
    message_id: String,
    tries: i64,
}

const SUBMITTED_BY: &str = "SELECT COUNT(*) FROM submission
    WHERE destination_id = $1 AND paper_id = $2 AND submitted_by = $3";

const REMOVE: &str = "INSERT INTO removal (destination_id, paper_id, removed_by, removed_at, next_at)
    VALUES ($1, $2, $3, $4, $4) ON CONFLICT DO NOTHING";

/// Keeps the place, so that no match brings the paper later.
const TOMBSTONE: &str = "INSERT INTO delivery
        (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, reason, next_at, created_at, expires_at)
    VALUES ($1, $2, $3, 'paper', 'skipped', '', '', '[]', $5, $4, $4, $4)
    ON CONFLICT (destination_id, paper_id, kind) DO NOTHING";

const SKIP: &str = "UPDATE delivery SET state = 'skipped', reason = $3
    WHERE destination_id = $1 AND paper_id = $2 AND kind = 'paper' AND state = 'pending'";

const NO_MORE_EDITS: &str = "INSERT INTO card (delivery_id, covered_at, next_at, stopped)
    SELECT id, 0, 0, $3 FROM delivery WHERE destination_id = $1 AND paper_id = $2
    ON CONFLICT (delivery_id) DO UPDATE SET stopped = excluded.stopped";

const OPEN: &str = "SELECT COUNT(*) FROM delivery WHERE destination_id = $1 AND paper_id = $2
    AND state IN ('leased', 'unknown', 'sent')";

const IS_DUE: &str = "SELECT COUNT(*) FROM removal WHERE settled_at IS NULL AND next_at <= $1";

/// A post that was on its way and failed is not tried again.
const FAILED_SINCE: &str = "SELECT r.destination_id, r.paper_id FROM removal r
    JOIN delivery d ON d.destination_id = r.destination_id AND d.paper_id = r.paper_id
    WHERE r.settled_at IS NULL AND r.next_at <= $1 AND d.kind = 'paper' AND d.state = 'pending'";

const SETTLE_REST: &str = "UPDATE removal SET settled_at = $1, outcome = 'it is not in the channel'
    WHERE settled_at IS NULL AND next_at <= $1 AND NOT EXISTS (SELECT 1 FROM delivery d
        WHERE d.destination_id = removal.destination_id AND d.paper_id = removal.paper_id
            AND d.state IN ('leased', 'unknown', 'sent'))";

const DUE: &str = "SELECT r.destination_id, r.paper_id, x.platform, x.channel, d.message_id, r.tries
    FROM removal r JOIN destination x ON x.id = r.destination_id
        JOIN delivery d ON d.destination_id = r.destination_id AND d.paper_id = r.paper_id
    WHERE r.settled_at IS NULL AND r.next_at <= $2 AND d.kind = 'paper' AND d.state = 'sent'
        AND $1 LIKE '%,' || x.platform || ',%'
    ORDER BY r.next_at, r.paper_id LIMIT $3";

const CLAIM: &str = "UPDATE removal SET next_at = $3
    WHERE destination_id = $1 AND paper_id = $2 AND settled_at IS NULL AND next_at <= $4";

const FINISH: &str = "UPDATE removal SET settled_at = $3, outcome = $4, next_at = $5, tries = $6
    WHERE destination_id = $1 AND paper_id = $2 AND settled_at IS NULL";

impl Store {
    /// Takes a paper out of a channel, for somebody who may manage it or who put the paper there.
    #[expect(clippy::too_many_arguments, reason = "who, what and where")]
    pub async fn remove_paper(
        &self,
        platform: Platform,
        channel: &ChannelId,
        workspace: Option<&str>,
        paper: PaperKey,
        by: &UserId,
        may_manage: bool,
        now: Timestamp,
    ) -> Result<Removed, StoreError> {
        let (at, by) = (micros(now), text(&by.0));
        writing!(self, |tx| {
            query(HOLD_VERSION).execute(&mut *tx).await?;
            let known: Option<i64> = query_scalar(DESTINATION)
                .bind(platform.name())
                .bind(channel.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            let destination: i64 = match known {
                Some(known) => known,
                None if !may_manage => return Ok(Removed::NotTheirs),
                None => open_destination!(tx, platform, channel, workspace),
            };
            let theirs: i64 = query_scalar(SUBMITTED_BY)
                .bind(destination)
                .bind(paper.0)
                .bind(&by)
                .fetch_one(&mut *tx)
                .await?;
            if !may_manage && theirs == 0 {
                return Ok(Removed::NotTheirs);
            }
            let removed =
                query(REMOVE).bind(destination).bind(paper.0).bind(&by).bind(at).execute(&mut *tx).await?;
            if removed.rows_affected() == 0 {
                return Ok(Removed::Already);
            }
            query(TOMBSTONE)
                .bind(self.ids.next(now).to_string())
                .bind(destination)
                .bind(paper.0)
                .bind(at)
                .bind(REASON)
                .execute(&mut *tx)
                .await?;
            query(SKIP).bind(destination).bind(paper.0).bind(REASON).execute(&mut *tx).await?;
            query(NO_MORE_EDITS).bind(destination).bind(paper.0).bind(REASON).execute(&mut *tx).await?;
            let open: i64 = query_scalar(OPEN).bind(destination).bind(paper.0).fetch_one(&mut *tx).await?;
            refresh!(self, tx, [destination]);
            Ok(Removed::Done { posted: open > 0 })
        })
    }

    /// The papers that were taken out of a channel.
    pub async fn removed_papers(&self, channel: DestinationId) -> Result<HashSet<PaperKey>, StoreError> {
        let sql = "SELECT paper_id FROM removal WHERE destination_id = $1";
        let rows: Vec<i64> =
            reading!(self, |tx| query_scalar(sql).bind(channel.0).fetch_all(&mut *tx).await?);
        Ok(rows.into_iter().map(PaperKey).collect())
    }

    /// Claims up to `limit` messages that are to be deleted, those longest due first.
    pub async fn claim_removals(
        &self,
        platforms: &[Platform],
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<DueRemoval>, StoreError> {
        let at = micros(now);
        let due: i64 = reading!(self, |tx| query_scalar(IS_DUE).bind(at).fetch_one(&mut *tx).await?);
        if due == 0 {
            return Ok(Vec::new());
        }
        writing!(self, |tx| {
            query(HOLD_VERSION).execute(&mut *tx).await?;
            let failed: Vec<(i64, i64)> = query_as(FAILED_SINCE).bind(at).fetch_all(&mut *tx).await?;
            for (destination, paper) in &failed {
                query(SKIP).bind(destination).bind(paper).bind(REASON).execute(&mut *tx).await?;
            }
            query(SETTLE_REST).bind(at).execute(&mut *tx).await?;
            let rows: Vec<DueRow> = query_as(DUE)
                .bind(platform_list(platforms))
                .bind(at)
                .bind(i64::from(limit))
                .fetch_all(&mut *tx)
                .await?;
            let mut claimed = Vec::with_capacity(rows.len());
            for row in rows {
                let ours = query(CLAIM)
                    .bind(row.destination_id)
                    .bind(row.paper_id)
                    .bind(micros(now + HOLD))
                    .bind(at)
                    .execute(&mut *tx)
                    .await?;
                if ours.rows_affected() > 0 {
                    let (platform, channel) = place(&row.platform, &row.channel)?;
                    claimed.push(DueRemoval {
                        platform,
                        channel,
                        message_id: row.message_id,
                        destination: row.destination_id,
                        paper: row.paper_id,
                        tries: count(row.tries, "the tries of a deletion")?,
                    });
                }
            }
            refresh!(self, tx, failed.iter().map(|(destination, _)| *destination));
            Ok(claimed)
        })
    }

    /// Records what came of a deletion.
    pub async fn finish_removal(
        &self,
        due: &DueRemoval,
        end: &RemovalEnd,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tries = due.tries + 1;
        let (outcome, next_at, tries) = match end {
            RemovalEnd::Settled(words) => (Some(words.clone()), now, due.tries),
            // A wait that the platform names is no failure.
            RemovalEnd::Later(Some(after), _) => (None, now + (*after).min(LONGEST_WAIT), due.tries),
            RemovalEnd::Later(None, reason) if tries >= MAX_TRIES => {
                (Some(format!("given up: {reason}")), now, tries)
            }
            RemovalEnd::Later(None, _) => {
                (None, now + (HOLD * 2_u32.pow(due.tries.min(9))).min(LONGEST_WAIT), tries)
            }
        };
        writing!(self, |tx| {
            query(FINISH)
                .bind(due.destination)
                .bind(due.paper)
                .bind(outcome.as_ref().map(|_| micros(now)))
                .bind(outcome.as_deref().map(text))
                .bind(micros(next_at))
                .bind(i64::from(tries))
                .execute(&mut *tx)
                .await?;
        });
        Ok(())
    }
}
