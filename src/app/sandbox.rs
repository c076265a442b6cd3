//! The sandbox's channels: kept in the store, shown as they fill.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::mpsc::UnboundedSender;

use crate::chat::sandbox::{SandboxLedger, Shown};
use crate::clock::Clock;
use crate::domain::{ChannelId, DeliveryId};
use crate::store::Store;

/// Writes posts into the store and hands them on to whoever shows them.
pub struct Ledger {
    /// Where posts are kept.
    pub store: Store,
    /// The time of a post.
    pub clock: Arc<dyn Clock>,
    /// Who shows them.
    pub shown: UnboundedSender<Shown>,
}

#[async_trait]
impl SandboxLedger for Ledger {
    async fn post(&self, delivery: DeliveryId, channel: &ChannelId, body: &str) -> anyhow::Result<i64> {
        let number = self.store.sandbox_post(delivery, channel, body, self.clock.now()).await?;
        // Nobody may be looking; the store has it all the same.
        let _ = self.shown.send(Shown { delivery, channel: channel.clone(), body: body.to_owned() });
        Ok(number)
    }
}
