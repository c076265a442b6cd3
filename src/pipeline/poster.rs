//! One delivery from its intent to its recorded outcome.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::{SendSettings, grouping};
use crate::chat::{ChatPlatform, Post};
use crate::clock::Clock;
use crate::domain::{Attempt, Platform, SendOutcome, Settle, Verdict, judge, judge_found, settle};
use crate::store::{Claimed, Store};

/// No post leaves on an intent older than this: a process cut off from the database falls silent.
const INTENT_LIFETIME: Duration = Duration::from_secs(5);

/// Posts claimed deliveries, several at the same time.
pub(super) struct Poster {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    pub settings: SendSettings,
}

impl Poster {
    /// Brings one claimed delivery to an outcome and records it.
    pub async fn deliver(&self, mut claimed: Claimed) -> anyhow::Result<()> {
        let Some(platform) = self.platforms.get(&claimed.platform) else {
            return Ok(());
        };
        let policy = &self.settings.policy;
        let now = self.clock.now();
        grouping::gather(&self.store, &**platform, &mut claimed, self.settings.group, now).await?;
        let unsettled = claimed.unsettled_since;
        if let Some(since) = unsettled
            && settle(since, platform.enforces_nonce(), policy, now) == Settle::Look
        {
            let found = platform.find(&claimed.channel, claimed.id, since).await;
            let verdict = judge_found(found, since, claimed.unseen_since, policy, self.clock.now());
            tell(&claimed, &verdict);
            return self.finish(&claimed, &verdict).await;
        }
        let asked_at = Instant::now();
        if !self.store.intent(&claimed, now).await? {
            return Ok(());
        }
        let outcome = if asked_at.elapsed() > INTENT_LIFETIME {
            let reason = "the database answered too late to post safely".to_owned();
            SendOutcome::Wait { after: Duration::ZERO, reason }
        } else {
            let Claimed { channel, id, body, plain, .. } = &claimed;
            platform.send(Post { channel, delivery: *id, body, plain: *plain }).await
        };
        let attempt = Attempt { tries: claimed.tries, plain: claimed.plain, unsettled_since: unsettled };
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
        Verdict::RetryPlain { reason } => {
            warn!(delivery.id = %id, %platform, %channel, reason, "Posting again in plain words: {reason}");
        }
        Verdict::Unknown { reason, at } => {
            warn!(delivery.id = %id, %platform, %channel, %at, reason, "Maybe posted, to be settled: {reason}");
        }
        Verdict::NotSeen { at } => {
            info!(delivery.id = %id, %platform, %channel, %at, "Maybe posted, but not seen in the channel so far");
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
