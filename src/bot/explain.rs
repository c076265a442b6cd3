//! `explain`: why a paper was or was not posted in a channel.

use std::cmp::Reverse;

use super::list::stands;
use super::show::{full_card, unknown};
use super::{Bot, limits};
use crate::chat::{Answer, Asker};
use crate::domain::query::measure;
use crate::domain::{Cadence, Destination, Paper, PaperId};
use crate::matcher::{Document, Explanation, Part, Said, explain};
use crate::message::replies::explain::{Asked, Explained, Outcome, explained};
use crate::message::why_sentence;
use crate::store::{DeliveryFilter, FeedId, RoutedAt, SubscribedHere, last_announcement};

/// A subscription of the channel with what the paper says to it.
struct Judged {
    subscription: SubscribedHere,
    explanation: Explanation,
    /// How many parts of the query would have to be otherwise.
    missing: usize,
}

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, id: &PaperId) -> anyhow::Result<Answer> {
    let Some(paper) = bot.store.paper(id).await? else {
        return Ok(Answer::Reply { reply: unknown(bot, id).await? });
    };
    let destination = bot.store.destination(asker.platform, &asker.channel).await?;
    let judged = judged(bot, asker, &paper).await?;
    let mut card = full_card(&paper);
    let stand = stands(bot, asker, &[paper.key]).await?.remove(&paper.key);
    let outcome = match (stand, &destination) {
        (Some(stand), Some(destination)) => {
            card.why = reason(bot, &paper, destination).await?;
            Outcome::Delivery(stand)
        }
        (_, Some(destination)) if !judged.is_empty() => why_not(bot, &paper, destination, &judged).await?,
        _ => Outcome::NoSubscription,
    };
    let posted = matches!(outcome, Outcome::Delivery(_));
    // Of a paper that came, only who asked for it says something.
    let shown = judged.into_iter().filter(|judged| !posted || judged.explanation.matches);
    let answers = shown.map(|judged| Asked {
        subscription: judged.subscription.id,
        query: judged.explanation.query.clone(),
        matches: judged.explanation.matches,
        parts: judged.explanation.lines().join("\n"),
    });
    let listed = bot.store.sources_of(paper.key).await?;
    let listings = listed.into_iter().map(|listed| (listed.source, listed.day)).collect();
    let reply = explained(&Explained { card, outcome, listings, asked: answers.collect() });
    Ok(Answer::Reply { reply })
}

/// Asks every subscription of the channel; those that match come first, then those that come nearest.
async fn judged(bot: &Bot, asker: &Asker, paper: &Paper) -> anyhow::Result<Vec<Judged>> {
    let subscriptions = bot.store.subscriptions_here(asker.platform, &asker.channel).await?;
    if subscriptions.is_empty() {
        return Ok(Vec::new());
    }
    let document = document(bot, paper, &subscriptions).await?;
    let mut judged: Vec<Judged> = subscriptions
        .into_iter()
        .map(|subscription| {
            let explanation = explain(&subscription.query, &document);
            let missing = missing(&explanation.part, true);
            Judged { subscription, explanation, missing }
        })
        .collect();
    judged.sort_by_key(|judged| (judged.missing, Reverse(held(&judged.explanation.part))));
    Ok(judged)
}

/// The paper with all that the queries ask for beside its facts.
async fn document(bot: &Bot, paper: &Paper, asked: &[SubscribedHere]) -> anyhow::Result<Document> {
    let listed = bot.store.sources_of(paper.key).await?;
    let announced = last_announcement(&listed);
    let mut document = Document::of(paper)
        .asked_on(bot.clock.today())
        .sources(listed.into_iter().map(|listed| listed.source));
    if let Some(kind) = announced {
        document = document.announced(kind);
    }
    let mut rises = Vec::new();
    for subscription in asked {
        subscription.query.expr().rises(&mut rises);
    }
    if rises.is_empty() {
        return Ok(document);
    }
    let history = bot.store.counter_history(paper.key).await?;
    let history: Vec<_> = history.iter().map(|taken| (taken.taken_at, taken.counters)).collect();
    Ok(document.rises(&measure(&history, bot.clock.now(), &rises)))
}

/// Why a paper came, as it was when it came.
async fn reason(bot: &Bot, paper: &Paper, destination: &Destination) -> anyhow::Result<String> {
    let filter = DeliveryFilter {
        paper: Some(paper.key),
        destination: Some(destination.id),
        ..DeliveryFilter::default()
    };
    let deliveries = bot.store.deliveries(&filter).await?;
    Ok(deliveries.first().map(|delivery| why_sentence(&delivery.why)).unwrap_or_default())
}

