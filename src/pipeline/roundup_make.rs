//! What stands in a roundup, and in which order.
//!
//! What goes in is computed from matches, not from deliveries: a paper whose own post failed or cannot be
//! confirmed comes in here.

use std::collections::HashSet;
use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::domain::ranking::{Rank, Standing, strength};
use crate::domain::{AlreadyPosted, Cadence, Every, PaperId, PaperKey, RoundupKind, RoundupSettings, Why};
use crate::message::replies::trending::gained_words;
use crate::message::{
    ALSO_MATCHED, PaperCard, PostedAt, RoundupCard, RoundupPaper, paper_card, roundup, trending_roundup,
};
use crate::store::{Collected, Rising, RoundupPlan, Store};
use crate::summary::short_text;

/// Matches older than this are not collected any more: longer than a month, the longest rhythm.
const COLLECT_DAYS: i64 = 35;

/// One channel's roundup that is ready to be rendered.
pub(super) struct Made {
    pub card: RoundupCard,
    pub papers: Vec<Placed>,
}

/// A paper in its place.
pub(super) struct Placed {
    pub key: PaperKey,
    id: PaperId,
    title: String,
    pub why: Option<Why>,
    pub rank: Rank,
}

/// A paper of a roundup with what its place comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedPaper {
    /// The paper.
    pub paper: PaperId,
    /// Its title.
    pub title: String,
    /// The query that it stands under; empty among trending papers.
    pub query: String,
    /// What its place comes from.
    pub rank: Rank,
}

/// What a channel's roundup would hold at a time; `None` when nothing has been collected for it.
pub async fn preview_roundup(
    store: &Store,
    plan: &RoundupPlan,
    now: Timestamp,
) -> anyhow::Result<Option<RoundupCard>> {
    Ok(previewed(store, plan, now).await?.map(|made| made.card))
}

/// The papers of such a roundup in their order, each with what its place comes from.
pub async fn explain_roundup(
    store: &Store,
    plan: &RoundupPlan,
    now: Timestamp,
) -> anyhow::Result<Vec<RankedPaper>> {
    let papers = previewed(store, plan, now).await?.map(|made| made.papers).unwrap_or_default();
    let ranked = papers.into_iter().map(|placed| RankedPaper {
        paper: placed.id,
        title: placed.title,
        query: placed.why.map(|why| why.query).unwrap_or_default(),
        rank: placed.rank,
    });
    Ok(ranked.collect())
}

async fn previewed(store: &Store, plan: &RoundupPlan, now: Timestamp) -> anyhow::Result<Option<Made>> {
    let zone = plan.settings.schedule().map_or(TimeZone::UTC, |rhythm| rhythm.zone);
    made(store, plan, now.to_zoned(zone).date(), now, true).await
}

/// Makes the roundup of a local date; `weekly` takes the papers of weekly subscriptions along.
pub(super) async fn made(
    store: &Store,
    plan: &RoundupPlan,
    date: Date,
    now: Timestamp,
    weekly: bool,
) -> anyhow::Result<Option<Made>> {
    match plan.kind {
        RoundupKind::Trending => rising(store, plan, date, now).await,
        RoundupKind::Matches => matched(store, plan, date, now, weekly).await,
        RoundupKind::Subscription(_) => matched(store, plan, date, now, true).await,
    }
}

/// Collects, merges and ranks what subscriptions asked for.
async fn matched(
    store: &Store,
    plan: &RoundupPlan,
    date: Date,
    now: Timestamp,
    weekly: bool,
) -> anyhow::Result<Option<Made>> {
    let since = now - (COLLECT_DAYS * 24).hours();
    let mut collected =
        store.collected(plan.destination.id, plan.kind, since, posted_since(plan, now)).await?;
    collected.retain(|one| weekly || one.cadence != Cadence::Weekly);
    if collected.is_empty() {
        return Ok(None);
    }
    let keys: Vec<PaperKey> = collected.iter().map(|one| one.paper.key).collect();
    let here = store.votes_on(plan.destination.id, &keys).await?;
    for one in &mut collected {
        one.here = here.get(&one.paper.key).copied().unwrap_or(0);
    }
    ranked(&mut collected, now);
    let cards: Vec<PaperCard> =
        collected.iter().map(|one| paper_card(&one.paper, &short_text(&one.paper.facts, 0), &[])).collect();
    let papers: Vec<RoundupPaper<'_>> =
        cards.iter().zip(&collected).map(|(card, one)| RoundupPaper { card, query: heading(one) }).collect();
    let mut card = roundup(date, &papers, size(plan));
    for line in card.sections.iter_mut().flat_map(|section| &mut section.lines) {
        let message =
            collected.iter().find(|one| one.paper.id == line.paper).and_then(|one| one.posted.clone());
        line.posted = message.map(|message| PostedAt {
            workspace: plan.workspace.clone(),
            channel: plan.destination.channel.clone(),
            message,
        });
    }
    let placed = |one: Collected| Placed {
        rank: Rank::Match(standing(&one, now)),
        key: one.paper.key,
        id: one.paper.id,
        title: one.paper.facts.title,
        why: Some(Why { query: one.query, terms: one.terms }),
    };
    Ok(Some(Made { card, papers: collected.into_iter().map(placed).collect() }))
}

