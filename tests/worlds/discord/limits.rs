//! Discord's limits: requests in a second, places in each channel's bucket, refused requests in ten minutes; and storms.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Answer, Discord, State};

/// Places in a channel's bucket.
const PLACES: usize = 5;
const BUCKET: Duration = Duration::from_secs(5);

pub struct Limits {
    per_second: usize,
    /// Requests of the last second.
    recent: VecDeque<Instant>,
    pub(super) buckets: Option<HashMap<String, VecDeque<Instant>>>,
    storm: Option<Storm>,
    /// Refused requests that count towards a ban.
    invalid: usize,
    /// Posts that came before the time that their channel's last 429 named.
    early: usize,
}

struct Storm {
    until: Instant,
    random: fastrand::Rng,
    told: HashMap<String, Instant>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { per_second: 50, recent: VecDeque::new(), buckets: None, storm: None, invalid: 0, early: 0 }
    }
}

impl Discord {
    /// Enforces five posts in five seconds per channel and says so in headers, as the real one does.
    pub fn limit_channels(&self) {
        self.state(|state| state.limits.buckets = Some(HashMap::new()));
    }

    /// Takes so many requests in a second from the whole bot, not 50.
    pub fn allow_per_second(&self, requests: usize) {
        self.state(|state| state.limits.per_second = requests);
    }

    /// Answers every post with 429 for so long, each time with a wait of its own.
    pub fn storm(&self, lasts: Duration, seed: u64) {
        self.state(|state| {
            let until = state.now() + lasts;
            let random = fastrand::Rng::with_seed(seed);
            state.limits.storm = Some(Storm { until, random, told: HashMap::new() });
        });
    }

    /// Refused requests that count towards a ban.
    pub fn invalid(&self) -> usize {
        self.state(|state| state.limits.invalid)
    }

    /// Posts that came before the time that their channel's last 429 had named.
    pub fn early(&self) -> usize {
        self.state(|state| state.limits.early)
    }
}

/// Counts an answer that Discord takes for a refused request.
pub fn count(state: &mut State, answer: &Answer) {
    let shared = answer.headers.iter().any(|(name, value)| *name == "x-ratelimit-scope" && value == "shared");
    if matches!(answer.status, 401 | 403) || answer.status == 429 && !shared {
        state.limits.invalid += 1;
    }
}

/// The limit of the whole bot.
pub fn everywhere(state: &mut State, now: Instant) -> Result<(), Answer> {
    let most = state.limits.per_second;
    within(&mut state.limits.recent, now, most, Duration::from_secs(1))
        .map_err(|wait| limited(wait, "global"))
}

/// The limit of a channel: how many places are left and for how long, where it is enforced.
pub fn in_channel(
    state: &mut State,
    channel: &str,
    now: Instant,
) -> Result<Option<(usize, Duration)>, Answer> {
    if let Some(storm) = state.limits.storm.as_mut() {
        state.limits.early += usize::from(storm.told.get(channel).is_some_and(|&told| now < told));
        if now < storm.until {
            let wait = Duration::from_millis(storm.random.u64(500..60_000));
            storm.told.insert(channel.to_owned(), now + wait);
            let scope = if storm.random.bool() { "user" } else { "shared" };
            return Err(limited(wait, scope));
        }
    }
    let Some(buckets) = &mut state.limits.buckets else { return Ok(None) };
    let bucket = buckets.entry(channel.to_owned()).or_default();
    within(bucket, now, PLACES, BUCKET).map_err(|wait| limited(wait, "user"))?;
    Ok(Some((PLACES - bucket.len(), BUCKET.saturating_sub(now - bucket[0]))))
}

/// Counts a request into its window, or says how long the window is full.
pub(super) fn within(
    seen: &mut VecDeque<Instant>,
    now: Instant,
    most: usize,
    window: Duration,
) -> Result<(), Duration> {
    while seen.front().is_some_and(|&at| now - at >= window) {
        seen.pop_front();
    }
    if seen.len() >= most {
        return Err(window.saturating_sub(now - seen[0]));
    }
    seen.push_back(now);
    Ok(())
}

pub(super) fn limited(wait: Duration, scope: &str) -> Answer {
    let (seconds, global) = (wait.as_secs_f64(), scope == "global");
    let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": global});
    let answer = Answer::json(429, &body)
        .header("retry-after", &wait.as_secs_f64().ceil().to_string())
        .header("x-ratelimit-scope", scope);
    if global { answer.header("x-ratelimit-global", "true") } else { answer }
}
