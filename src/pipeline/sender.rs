//! Sends what the outbox holds: claim, intent, post, finish.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Stage, Step, catch_up, poster::Poster};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::{Platform, RetryPolicy};
use crate::store::{Claimed, Store, StoreError};

/// How the outbox is worked off.
#[derive(Debug, Clone)]
pub struct SendSettings {
    /// This process's name in leases, new at every start.
    pub owner: String,
    /// How long a claim holds.
    pub lease: Duration,
    /// Posts on their way at the same time, each to another destination.
    pub concurrency: usize,
    /// Papers of a channel that go out as one message when they wait together; 1: each on its own.
    pub group: usize,
    /// When to try again.
    pub policy: RetryPolicy,
}

/// The stage that brings deliveries into channels.
pub struct Sender {
    poster: Arc<Poster>,
    wake: Arc<Notify>,
    stop: CancellationToken,
}

impl Sender {
    /// Makes the stage for the platforms this process is connected to.
    ///
    /// `wake` tells of new deliveries while some are on their way; after `stop` nothing is claimed
    /// any more and the step ends with the last post on its way.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
        settings: SendSettings,
        wake: Arc<Notify>,
        stop: CancellationToken,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { poster: Arc::new(Poster { store, clock, platforms, settings }), wake, stop }
    }

    fn connected(&self) -> Vec<Platform> {
        self.poster.platforms.keys().copied().collect()
    }

    async fn claim(&self, limit: usize) -> Result<Vec<Claimed>, StoreError> {
        if self.stop.is_cancelled() || limit == 0 {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let Poster { store, clock, settings, .. } = &*self.poster;
        store.claim(&settings.owner, &self.connected(), limit, settings.lease, clock.now()).await
    }
}

#[async_trait]
impl Stage for Sender {
    fn name(&self) -> &'static str {
        "sender"
    }

    /// Works until nothing can be claimed and nothing is on its way.
    async fn step(&self) -> anyhow::Result<Step> {
        let Poster { store, clock, settings, .. } = &*self.poster;
        let now = clock.now();
        store.recover(&settings.owner, now).await?;
        catch_up::let_go(store, &self.poster.platforms, now).await?;
        // Tasks, not futures: one that holds a connection must go on while the next claim waits for it.
        let mut on_their_way = JoinSet::new();
        let mut failure: Option<anyhow::Error> = None;
        let mut worked = false;
        loop {
            let free = settings.concurrency.saturating_sub(on_their_way.len());
            if failure.is_none() {
                match self.claim(free).await {
                    Ok(claimed) => claimed.into_iter().for_each(|claimed| {
                        let poster = Arc::clone(&self.poster);
                        on_their_way.spawn(async move { poster.deliver(claimed).await });
                    }),
                    Err(error) => failure = Some(error.into()),
                }
            }
            worked |= !on_their_way.is_empty();
            // A wake-up lets a slow channel not hold back papers for the others.
            tokio::select! {
                done = on_their_way.join_next() => match done {
                    Some(Ok(Ok(()))) => {}
                    Some(Ok(Err(error))) => failure = failure.or(Some(error)),
                    Some(Err(panicked)) => failure = failure.or(Some(panicked.into())),
                    None => break,
                },
                () = self.wake.notified(), if free > 0 && !on_their_way.is_empty() => {}
            }
        }
        match failure {
            Some(error) => Err(error),
            None if worked => Ok(Step::Worked),
            None => Ok(Step::Idle { until: store.next_due(&self.connected()).await? }),
        }
    }
}
