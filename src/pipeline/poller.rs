//! Asks a source for its latest days and stores what it lists.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde::Serialize;
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::jitter::next_poll;
use super::{Stage, Step, Turn, feed_fate};
use crate::clock::Clock;
use crate::sources::{RateLimit, Source, SourceError, Validators};
use crate::store::{LeaseAnswer, PollNote, SourceState, Store};

/// After a longer silence, what was listed before this many days is stored but not posted any more.
const POST_WITHIN_DAYS: i64 = 14;
/// The wait after a first failure, unless the interval is shorter.
const FIRST_BACK_OFF: Duration = Duration::from_secs(30);
/// The longest wait after repeated failures.
const MAX_BACK_OFF: Duration = Duration::from_hours(1);

/// Between two questions whose turn it is.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
/// A clock that is corrected by less than this is still the same clock.
const CLOCK_SLIP: Duration = Duration::from_mins(1);

/// How a source is polled.
#[derive(Debug, Clone)]
pub struct PollSettings {
    /// Time between two polls.
    pub interval: Duration,
    /// Days before the first poll's day that a fresh installation takes too.
    pub backlog_days: u16,
    /// Days before today that every poll reads again: votes move and late papers appear.
    pub reread_days: u16,
}

/// What a poll came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PollReport {
    /// First day read.
    pub from: Date,
    /// Last day read.
    pub to: Date,
    /// Papers seen for the first time.
    pub new: usize,
    /// Known papers of which something changed.
    pub changed: usize,
    /// Known papers as they were.
    pub unchanged: usize,
    /// Rows that could not be read and were left out.
    pub bad_rows: u32,
}

/// The stage that polls one source.
pub struct Poller {
    store: Store,
    clock: Arc<dyn Clock>,
    source: Arc<dyn Source>,
    settings: PollSettings,
    wait: Mutex<Option<Wait>>,
    turn: Option<Turn>,
}

impl Poller {
    /// Makes the stage; the first step polls at once.
    pub fn new(store: Store, clock: Arc<dyn Clock>, source: Arc<dyn Source>, settings: PollSettings) -> Self {
        Self { store, clock, source, settings, wait: Mutex::new(None), turn: None }
    }

    /// Takes turns with other processes: each time one of them polls, for all.
    #[must_use]
    pub fn in_turn(self, turn: Turn) -> Self {
        Self { turn: Some(turn), ..self }
    }

