//! Brings the channels' roundups at their time, each kind once for its local date.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::{Timestamp, ToSpan as _};
use tokio::sync::Mutex;
use tracing::{debug, info, warn};

use super::roundup_make::{Made, made, span, weekly_too};
use super::roundup_sources::{Resting, SourceClock, SourceDay};
use super::{Stage, Step};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::{AlreadyPosted, Every, Firing, Platform, QuietDay, RoundupKind, Schedule};
use crate::message::{Message, QuietReason, RoundupCard, details_control, late_note, quiet_card};
use crate::store::{NewRoundup, RoundupPlan, Store};

/// A roundup that could not be made in time is made up for so long, and then left out.
const CATCH_UP: Duration = Duration::from_hours(12);
/// How often it looks whether the source has come.
const LOOK_AGAIN: Duration = Duration::from_mins(2);

/// The stage that makes roundups.
pub struct Roundups {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    sources: Option<Arc<dyn SourceClock>>,
    /// For so long a roundup waits for a source that is late.
    patience: Duration,
    /// When the next one is due, as of a version of the subscriptions.
    next: Mutex<Option<(i64, Timestamp)>>,
}

/// How the sources stand at the times of this step's roundups.
type Days = HashMap<Timestamp, SourceDay>;

impl Roundups {
    /// Makes the stage.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { store, clock, platforms, sources: None, patience: Duration::ZERO, next: Mutex::default() }
    }

    /// Waits for sources that are late, and then goes without them.
    #[must_use]
    pub fn waiting_for(self, sources: Arc<dyn SourceClock>, patience: Duration) -> Self {
        Self { sources: Some(sources), patience, ..self }
    }

    /// Deals with the latest date of one roundup, when it is due and was not dealt with before; gives the time to look
    /// again when it waits for a source.
    async fn deal(
        &self,
        plan: &RoundupPlan,
        days: &mut Days,
        now: Timestamp,
    ) -> anyhow::Result<Option<Timestamp>> {
        let Some(firing) = latest(plan, now) else { return Ok(None) };
        if firing.at < plan.since || plan.done.is_some_and(|done| firing.date <= done) {
            return Ok(None);
        }
        let channel = &plan.destination.channel;
        if now.duration_since(firing.at).unsigned_abs() > CATCH_UP {
            let note = "it could not be made within 12 hours";
            if self.commit(plan, firing, Err(note), now).await? {
                warn!("Left out the roundup of {} in {channel}: {note}", firing.date);
            }
            return Ok(None);
        }
        let day = self.sources_at(plan, firing, days).await?;
        if !day.late.is_empty() && now < firing.at + self.patience {
            debug!("The roundup of {} in {channel} waits for {:?}", firing.date, day.late);
            return Ok(Some((now + LOOK_AGAIN).min(firing.at + self.patience)));
        }
        let weekly = weekly_too(plan, firing.date);
        let new = match made(&self.store, plan, firing.date, now, weekly).await? {
            Some(made) => self.full(plan, firing, made, &day, now),
            None if says_so(plan, weekly) => self.quiet(plan, firing, day, now),
            None => None,
        };
        let Some(new) = new else {
            self.commit(plan, firing, Err("nothing was collected"), now).await?;
            return Ok(None);
        };
        let papers = new.papers.len();
        let committed = self.commit(plan, firing, Ok(&new), now).await;
        crashpoint!("roundup_post_commit");
        if committed.with_context(|| format!("cannot store the roundup of {channel}"))? {
            info!(papers, kind = %plan.kind, "Queued the roundup of {} for {channel}", firing.date);
            return Ok(None);
        }
        // Another process was quicker, with this date or with one of the papers: what is left now?
        Ok(Some(now))
    }

    async fn commit(
        &self,
        plan: &RoundupPlan,
        firing: Firing,
        made: Result<&NewRoundup, &str>,
        now: Timestamp,
    ) -> anyhow::Result<bool> {
        Ok(self.store.commit_roundup(plan.destination.id, plan.kind, firing.date, made, now).await?)
    }

    /// How the sources stand; what is trending is known without them.
    async fn sources_at(
        &self,
        plan: &RoundupPlan,
        firing: Firing,
        days: &mut Days,
    ) -> anyhow::Result<SourceDay> {
        let Some(sources) = self.sources.as_ref().filter(|_| plan.kind != RoundupKind::Trending) else {
            return Ok(SourceDay::default());
        };
        if let Some(known) = days.get(&firing.at) {
            return Ok(known.clone());
        }
        let day = sources.at(firing.at).await.context("cannot tell which sources are late")?;
        days.insert(firing.at, day.clone());
        Ok(day)
    }

    fn full(
        &self,
        plan: &RoundupPlan,
        firing: Firing,
        made: Made,
        day: &SourceDay,
        now: Timestamp,
    ) -> Option<NewRoundup> {
        let Made { mut card, papers } = made;
        card.add_note(&late_note(&day.late));
        card.details = Some(details_control(plan.kind, firing.date));
        let (keys, reasons) =
            papers.into_iter().map(|placed| (placed.key, (placed.why, placed.rank))).unzip();
        Some(NewRoundup { papers: keys, reasons, ..self.rendered(plan, card, now)? })
    }

    fn quiet(
        &self,
        plan: &RoundupPlan,
        firing: Firing,
        day: SourceDay,
        now: Timestamp,
    ) -> Option<NewRoundup> {
        let (kind, reason) = match (plan.kind, day) {
            (RoundupKind::Trending, _) => ("Trending", QuietReason::NothingRises(span(plan).0)),
            (_, SourceDay { late, .. }) if !late.is_empty() => ("Roundup", QuietReason::Late(late)),
            (_, SourceDay { rest: Some(Resting::Weekend), .. }) => ("Roundup", QuietReason::Weekend),
            (_, SourceDay { rest: Some(Resting::Holiday(name)), .. }) => {
                ("Roundup", QuietReason::Holiday(name))
            }
            _ => ("Roundup", QuietReason::NoMatch),
        };
        self.rendered(plan, quiet_card(kind, firing.date, &reason), now)
    }

    /// The bytes for the channel's platform; `None` when this process does not know it.
    fn rendered(&self, plan: &RoundupPlan, card: RoundupCard, now: Timestamp) -> Option<NewRoundup> {
        let platform = self.platforms.get(&plan.destination.platform)?;
        let rendered = platform.render(&Message::Roundup(card));
        Some(NewRoundup {
            papers: Vec::new(),
            reasons: Vec::new(),
            rich: rendered.rich,
            plain: rendered.plain,
            expires_at: now + CATCH_UP,
        })
    }
}

