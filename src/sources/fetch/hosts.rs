//! What is remembered of each host, so that all who ask it leave it alone together.
//!
//! A wait that it asks for holds for every address on it; failures in a row are waited out longer each time; and
//! after a 403 nothing is asked for hours, since some hosts take the next request for an attack. A document that
//! the host calls fresh is not asked for again. Kept in memory: a restart may ask once too often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use tracing::warn;
use url::{Position, Url};

use super::error::{FetchError, shown, spelt};
use crate::clock::Clock;

/// The wait after the second failure in a row; the first is its caller's to wait out.
const FIRST_BACK_OFF: Duration = Duration::from_secs(1);
/// The longest wait after failures.
const MAX_BACK_OFF: Duration = Duration::from_mins(15);
/// How long nothing is asked after a first 403; doubled by each further one.
const FIRST_BAR: Duration = Duration::from_hours(3);
/// The longest time for which nothing is asked after 403s.
const MAX_BAR: Duration = Duration::from_hours(24);
/// How many hosts, and how many fresh documents, are remembered before those that are over are forgotten.
const SWEEP_ABOVE: usize = 4096;

/// The memory, shared by every clone of a fetcher.
pub(super) struct Hosts {
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    hosts: HashMap<String, Host>,
    /// Until when the document at an address is fresh.
    fresh: HashMap<String, Timestamp>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Host {
    not_before: Option<Timestamp>,
    failures: u32,
    /// How often in a row it has answered 403.
    denials: u32,
}

impl Hosts {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, memory: Mutex::default() }
    }

    /// Refuses a request to a host that is to be left alone.
    pub(super) fn permit(&self, url: &Url) -> Result<(), FetchError> {
        let Some(host) = self.memory().hosts.get(key(url)).copied() else { return Ok(()) };
        let Some(wait) = host.not_before.and_then(|at| self.until(at)) else { return Ok(()) };
        match host.denials {
            0 => Err(FetchError::busy(url, wait)),
            _ => Err(FetchError::Barred { url: shown(url), wait }),
        }
    }

    /// True while the document at `url` is what it was by the host's own word.
    pub(super) fn is_fresh(&self, url: &Url) -> bool {
        let until = self.memory().fresh.get(url.as_str()).copied();
        until.is_some_and(|at| self.until(at).is_some())
    }

    /// Remembers how long a document stays what it is.
    pub(super) fn keep_fresh(&self, url: &Url, fresh_for: Option<Duration>) {
        let now = self.clock.now();
        let mut memory = self.memory();
        match fresh_for {
            Some(span) => memory.fresh.insert(url.to_string(), later(now, span)),
            None => memory.fresh.remove(url.as_str()),
        };
        if memory.fresh.len() > SWEEP_ABOVE {
            memory.fresh.retain(|_, until| *until > now);
        }
    }

    /// Forgets troubles after an answer; a budget that is used up is waited for.
    pub(super) fn answered(&self, url: &Url, spent_for: Option<Duration>) {
        let mut memory = self.memory();
        match spent_for {
            None => memory.hosts.remove(key(url)),
            Some(reset) => {
                let not_before = Some(later(self.clock.now(), reset));
                memory.hosts.insert(key(url).to_owned(), Host { not_before, ..Host::default() })
            }
        };
    }

    /// Remembers a failure, when it says something of the host and not of one document.
    pub(super) fn failed(&self, url: &Url, error: &FetchError) {
        let now = self.clock.now();
        let mut memory = self.memory();
        let mut host = memory.hosts.get(key(url)).copied().unwrap_or_default();
        host.not_before = match error {
            FetchError::Rejected { status: StatusCode::FORBIDDEN, .. } => {
                let bar = FIRST_BAR.saturating_mul(2_u32.saturating_pow(host.denials)).min(MAX_BAR);
                host.denials = host.denials.saturating_add(1);
                let name = url.host_str().unwrap_or_default();
                warn!(host = name, "{name} forbids us to ask: nothing is asked of it for {}", spelt(bar));
                Some(later(now, bar))
            }
            FetchError::Busy { wait: Some(wait), .. } => Some(later(now, *wait)),
            FetchError::Busy { wait: None, .. }
            | FetchError::Failing { .. }
            | FetchError::Unreachable { .. }
            | FetchError::TimedOut { .. }
            | FetchError::TooSlow { .. }
            | FetchError::BrokeOff { .. } => {
                host.failures = host.failures.saturating_add(1);
                host.denials = 0;
                back_off(host.failures).map(|wait| later(now, jittered(wait)))
            }
            // The host answers, only not with this document.
            FetchError::Rejected { .. } | FetchError::TooLarge { .. } | FetchError::NotTheApi { .. } => {
                memory.hosts.remove(key(url));
                return;
            }
            FetchError::Refused { .. } | FetchError::Barred { .. } => return,
        };
        memory.hosts.insert(key(url).to_owned(), host);
        if memory.hosts.len() > SWEEP_ABOVE {
            memory.hosts.retain(|_, host| host.not_before.is_some_and(|at| at > now));
        }
    }

    fn until(&self, at: Timestamp) -> Option<Duration> {
        Duration::try_from(at.duration_since(self.clock.now())).ok().filter(|wait| !wait.is_zero())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lengthens a wait by up to an eighth, so that those who failed together do not come back together.
fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(1.0 + fastrand::f64() / 8.0)
}

/// The wait after so many failures in a row.
fn back_off(failures: u32) -> Option<Duration> {
    let doublings = failures.checked_sub(2)?;
    Some(FIRST_BACK_OFF.saturating_mul(2_u32.saturating_pow(doublings)).min(MAX_BACK_OFF))
}

fn later(now: Timestamp, span: Duration) -> Timestamp {
    now.saturating_add(span).unwrap_or(Timestamp::MAX)
}

/// Host and port, by which hosts are told apart.
fn key(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_are_waited_out_longer_each_time() {
        let waits: Vec<_> = (0..14).map(|n| back_off(n).map_or(0, |wait| wait.as_secs())).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(back_off(u32::MAX), Some(MAX_BACK_OFF));
    }

    #[test]
    fn a_jittered_wait_is_never_shorter_and_at_most_an_eighth_longer() {
        let wait = Duration::from_secs(80);
        let waits: Vec<_> = (0..100).map(|_| jittered(wait)).collect();
        assert!(waits.iter().all(|long| (wait..=Duration::from_secs(90)).contains(long)));
        assert!(waits.iter().any(|long| *long != waits[0]));
    }

    #[test]
    fn hosts_are_told_apart_by_name_and_port() {
        let of = |text: &str| key(&Url::parse(text).unwrap()).to_owned();
        assert_eq!(of("https://a.example/x?y"), of("https://a.example:443/z"));
        assert_ne!(of("https://a.example/"), of("https://a.example:8443/"));
        assert_ne!(of("https://a.example/"), of("https://b.example/"));
    }
}
