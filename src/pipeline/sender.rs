//! Sends what the outbox holds: claim, intent, post, finish.
//!
//! One dispatcher does all that concerns the database, so that the intents and outcomes of many
//! deliveries share a commit; each post is a task of its own and touches the database never.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::outcomes::OutcomeLog;
use super::poster::Poster;
use super::{Stage, Step, catch_up, grouping};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::RetryPolicy;
use crate::store::{Ended, Lane, Store};

/// Deliveries that share a transaction.
const BATCH: usize = 50;
/// How often stopped senders and expired deliveries are looked for, however much there is to post.
const TIDY_EVERY: Duration = Duration::from_secs(1);
/// How often queues are looked for that nobody knows to wait.
const FIND_EVERY: Duration = Duration::from_mins(1);

/// How the outbox is worked off.
#[derive(Debug, Clone)]
pub struct SendSettings {
    /// This process's name in leases, new at every start.
    pub owner: String,
    /// How long a claim holds.
    pub lease: Duration,
    /// Posts on their way at the same time, each to another destination.
    pub concurrency: usize,
    /// Papers of a channel that go out as one message when they wait together; 1: each on its own.
    pub group: usize,
    /// When to try again.
    pub policy: RetryPolicy,
}

/// The stage that brings deliveries into channels.
pub struct Sender {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settings: SendSettings,
    poster: Arc<Poster>,
    lanes: Vec<Lane>,
    wake: Arc<Notify>,
    stop: CancellationToken,
    pub(super) outcomes: Option<OutcomeLog>,
    /// True while the log may hold posts that are not recorded.
    pub(super) logged: AtomicBool,
    /// When it was tidied up last, and when forgotten queues were looked for.
    tidied: Mutex<[Option<Timestamp>; 2]>,
}

