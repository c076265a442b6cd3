//! Papers that somebody puts before a channel: into the outbox like any other, once.

use jiff::Timestamp;

use super::community::DESTINATION;
use super::db::{query, query_as, query_scalar, writing};
use super::destinations::open_destination;
use super::outbox::queue::refresh;
use super::routing::HOLD_VERSION;
use super::values::{micros, text, timestamp};
use super::votes::{TO_RECOUNT, tally};
use super::{Store, StoreError};
use crate::domain::{ChannelId, DeliveryKind, PaperKey, Platform, Submitted, Tally};

/// A paper for a channel.
#[derive(Debug, Clone)]
pub struct NewSubmission<'a> {
    /// The platform of the channel.
    pub platform: Platform,
    /// The channel.
    pub channel: &'a ChannelId,
    /// The server or workspace of the channel.
    pub workspace: Option<&'a str>,
    /// The paper.
    pub paper: PaperKey,
    /// Who puts it there, and with which words.
    pub submitted: &'a Submitted,
    /// The platform's bytes.
    pub rich: &'a str,
    /// The platform's bytes in plain words.
    pub plain: &'a str,
    /// When it is too old to be posted.
    pub expires_at: Timestamp,
}

/// What came of putting a paper before a channel; the submitter's vote counts in either case but the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submission {
    /// It is in the outbox.
    Queued,
    /// It was there already, or on its way.
    Known(Tally),
    /// It was taken out of the channel at this time, and does not come again.
    Removed(Timestamp),
}

const REMOVED: &str = "SELECT removed_at FROM removal WHERE destination_id = $1 AND paper_id = $2";

const DELIVER: &str = "INSERT INTO delivery
        (id, destination_id, paper_id, kind, state, rich_body, plain_body, why, next_at, created_at, expires_at)
    VALUES ($1, $2, $3, $4, 'pending', $5, $6, '[]', $7, $7, $8)
    ON CONFLICT (destination_id, paper_id, kind) DO NOTHING";

// What was left out or refused is in no channel for certain.
const REVIVE: &str = "UPDATE delivery SET state = 'pending', rich_body = $4, plain_body = $5, plain = FALSE,
        tries = 0, claims = 0, reason = NULL, next_at = $6, expires_at = $7
    WHERE destination_id = $1 AND paper_id = $2 AND kind = $3 AND state IN ('skipped', 'dead')";

const SUBMIT: &str =
    "INSERT INTO submission (destination_id, paper_id, submitted_by, name, note, submitted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (destination_id, paper_id) DO UPDATE SET submitted_by = excluded.submitted_by,
        name = excluded.name, note = excluded.note, submitted_at = excluded.submitted_at";

const VOTE: &str = "INSERT INTO vote (destination_id, paper_id, voter, value, voted_at)
    VALUES ($1, $2, $3, 1, $4)
    ON CONFLICT (destination_id, paper_id, voter) DO UPDATE SET value = 1, voted_at = excluded.voted_at
    WHERE vote.value <> 1";

impl Store {
    /// Puts a paper before a channel and takes the vote of who does it: all of it or nothing.
    pub async fn submit(&self, new: &NewSubmission<'_>, now: Timestamp) -> Result<Submission, StoreError> {
        let (at, paper, kind) = (micros(now), new.paper.0, DeliveryKind::Paper.name());
        writing!(self, |tx| {
            query(HOLD_VERSION).execute(&mut *tx).await?;
            let known: Option<i64> = query_scalar(DESTINATION)
                .bind(new.platform.name())
                .bind(new.channel.as_str())
                .fetch_optional(&mut *tx)
                .await?;
            let destination: i64 = if let Some(known) = known {
                known
            } else {
                open_destination!(tx, new.platform, new.channel, new.workspace)
            };
            let removed: Option<i64> =
                query_scalar(REMOVED).bind(destination).bind(paper).fetch_optional(&mut *tx).await?;
            if let Some(removed) = removed {
                return Ok(Submission::Removed(timestamp(removed, "the time of a removal")?));
            }
            let mut queued = query(DELIVER)
                .bind(self.ids.next(now).to_string())
                .bind(destination)
                .bind(paper)
                .bind(kind)
                .bind(text(new.rich))
                .bind(text(new.plain))
                .bind(at)
                .bind(micros(new.expires_at))
                .execute(&mut *tx)
                .await?
                .rows_affected();
            if queued == 0 {
                queued = query(REVIVE)
                    .bind(destination)
                    .bind(paper)
                    .bind(kind)
                    .bind(text(new.rich))
                    .bind(text(new.plain))
                    .bind(at)
                    .bind(micros(new.expires_at))
                    .execute(&mut *tx)
                    .await?
                    .rows_affected();
            }
            let Submitted { by, name, note } = new.submitted;
            let voted = query(VOTE)
                .bind(destination)
                .bind(paper)
                .bind(text(&by.0))
                .bind(at)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            let tally = tally!(tx, destination, paper);
            // The message is rendered with the submitter's vote alone.
            if voted > 0 && (queued == 0 || tally.up + tally.down > 1) {
                query(TO_RECOUNT).bind(destination).bind(paper).execute(&mut *tx).await?;
            }
            if queued == 0 {
                Ok(Submission::Known(tally))
            } else {
                query(SUBMIT)
                    .bind(destination)
                    .bind(paper)
                    .bind(text(&by.0))
                    .bind(text(name))
                    .bind(text(note))
                    .bind(at)
                    .execute(&mut *tx)
                    .await?;
                refresh!(self, tx, [destination]);
                Ok(Submission::Queued)
            }
        })
    }
}
