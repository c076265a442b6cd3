//! Sends what the outbox holds: claim, intent, post, finish.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Stage, Step};
use crate::chat::{ChatPlatform, Post};
use crate::clock::Clock;
use crate::domain::{Attempt, Platform, RetryPolicy, Verdict, judge, judge_unsettled};
use crate::store::{Claimed, Store, StoreError};

/// No post leaves on an intent older than this: a process cut off from the database falls silent.
const INTENT_LIFETIME: Duration = Duration::from_secs(5);

/// How the outbox is worked off.
#[derive(Debug, Clone)]
pub struct SendSettings {
    /// This process's name in leases, new at every start.
    pub owner: String,
    /// How long a claim holds.
    pub lease: Duration,
    /// Posts on their way at the same time, each to another destination.
    pub concurrency: usize,
    /// When to try again.
    pub policy: RetryPolicy,
}

/// The stage that brings deliveries into channels.
pub struct Sender {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    settings: SendSettings,
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
        Self { store, clock, platforms, settings, wake, stop }
    }

    fn connected(&self) -> Vec<Platform> {
        self.platforms.keys().copied().collect()
    }

    async fn claim(&self, limit: usize) -> Result<Vec<Claimed>, StoreError> {
        if self.stop.is_cancelled() || limit == 0 {
            return Ok(Vec::new());
        }
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        let SendSettings { owner, lease, .. } = &self.settings;
        self.store.claim(owner, &self.connected(), limit, *lease, self.clock.now()).await
    }

    async fn deliver(&self, claimed: Claimed) -> anyhow::Result<()> {
        let Some(platform) = self.platforms.get(&claimed.platform) else {
            return Ok(());
        };
        let policy = &self.settings.policy;
        let now = self.clock.now();
        let unsettled = claimed.unsettled_since;
        if let Some(verdict) =
            unsettled.and_then(|since| judge_unsettled(since, platform.enforces_nonce(), policy, now))
        {
            return self.finish(&claimed, &verdict).await;
        }
        let asked_at = Instant::now();
        if !self.store.intent(&claimed, now).await? {
            return Ok(());
        }
        if asked_at.elapsed() > INTENT_LIFETIME {
            let reason = "the database answered too late to post safely".to_owned();
            return self.finish(&claimed, &Verdict::Retry { at: self.clock.now(), reason, free: true }).await;
        }
        let post = Post {
            channel: &claimed.channel,
            delivery: claimed.id,
            body: &claimed.body,
            plain: claimed.plain,
        };
        let outcome = platform.send(post).await;
        let attempt = Attempt {
            tries: claimed.tries,
            plain: claimed.plain,
            nonce_enforced: platform.enforces_nonce(),
            unsettled_since: unsettled,
            started_at: now,
        };
        let jitter = fastrand::f64() * 2.0 - 1.0;
        let verdict = judge(outcome, attempt, policy, self.clock.now(), jitter);
        tell(&claimed, &verdict);
        self.finish(&claimed, &verdict).await
    }

    /// Commits a verdict, trying again for half the lease: the message may already be out there.
    async fn finish(&self, claimed: &Claimed, verdict: &Verdict) -> anyhow::Result<()> {
        let give_up = Instant::now() + self.settings.lease / 2;
        let mut pause = Duration::from_millis(50);
        loop {
            match self.store.finish(claimed, verdict, self.clock.now()).await {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() + pause < give_up => {
                    warn!(delivery.id = %claimed.id, %error, "Cannot record an outcome yet");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn tell(claimed: &Claimed, verdict: &Verdict) {
    let Claimed { id, platform, channel, .. } = claimed;
    match verdict {
        Verdict::Sent { message_id } => {
            info!(delivery.id = %id, %platform, %channel, %message_id, "Posted into {platform} channel {channel}");
        }
        Verdict::Retry { reason, at, .. } => {
            info!(delivery.id = %id, %platform, %channel, %at, reason, "Not posted yet: {reason}");
        }
        Verdict::RetryPlain { reason } | Verdict::Unknown { reason, .. } => {
            warn!(delivery.id = %id, %platform, %channel, reason, "Posting again: {reason}");
        }
        Verdict::Ambiguous { reason } => {
            warn!(delivery.id = %id, %platform, %channel, reason, "Unconfirmed, not posted again: {reason}");
        }
        Verdict::Dead { reason } => {
            warn!(delivery.id = %id, %platform, %channel, reason, "Refused for good: {reason}");
        }
        Verdict::PauseDestination { reason } => {
            warn!(delivery.id = %id, %platform, %channel, reason, "Paused {platform} channel {channel}: {reason}");
        }
        Verdict::PausePlatform { reason } => {
            warn!(delivery.id = %id, %platform, reason, "Paused everything on {platform}: {reason}");
        }
    }
}

#[async_trait]
impl Stage for Sender {
    fn name(&self) -> &'static str {
        "sender"
    }

    /// Works until nothing can be claimed and nothing is on its way.
    async fn step(&self) -> anyhow::Result<Step> {
        let now = self.clock.now();
        self.store.recover(&self.settings.owner, now).await?;
        let skipped = self.store.skip_expired(now).await?;
        if skipped > 0 {
            warn!(skipped, "Skipped {skipped} deliveries that waited too long");
        }
        let mut on_their_way = FuturesUnordered::new();
        let mut failure = None;
        let mut worked = false;
        loop {
            let free = self.settings.concurrency.saturating_sub(on_their_way.len());
            if failure.is_none() {
                let claimed = self.claim(free).await;
                match claimed {
                    Ok(claimed) => on_their_way.extend(claimed.into_iter().map(|c| self.deliver(c))),
                    Err(error) => failure = Some(error.into()),
                }
            }
            worked |= !on_their_way.is_empty();
            // A wake-up lets a slow channel not hold back papers for the others.
            tokio::select! {
                done = on_their_way.next() => match done {
                    Some(Ok(())) => {}
                    Some(Err(error)) => failure = failure.or(Some(error)),
                    None => break,
                },
                () = self.wake.notified(), if free > 0 => {}
            }
        }
        match failure {
            Some(error) => Err(error),
            None if worked => Ok(Step::Worked),
            None => Ok(Step::Idle { until: self.store.next_due(&self.connected()).await? }),
        }
    }
}
