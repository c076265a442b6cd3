//! Work that one of several processes does at a time, under a lease in the store.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::debug;

use crate::clock::Clock;
use crate::store::Store;

/// A lease that a process works under.
#[derive(Clone)]
pub struct Turn {
    /// Where the lease is.
    pub store: Store,
    /// The time, for a store without a server.
    pub clock: Arc<dyn Clock>,
    /// This process's name in leases, new at every start.
    pub owner: String,
    /// How long the lease outlives a process that is gone.
    pub hold: Duration,
}

impl Turn {
    /// Holds a lease that was taken just now; returns when it is lost.
    ///
    /// It counts as lost when it could not be renewed for two thirds of its time: the rest is for ending the work.
    pub async fn hold(&self, name: &str) {
        let mut renewed_at = Instant::now();
        loop {
            tokio::time::sleep(self.hold / 6).await;
            let renewal = self.store.renew_lease(name, &self.owner, self.hold, self.clock.now());
            let until = renewed_at + self.hold * 2 / 3;
            match tokio::time::timeout_at(until, renewal).await {
                Ok(Ok(true)) => renewed_at = Instant::now(),
                Ok(Err(error)) => debug!("Cannot renew the lease “{name}”: {error}"),
                Ok(Ok(false)) | Err(_) => return,
            }
        }
    }
}
