//! Two stored papers that turn out to be one: everything of the younger row goes to the older one.
//!
//! No destination ends with a second post: of two deliveries to one destination the one that went further keeps the
//! place. The other is put aside under a kind of its own, and what of it was not posted yet never will be.

use crate::domain::DeliveryState;

/// The place in the line before a router that has read the older paper.
pub(super) const LOCK: &str = "UPDATE paper SET change = change WHERE id = $1";

/// Takes the row away from everybody else, those too who are about to refer to it, and frees its id.
pub(super) const SEIZE: &str = "UPDATE paper SET canonical_id = 'joined:' || CAST(id AS TEXT) WHERE id = $1";

/// What each table does, in this order; `$1` is the older paper, `$2` the younger.
pub(super) const MOVE: [&str; 18] = [
    "INSERT INTO paper_match (subscription_id, paper_id, terms, matched_at)
        SELECT subscription_id, $1, terms, matched_at FROM paper_match WHERE paper_id = $2
        ON CONFLICT (subscription_id, paper_id) DO NOTHING",
    "DELETE FROM paper_match WHERE paper_id <> $1 AND paper_id = $2",
    "INSERT INTO counter_snapshot (paper_id, taken_at, upvotes, comments, stars)
        SELECT $1, taken_at, upvotes, comments, stars FROM counter_snapshot WHERE paper_id = $2
        ON CONFLICT (paper_id, taken_at) DO NOTHING",
    "DELETE FROM counter_snapshot WHERE paper_id <> $1 AND paper_id = $2",
    "INSERT INTO roundup_paper (destination_id, kind, local_date, paper_id, place, why, standing)
        SELECT destination_id, kind, local_date, $1, place, why, standing FROM roundup_paper WHERE paper_id = $2
        ON CONFLICT (destination_id, paper_id, kind, local_date) DO NOTHING",
    "DELETE FROM roundup_paper WHERE paper_id <> $1 AND paper_id = $2",
    "INSERT INTO kept_paper (destination_id, paper_id, kept_at, cause, decided_at)
        SELECT destination_id, $1, kept_at, cause, decided_at FROM kept_paper WHERE paper_id = $2
        ON CONFLICT (destination_id, paper_id) DO NOTHING",
    "DELETE FROM kept_paper WHERE paper_id <> $1 AND paper_id = $2",
    "INSERT INTO paper_event (paper_id, kind, value, source, happened_at)
        SELECT $1, kind, value, source, happened_at FROM paper_event WHERE paper_id = $2
        ON CONFLICT (paper_id, kind, value) DO NOTHING",
    "INSERT INTO vote (destination_id, paper_id, voter, value, voted_at)
        SELECT destination_id, $1, voter, value, voted_at FROM vote WHERE paper_id = $2
        ON CONFLICT (destination_id, paper_id, voter) DO NOTHING",
    "DELETE FROM vote WHERE paper_id <> $1 AND paper_id = $2",
    "INSERT INTO submission (destination_id, paper_id, submitted_by, name, note, submitted_at)
        SELECT destination_id, $1, submitted_by, name, note, submitted_at FROM submission WHERE paper_id = $2
        ON CONFLICT (destination_id, paper_id) DO NOTHING",
    "DELETE FROM submission WHERE paper_id <> $1 AND paper_id = $2",
    "INSERT INTO removal (destination_id, paper_id, removed_by, removed_at, next_at, tries, settled_at, outcome)
        SELECT destination_id, $1, removed_by, removed_at, next_at, tries, settled_at, outcome
        FROM removal WHERE paper_id = $2
        ON CONFLICT (destination_id, paper_id) DO NOTHING",
    "DELETE FROM removal WHERE paper_id <> $1 AND paper_id = $2",
    "UPDATE paper_alias SET paper_id = $1 WHERE paper_id = $2",
    "DELETE FROM listing WHERE paper_id <> $1 AND paper_id = $2",
    "UPDATE delivery SET paper_id = $1 WHERE paper_id = $2",
];

pub(super) const DELETE: &str = "DELETE FROM paper WHERE id = $1";

/// For those who follow the changes: the younger row is gone.
pub(super) const GONE: &str = "INSERT INTO joined_paper (paper_id, change) VALUES ($1, $2)";

pub(super) const ALIAS: &str =
    "INSERT INTO paper_alias (alias, paper_id) VALUES ($1, $2) ON CONFLICT (alias) DO NOTHING";

/// Deliveries of the younger paper and those of the older one that hold the same place, all locked; what waits in a
/// bundle is as far as the bundle is.
pub(super) const RIVALS: &str = "SELECT o.destination_id, o.kind, o.id AS older,
        CASE WHEN o.state = 'pending' THEN COALESCE((SELECT l.state FROM delivery l WHERE l.id = o.bundle), o.state)
            ELSE o.state END AS older_state,
        EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id IN (o.id, o.bundle) AND a.outcome IS NULL) AS older_open,
        y.id AS younger,
        CASE WHEN y.state = 'pending' THEN COALESCE((SELECT l.state FROM delivery l WHERE l.id = y.bundle), y.state)
            ELSE y.state END AS younger_state,
        EXISTS (SELECT 1 FROM attempt a WHERE a.delivery_id IN (y.id, y.bundle) AND a.outcome IS NULL) AS younger_open
    FROM delivery o JOIN delivery y ON y.destination_id = o.destination_id AND y.kind = o.kind
    WHERE o.paper_id = $1 AND y.paper_id = $2";