/// True when a day without papers is told: where it is wished and something was to be collected.
fn says_so(plan: &RoundupPlan, weekly: bool) -> bool {
    let collects = plan.daily
        || (plan.weekly && weekly)
        || plan.kind == RoundupKind::Trending
        || plan.settings.posted == Some(AlreadyPosted::Mark);
    plan.settings.quiet == Some(QuietDay::Say) && collects
}

/// The roundup's own rhythm; `None` when its zone is unknown to this version.
fn rhythm(plan: &RoundupPlan) -> Option<Schedule> {
    plan.settings.schedule()
}

/// On Mondays, beside the channel's own rhythm, what comes weekly.
fn mondays(plan: &RoundupPlan) -> Option<Schedule> {
    rhythm(plan).filter(|_| plan.weekly).map(|rhythm| Schedule { every: Every::Weekly, ..rhythm })
}

fn latest(plan: &RoundupPlan, now: Timestamp) -> Option<Firing> {
    let schedules = [rhythm(plan), mondays(plan)];
    schedules.iter().flatten().filter_map(|schedule| schedule.latest(now)).max_by_key(|firing| firing.at)
}

fn next(plan: &RoundupPlan, after: Timestamp) -> Option<Timestamp> {
    let after = after + 1.microsecond();
    let schedules = [rhythm(plan), mondays(plan)];
    schedules.iter().flatten().filter_map(|schedule| Some(schedule.firings(after).next()?.at)).min()
}

#[async_trait]
impl Stage for Roundups {
    fn name(&self) -> &'static str {
        "roundups"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let mut next_due = self.next.lock().await;
        let version = self.store.subscription_version().await?;
        let now = self.clock.now();
        if let Some((of, at)) = *next_due
            && of == version
            && now < at
        {
            return Ok(Step::Idle { until: Some(at) });
        }
        let (plans, mut days) = (self.store.roundup_plans().await?, Days::new());
        let mut soonest = now + 24.hours();
        for plan in &plans {
            let again = self.deal(plan, &mut days, now).await?;
            soonest = soonest.min(again.unwrap_or(soonest)).min(next(plan, now).unwrap_or(soonest));
        }
        *next_due = Some((version, soonest));
        Ok(Step::Idle { until: Some(soonest) })
    }
}
