//! What Discord allows right now, as its answers say it, so that no request runs into a limit that is known.
//!
//! Waits live in memory only: after a restart Discord says them again. Source: Discord's “Rate Limits”.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use tokio::time::Instant;
use tracing::error;

use super::errors::{self, Answer};

/// Levels that are over are forgotten when this many are known.
const KEPT: usize = 1_024;
/// Discord shuts an address out after 10,000 refused requests in ten minutes; several processes may share one.
const REFUSED_MAX: usize = 2_000;
const REFUSED_WITHIN: Duration = Duration::from_mins(10);

const SPENT: &str = "Discord's rate limit for this channel is used up";
const GLOBAL: &str = "Discord's rate limit for the whole bot is used up";
const SHUT_OUT: &str = "Discord refused 2,000 requests within ten minutes: nothing is asked for some minutes, because \
    it shuts out who goes on; the log names what it refuses";

/// What a request counts against: its route, and the channel or server that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Lane {
    /// Method and path, without the numbers in it.
    pub route: &'static str,
    pub major: u64,
}

/// Why a request must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    pub wait: Duration,
    pub reason: &'static str,
}

/// The limits of one bot as far as its answers have told them.
#[derive(Debug, Default)]
pub(super) struct Buckets(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    everything: Option<Instant>,
    /// Discord's name of the bucket that a route counts against; several routes may share one.
    names: HashMap<&'static str, String>,
    levels: HashMap<(String, u64), Level>,
    /// When requests were refused.
    refused: VecDeque<Instant>,
}

/// How many requests may still be made until a time.
#[derive(Debug, Clone, Copy)]
struct Level {
    left: u32,
    until: Instant,
}

impl Buckets {
    /// Why a request must wait; `None` when it may be made now.
    pub fn full(&self, lane: Lane) -> Option<Full> {
        self.lock().full(lane, Instant::now())
    }

    /// Takes a place for a request, or says why it must wait.
    pub fn take(&self, lane: Lane) -> Result<(), Full> {
        let (now, mut known) = (Instant::now(), self.lock());
        if let Some(full) = known.full(lane, now) {
            return Err(full);
        }
        let key = known.key(lane);
        if let Some(level) = known.levels.get_mut(&key).filter(|level| level.until > now) {
            level.left -= 1;
        }
        Ok(())
    }

