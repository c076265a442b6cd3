//! Deletes second messages of a delivery, so that each paper is seen once in its channel.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Mutex;
use tracing::{debug, info, warn};

use super::{Stage, Step};
use crate::chat::{ChatPlatform, Edited, Post};
use crate::clock::Clock;
use crate::domain::{Found, Platform};
use crate::store::{Store, Surplus as Second, SurplusEnd, SurplusWork};

/// Messages that are taken at a time.
const BATCH: u32 = 8;
/// How often it looks whether there is anything to delete.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often it looks for deliveries that were posted after a lost answer.
const SUSPECT_EVERY: Duration = Duration::from_mins(1);
/// How long one process may take for a batch before another takes it over.
const LEASE: Duration = Duration::from_mins(2);

/// The stage that deletes second messages.
pub struct Surplus {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    owner: String,
    /// When it next looks for suspects.
    suspect: Mutex<Option<Timestamp>>,
    deleted: AtomicU64,
}

impl Surplus {
    /// Makes the stage; only messages of these platforms are deleted.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
        owner: String,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { store, clock, platforms, owner, suspect: Mutex::default(), deleted: AtomicU64::new(0) }
    }

    /// How many messages this process has deleted.
    pub fn deleted(&self) -> u64 {
        self.deleted.load(Ordering::Relaxed)
    }

    async fn suspect(&self, now: Timestamp) -> anyhow::Result<()> {
        let mut next = self.suspect.lock().await;
        if next.is_none_or(|next| next <= now) {
            self.store.suspect_surplus(now).await?;
            *next = Some(now + SUSPECT_EVERY);
        }
        Ok(())
    }

    async fn deal_with(&self, second: &Second) -> anyhow::Result<()> {
        let Some(platform) = self.platforms.get(&second.platform) else { return Ok(()) };
        let end = match &second.work {
            SurplusWork::Delete { message_id } => self.delete(&**platform, second, message_id).await,
            SurplusWork::Look { since, body, plain } => {
                let post = Post { channel: &second.channel, delivery: second.delivery, body, plain: *plain };
                seen(platform.find(post, *since).await, second)
            }
        };
        if let SurplusEnd::Later(_, reason) = &end {
            debug!(delivery.id = %second.delivery, reason, "A second message is dealt with later: {reason}");
        }
        self.store.finish_surplus(second, &end, self.clock.now()).await?;
        Ok(())
    }

    async fn delete(&self, platform: &dyn ChatPlatform, second: &Second, message_id: &str) -> SurplusEnd {
        let Second { delivery, channel, kept, .. } = second;
        let deleted = platform.delete(channel, message_id).await;
        crashpoint!("duplicate_delete");
        match deleted {
            Edited::Done => {
                let deleted = self.deleted.fetch_add(1, Ordering::Relaxed) + 1;
                info!(
                    delivery.id = %delivery, message.kept = kept, message.surplus = message_id, surplus.deleted = deleted,
                    "Deleted the second message of a delivery in {} channel {channel}", second.platform
                );
                SurplusEnd::Settled("deleted".to_owned())
            }
            Edited::Refused { reason } => {
                warn!(
                    delivery.id = %delivery, message.kept = kept, message.surplus = message_id, reason,
                    "The second message of a delivery stays in {} channel {channel}: {reason}", second.platform
                );
                SurplusEnd::Settled(format!("it stays: {reason}"))
            }
            Edited::Later { after, reason } => SurplusEnd::Later(after, reason),
        }
    }
}

/// What a look for another message came to; it finds the earliest, which is the one that was believed absent.
fn seen(found: Found, second: &Second) -> SurplusEnd {
    match found {
        Found::Posted { message_id } if message_id != second.kept => {
            warn!(
                delivery.id = %second.delivery, message.kept = second.kept, message.seen = message_id,
                "Delivery {} is in its channel twice: the channel showed the first message late", second.delivery
            );
            SurplusEnd::Seen(message_id)
        }
        Found::Posted { .. } | Found::Absent => SurplusEnd::Settled("no second message was seen".to_owned()),
        Found::CannotTell { reason } => SurplusEnd::Settled(reason),
        Found::Later { after, reason } => SurplusEnd::Later(Some(after), reason),
    }
}

#[async_trait]
impl Stage for Surplus {
    fn name(&self) -> &'static str {
        "surplus"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let now = self.clock.now();
        self.suspect(now).await?;
        let platforms: Vec<Platform> = self.platforms.keys().copied().collect();
        let seconds = self.store.claim_surplus(&self.owner, &platforms, BATCH, LEASE, now).await?;
        for second in &seconds {
            self.deal_with(second).await?;
        }
        Ok(if seconds.is_empty() { Step::Idle { until: Some(now + LOOK_EVERY) } } else { Step::Worked })
    }
}