/// Holds every delivery of both papers where it is: what a sender commits from now on waits.
pub(super) const HOLD: &str =
    "UPDATE delivery SET lease_epoch = lease_epoch WHERE paper_id = $1 OR paper_id = $2";

/// Puts a delivery aside. One that nobody began to post is over, one that may be posted is not settled by posting again.
pub(super) const ASIDE: &str = "UPDATE delivery SET kind = kind || $2,
        state = CASE WHEN state = 'pending' OR (state = 'leased' AND NOT $3) THEN 'skipped'
            WHEN state = 'unknown' THEN 'ambiguous' ELSE state END,
        reason = CASE WHEN state IN ('sent', 'dead', 'skipped', 'ambiguous') THEN reason
            ELSE 'it is the same paper as another one of this channel' END,
        lease_owner = CASE WHEN state = 'leased' AND NOT $3 THEN NULL ELSE lease_owner END,
        lease_until = CASE WHEN state = 'leased' AND NOT $3 THEN NULL ELSE lease_until END
    WHERE id = $1";

/// Takes bundles apart that wait with one of the papers: what they would post is no longer true.
pub(super) const APART: &str = "UPDATE delivery SET bundle = NULL WHERE state = 'pending' AND bundle IN (
    SELECT l.id FROM delivery l JOIN delivery m ON m.bundle = l.id
    WHERE l.state = 'pending' AND (m.paper_id = $1 OR m.paper_id = $2)) RETURNING destination_id";

/// Two deliveries for one place.
#[derive(sqlx::FromRow)]
pub(super) struct Rivals {
    pub destination_id: i64,
    older: String,
    older_state: String,
    older_open: bool,
    younger: String,
    younger_state: String,
    younger_open: bool,
}

impl Rivals {
    /// The delivery that gives way, and whether its post has begun.
    pub fn gives_way(self) -> (String, bool) {
        let older = rank(&self.older_state, self.older_open);
        let younger = rank(&self.younger_state, self.younger_open);
        if younger > older { (self.older, self.older_open) } else { (self.younger, self.younger_open) }
    }
}

/// How far a delivery went: what may be in the channel comes before what certainly is not.
fn rank(state: &str, open: bool) -> u8 {
    match state.parse() {
        Ok(DeliveryState::Sent) => 6,
        Ok(DeliveryState::Leased) if open => 5,
        Ok(DeliveryState::Unknown) => 4,
        Ok(DeliveryState::Ambiguous) => 3,
        Ok(DeliveryState::Leased | DeliveryState::Pending) => 2,
        Ok(DeliveryState::Dead) => 1,
        Ok(DeliveryState::Skipped) | Err(_) => 0,
    }
}

/// Gives everything of the younger paper (a row's number and its former id) to the older one, as the change of this
/// number.
macro_rules! join {
    ($store:expr, $tx:ident, $older:expr, $younger:expr, $former_id:expr, $change:expr) => {{
        use $crate::store::joining::{ALIAS, DELETE, GONE, HOLD};
        use $crate::store::joining::{APART, ASIDE, LOCK, MOVE, RIVALS, Rivals, SEIZE};
        let (older, younger): (i64, i64) = ($older, $younger);
        query(LOCK).bind(older).execute(&mut *$tx).await?;
        query(SEIZE).bind(younger).execute(&mut *$tx).await?;
        query(HOLD).bind(older).bind(younger).execute(&mut *$tx).await?;
        let apart: Vec<(i64,)> = query_as(APART).bind(older).bind(younger).fetch_all(&mut *$tx).await?;
        let rivals: Vec<Rivals> = query_as(RIVALS).bind(older).bind(younger).fetch_all(&mut *$tx).await?;
        let mut places: Vec<i64> = rivals.iter().map(|rivals| rivals.destination_id).collect();
        places.extend(apart.iter().map(|(destination,)| *destination));
        for rivals in rivals {
            let (id, begun) = rivals.gives_way();
            query(ASIDE)
                .bind(&id)
                .bind(format!(" of paper {younger}"))
                .bind(begun)
                .execute(&mut *$tx)
                .await?;
            $crate::store::outbox::bundle::put_aside!($store, $tx, &id);
        }
        for sql in MOVE {
            query(sql).bind(older).bind(younger).execute(&mut *$tx).await?;
        }
        $crate::store::outbox::queue::refresh!($store, $tx, places);
        query(DELETE).bind(younger).execute(&mut *$tx).await?;
        query(GONE).bind(younger).bind($change).execute(&mut *$tx).await?;
        query(ALIAS).bind($former_id).bind(older).execute(&mut *$tx).await?;
    }};
}
pub(super) use join;
