//! Posted messages that do not show the last votes, and the edits that mend them: at most one in a few seconds each.

use std::time::Duration;

use jiff::Timestamp;

use super::cards::{CardEdit, DueCard, DueRow, FIRST_WAIT, MAX_TRIES, due_columns, held};
use super::db::{query, query_as, query_scalar, reading, writing};
use super::outbox::platform_list;
use super::values::{micros, text};
use super::{Store, StoreError};
use crate::domain::Platform;

/// At most one edit of a message for its votes in this time.
const BETWEEN_RECOUNTS: Duration = Duration::from_secs(5);

const IS_DUE: &str = "SELECT COUNT(*) FROM card 
    WHERE votes_cast > votes_shown AND recount_at <= $1 AND stopped IS NULL";

const DUE: &str = concat!(
    "SELECT ",
    due_columns!(),
    "c.votes_cast AS covers
    FROM card c JOIN delivery d ON d.id = c.delivery_id JOIN destination x ON x.id = d.destination_id
    WHERE c.votes_cast > c.votes_shown AND c.recount_at <= $2 AND c.stopped IS NULL
        AND (c.lease_until IS NULL OR c.lease_until <= $2)
        AND d.state = 'sent' AND d.bundle IS NULL AND d.message_id <> '' AND x.paused_at IS NULL AND $1 LIKE '%,' || x.platform || ',%'
    ORDER BY c.recount_at, d.id LIMIT $3"
);

const LEASE: &str = "UPDATE card SET lease_owner = $3, lease_epoch = lease_epoch + 1, lease_until = $4
    WHERE delivery_id = $1 AND stopped IS NULL AND (lease_until IS NULL OR lease_until <= $2)
    RETURNING lease_epoch";

const FINISH: &str =
    "UPDATE card SET votes_shown = CASE WHEN $3 THEN $4 ELSE votes_shown END, recount_at = $5,
        tries = $6, stopped = COALESCE(stopped, $7), lease_owner = NULL, lease_until = NULL
    WHERE delivery_id = $1 AND lease_epoch = $2";

impl Store {
    /// Leases up to `limit` posted messages that do not show the last votes, those longest due first.
    pub async fn claim_recounts(
        &self,
        owner: &str,
        platforms: &[Platform],
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<DueCard>, StoreError> {
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

    /// Records what came of an edit for votes; false when its lease was lost.
    pub async fn finish_recount(
        &self,
        card: &DueCard,
        edit: &CardEdit,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (recount_at, tries, stopped) = match edit {
            CardEdit::Done => (now + BETWEEN_RECOUNTS, 0, None),
            CardEdit::Stopped(reason) => (now, card.tries, Some(reason.clone())),
            // A wait that the platform names is no failure.
            CardEdit::Later(Some(after)) => (now + (*after).max(BETWEEN_RECOUNTS), card.tries, None),
            CardEdit::Later(None) if card.tries + 1 >= MAX_TRIES => {
                (now, card.tries + 1, Some("it could not be edited, several times in a row".to_owned()))
            }
            CardEdit::Later(None) => (now + FIRST_WAIT * 2_u32.pow(card.tries.min(6)), card.tries + 1, None),
        };
        let finished = writing!(self, |tx| {
            query(FINISH)
                .bind(card.delivery.to_string())
                .bind(card.epoch)
                .bind(*edit == CardEdit::Done)
                .bind(card.covers)
                .bind(micros(recount_at))
                .bind(i64::from(tries))
                .bind(stopped.as_deref().map(text))
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(finished > 0)
    }
}
