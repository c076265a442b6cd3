//! What Slack allows right now: one message a second in a channel, each method at its tier, and what it told us.
//!
//! Source: Slack's “Rate limits”. Waits live in memory only: after a restart Slack says them again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::chat::gate::{Gate, Pace};
use crate::domain::{ChannelId, SendOutcome};

/// Slack takes about one message a second in each channel.
pub(super) const CHANNEL_PAUSE: Duration = Duration::from_secs(1);
/// Messages of the whole workspace in a second: it takes several hundred in a minute. The outbox keeps to it.
pub(super) const POSTS_PER_SECOND: u32 = 5;
/// Calls of a method of tier 3 in a minute.
pub(super) const TIER_3: u32 = 50;
/// An account that is refused is asked no more than this often: reinstalling the app mends its token in place.
const ACCOUNT_PAUSE: Duration = Duration::from_mins(1);

/// The methods that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Method {
    Post,
    Update,
    Delete,
    History,
}

/// Why a call must wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Full {
    pub after: Duration,
    pub reason: &'static str,
}

/// The limits of one app in one workspace.
#[derive(Debug)]
pub(super) struct Limits {
    channels: Gate<ChannelId>,
    methods: Gate<Method>,
    updates: Pace,
    deletions: Pace,
    reads: Pace,
    refused: Mutex<Option<(Instant, String)>>,
}

impl Limits {
    /// The limits with so many reads of history in a minute.
    pub fn new(reads_per_minute: u32) -> Self {
        Self {
            channels: Gate::default(),
            methods: Gate::default(),
            updates: Pace::per_minute(TIER_3),
            deletions: Pace::per_minute(TIER_3),
            reads: Pace::per_minute(reads_per_minute),
            refused: Mutex::default(),
        }
    }

    /// Takes a place for a call, or says why it must wait.
    pub fn take(&self, method: Method, channel: &ChannelId) -> Result<(), Full> {
        if let Some(after) = self.methods.wait(&method) {
            return Err(Full { after, reason: "Slack asked to wait with this kind of request" });
        }
        let shows = matches!(method, Method::Post | Method::Update);
        if let Some(after) = self.channels.wait(channel).filter(|_| shows) {
            return Err(Full { after, reason: "Slack takes one message a second in a channel" });
        }
        let pace = match method {
            Method::Post => return Ok(()),
            Method::Update => &self.updates,
            Method::Delete => &self.deletions,
            Method::History => &self.reads,
        };
        pace.now()
            .map_err(|after| Full { after, reason: "Slack takes only so many of these requests in a minute" })
    }

    /// Lets the channel rest after a message that is there, or may be.
    pub fn rest(&self, channel: &ChannelId) {
        self.channels.hold(channel, CHANNEL_PAUSE);
    }

    /// Slack limits a method for the whole workspace.
    pub fn hold(&self, method: Method, wait: Duration) {
        self.methods.hold(&method, wait);
    }

    /// Why the account is refused, while that is fresh.
    pub fn refused(&self) -> Option<String> {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.as_ref().filter(|(at, _)| at.elapsed() < ACCOUNT_PAUSE).map(|(_, reason)| reason.clone())
    }

    /// Takes in what came of a call.
    pub fn learn(&self, method: Method, outcome: &SendOutcome) {
        match outcome {
            SendOutcome::Wait { after, .. } => self.hold(method, *after),
            SendOutcome::AccountRefused { reason } => {
                let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
                *refused = Some((Instant::now(), reason.clone()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Platform;

    fn channel(id: &str) -> ChannelId {
        ChannelId::parse(Platform::Slack, id).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_channel_rests_and_others_do_not() {
        let limits = Limits::new(TIER_3);
        limits.rest(&channel("C1"));
        assert_eq!(limits.take(Method::Post, &channel("C1")).unwrap_err().after, CHANNEL_PAUSE);
        assert_eq!(limits.take(Method::Post, &channel("C2")), Ok(()));
        assert_eq!(limits.take(Method::History, &channel("C1")), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_method_that_slack_limits_waits_in_every_channel_and_the_others_go_on() {
        let limits = Limits::new(TIER_3);
        let wait = SendOutcome::Wait { after: Duration::from_secs(7), reason: "429".to_owned() };
        limits.learn(Method::Post, &wait);
        assert_eq!(limits.take(Method::Post, &channel("C2")).unwrap_err().after, Duration::from_secs(7));
        assert_eq!(limits.take(Method::Delete, &channel("C2")), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_holds_more_deletions_than_the_tier_allows() {
        let limits = Limits::new(TIER_3);
        let mut taken = 0;
        for _ in 0..600 {
            taken += usize::from(limits.take(Method::Delete, &channel("C1")).is_ok());
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert_eq!(taken, 55);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_account_is_left_alone_for_a_minute() {
        let limits = Limits::new(TIER_3);
        limits.learn(Method::History, &SendOutcome::AccountRefused { reason: "revoked".to_owned() });
        assert_eq!(limits.refused().as_deref(), Some("revoked"));
        tokio::time::advance(ACCOUNT_PAUSE).await;
        assert_eq!(limits.refused(), None);
    }
}
