//! What a platform has told us to wait for, remembered so that the next post costs no request.
//!
//! Waits live in memory only: after a restart the platform says it again, once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::domain::ChannelId;

/// Waits that are over are forgotten when this many channels are known.
const CHANNELS_KEPT: usize = 1_024;

/// Holds of one platform account: on single channels and on everything.
#[derive(Debug, Default)]
pub(super) struct Gate {
    holds: Mutex<Holds>,
}

#[derive(Debug, Default)]
struct Holds {
    everything: Option<Instant>,
    channels: HashMap<ChannelId, Instant>,
}

impl Gate {
    /// How long nothing may be posted to the channel; `None` when it may be now.
    pub fn wait(&self, channel: &ChannelId) -> Option<Duration> {
        let holds = self.lock();
        let until = holds.everything.max(holds.channels.get(channel).copied())?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Holds the channel; a longer hold that stands is kept.
    pub fn hold(&self, channel: &ChannelId, wait: Duration) {
        let (now, mut holds) = (Instant::now(), self.lock());
        if holds.channels.len() >= CHANNELS_KEPT {
            holds.channels.retain(|_, until| *until > now);
        }
        let until = holds.channels.entry(channel.clone()).or_insert(now);
        *until = (*until).max(now + wait);
    }

    /// Holds every channel; a longer hold that stands is kept.
    pub fn hold_everything(&self, wait: Duration) {
        let mut holds = self.lock();
        holds.everything = holds.everything.max(Some(Instant::now() + wait));
    }

    fn lock(&self) -> MutexGuard<'_, Holds> {
        // Every write is complete in itself, so a panic elsewhere leaves nothing half done.
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Spreads requests: `burst` at once, then one each `interval`.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    burst: u32,
    /// When a request would be due if all had come evenly spread.
    due: Mutex<Option<Instant>>,
}

impl Pace {
    /// Allows `burst + 1s / interval` requests in any one second.
    pub fn new(burst: u32, interval: Duration) -> Self {
        Self { interval, burst, due: Mutex::new(None) }
    }

    /// Waits for this request's turn.
    pub async fn turn(&self) {
        let wait = self.book();
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    fn book(&self) -> Duration {
        let now = Instant::now();
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = due.map_or(now, |due| due.max(now));
        *due = Some(mine + self.interval);
        (mine - now).saturating_sub(self.interval * self.burst.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Platform;

    fn channel(name: &str) -> ChannelId {
        ChannelId::parse(Platform::Sandbox, name).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_ends_by_itself_and_stops_its_channel_only() {
        let gate = Gate::default();
        gate.hold(&channel("a"), Duration::from_secs(5));
        gate.hold(&channel("a"), Duration::from_secs(1));
        assert_eq!(gate.wait(&channel("a")), Some(Duration::from_secs(5)));
        assert_eq!(gate.wait(&channel("b")), None);
        gate.hold_everything(Duration::from_secs(2));
        assert_eq!(gate.wait(&channel("b")), Some(Duration::from_secs(2)));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(gate.wait(&channel("a")), None);
    }

    #[tokio::test(start_paused = true)]
    async fn holds_that_are_over_are_forgotten() {
        let gate = Gate::default();
        for n in 0..CHANNELS_KEPT {
            gate.hold(&channel(&format!("c{n}")), Duration::from_secs(1));
        }
        tokio::time::advance(Duration::from_secs(2)).await;
        gate.hold(&channel("new"), Duration::from_secs(1));
        assert_eq!(gate.lock().channels.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_requests_than_the_pace_allows() {
        let pace = Pace::new(10, Duration::from_millis(25));
        let start = Instant::now();
        let mut turns = Vec::new();
        for _ in 0..200 {
            pace.turn().await;
            turns.push(start.elapsed());
        }
        let busiest = turns
            .iter()
            .map(|&from| turns.iter().filter(|&&t| t >= from && t < from + Duration::from_secs(1)).count());
        assert!(busiest.max().unwrap() <= 50);
        assert!(start.elapsed() < Duration::from_secs(5), "and it is not slower than it must be");
    }
}
