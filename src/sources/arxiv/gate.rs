//! The one gate for everything that is asked of arXiv.
//!
//! arXiv's terms: no more than one request every three seconds and one connection at a time, for RSS, query API and
//! OAI-PMH together and for all machines of one operator. So a request takes its turn, which other processes see
//! through the [`Lease`], and whoever finds the turn taken waits. After a 403 nobody asks for hours: more requests
//! then count as an attack.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::StatusCode;
use tokio::sync::Mutex;
use tracing::warn;
use url::Url;

use crate::clock::Clock;
use crate::sources::fetch::FetchError;

/// The time between the starts of two requests: arXiv's three seconds, and some for clocks that differ.
pub const SPACING: Duration = Duration::from_millis(3_100);
/// How long a request may hold the turn: longer than its timeout, so that a turn only runs out after a crash.
pub const HOLD: Duration = Duration::from_secs(200);
/// The longest wait for the turn inside a request; a longer one is told to the caller.
const PATIENCE: Duration = Duration::from_mins(4);
/// The wait after a first answer that asks to wait and does not say how long; doubled by each further one.
const FIRST_BACK_OFF: Duration = Duration::from_secs(30);
/// The longest of these waits.
const MAX_BACK_OFF: Duration = Duration::from_hours(1);
/// How long nothing is asked after a first 403; doubled by each further one.
const FIRST_BAR: Duration = Duration::from_hours(3);
/// The longest time for which nothing is asked after 403s.
const MAX_BAR: Duration = Duration::from_hours(24);

/// What all processes know of arXiv's patience.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// How often in a row it has asked to wait.
    pub busy: u32,
    /// How often in a row it has answered 403.
    pub denials: u32,
}

/// What came of asking for the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is ours.
    Ours(Standing),
    /// It is somebody else's, or arXiv is to be left alone, until this time.
    Later(Timestamp, Standing),
}

/// The turn, as all processes that ask arXiv share it.
#[async_trait]
pub trait Lease: Send + Sync {
    /// Takes the turn until `held_until` if it is free at `now`.
    async fn take(&self, now: Timestamp, held_until: Timestamp) -> anyhow::Result<Turn>;

    /// Gives back the turn that was taken until `held_until`: the next one is free from `next_at` on.
    async fn give_back(
        &self,
        held_until: Timestamp,
        next_at: Timestamp,
        standing: Standing,
    ) -> anyhow::Result<()>;
}

/// Lets time pass; tests move their clock instead.
#[async_trait]
pub trait Rest: Send + Sync {
    /// Returns after this time.
    async fn rest(&self, span: Duration);
}

/// Waits by the machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sleep;

#[async_trait]
impl Rest for Sleep {
    async fn rest(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

/// A turn that only this process knows of.
#[derive(Debug, Default)]
pub struct OwnLease(Mutex<Option<(Timestamp, Standing)>>);

#[async_trait]
impl Lease for OwnLease {
    async fn take(&self, now: Timestamp, held_until: Timestamp) -> anyhow::Result<Turn> {
        let mut kept = self.0.lock().await;
        let (next_at, standing) = kept.unwrap_or((now, Standing::default()));
        if next_at > now {
            return Ok(Turn::Later(next_at, standing));
        }
        *kept = Some((held_until, standing));
        Ok(Turn::Ours(standing))
    }

    async fn give_back(
        &self,
        held_until: Timestamp,
        next_at: Timestamp,
        standing: Standing,
    ) -> anyhow::Result<()> {
        let mut kept = self.0.lock().await;
        if kept.is_some_and(|(until, _)| until == held_until) {
            *kept = Some((next_at, standing));
        }
        Ok(())
    }
}

/// Lets one request at a time through.
pub struct Gate {
    clock: Arc<dyn Clock>,
    lease: Arc<dyn Lease>,
    rest: Arc<dyn Rest>,
    one: Mutex<()>,
}

/// The turn of one request.
struct Held {
    began: Timestamp,
    until: Timestamp,
    standing: Standing,
}

impl Gate {
    /// Makes a gate over the turn that all processes share.
    pub fn new(clock: Arc<dyn Clock>, lease: Arc<dyn Lease>, rest: Arc<dyn Rest>) -> Self {
        Self { clock, lease, rest, one: Mutex::default() }
    }

    /// Makes a request for `url` when it is its turn.
    ///
    /// A request that is dropped on its way keeps the turn until [`HOLD`] has passed; nothing is lost by that but time.
    pub async fn pass<T>(
        &self,
        url: &Url,
        request: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let _one = self.one.lock().await;
        let held = self.turn(url).await?;
        let answer = request.await;
        let (wait, standing) = judged(held.standing, answer.as_ref().err());
        // Spaced from the start, so that a long answer costs no wait, and never before its end.
        let next_at = (held.began + SPACING).max(self.clock.now() + wait);
        if let Err(error) = self.lease.give_back(held.until, next_at, standing).await {
            warn!("Cannot give arXiv's turn back, it runs out by itself: {error:#}");
        }
        answer
    }

    async fn turn(&self, url: &Url) -> Result<Held, FetchError> {
        let asked_at = self.clock.now();
        loop {
            let began = self.clock.now();
            let until = began + HOLD;
            let turn = self.lease.take(began, until).await.map_err(|error| {
                warn!("Cannot tell whose turn at arXiv it is: {error:#}");
                FetchError::busy(url, FIRST_BACK_OFF)
            })?;
            let (free_at, standing) = match turn {
                Turn::Ours(standing) => return Ok(Held { began, until, standing }),
                Turn::Later(free_at, standing) => (free_at, standing),
            };
            let wait = span(began, free_at);
            if standing.denials > 0 && wait > SPACING {
                return Err(FetchError::barred(url, wait));
            }
            if wait > PATIENCE || span(asked_at, began) > PATIENCE {
                return Err(FetchError::busy(url, wait));
            }
            // Another process may be done long before its time runs out.
            self.rest.rest(wait.clamp(Duration::from_millis(10), SPACING)).await;
        }
    }
}

/// How long arXiv is left alone after an answer, and what is remembered of it.
fn judged(before: Standing, error: Option<&FetchError>) -> (Duration, Standing) {
    let doubled = |first: Duration, times: u32| first.saturating_mul(2_u32.saturating_pow(times));
    match error {
        Some(FetchError::Rejected { status: StatusCode::FORBIDDEN, .. }) => {
            let bar = doubled(FIRST_BAR, before.denials).min(MAX_BAR);
            warn!("arXiv forbids us to ask (403): nothing is asked of it for {} h", bar.as_secs() / 3600);
            (bar, Standing { denials: before.denials.saturating_add(1), ..before })
        }
        Some(FetchError::Busy { wait, .. }) => {
            let back_off = doubled(FIRST_BACK_OFF, before.busy).min(MAX_BACK_OFF);
            (wait.unwrap_or(back_off), Standing { busy: before.busy.saturating_add(1), ..before })
        }
        // The client's own bar: nothing was asked.
        Some(FetchError::Barred { wait, .. }) => (*wait, before),
        _ => (Duration::ZERO, Standing::default()),
    }
}

fn span(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
