//! What people do with posted papers: counts their votes on the messages, and deletes what they removed.

use std::time::Duration;

use async_trait::async_trait;
use tracing::{info, warn};

use super::cards::Cards;
use super::{Stage, Step};
use crate::chat::Edited;
use crate::domain::Platform;
use crate::store::{DueRemoval, RemovalEnd};

/// Messages that are taken at a time.
const BATCH: u32 = 8;
/// How often it looks whether anything was done.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// How long one process may take for a batch of edits before another takes it over.
const LEASE: Duration = Duration::from_mins(2);

/// The stage that shows what a channel's people did.
pub struct Curation {
    cards: Cards,
}

impl Curation {
    /// Makes the stage over the one that knows how messages are edited.
    pub fn new(cards: Cards) -> Self {
        Self { cards }
    }

    async fn delete(&self, due: &DueRemoval) -> anyhow::Result<()> {
        let Cards { store, clock, platforms, .. } = &self.cards;
        let Some(platform) = platforms.get(&due.platform) else { return Ok(()) };
        let DueRemoval { channel, message_id, .. } = due;
        let end = match platform.delete(channel, message_id).await {
            Edited::Done => {
                info!(%channel, message.id = message_id, "Deleted a message of {channel} that people removed");
                RemovalEnd::Settled("deleted".to_owned())
            }
            Edited::Refused { reason } => {
                warn!(%channel, reason, "A removed message of {channel} stays: {reason}");
                RemovalEnd::Settled(format!("it stays: {reason}"))
            }
            Edited::Later { after, reason } => RemovalEnd::Later(after, reason),
        };
        Ok(store.finish_removal(due, &end, clock.now()).await?)
    }
}

#[async_trait]
impl Stage for Curation {
    fn name(&self) -> &'static str {
        "curation"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let Cards { store, clock, platforms, owner, .. } = &self.cards;
        let connected: Vec<Platform> = platforms.keys().copied().collect();
        let now = clock.now();
        let removals = store.claim_removals(&connected, BATCH, now).await?;
        for due in &removals {
            self.delete(due).await?;
        }
        let recounts = store.claim_recounts(owner, &connected, BATCH, LEASE, now).await?;
        for due in &recounts {
            if let Some(edit) = self.cards.edited(due).await? {
                store.finish_recount(due, &edit, clock.now()).await?;
            }
        }
        let idle = removals.is_empty() && recounts.is_empty();
        Ok(if idle { Step::Idle { until: Some(now + LOOK_EVERY) } } else { Step::Worked })
    }
}