    /// The name of its source.
    pub fn source_name(&self) -> &'static str {
        self.source.name().0
    }

    /// Polls the days that are due: the latest ones, and those missed since the last full poll.
    pub async fn poll(&self) -> anyhow::Result<PollReport> {
        let state = self.state().await?;
        let today = self.clock.today();
        let reread = today.saturating_sub(i64::from(self.settings.reread_days).days());
        let missed = state.polled_at.map_or(state.baseline, |at| at.to_zoned(TimeZone::UTC).date());
        let from = reread.min(missed).max(state.baseline).min(today);
        let report = self.read(from, today, &state, false).await;
        self.remember(state, &report).await?;
        Ok(report?)
    }

    /// Reads the given days again, whatever was read before.
    ///
    /// Papers of days before the baseline are stored and never posted.
    pub async fn poll_days(&self, from: Date, to: Date) -> anyhow::Result<PollReport> {
        let state = self.state().await?;
        let report = self.read(from, to.min(self.clock.today()), &state, true).await?;
        // The baseline must outlive this: a later first poll would otherwise set another one.
        self.store.put_source_state(self.source.name(), &state).await?;
        Ok(report)
    }

    async fn state(&self) -> anyhow::Result<SourceState> {
        let known = self.store.source_state(self.source.name()).await?;
        Ok(known.unwrap_or_else(|| SourceState {
            baseline: self.first_baseline(),
            polled_at: None,
            failure: None,
            failures: 0,
        }))
    }

    fn first_baseline(&self) -> Date {
        let today = self.clock.today();
        if self.source.starts_silently() {
            // The first poll posts nothing; later ones post what they bring unless it is weeks old.
            return today.saturating_sub(POST_WITHIN_DAYS.days());
        }
        today.saturating_sub(i64::from(self.settings.backlog_days).days())
    }

    /// Reads days in order, the oldest first, so that papers are numbered as they were listed.
    async fn read(
        &self,
        from: Date,
        to: Date,
        state: &SourceState,
        unconditional: bool,
    ) -> Result<PollReport, PollError> {
        let mut report = PollReport { from, to, new: 0, changed: 0, unchanged: 0, bad_rows: 0 };
        let postable_from = self.postable_from(state);
        let days = from.series(1.day()).take_while(|day| *day <= to);
        let mut rate: Option<RateLimit> = None;
        for day in days.filter(|day| self.source.serves(*day, self.clock.today())) {
            if let Some(spent) = rate.filter(|rate| rate.remaining == 0) {
                return Err(PollError::Spent { reset: spent.reset, day });
            }
            rate = self.read_day(day, postable_from, unconditional, &mut report).await?;
        }
        Ok(report)
    }

    /// The first day whose papers are posted: never before the baseline, and not weeks late.
    fn postable_from(&self, state: &SourceState) -> Date {
        let today = self.clock.today();
        let fresh = today.saturating_sub(POST_WITHIN_DAYS.days());
        if state.polled_at.is_none() && self.source.starts_silently() {
            today.saturating_add(1.day())
        } else if state.polled_at.is_none() {
            state.baseline
        } else {
            state.baseline.max(fresh)
        }
    }

    async fn read_day(
        &self,
        day: Date,
        postable_from: Date,
        unconditional: bool,
        report: &mut PollReport,
    ) -> Result<Option<RateLimit>, PollError> {
        let name = self.source.name();
        let key = format!("{name}:{day}");
        let known = if unconditional {
            None
        } else {
            self.store.validators(&key).await.map_err(anyhow::Error::from)?
        };
        let known = known.map(|v| Validators { etag: v.etag, last_modified: v.last_modified });
        let answer = self.source.day(day, self.clock.today(), known.as_ref()).await?;
        report.bad_rows += answer.bad_rows;
        if answer.not_modified {
            return Ok(answer.rate);
        }
        let now = self.clock.now();
        let listings = &answer.listings;
        let recorded = if self.source.repeats_items() {
            self.store.record_feed(name, listings, postable_from, now).await
        } else {
            self.store.record(name, listings, postable_from, now).await.map(|recorded| (recorded, false))
        };
        let (recorded, held) =
            recorded.with_context(|| format!("cannot store the listings of {name} for {day}"))?;
        crashpoint!("listed");
        if held {
            let (new, all) = (recorded.new, listings.len());
            warn!(source = %name, new, all, "Held for review: {new} of {all} items of {name} are suddenly new");
        }
        report.new += recorded.new;
        report.changed += recorded.changed;
        report.unchanged += recorded.unchanged;
        if let Some(validators) = answer.validators {
            // Only now: a crash before the listings are stored must not turn them into "not modified".
            let kept =
                crate::store::Validators { etag: validators.etag, last_modified: validators.last_modified };
            self.store.put_validators(&key, &kept, now).await.map_err(anyhow::Error::from)?;
        }
        Ok(answer.rate)
    }

    /// What the operator has to decide about, in words.
    async fn held(&self) -> anyhow::Result<Option<String>> {
        let name = self.source_name();
        let held = self.store.held(name).await?;
        Ok((held > 0).then(|| {
            format!(
                "{held} papers are held for review, because most of its items were suddenly new: \
                 paperwire sources release {name} posts them, paperwire sources drop {name} does not"
            )
        }))
    }

    async fn remember(
        &self,
        mut state: SourceState,
        report: &Result<PollReport, PollError>,
    ) -> anyhow::Result<()> {
        let (store, source) = (&self.store, &*self.source);
        match report {
            Ok(_) => {
                feed_fate::went_well(store, source).await?;
                state.polled_at = Some(self.clock.now());
                state.failure = self.held().await?;
                state.failures = 0;
            }
            Err(error) => {
                state.failure = Some(error.to_string());
                state.failures += 1;
                if let PollError::Source(error) = error {
                    feed_fate::went_wrong(store, source, error, state.failures, self.clock.now()).await?;
                }
            }
        }
        Ok(self.store.put_source_state(self.source.name(), &state).await?)
    }

    /// The wait after a failure: what the source asks for, else doubling up to an hour.
    async fn wait_after(&self, error: &anyhow::Error) -> Duration {
        let told = error.downcast_ref::<PollError>();
        let failures = self.state().await.map_or(1, |state| state.failures.clamp(1, 12));
        if let Some(PollError::Source(error)) = told
            && let Some(wait) = feed_fate::wait(&*self.source, error, failures)
        {
            return wait;
        }
        let asked = told.and_then(PollError::retry_after);
        let first = FIRST_BACK_OFF.min(self.settings.interval);
        asked.unwrap_or_else(|| (first * 2_u32.pow(failures - 1)).min(MAX_BACK_OFF))
    }

    fn until(&self, until: Timestamp) -> Wait {
        Wait { since: self.clock.now(), until }
    }

    /// Polls, and keeps what came of it; gives the time of the next poll.
    async fn poll_and_note(&self) -> anyhow::Result<Timestamp> {
        let source = self.source_name();
        let (mut at, mut told) = (None, None);
        let wait = match self.poll().await {
            Ok(report) => {
                let PollReport { from, to, new, changed, bad_rows, .. } = report;
                info!(source, %from, %to, new, changed, bad_rows, "Polled {source}: {new} new papers");
                at = self.source.next_poll(self.clock.now()).await;
                self.settings.interval
            }
            Err(error) => {
                let wait = self.wait_after(&error).await;
                told = Some(format!("{error:#}"));
                warn!(
                    source,
                    wait_s = wait.as_secs(),
                    "Cannot poll {source}, next try in {} s: {error:#}",
                    wait.as_secs()
                );
                wait
            }
        };
        let ended = self.clock.now();
        let next_poll = at.unwrap_or_else(|| next_poll(ended, wait, fastrand::f64()));
        let note = PollNote { at: ended, error: told.as_deref(), next_poll };
        self.store.note_poll(self.source.name(), note).await?;
        Ok(next_poll)
    }
}

