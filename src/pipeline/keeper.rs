//! Decides on the papers that are kept for channels with limits: what is posted now, and what waits for the roundup.
//!
//! What comes together is decided on together, so that the best of it is posted and not the first: papers wait until
//! the router has been through all that is new, and over quiet hours until they end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tracing::info;

use super::roundup_make::score;
use super::router::post;
use super::{Stage, Step};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::budget::{Spike, zone_of};
use crate::domain::{PaperKey, Platform, Why};
use crate::message::{Message, spike_notice};
use crate::store::{Kept, KeptChannel, NewDelivery, Store};
use crate::summary::short_text;

/// For so long papers wait for the router to be through; a backlog without end must not hold them for ever.
const GATHER: Duration = Duration::from_mins(5);
/// How long the news of a spike is worth posting.
const NEWS: Duration = Duration::from_hours(12);

/// The stage that keeps channels' limits.
pub struct Keeper {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    max_age: Duration,
    short_text_chars: usize,
}

impl Keeper {
    /// Makes the stage; a delivery that is not sent within `max_age` is skipped.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
        max_age: Duration,
        short_text_chars: usize,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { store, clock, platforms, max_age, short_text_chars }
    }

    /// Decides for one channel, which is outside its quiet hours; true when anything changed.
    async fn settle(&self, channel: &KeptChannel, now: Timestamp) -> anyhow::Result<bool> {
        let destination = &channel.destination;
        let Some(platform) = self.platforms.get(&destination.platform) else { return Ok(false) };
        let mut kept = self.store.undecided(destination.id, now).await?;
        kept.sort_by(|a, b| {
            let (one, other) = (&a.collected, &b.collected);
            score(other, now).total_cmp(&score(one, now)).then(one.paper.key.cmp(&other.paper.key))
        });
        let posts: Vec<(PaperKey, NewDelivery)> = by_paper(kept)
            .into_iter()
            .map(|asked| self.post(channel, platform.as_ref(), &asked, now))
            .collect();
        let notice = |spike: Spike, zone: &TimeZone| {
            let next = channel.roundup.schedule().and_then(|schedule| schedule.firings(now).next());
            let card = spike_notice(spike, next.map(|firing| firing.at.to_zoned(zone.clone())).as_ref());
            let rendered = platform.render(&Message::Roundup(card));
            NewDelivery {
                destination: destination.id,
                rich: rendered.rich,
                plain: rendered.plain,
                why: Vec::new(),
                expires_at: now + NEWS,
            }
        };
        let settled = self.store.settle_kept(destination.id, &posts, &notice, now).await;
        let settled =
            settled.with_context(|| format!("cannot decide on the papers of {}", destination.channel))?;
        if settled.posted + settled.waiting > 0 {
            info!(
                posted = settled.posted,
                waiting = settled.waiting,
                spike = settled.spike.is_some(),
                "Queued {} of {} papers for {} within its limits",
                settled.posted,
                settled.posted + settled.waiting,
                destination.channel
            );
        }
        Ok(settled.posted + settled.waiting > 0)
    }

    /// A paper as its own message, for all of the channel's subscriptions that asked for it.
    fn post(
        &self,
        channel: &KeptChannel,
        platform: &dyn ChatPlatform,
        asked: &[Kept],
        now: Timestamp,
    ) -> (PaperKey, NewDelivery) {
        let first = asked.first().expect("a paper is there because somebody asked for it");
        let paper = &first.collected.paper;
        let style = asked.iter().map(|one| one.style).max().unwrap_or_default();
        let why = asked
            .iter()
            .map(|one| Why { query: one.collected.query.clone(), terms: one.collected.terms.clone() });
        let short = short_text(&paper.facts, self.short_text_chars);
        let expires_at = now + self.max_age;
        (paper.key, post(paper, &short, channel.destination.id, platform, style, why.collect(), expires_at))
    }
}

/// The entries of each paper together, in the order of the papers' best ones.
fn by_paper(kept: Vec<Kept>) -> Vec<Vec<Kept>> {
    let mut places: HashMap<PaperKey, usize> = HashMap::new();
    let mut papers: Vec<Vec<Kept>> = Vec::new();
    for one in kept {
        let place = *places.entry(one.collected.paper.key).or_insert(papers.len());
        if place == papers.len() {
            papers.push(Vec::new());
        }
        papers[place].push(one);
    }
    papers
}

#[async_trait]
impl Stage for Keeper {
    fn name(&self) -> &'static str {
        "keeper"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let channels = self.store.kept_channels().await?;
        if channels.is_empty() {
            return Ok(Step::Idle { until: None });
        }
        let now = self.clock.now();
        let routing = !self.store.unrouted(1).await?.is_empty();
        let mut next: Option<Timestamp> = None;
        let mut worked = false;
        for channel in &channels {
            let zone = zone_of(&channel.roundup);
            let quiet = channel.limits.quiet.and_then(|quiet| quiet.ends(&zone, now));
            let gathered = channel.since + GATHER;
            let wait = quiet.or_else(|| (routing && now < gathered).then_some(gathered));
            match wait {
                Some(until) => next = Some(next.map_or(until, |next| next.min(until))),
                None => worked |= self.settle(channel, now).await?,
            }
        }
        Ok(if worked { Step::Worked } else { Step::Idle { until: next } })
    }
}
