//! A platform inside the process: it enforces Discord's limits by a clock that jumps, and keeps what it took.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paperwire::chat::{ChatPlatform, Edit, Edited, Post, Rendered};
use paperwire::clock::Clock;
use paperwire::domain::{ChannelId, Found, Platform, SendOutcome};
use paperwire::message::Message;

/// Posts that the platform takes in any second.
pub const PER_SECOND: u32 = 50;
const SECOND: Duration = Duration::from_secs(1);
/// Posts that a channel takes in five seconds.
const PLACES: usize = 5;
const BUCKET: Duration = Duration::from_secs(5);
/// The least step of time, so that nothing stands still for ever.
const TICK: Duration = Duration::from_millis(1);

/// A clock that stands still until it is told where to go.
pub struct Virtual(Mutex<Timestamp>);

impl Virtual {
    pub fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Jumps to a time, forwards only.
    pub fn go_to(&self, time: Timestamp) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = time.max(*now + TICK);
    }
}

impl Clock for Virtual {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct World {
    clock: Arc<Virtual>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    recent: VecDeque<Timestamp>,
    buckets: HashMap<ChannelId, VecDeque<Timestamp>>,
    /// How often each message stands in each channel.
    messages: HashMap<(ChannelId, String), u32>,
    posted: u64,
    limited: u64,
    last: Timestamp,
}

impl World {
    pub fn new(clock: Arc<Virtual>) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    /// When the last message was taken.
    pub fn last(&self) -> Timestamp {
        self.lock().last
    }

    /// Posts that ran into a limit.
    pub fn limited(&self) -> u64 {
        self.lock().limited
    }

    /// Messages that are missing, and those that stand there more than once.
    pub fn wrong(&self, papers: u32, channels: u32) -> (u64, u64) {
        let kept = self.lock();
        let there = kept.messages.len() as u64;
        let doubled = kept.messages.values().filter(|count| **count > 1).count() as u64;
        (u64::from(papers) * u64::from(channels) - there, doubled)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a post into its window, or says how long the window is full.
fn within(
    seen: &mut VecDeque<Timestamp>,
    now: Timestamp,
    most: usize,
    window: Duration,
) -> Result<(), Duration> {
    while seen.front().is_some_and(|&at| at + window <= now) {
        seen.pop_front();
    }
    if let Some(&first) = seen.front().filter(|_| seen.len() >= most) {
        return Err(Duration::try_from((first + window).duration_since(now)).unwrap_or(TICK));
    }
    seen.push_back(now);
    Ok(())
}

#[async_trait]
impl ChatPlatform for World {
    fn platform(&self) -> Platform {
        Platform::Discord
    }

    fn enforces_nonce(&self) -> bool {
        true
    }

    fn render(&self, _: &Message) -> Rendered {
        Rendered { rich: "{}".to_owned(), plain: "{}".to_owned() }
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        let now = self.clock.now();
        let mut kept = self.lock();
        let all = within(&mut kept.recent, now, PER_SECOND as usize, SECOND);
        let taken = all.and_then(|()| {
            within(kept.buckets.entry(post.channel.clone()).or_default(), now, PLACES, BUCKET)
        });
        if let Err(after) = taken {
            kept.limited += 1;
            return SendOutcome::Wait { after, reason: "429".to_owned() };
        }
        *kept.messages.entry((post.channel.clone(), post.body.to_owned())).or_default() += 1;
        kept.posted += 1;
        kept.last = now;
        SendOutcome::Sent { message_id: kept.posted.to_string() }
    }

    async fn edit(&self, _: Edit<'_>) -> Edited {
        Edited::Done
    }

    async fn find(&self, _: Post<'_>, _: Timestamp) -> Found {
        Found::Absent
    }

    fn per_second(&self) -> Option<u32> {
        Some(PER_SECOND)
    }
}
