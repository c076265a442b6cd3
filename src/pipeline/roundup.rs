//! Makes the channels' roundups, each once for its local date.
//!
//! What goes in is computed from matches, not from deliveries: a paper whose own post failed or cannot be
//! confirmed comes in here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use tokio::sync::Mutex;
use tracing::{info, warn};

use super::{Stage, Step};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::ranking::{Standing, strength};
use crate::domain::{Cadence, Every, Firing, PaperKey, Platform, RoundupSettings, Schedule};
use crate::message::{Message, PaperCard, RoundupCard, RoundupPaper, paper_card, roundup};
use crate::store::{Collected, NewRoundup, RoundupPlan, Store};
use crate::summary::short_text;

/// A roundup that could not be made in time is made up for so long, and then left out.
const CATCH_UP: Duration = Duration::from_hours(12);
/// Matches older than this are not collected any more: longer than a month, the longest rhythm.
const COLLECT_DAYS: i64 = 35;

/// The stage that makes roundups.
pub struct Roundups {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    /// When the next one is due, as of a version of the subscriptions.
    next: Mutex<Option<(i64, Timestamp)>>,
}

/// One channel's roundup that is ready to be rendered.
struct Made {
    card: RoundupCard,
    papers: Vec<PaperKey>,
}

impl Roundups {
    /// Makes the stage.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { store, clock, platforms, next: Mutex::default() }
    }

    /// Deals with the latest date of one channel, when it is due and was not dealt with before.
    async fn deal(&self, plan: &RoundupPlan, now: Timestamp) -> anyhow::Result<()> {
        let Some(firing) = latest(plan, now) else { return Ok(()) };
        if firing.at < plan.since || plan.done.is_some_and(|done| firing.date <= done) {
            return Ok(());
        }
        let channel = &plan.destination.channel;
        if now.duration_since(firing.at).unsigned_abs() > CATCH_UP {
            let note = "it could not be made within 12 hours";
            if self.store.commit_roundup(plan.destination.id, firing.date, Err(note), now).await? {
                warn!("Left out the roundup of {} in {channel}: {note}", firing.date);
            }
            return Ok(());
        }
        let made = made(&self.store, plan, firing.date, now, weekly_too(plan, firing.date)).await?;
        let platform = self.platforms.get(&plan.destination.platform);
        let (Some(made), Some(platform)) = (made, platform) else {
            let note = "nothing was collected";
            self.store.commit_roundup(plan.destination.id, firing.date, Err(note), now).await?;
            return Ok(());
        };
        let rendered = platform.render(&Message::Roundup(made.card));
        let papers = made.papers.len();
        let new = NewRoundup {
            papers: made.papers,
            rich: rendered.rich,
            plain: rendered.plain,
            expires_at: now + CATCH_UP,
        };
        let committed = self.store.commit_roundup(plan.destination.id, firing.date, Ok(&new), now).await;
        crashpoint!("roundup_post_commit");
        if committed.with_context(|| format!("cannot store the roundup of {channel}"))? {
            info!(papers, "Queued the roundup of {} for {channel}", firing.date);
        }
        Ok(())
    }
}

/// What a channel's roundup would hold at a time; `None` when nothing has been collected for it.
pub async fn preview_roundup(
    store: &Store,
    plan: &RoundupPlan,
    now: Timestamp,
) -> anyhow::Result<Option<RoundupCard>> {
    let date = now.to_zoned(rhythm(plan).map_or(TimeZone::UTC, |rhythm| rhythm.zone)).date();
    Ok(made(store, plan, date, now, true).await?.map(|made| made.card))
}

/// Collects, merges and ranks.
async fn made(
    store: &Store,
    plan: &RoundupPlan,
    date: Date,
    now: Timestamp,
    weekly: bool,
) -> anyhow::Result<Option<Made>> {
    let since = now - (COLLECT_DAYS * 24).hours();
    let mut collected = store.collected(plan.destination.id, since).await?;
    collected.retain(|one| weekly || one.cadence != Cadence::Weekly);
    if collected.is_empty() {
        return Ok(None);
    }
    let keys: Vec<PaperKey> = collected.iter().map(|one| one.paper.key).collect();
    let here = store.votes_on(plan.destination.id, &keys).await?;
    let rank = |one: &Collected| score(one, here.get(&one.paper.key).copied().unwrap_or(0), now);
    collected.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.paper.key.cmp(&b.paper.key)));
    let mut seen = HashSet::new();
    // Several subscriptions may ask for a paper; it stands under the one that it matches best.
    collected.retain(|one| seen.insert(one.paper.key));
    let cards: Vec<PaperCard> =
        collected.iter().map(|one| paper_card(&one.paper, &short_text(&one.paper.facts, 0), &[])).collect();
    let papers: Vec<RoundupPaper<'_>> =
        cards.iter().zip(&collected).map(|(card, one)| RoundupPaper { card, query: &one.query }).collect();
    let size = plan.settings.size.unwrap_or(RoundupSettings::SIZE);
    let card = roundup(date, &papers, size.into());
    Ok(Some(Made { card, papers: collected.iter().map(|one| one.paper.key).collect() }))
}

/// The channel's own rhythm; `None` when its zone is unknown to this version.
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

/// Weekly papers come on Mondays, or with a rhythm that is no faster.
fn weekly_too(plan: &RoundupPlan, date: Date) -> bool {
    date.weekday() == Weekday::Monday || matches!(plan.settings.every, Some(Every::Weekly | Every::Monthly))
}

fn score(collected: &Collected, here: i64, now: Timestamp) -> f64 {
    let gained = |now: Option<u32>, first: Option<i64>| {
        let first = first.and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
        now.unwrap_or(0).saturating_sub(first)
    };
    let paper = &collected.paper;
    let listed = paper.day.to_zoned(TimeZone::UTC).map_or(now, |day| day.timestamp());
    Standing {
        votes: gained(paper.counters.upvotes, collected.first_upvotes),
        stars: gained(paper.counters.stars, collected.first_stars),
        here,
        strength: strength(&collected.terms),
        age_days: now.duration_since(listed).as_secs_f64() / 86_400.0,
    }
    .score()
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
        let plans = self.store.roundup_plans().await?;
        for plan in &plans {
            self.deal(plan, now).await?;
        }
        let soonest = plans.iter().filter_map(|plan| next(plan, now)).min();
        let soonest = soonest.unwrap_or(now + 24.hours());
        *next_due = Some((version, soonest));
        Ok(Step::Idle { until: Some(soonest) })
    }
}
