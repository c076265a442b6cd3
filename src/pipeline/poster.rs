//! One delivery on its way: posted, or looked for, and judged.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use crate::chat::{ChatPlatform, Post};
use crate::clock::Clock;
use crate::domain::{
    Attempt, Found, Platform, RetryPolicy, SendOutcome, Settle, Verdict, judge, judge_found,
    judge_repeatable, must_wait, settle,
};
use crate::store::{Claimed, Ended};

/// No post leaves on an intent older than this: a process cut off from the database falls silent.
const INTENT_LIFETIME: Duration = Duration::from_secs(5);

/// Posts claimed deliveries, several at the same time.
pub(super) struct Poster {
    pub clock: Arc<dyn Clock>,
    pub platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    pub policy: RetryPolicy,
}

impl Poster {
    /// True when a delivery may be in its channel and only a look can tell.
    pub fn must_look(&self, claimed: &Claimed, now: jiff::Timestamp) -> bool {
        let Some(since) = claimed.unsettled_since else { return false };
        if let Some(repeat_after) = self.repeats_after(claimed) {
            return must_wait(since, repeat_after, now);
        }
        let nonce = self.platforms.get(&claimed.platform).is_some_and(|platform| platform.enforces_nonce());
        settle(since, nonce, &self.policy, now) == Settle::Look
    }

    fn repeats_after(&self, claimed: &Claimed) -> Option<Duration> {
        self.platforms.get(&claimed.platform)?.repeats_after()
    }

    /// Looks for a delivery that may be in its channel.
    pub async fn look(&self, claimed: Claimed) -> Ended {
        let since = claimed.unsettled_since.unwrap_or_else(|| self.clock.now());
        if let Some(repeat_after) = self.repeats_after(&claimed) {
            let reason = "its sender stopped before the answer came; it goes once more".to_owned();
            return self.ended(claimed, Verdict::Unknown { at: since + repeat_after, reason });
        }
        let found = match self.platforms.get(&claimed.platform) {
            Some(platform) => platform.find(post(&claimed), since).await,
            None => Found::Later { after: INTENT_LIFETIME, reason: NOT_CONNECTED.to_owned() },
        };
        crashpoint!("reconcile_read");
        let verdict = judge_found(found, since, claimed.unseen_since, &self.policy, self.clock.now());
        self.ended(claimed, verdict)
    }

    /// Posts a delivery whose intent was committed after `asked_at`.
    pub async fn post(&self, claimed: Claimed, asked_at: Instant) -> Ended {
        let outcome = match self.platforms.get(&claimed.platform) {
            None => SendOutcome::Wait { after: INTENT_LIFETIME, reason: NOT_CONNECTED.to_owned() },
            Some(_) if asked_at.elapsed() >= INTENT_LIFETIME => {
                let reason = "the database answered too late to post safely".to_owned();
                SendOutcome::Wait { after: Duration::ZERO, reason }
            }
            Some(platform) => platform.send(post(&claimed)).await,
        };
        crashpoint!("post_ok");
        let Claimed { tries, plain, unsettled_since, .. } = claimed;
        let jitter = fastrand::f64() * 2.0 - 1.0;
        let attempt = Attempt { tries, plain, unsettled_since };
        let now = self.clock.now();
        let verdict = match self.repeats_after(&claimed) {
            Some(after) => judge_repeatable(outcome, attempt, after, &self.policy, now, jitter),
            None => judge(outcome, attempt, &self.policy, now, jitter),
        };
        self.ended(claimed, verdict)
    }

    fn ended(&self, claimed: Claimed, verdict: Verdict) -> Ended {
        tell(&claimed, &verdict);
        let platform = self.platforms.get(&claimed.platform);
        let rest = match &verdict {
            Verdict::Sent { .. } => {
                platform.map_or(Duration::ZERO, |platform| platform.rest(&claimed.channel))
            }
            _ => Duration::ZERO,
        };
        Ended { claimed, verdict, rest }
    }
}

const NOT_CONNECTED: &str = "this process is not connected to the platform";
fn post(claimed: &Claimed) -> Post<'_> {
    let Claimed { channel, id, body, plain, .. } = claimed;
    Post { channel, delivery: *id, body, plain: *plain }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::chat::{Edit, Edited, Rendered};
    use crate::clock::SystemClock;
    use crate::domain::{ChannelId, DeliveryId, DestinationId, PaperKey};
    use crate::message::Message;

    /// Counts what is posted.
    #[derive(Default)]
    struct Counting(AtomicU32);

    #[async_trait]
    impl ChatPlatform for Counting {
        fn platform(&self) -> Platform {
            Platform::Sandbox
        }

        fn enforces_nonce(&self) -> bool {
            true
        }

        fn render(&self, _: &Message) -> Rendered {
            Rendered { rich: String::new(), plain: String::new() }
        }

        async fn send(&self, _: Post<'_>) -> SendOutcome {
            self.0.fetch_add(1, Ordering::Relaxed);
            SendOutcome::Sent { message_id: "1".to_owned() }
        }

        async fn edit(&self, _: Edit<'_>) -> Edited {
            Edited::Done
        }

        async fn find(&self, _: Post<'_>, _: Timestamp) -> Found {
            Found::Absent
        }
    }

    fn claimed() -> Claimed {
        Claimed {
            id: DeliveryId(Uuid::from_u128(1)),
            epoch: 1,
            destination: DestinationId(1),
            platform: Platform::Sandbox,
            channel: ChannelId::parse(Platform::Sandbox, "robotics").unwrap(),
            paper: PaperKey(1),
            body: String::new(),
            bundled: false,
            plain: false,
            tries: 0,
            unsettled_since: None,
            unseen_since: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_posted_on_an_intent_of_five_seconds_ago() {
        let counting = Arc::new(Counting::default());
        let policy = RetryPolicy {
            schedule: Vec::new(),
            max_wait: Duration::ZERO,
            nonce_window: Duration::ZERO,
            settle_after: Duration::ZERO,
            history_lag: Duration::ZERO,
            between_looks: Duration::ZERO,
        };
        let platforms = HashMap::from([(Platform::Sandbox, counting.clone() as Arc<dyn ChatPlatform>)]);
        let poster = Poster { clock: Arc::new(SystemClock), platforms, policy };
        let asked_at = Instant::now();
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert!(matches!(poster.post(claimed(), asked_at).await.verdict, Verdict::Sent { .. }));
        tokio::time::advance(Duration::from_millis(1)).await;
        let late = poster.post(claimed(), asked_at).await.verdict;
        assert!(matches!(late, Verdict::Retry { free: true, .. }), "{late:?}");
        assert_eq!(counting.0.load(Ordering::Relaxed), 1);
    }
}