async fn why_not(
    bot: &Bot,
    paper: &Paper,
    destination: &Destination,
    judged: &[Judged],
) -> anyhow::Result<Outcome> {
    let routed = bot.store.routed_at(paper.key).await?;
    let Some(RoutedAt { at: Some(asked_at), backlog, held, dropped }) = routed else {
        return Ok(Outcome::NotAskedYet);
    };
    if held {
        return Ok(Outcome::Held { source: held_with(bot, paper).await? });
    }
    if dropped {
        return Ok(Outcome::Dropped);
    }
    if backlog {
        return Ok(Outcome::Backlog { day: paper.day, baseline: baseline(bot, paper).await? });
    }
    if let Some(kept) = bot.store.kept_here(destination.id, paper.key).await? {
        let facts = limits::facts(bot, Some(destination.id)).await?;
        return Ok(Outcome::Kept { kept: kept.cause, roundup: kept.roundup, facts: Box::new(facts) });
    }
    let kept = bot.store.matches_here(destination.id, paper.key).await?;
    for (subscription, _, at) in kept {
        let found = judged.iter().find(|judged| judged.subscription.id == subscription);
        match found.map(|judged| judged.subscription.cadence) {
            Some(cadence) if cadence != Cadence::Instant => {
                return Ok(Outcome::Collected { subscription, cadence, at });
            }
            _ => {}
        }
    }
    let matching = judged.iter().filter(|judged| judged.explanation.matches);
    let Some(Judged { subscription, .. }) = matching.min_by_key(|judged| judged.subscription.id) else {
        let nearest =
            judged.first().map(|judged| (judged.subscription.id, judged.explanation.reason.clone()));
        return Ok(Outcome::NoMatch { nearest, of: judged.len() as u64 });
    };
    let (id, made_at) = (subscription.id, subscription.created_at);
    Ok(match subscription.paused_at {
        _ if made_at > asked_at => Outcome::Newer { subscription: id, made_at, asked_at },
        Some(since) if subscription.is_paused_at(asked_at) => {
            Outcome::Paused { subscription: id, since, until: subscription.paused_until }
        }
        _ => Outcome::Since { subscription: id, asked_at, numbers: subscription.query.has_numbers() },
    })
}

/// The feed that suddenly listed a paper with many others.
async fn held_with(bot: &Bot, paper: &Paper) -> anyhow::Result<String> {
    let listed = bot.store.sources_of(paper.key).await?;
    let feed = listed.iter().find(|listed| FeedId::of_source(&listed.source).is_some());
    Ok(feed.or(listed.first()).map(|listed| listed.source.clone()).unwrap_or_default())
}

/// From which day on the sources of a paper are posted.
async fn baseline(bot: &Bot, paper: &Paper) -> anyhow::Result<Option<jiff::civil::Date>> {
    let listed = bot.store.sources_of(paper.key).await?;
    let states = bot.store.source_states().await?;
    let own = states.into_iter().filter(|(name, _)| listed.iter().any(|listed| listed.source == *name));
    Ok(own.map(|(_, state)| state.baseline).min())
}

/// How many leaves would have to be otherwise for a part to be as wanted.
fn missing(part: &Part, wanted: bool) -> usize {
    let each = |parts: &[Part]| parts.iter().map(|part| missing(part, wanted)).collect::<Vec<_>>();
    match &part.said {
        Said::All(parts) if wanted => each(parts).iter().sum(),
        Said::All(parts) => each(parts).into_iter().min().unwrap_or(0),
        Said::Any(parts) if wanted => each(parts).into_iter().min().unwrap_or(0),
        Said::Any(parts) => each(parts).iter().sum(),
        Said::Not(inner) => missing(inner, !wanted),
        Said::Spots(_) | Said::Known(_) => usize::from(part.holds != wanted),
    }
}

/// How many leaves hold that are asked for.
fn held(part: &Part) -> usize {
    match &part.said {
        Said::All(parts) | Said::Any(parts) => parts.iter().map(held).sum(),
        Said::Not(_) => 0,
        Said::Spots(_) | Said::Known(_) => usize::from(part.holds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Facts;

    #[test]
    fn the_nearest_query_lacks_least() {
        let facts = Facts { title: "Flow Matching for Robots: A Survey".into(), ..Facts::default() };
        let document = Document::new(&facts);
        let lacks = |query: &str| missing(&explain(&query.parse().unwrap(), &document).part, true);
        let queries = [
            "flow robot",
            "flow gan",
            "flow -survey",
            "gan vae",
            "(gan vae) OR flow",
            "gan vae OR (flow -(survey OR matching))",
        ];
        assert_eq!(queries.map(lacks), [0, 1, 1, 2, 0, 2]);
    }
}
