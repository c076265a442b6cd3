//! The outbox: deliveries on their way, with leases, epochs and recorded attempts.
//!
//! ```text
//! claim      lease the head of each destination's queue, epoch + 1
//! intent     record the attempt, before the platform hears of it
//! finish     record what came of it; “sent” counts from any epoch, all else only under the lease
//! recover    take back what a stopped sender held
//! catch up   fold what waited too long into one roundup
//! bundle     several papers of one channel as one message
//! by hand    what an operator decides
//! ```
//! Only the oldest waiting delivery of a destination can be claimed and only one is in flight, so
//! that a channel gets its papers in order. The rules themselves are in `domain`.

mod bundle;
mod catch_up;
mod claim;
mod finish;
mod hand;
mod inspect;
mod recover;
mod view;

pub use bundle::Bundling;
pub use catch_up::Overdue;
pub use claim::Claimed;
pub use hand::ByHand;
pub use inspect::{AttemptRecord, DeliveryDetail, DetailFilter};
pub use recover::Recovered;
pub use view::{DeliveryFilter, DeliveryRecord};

use crate::domain::Platform;

/// The heads of the queues of active destinations: `x` is the destination, `d` its oldest waiting
/// delivery, when nothing of it is in flight; a bundle waits as its lead. `$1` is [`platform_list`].
macro_rules! heads {
    () => {
        " FROM destination x
        JOIN delivery d ON d.id = (SELECT MIN(h.id) FROM delivery h
            WHERE h.destination_id = x.id AND h.state IN ('pending', 'leased', 'unknown')
                AND (h.bundle IS NULL OR h.bundle = h.id))
        WHERE x.paused_at IS NULL AND $1 LIKE '%,' || x.platform || ',%'
            AND d.state IN ('pending', 'unknown')
            AND NOT EXISTS (SELECT 1 FROM delivery f WHERE f.destination_id = x.id AND f.state = 'leased') "
    };
}
use heads;

/// Platforms as one value, since neither database binds a list: `,discord,slack,`.
pub(super) fn platform_list(platforms: &[Platform]) -> String {
    platforms.iter().fold(",".to_owned(), |list, platform| list + platform.name() + ",")
}