/// The time between two polls.
#[derive(Debug, Clone, Copy)]
struct Wait {
    since: Timestamp,
    until: Timestamp,
}

impl Wait {
    /// When it ends, while it lasts. A clock that was set back to before its begin ends it.
    fn lasts_at(&self, now: Timestamp) -> Option<Timestamp> {
        (self.since - CLOCK_SLIP..self.until).contains(&now).then_some(self.until)
    }
}

/// Why a poll ended before its last day.
#[derive(Debug, thiserror::Error)]
enum PollError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("its request budget is spent, the rest from {day} on follows in {} s", reset.as_secs())]
    Spent { reset: Duration, day: Date },
    #[error("{0:#}")]
    Store(#[from] anyhow::Error),
}

impl PollError {
    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Source(error) => error.retry_after(),
            Self::Spent { reset, .. } => Some(*reset),
            Self::Store(_) => None,
        }
    }
}

#[async_trait]
impl Stage for Poller {
    fn name(&self) -> &'static str {
        "poller"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let mut wait = self.wait.lock().await;
        let now = self.clock.now();
        if let Some(until) = wait.as_ref().and_then(|wait| wait.lasts_at(now)) {
            return Ok(Step::Idle { until: Some(until) });
        }
        let Some(turn) = &self.turn else {
            *wait = Some(self.until(self.poll_and_note().await?));
            return Ok(Step::Worked);
        };
        let name = format!("poll {}", self.source_name());
        // A start asks at once, unless somebody has asked within the interval.
        let rested = wait.is_none().then_some(self.settings.interval);
        let taken = self.store.take_lease(&name, &turn.owner, turn.hold, rested, now).await?;
        if let LeaseAnswer::Later(rest) = taken {
            let until = self.clock.now() + rest.max(SHORTEST_WAIT);
            *wait = Some(self.until(until));
            return Ok(Step::Idle { until: Some(until) });
        }
        let polled = tokio::select! {
            polled = self.poll_and_note() => polled,
            () = turn.hold(&name) => {
                let source = self.source_name();
                warn!(source, "Broke off the poll of {source}: the database gave no more time for it");
                return Ok(Step::Worked);
            }
        };
        let now = self.clock.now();
        // After a failure of the database the next one may try soon; the lease ends by itself when it is still away.
        let rest = polled.as_ref().map_or(SHORTEST_WAIT, |at| between(now, *at));
        let given_back = self.store.end_lease(&name, &turn.owner, rest, now).await;
        *wait = Some(self.until(polled?));
        given_back?;
        Ok(Step::Worked)
    }
}

/// The time from one instant to a later one.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}
