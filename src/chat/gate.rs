//! What a platform has told us to wait for, remembered so that the next post costs no request.
//!
//! Waits live in memory only: after a restart the platform says it again, once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Waits that are over are forgotten when this many keys are known.
const KEPT: usize = 1_024;

/// Holds of one platform account on single keys: channels, or methods.
#[derive(Debug)]
pub(super) struct Gate<K> {
    holds: Mutex<HashMap<K, Instant>>,
}

impl<K> Default for Gate<K> {
    fn default() -> Self {
        Self { holds: Mutex::default() }
    }
}

impl<K: Hash + Eq + Clone> Gate<K> {
    /// How long nothing may be asked under the key; `None` when it may be now.
    pub fn wait(&self, key: &K) -> Option<Duration> {
        let left = self.lock().get(key)?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Holds the key; a longer hold that stands is kept.
    pub fn hold(&self, key: &K, wait: Duration) {
        let (now, mut holds) = (Instant::now(), self.lock());
        if holds.len() >= KEPT {
            holds.retain(|_, until| *until > now);
        }
        let until = holds.entry(key.clone()).or_insert(now);
        *until = (*until).max(now + wait);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Instant>> {
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

    /// Spreads so many requests over each second, without any burst.
    pub fn per_second(requests: u32) -> Self {
        Self::new(1, Duration::from_secs(1) / requests.max(1))
    }

    /// Spreads so many requests over each minute; a tenth of them may come at once.
    pub fn per_minute(requests: u32) -> Self {
        Self::new(1 + requests / 10, Duration::from_mins(1) / requests.max(1))
    }

    /// Waits for this request's turn; one that would wait longer than `most` is told how long, and gets no turn.
    pub async fn turn(&self, most: Duration) -> Result<(), Duration> {
        let wait = self.book(most)?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// Takes a turn now, or says how long there is none.
    pub fn now(&self) -> Result<(), Duration> {
        self.book(Duration::ZERO).map(drop)
    }

    fn book(&self, most: Duration) -> Result<Duration, Duration> {
        let now = Instant::now();
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = due.map_or(now, |due| due.max(now));
        let wait = (mine - now).saturating_sub(self.interval * self.burst.saturating_sub(1));
        if wait > most {
            return Err(wait);
        }
        *due = Some(mine + self.interval);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hold_ends_by_itself_and_stops_its_key_only() {
        let gate = Gate::default();
        gate.hold(&"a", Duration::from_secs(5));
        gate.hold(&"a", Duration::from_secs(1));
        assert_eq!(gate.wait(&"a"), Some(Duration::from_secs(5)));
        assert_eq!(gate.wait(&"b"), None);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(gate.wait(&"a"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn holds_that_are_over_are_forgotten() {
        let gate = Gate::default();
        for n in 0..KEPT {
            gate.hold(&n, Duration::from_secs(1));
        }
        tokio::time::advance(Duration::from_secs(2)).await;
        gate.hold(&KEPT, Duration::from_secs(1));
        assert_eq!(gate.lock().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn no_second_holds_more_requests_than_the_pace_allows_and_none_is_wasted() {
        for (pace, most, slowest) in [
            (Pace::new(10, Duration::from_millis(25)), 50, Duration::from_millis(4_775)),
            (Pace::per_second(50), 50, Duration::from_millis(3_980)),
        ] {
            let start = Instant::now();
            let mut turns = Vec::new();
            for _ in 0..200 {
                pace.turn(Duration::MAX).await.unwrap();
                turns.push(start.elapsed());
            }
            let busiest = turns.iter().map(|&from| {
                turns.iter().filter(|&&t| t >= from && t < from + Duration::from_secs(1)).count()
            });
            assert!(busiest.max().unwrap() <= most);
            // The timer's grain is a millisecond.
            assert!(start.elapsed() <= slowest + Duration::from_millis(2), "{:?}", start.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_would_wait_too_long_takes_no_turn() {
        let pace = Pace::per_minute(1);
        assert_eq!(pace.now(), Ok(()));
        for _ in 0..3 {
            assert_eq!(pace.now(), Err(Duration::from_mins(1)));
        }
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(pace.now(), Ok(()));
    }
}