    /// Takes in what an answer says.
    pub fn learn(&self, lane: Lane, answer: &Answer) {
        let (now, mut known) = (Instant::now(), self.lock());
        if let Some(name) = answer.headers.get("x-ratelimit-bucket").and_then(|name| name.to_str().ok()) {
            known.names.insert(lane.route, name.to_owned());
        }
        if errors::counts_as_refused(answer) {
            known.refuse(now);
        }
        let limited =
            (answer.status == StatusCode::TOO_MANY_REQUESTS).then(|| errors::hold(answer)).flatten();
        let level = match limited {
            Some(hold) if hold.everything => {
                known.everything = known.everything.max(Some(now + hold.wait));
                return;
            }
            Some(hold) => Some((0, hold.wait)),
            None => errors::level(answer),
        };
        let Some((left, reset)) = level else { return };
        if known.levels.len() >= KEPT {
            known.levels.retain(|_, level| level.until > now);
        }
        let key = known.key(lane);
        let new = Level { left, until: now + reset };
        let level = known.levels.entry(key).or_insert(new);
        // Requests that are under way have taken their places already.
        *level = if level.until <= now {
            new
        } else {
            Level { left: level.left.min(left), until: level.until.max(new.until) }
        };
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Every write is complete in itself, so a panic elsewhere leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn key(&self, lane: Lane) -> (String, u64) {
        (self.names.get(lane.route).map_or(lane.route, String::as_str).to_owned(), lane.major)
    }

    fn full(&mut self, lane: Lane, now: Instant) -> Option<Full> {
        while self.refused.front().is_some_and(|&at| at + REFUSED_WITHIN <= now) {
            self.refused.pop_front();
        }
        let shut_out = (self.refused.len() >= REFUSED_MAX).then(|| self.refused[0] + REFUSED_WITHIN);
        let spent = self.levels.get(&self.key(lane)).filter(|level| level.left == 0).map(|level| level.until);
        let holds = [(shut_out, SHUT_OUT), (self.everything, GLOBAL), (spent, SPENT)];
        let (until, reason) = holds
            .into_iter()
            .filter_map(|(until, reason)| Some((until?, reason)))
            .max_by_key(|(until, _)| *until)?;
        (until > now).then(|| Full { wait: until - now, reason })
    }

    fn refuse(&mut self, now: Instant) {
        self.refused.push_back(now);
        if self.refused.len() == REFUSED_MAX {
            error!("{SHUT_OUT}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const POST: Lane = Lane { route: "POST messages", major: 1 };
    const EDIT: Lane = Lane { route: "PATCH message", major: 1 };

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (reqwest::header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.as_bytes().to_vec() }
    }

    fn left(count: &str, reset: &str) -> Answer {
        answer(200, &[("x-ratelimit-remaining", count), ("x-ratelimit-reset-after", reset)], "{}")
    }

    #[tokio::test(start_paused = true)]
    async fn a_bucket_gives_as_many_places_as_are_left_and_no_more_until_it_is_reset() {
        let buckets = Buckets::default();
        assert_eq!(buckets.take(POST), Ok(()));
        buckets.learn(POST, &left("2", "5"));
        assert_eq!((buckets.take(POST), buckets.take(POST)), (Ok(()), Ok(())));
        assert_eq!(buckets.take(POST), Err(Full { wait: 5 * SECOND, reason: SPENT }));
        buckets.learn(POST, &left("1", "4"));
        assert!(buckets.take(POST).is_err(), "the other request is still under way");
        assert_eq!(buckets.take(Lane { major: 2, ..POST }), Ok(()));
        tokio::time::advance(5 * SECOND).await;
        assert_eq!(buckets.take(POST), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn routes_that_share_a_bucket_share_its_places() {
        let buckets = Buckets::default();
        let named = |count| {
            let headers = [
                ("x-ratelimit-bucket", "b"),
                ("x-ratelimit-remaining", count),
                ("x-ratelimit-reset-after", "5"),
            ];
            answer(200, &headers, "{}")
        };
        assert_eq!((buckets.take(POST), buckets.take(EDIT)), (Ok(()), Ok(())));
        buckets.learn(POST, &named("1"));
        buckets.learn(EDIT, &named("0"));
        assert!(buckets.full(POST).is_some() && buckets.full(EDIT).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_429_stops_its_bucket_and_a_global_one_or_one_of_the_gate_everything() {
        let one = answer(
            429,
            &[("x-ratelimit-scope", "shared")],
            r#"{"message":"x","retry_after":3,"global":false}"#,
        );
        let buckets = Buckets::default();
        buckets.learn(POST, &one);
        assert_eq!(buckets.full(POST).map(|full| full.wait), Some(3 * SECOND));
        assert_eq!(buckets.full(EDIT), None);
        for everywhere in [
            answer(429, &[], r#"{"message":"x","retry_after":3,"global":true}"#),
            answer(429, &[("x-ratelimit-scope", "global"), ("retry-after", "3")], r#"{"message":"x"}"#),
            answer(429, &[("retry-after", "3")], "error code: 1015"),
        ] {
            let buckets = Buckets::default();
            buckets.learn(POST, &everywhere);
            assert_eq!(buckets.full(EDIT), Some(Full { wait: 3 * SECOND, reason: GLOBAL }));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn long_before_discord_shuts_us_out_nothing_is_asked_any_more() {
        let buckets = Buckets::default();
        let shared = answer(429, &[("x-ratelimit-scope", "shared"), ("retry-after", "0")], "{}");
        for _ in 0..REFUSED_MAX {
            buckets.learn(POST, &shared);
        }
        assert_eq!(buckets.full(EDIT), None, "those do not count");
        for n in 0..REFUSED_MAX {
            assert_eq!(buckets.full(EDIT), None, "after {n}");
            let status = [401, 403][n % 2];
            buckets.learn(POST, &answer(status, &[], "{}"));
        }
        assert_eq!(buckets.full(EDIT), Some(Full { wait: REFUSED_WITHIN, reason: SHUT_OUT }));
        tokio::time::advance(REFUSED_WITHIN).await;
        assert_eq!(buckets.full(EDIT), None);
    }
}