/// Takes the papers whose numbers rise over the rhythm's time, as the command `trending` orders them.
async fn rising(
    store: &Store,
    plan: &RoundupPlan,
    date: Date,
    now: Timestamp,
) -> anyhow::Result<Option<Made>> {
    let (_, span) = span(plan);
    let start = now - span;
    let risen = store.risen(start - span, start, now).await?;
    let to = &plan.destination;
    let here = store.votes_since(to.platform, &to.channel, start, now).await?;
    let removed = store.removed_papers(to.id).await?;
    let mut risen = Rising::together(risen, here);
    risen.retain(|one| !removed.contains(&one.risen.paper));
    if risen.is_empty() {
        return Ok(None);
    }
    risen.sort_unstable_by(Rising::before);
    let more = risen.len().saturating_sub(size(plan));
    risen.truncate(size(plan));
    let keys: Vec<PaperKey> = risen.iter().map(|rising| rising.risen.paper).collect();
    let (mut cards, mut papers) = (Vec::new(), Vec::new());
    for paper in store.papers_by_key(&keys).await? {
        let Some(Rising { risen, here }) = risen.iter().find(|one| one.risen.paper == paper.key) else {
            continue;
        };
        let gained = gained_words(risen.upvotes, risen.stars, *here);
        cards.push((paper_card(&paper, &short_text(&paper.facts, 0), &[]), gained));
        papers.push(Placed {
            key: paper.key,
            id: paper.id,
            title: paper.facts.title,
            why: None,
            rank: Rank::Rise { upvotes: risen.upvotes, stars: risen.stars, here: *here },
        });
    }
    let card = trending_roundup(date, &cards, self::span(plan).0, more);
    Ok(Some(Made { card, papers }))
}

/// Puts the best first. Several subscriptions may ask for a paper; it stays under the one that it matches best.
pub(super) fn ranked(collected: &mut Vec<Collected>, now: Timestamp) {
    collected.sort_by(|a, b| score(b, now).total_cmp(&score(a, now)).then(a.paper.key.cmp(&b.paper.key)));
    let mut seen = HashSet::new();
    collected.retain(|one| seen.insert(one.paper.key));
}

/// Weekly papers come on Mondays, or with a rhythm that is no faster.
pub(super) fn weekly_too(plan: &RoundupPlan, date: Date) -> bool {
    date.weekday() == Weekday::Monday || matches!(plan.settings.every, Some(Every::Weekly | Every::Monthly))
}

/// The time over which numbers rise for a trending roundup, in words too.
pub(super) fn span(plan: &RoundupPlan) -> (&'static str, Duration) {
    match plan.settings.every {
        Some(Every::Weekly) => ("7 days", Duration::from_hours(7 * 24)),
        _ => ("24 hours", Duration::from_hours(24)),
    }
}

/// Since when papers that were posted on their own are marked: since the roundup before, or for one rhythm.
fn posted_since(plan: &RoundupPlan, now: Timestamp) -> Option<Timestamp> {
    if plan.settings.posted != Some(AlreadyPosted::Mark) {
        return None;
    }
    let days = match plan.settings.every {
        Some(Every::Weekly) => 7,
        Some(Every::Monthly) => 31,
        Some(Every::Daily | Every::Weekdays | Every::Off) | None => 1,
    };
    Some(plan.done_at.unwrap_or_else(|| now - (days * 24).hours()))
}

fn size(plan: &RoundupPlan) -> usize {
    plan.settings.size.unwrap_or(RoundupSettings::SIZE).into()
}

/// What a paper stands under: its query, or that it was kept from being posted at once.
fn heading(one: &Collected) -> &str {
    if one.kept.is_some() { ALSO_MATCHED } else { &one.query }
}

/// What a paper's place in a roundup, and in a day's limit, is decided by.
pub(super) fn score(collected: &Collected, now: Timestamp) -> f64 {
    standing(collected, now).score()
}

fn standing(collected: &Collected, now: Timestamp) -> Standing {
    let gained = |now: Option<u32>, first: Option<i64>| {
        let first = first.and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
        now.unwrap_or(0).saturating_sub(first)
    };
    let paper = &collected.paper;
    let listed = paper.day.to_zoned(TimeZone::UTC).map_or(now, |day| day.timestamp());
    Standing {
        votes: gained(paper.counters.upvotes, collected.first_upvotes),
        stars: gained(paper.counters.stars, collected.first_stars),
        here: collected.here,
        strength: strength(&collected.terms),
        age_days: now.duration_since(listed).as_secs_f64() / 86_400.0,
    }
}
