//! The outbox: deliveries on their way, with leases, epochs and recorded attempts.
//!
//! ```text
//! claim      lease the heads of queues, tenant by tenant, epoch + 1
//! intents    record the attempts, before the platform hears of them
//! finish_all record what came of them; “sent” counts from any epoch, all else only under the lease
//! recover    take back what a stopped sender held
//! surplus    note and delete second messages of a delivery
//! catch up   fold what waited too long into one roundup
//! bundle     several papers of one channel as one message
//! by hand    what an operator decides
//! ```
//! Only the oldest waiting delivery of a destination can be claimed and only one is in flight, so
//! that a channel gets its papers in order. Rows are read under a lock, `domain::outbox` says what
//! becomes of them, and `rows` writes that: many in one statement, handed over as JSON.
//!
//! Deliveries are locked before destinations, and these in the order of their numbers, so that
//! nothing waits in a circle; a claim takes them the other way round and waits for none.

pub(super) mod bundle;
mod catch_up;
mod claim;
mod finish;
mod hand;
mod inspect;
mod lanes;
pub(super) mod queue;
mod recover;
pub(super) mod rows;
mod surplus;
mod view;

pub use bundle::Bundling;
pub use catch_up::Overdue;
pub use claim::Claimed;
pub use finish::{Ended, SentFact};
pub use hand::ByHand;
pub use inspect::{AttemptRecord, DeliveryDetail, DetailFilter};
pub use lanes::Lane;
pub use recover::Recovered;
pub use surplus::{Surplus, SurplusEnd, SurplusWork};
pub use view::{DeliveryFilter, DeliveryRecord};

use super::db::Db;
use crate::domain::Platform;

/// One statement in the words of both databases, which differ in how they take a list, lock and tell the time.
#[derive(Clone, Copy)]
pub(super) struct Both {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

impl Both {
    /// The words of this database.
    pub fn of(self, db: &Db) -> &'static str {
        match db {
            Db::Sqlite(_) => self.sqlite,
            Db::Postgres(_) => self.postgres,
        }
    }
}

/// Makes a [`Both`] of a macro that takes the name of the database.
macro_rules! both {
    ($text:ident) => {
        $crate::store::outbox::Both { sqlite: $text!(sqlite), postgres: $text!(postgres) }
    };
}

/// What differs between the databases. `$1` is JSON: `list` has values, `rows` has records, both in a column `value`.
/// `now` is the time that leases are measured by: SQLite's one process has it as `$2`, PostgreSQL's many ask the server.
macro_rules! words {
    (sqlite list) => {
        "json_each($1)"
    };
    (postgres list) => {
        "json_array_elements_text(CAST($1 AS JSON))"
    };
    (sqlite rows) => {
        "json_each($1)"
    };
    (postgres rows) => {
        "json_array_elements(CAST($1 AS JSON))"
    };
    (sqlite now) => {
        "$2"
    };
    (postgres now) => {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    };
    (sqlite lock $table:literal) => {
        ""
    };
    (postgres lock $table:literal) => {
        concat!(" FOR NO KEY UPDATE OF ", $table)
    };
    (sqlite pass $table:literal) => {
        ""
    };
    (postgres pass $table:literal) => {
        concat!(" FOR NO KEY UPDATE OF ", $table, " SKIP LOCKED")
    };
}
pub(super) use {both, words};

/// What a delivery of a table called `d` sends: its own bytes, or those of the bundle that it leads.
macro_rules! body {
    () => {
        "CASE WHEN d.bundle IS NOT NULL THEN (SELECT CASE WHEN d.plain THEN b.plain_body ELSE b.rich_body END
                FROM bundle_body b WHERE b.lead = d.bundle)
            WHEN d.plain THEN d.plain_body ELSE d.rich_body END"
    };
}
use body;

/// Platforms as one value, since neither database binds a list: `,discord,slack,`.
pub(super) fn platform_list(platforms: &[Platform]) -> String {
    platforms.iter().fold(",".to_owned(), |list, platform| list + platform.name() + ",")
}
