//! Letting go of what waited too long: a channel's papers come together in one catch-up roundup.
//!
//! Nothing is folded while a delivery of the channel is on its way or in doubt, so that what is folded is surely not
//! there. A catch-up that still waits when more papers are too late gives way to a fuller one.

use jiff::Timestamp;

use super::queue::refresh;
use super::{Both, both, platform_list, words};
use crate::domain::{Destination, DestinationId, Platform, Why};
use crate::store::db::{query, query_as, query_scalar, reading, writing};
use crate::store::destinations::{DestinationRow, destination_columns};
use crate::store::papers::PaperRow;
use crate::store::roundups::{DELIVER, NewRoundup};
use crate::store::values::{from_json, micros, text};
use crate::store::{Store, StoreError};

/// A paper that waited too long for its own message.
#[derive(Debug, Clone)]
pub struct Overdue {
    /// The paper.
    pub paper: crate::domain::Paper,
    /// Which subscriptions asked for it.
    pub why: Vec<Why>,
    /// Votes when it was first seen.
    pub first_upvotes: Option<i64>,
    /// Stars when they were first seen.
    pub first_stars: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct OverdueRow {
    why: String,
    first_upvotes: Option<i64>,
    first_stars: Option<i64>,
    #[sqlx(flatten)]
    paper: PaperRow,
}

const CHANNELS: &str = concat!(
    "SELECT ",
    destination_columns!(),
    " FROM destination
    WHERE destination.id IN (SELECT d.destination_id FROM delivery d
            WHERE d.state = 'pending' AND d.expires_at <= $2 AND d.kind = 'paper')
        AND destination.paused_at IS NULL AND $1 LIKE '%,' || destination.platform || ',%'
        AND NOT EXISTS (SELECT 1 FROM delivery f
            WHERE f.destination_id = destination.id AND f.state IN ('leased', 'unknown'))
    ORDER BY destination.id"
);

macro_rules! waiting_catch_ups {
    () => {
        "SELECT c.id FROM delivery c
        WHERE c.destination_id = $1 AND c.state = 'pending' AND c.kind LIKE 'roundup:catch-up:%'"
    };
}

/// What is too late by `$2`, and what a catch-up holds that was not posted yet.
const OVERDUE: &str = concat!(
    "SELECT paper.*, d.why,
        (SELECT c.upvotes FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.upvotes IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_upvotes,
        (SELECT c.stars FROM counter_snapshot c WHERE c.paper_id = paper.id AND c.stars IS NOT NULL
            ORDER BY c.taken_at LIMIT 1) AS first_stars
    FROM delivery d JOIN paper ON paper.id = d.paper_id
    WHERE d.destination_id = $1 AND d.kind = 'paper'
        AND ((d.state = 'pending' AND d.expires_at <= $2)
            OR (d.state = 'skipped' AND d.folded_into IN (",
    waiting_catch_ups!(),
    ")))
    ORDER BY d.id"
);

macro_rules! waiting {
    ($db:ident) => {
        concat!(
            "SELECT d.id FROM delivery d WHERE d.destination_id = $1 AND d.state = 'pending' ORDER BY d.id",
            words!($db lock "d")
        )
    };
}

/// Holds what waits for a channel, before the channel itself.
const WAITING: Both = both!(waiting);

const BUSY: &str =
    "SELECT COUNT(*) FROM delivery WHERE destination_id = $1 AND state IN ('leased', 'unknown')";

/// Bundles of the channel were not posted: nothing of it is on its way or in doubt.
const UNBUNDLE: &str = "UPDATE delivery SET bundle = NULL WHERE destination_id = $1 AND state = 'pending' AND bundle IS NOT NULL";

const FOLD: &str = "UPDATE delivery SET state = 'skipped', reason = $3, folded_into = $4
    WHERE destination_id = $1 AND state = 'pending' AND kind = 'paper' AND expires_at <= $2";

const FOLD_AGAIN: &str = concat!(
    "UPDATE delivery SET reason = $2, folded_into = $3
    WHERE destination_id = $1 AND state = 'skipped' AND folded_into IN (",
    waiting_catch_ups!(),
    ")"
);

const FORGET: &str = concat!(
    "DELETE FROM delivery WHERE id IN (",
    waiting_catch_ups!(),
    ") AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id = delivery.id)"
);

const REPLACE: &str = concat!(
    "UPDATE delivery SET state = 'skipped', reason = 'a fuller catch-up roundup took its place' WHERE id IN (",
    waiting_catch_ups!(),
    ")"
);

impl Store {
    /// Lets go of waiting messages other than papers that are too old to be posted, such as a roundup.
    pub async fn skip_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let sql =
            "UPDATE delivery SET state = 'skipped', reason = 'it waited too long and was too old to post'
            WHERE state = 'pending' AND expires_at <= $1 AND kind <> 'paper' RETURNING destination_id";
        writing!(self, |tx| {
            let skipped: Vec<(i64,)> = query_as(sql).bind(micros(now)).fetch_all(&mut *tx).await?;
            refresh!(self, tx, skipped.iter().map(|(destination,)| *destination));
            Ok(skipped.len() as u64)
        })
    }

    /// The active channels with papers that waited too long, where nothing is on its way or in doubt.
    pub async fn overdue_channels(
        &self,
        platforms: &[Platform],
        now: Timestamp,
    ) -> Result<Vec<Destination>, StoreError> {
        let rows: Vec<DestinationRow> = reading!(self, |tx| {
            query_as(CHANNELS).bind(platform_list(platforms)).bind(micros(now)).fetch_all(&mut *tx).await?
        });
        rows.into_iter().map(Destination::try_from).collect()
    }

    /// The papers of a channel that waited too long, with those of a catch-up roundup that still waits itself.
    pub async fn overdue(
        &self,
        destination: DestinationId,
        now: Timestamp,
    ) -> Result<Vec<Overdue>, StoreError> {
        let rows: Vec<OverdueRow> = reading!(self, |tx| {
            query_as(OVERDUE).bind(destination.0).bind(micros(now)).fetch_all(&mut *tx).await?
        });
        let overdue = |row: OverdueRow| {
            Ok(Overdue {
                paper: row.paper.try_into()?,
                why: from_json(&row.why, "the reasons of a delivery")?,
                first_upvotes: row.first_upvotes,
                first_stars: row.first_stars,
            })
        };
        rows.into_iter().map(overdue).collect()
    }

    /// Puts a catch-up roundup into the outbox and ends the deliveries of its papers, which `reason` explains.
    ///
    /// False when they are not what [`Store::overdue`] said at `now`: another process folded them, or one of them
    /// is on its way. Then nothing changed.
    pub async fn fold(
        &self,
        destination: DestinationId,
        catch_up: &NewRoundup,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        writing!(self, |tx| {
            query(WAITING.of(&self.db)).bind(destination.0).execute(&mut *tx).await?;
            // The row of the destination is the place in the line, for replicas and for claims.
            query("UPDATE destination SET platform = platform WHERE id = $1")
                .bind(destination.0)
                .execute(&mut *tx)
                .await?;
            let busy: i64 = query_scalar(BUSY).bind(destination.0).fetch_one(&mut *tx).await?;
            if busy > 0 {
                return Ok(false);
            }
            let id = self.ids.next(now).to_string();
            query(UNBUNDLE).bind(destination.0).execute(&mut *tx).await?;
            let folded = query(FOLD)
                .bind(destination.0)
                .bind(micros(now))
                .bind(text(reason))
                .bind(&id)
                .execute(&mut *tx)
                .await?
                .rows_affected();
            let again =
                query(FOLD_AGAIN).bind(destination.0).bind(text(reason)).bind(&id).execute(&mut *tx).await?;
            let held = u64::try_from(catch_up.papers.len()).unwrap_or(u64::MAX);
            if folded == 0 || folded + again.rows_affected() != held {
                return Ok(false);
            }
            query(FORGET).bind(destination.0).execute(&mut *tx).await?;
            query(REPLACE).bind(destination.0).execute(&mut *tx).await?;
            query(DELIVER)
                .bind(&id)
                .bind(destination.0)
                .bind(catch_up.papers.first().map(|paper| paper.0))
                .bind(format!("roundup:catch-up:{now}"))
                .bind(text(&catch_up.rich))
                .bind(text(&catch_up.plain))
                .bind(micros(now))
                .bind(micros(catch_up.expires_at))
                .execute(&mut *tx)
                .await?;
            refresh!(self, tx, [destination.0]);
            Ok(true)
        })
    }
}
