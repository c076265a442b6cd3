//! What only one process of all that share a database does: the others stand by, and one follows when it is gone.

use std::pin::Pin;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use crate::pipeline::Turn;
use crate::store::LeaseAnswer;

/// How long a lease outlives its process.
pub(super) const HOLD: Duration = Duration::from_secs(30);
/// How often those who stand by look.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// Work that can be begun more than once, and ends soon after it is told to stop.
pub(super) type Work = dyn Fn(CancellationToken) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// Does work under the first of these leases that is free, until told to stop.
///
/// The work is told to end when the lease is lost, and begun anew with the next one. Work that ends by itself is over.
pub(super) async fn alone(turn: Turn, leases: Vec<String>, stop: CancellationToken, work: Box<Work>) {
    if !turn.store.is_shared() {
        return work(stop).await;
    }
    let mut standing_by = false;
    while !stop.is_cancelled() {
        let Some(lease) = free(&turn, &leases).await else {
            if !standing_by {
                standing_by = true;
                info!("Another process has the lease “{}”; standing by", leases.join("”, “"));
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = stop.cancelled() => {}
            }
            continue;
        };
        standing_by = false;
        let own_stop = stop.child_token();
        let mut work = work(own_stop.clone());
        let over = tokio::select! {
            () = &mut work => true,
            () = turn.hold(lease) => {
                info!("Lost the lease “{lease}”: ending what was done under it");
                own_stop.cancel();
                work.await;
                false
            }
        };
        if let Err(error) = turn.store.end_lease(lease, &turn.owner, Duration::ZERO, turn.clock.now()).await {
            debug!("The lease “{lease}” ends by itself: {error}");
        }
        if over {
            return;
        }
    }
}

async fn free<'a>(turn: &Turn, leases: &'a [String]) -> Option<&'a str> {
    for lease in leases {
        let now = turn.clock.now();
        match turn.store.take_lease(lease, &turn.owner, turn.hold, None, now).await {
            Ok(LeaseAnswer::Held) => return Some(lease),
            Ok(LeaseAnswer::Later(_)) => {}
            Err(error) => debug!("Cannot ask for the lease “{lease}”: {error}"),
        }
    }
    None
}