impl Sender {
    /// Makes the stage for the platforms this process is connected to.
    ///
    /// `wake` tells of new deliveries while some are on their way; after `stop` nothing is claimed
    /// any more and the step ends with the last post on its way.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
        settings: SendSettings,
        wake: Arc<Notify>,
        stop: CancellationToken,
    ) -> Self {
        let platforms: HashMap<_, _> = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        let lanes = platforms.values().map(|p| Lane { platform: p.platform(), per_second: p.per_second() });
        let lanes = lanes.collect();
        let poster = Poster { clock: clock.clone(), platforms, policy: settings.policy.clone() };
        Self {
            store,
            clock,
            settings,
            poster: Arc::new(poster),
            lanes,
            wake,
            stop,
            outcomes: None,
            logged: AtomicBool::new(true),
            tidied: Mutex::default(),
        }
    }

    /// Keeps posts in a file while the database does not take them.
    #[must_use]
    pub fn logging_outcomes(self, log: OutcomeLog) -> Self {
        Self { outcomes: Some(log), ..self }
    }

    /// Records what an earlier process, or this one, could not.
    async fn replay(&self) -> anyhow::Result<()> {
        let Some(log) = &self.outcomes else { return Ok(()) };
        if self.logged.load(Ordering::Relaxed) {
            log.replay(&self.store, &*self.clock).await?;
            self.logged.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Says whether something that is done so often is due, and notes that it is done.
    fn is_time(&self, which: usize, every: Duration, now: Timestamp) -> bool {
        let mut tidied = self.tidied.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back does not put it off.
        let due = tidied[which].is_none_or(|last| now < last || now >= last + every);
        if due {
            tidied[which] = Some(now);
        }
        due
    }

    /// Takes back what stopped senders held and lets go of what is too old.
    async fn tidy(&self) -> anyhow::Result<()> {
        let now = self.clock.now();
        if !self.is_time(0, TIDY_EVERY, now) {
            return Ok(());
        }
        self.store.recover(&self.settings.owner, now).await?;
        catch_up::let_go(&self.store, &self.poster.platforms, now).await?;
        if self.is_time(1, FIND_EVERY, now) {
            let found = self.store.find_forgotten().await?;
            if found > 0 {
                warn!(found, "Found {found} channels whose deliveries nobody would have posted");
            }
        }
        Ok(())
    }

    /// Claims what is due, commits the intents and lets the posts leave.
    async fn dispatch(&self, limit: usize, on_their_way: &mut JoinSet<Ended>) -> anyhow::Result<()> {
        if limit == 0 || self.stop.is_cancelled() {
            return Ok(());
        }
        self.tidy().await?;
        let limit = u32::try_from(limit.min(BATCH)).unwrap_or(u32::MAX);
        let Self { store, settings, lanes, .. } = self;
        let claimed =
            store.claim_paced(&settings.owner, lanes, limit, settings.lease, self.clock.now()).await?;
        for _ in &claimed {
            crashpoint!("claimed");
        }
        let now = self.clock.now();
        let (look, mut post): (Vec<_>, Vec<_>) =
            claimed.into_iter().partition(|claimed| self.poster.must_look(claimed, now));
        for claimed in look {
            let poster = Arc::clone(&self.poster);
            on_their_way.spawn(async move { poster.look(claimed).await });
        }
        for claimed in &mut post {
            let Some(platform) = self.poster.platforms.get(&claimed.platform) else { continue };
            grouping::gather(store, &**platform, claimed, settings.group, now).await?;
        }
        let asked_at = Instant::now();
        let granted = store.intents(&post, now).await?;
        for (claimed, granted) in post.into_iter().zip(granted) {
            if granted {
                crashpoint!("intent");
                let poster = Arc::clone(&self.poster);
                on_their_way.spawn(async move { poster.post(claimed, asked_at).await });
            }
        }
        Ok(())
    }

    /// How long until something can be claimed that cannot be now.
    async fn until_due(&self) -> Option<Duration> {
        // A database that fails here fails at the next claim too, which says so.
        let due = self.store.next_due_paced(&self.lanes).await.ok()??;
        Duration::try_from(due.duration_since(self.clock.now())).ok().filter(|wait| !wait.is_zero())
    }
}

#[async_trait]
impl Stage for Sender {
    fn name(&self) -> &'static str {
        "sender"
    }

    /// Works until nothing can be claimed and nothing is on its way.
    async fn step(&self) -> anyhow::Result<Step> {
        self.replay().await?;
        self.tidy().await?;
        let mut on_their_way = JoinSet::new();
        let mut failure: Option<anyhow::Error> = None;
        let mut worked = false;
        loop {
            let free = self.settings.concurrency.saturating_sub(on_their_way.len());
            if failure.is_none()
                && let Err(error) = self.dispatch(free, &mut on_their_way).await
            {
                failure = Some(error);
            }
            if on_their_way.is_empty() {
                break;
            }
            worked = true;
            let free = self.settings.concurrency.saturating_sub(on_their_way.len());
            let waits = free > 0 && failure.is_none() && !self.stop.is_cancelled();
            let due = if waits { self.until_due().await } else { None };
            let mut ended = Vec::new();
            // A wake-up lets a slow channel not hold back papers for the others.
            tokio::select! {
                Some(done) = on_their_way.join_next() => ended.push(done),
                () = self.wake.notified(), if waits => {}
                () = tokio::time::sleep(due.unwrap_or_default()), if due.is_some() => {}
            }
            // Those who were answered at the same time share a commit.
            tokio::task::yield_now().await;
            while ended.len() < BATCH
                && let Some(done) = on_their_way.try_join_next()
            {
                ended.push(done);
            }
            let mut outcomes = Vec::with_capacity(ended.len());
            for done in ended {
                match done {
                    Ok(ended) => outcomes.push(ended),
                    Err(panicked) => failure = failure.or(Some(panicked.into())),
                }
            }
            if let Err(error) = self.record(outcomes).await {
                failure = failure.or(Some(error));
            }
        }
        match failure {
            Some(error) => Err(error),
            None if worked => Ok(Step::Worked),
            None => Ok(Step::Idle { until: self.store.next_due_paced(&self.lanes).await? }),
        }
    }
}
