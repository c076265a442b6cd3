//! `roundup`: its settings, what has come together for it, and what stands behind one that was made.

use std::time::Duration;

use jiff::civil::Date;

use super::controls::Deed;
use super::list::{PER_PAGE, Pages, Row, controlled, entries, first_of};
use super::{Bot, entry, subscriptions};
use crate::chat::{Answer, Asker};
use crate::domain::{
    Cadence, DestinationId, Every, Paper, RoundupKind, RoundupSettings, RoundupWish, Subscription,
    SubscriptionId,
};
use crate::message::replies::roundup::{self as words, Other, Together};
use crate::message::replies::subscriptions as lists;
use crate::message::{Line, Piece, Reply};
use crate::summary::short_text;

/// Papers of each rhythm that are listed.
const SHOWN: u32 = 10;
const DAY: Duration = Duration::from_hours(24);

pub(super) async fn answer(bot: &Bot, asker: &Asker, wanted: &RoundupWish) -> anyhow::Result<Answer> {
    if let Some(subscription) = wanted.subscription {
        return own(bot, asker, wanted, subscription).await;
    }
    let changed = wanted.changes();
    if changed {
        let (platform, workspace) = (asker.platform, asker.workspace.as_deref());
        let now = bot.clock.now();
        bot.store
            .put_roundup_settings(platform, &asker.channel, workspace, &wanted.settings, &asker.user, now)
            .await?;
    }
    let Some(channel) = bot.store.destination(asker.platform, &asker.channel).await? else {
        return Ok(reply(words::settings(&RoundupSettings::default(), false, &[], &[])));
    };
    if let Some(every) = wanted.trending {
        bot.store.set_trending_schedule(channel.id, every, &asker.user, bot.clock.now()).await?;
    }
    let settings = bot.store.roundup_settings(channel.id).await?;
    let subscriptions = bot.store.subscriptions_in(asker.platform, &asker.channel).await?;
    let others = others(bot, channel.id, &subscriptions).await?;
    let mut together = Vec::new();
    for (when, period) in [(Cadence::Daily, DAY), (Cadence::Weekly, DAY * 7)] {
        let asking = subscriptions.iter().filter(|one| one.cadence == when).count() as u64;
        if asking == 0 {
            continue;
        }
        let since = bot.clock.now() - period;
        let (papers, total) = bot.store.waiting(channel.id, when, since, SHOWN).await?;
        let entries = papers.into_iter().map(|found| entry::by_why(bot, &found.paper, found.why)).collect();
        together.push(Together { when, subscriptions: asking, entries, total });
    }
    Ok(reply(words::settings(&settings, changed, &others, &together)))
}

/// The roundup that one subscription has of its own.
async fn own(bot: &Bot, asker: &Asker, wanted: &RoundupWish, id: SubscriptionId) -> anyhow::Result<Answer> {
    let Some(subscription) = subscriptions::here(bot, asker, id).await? else {
        return Ok(reply(lists::unknown(id)));
    };
    let query = subscription.query.as_str();
    if subscription.cadence == Cadence::Instant {
        return Ok(reply(words::instant(id, query)));
    }
    let (channel, now) = (subscription.destination.id, bot.clock.now());
    if let Some(every) = wanted.trending {
        bot.store.set_trending_schedule(channel, every, &asker.user, now).await?;
    }
    let changed = wanted.settings != RoundupSettings::default();
    let settings = if changed {
        Some(bot.store.put_own_roundup(channel, id, &wanted.settings, &asker.user, now).await?)
    } else {
        bot.store.roundup_settings_of(channel, RoundupKind::Subscription(id)).await?
    };
    let settings = settings.map(|settings| in_rhythm(settings, subscription.cadence));
    let all = bot.store.roundup_settings(channel).await?;
    Ok(reply(words::own(id, query, settings.as_ref(), &all, changed)))
}

/// The settings with the rhythm that the subscription has where none was chosen.
fn in_rhythm(mut settings: RoundupSettings, cadence: Cadence) -> RoundupSettings {
    let own = if cadence == Cadence::Weekly { Every::Weekly } else { Every::Daily };
    settings.every.get_or_insert(own);
    settings
}

/// What the channel has beside its roundup of matches; of subscriptions that collect.
async fn others(
    bot: &Bot,
    channel: DestinationId,
    subscriptions: &[Subscription],
) -> anyhow::Result<Vec<Other>> {
    let mut others = Vec::new();
    for (kind, settings) in bot.store.other_roundups(channel).await? {
        let other = match kind {
            RoundupKind::Matches => continue,
            RoundupKind::Trending => Other { subscription: None, settings },
            RoundupKind::Subscription(id) => {
                let collects = |one: &&Subscription| one.id == id && one.cadence != Cadence::Instant;
                let Some(one) = subscriptions.iter().find(collects) else { continue };
                let settings = in_rhythm(settings, one.cadence);
                Other { subscription: Some((id, one.query.to_string())), settings }
            }
        };
        others.push(other);
    }
    Ok(others)
}

/// Shows papers of a roundup with their texts and why each has its place; a page in place of the one that was pressed,
/// or the first one beside the roundup.
pub(super) async fn page(
    bot: &Bot,
    asker: &Asker,
    kind: RoundupKind,
    date: Date,
    number: u32,
) -> anyhow::Result<Answer> {
    let page = number.max(1);
    let found = match bot.store.destination(asker.platform, &asker.channel).await? {
        Some(channel) => bot.store.roundup_papers(channel.id, kind, date).await?,
        None => Vec::new(),
    };
    let (total, skipped) = (found.len(), first_of(page) as usize - 1);
    let shown = found.into_iter().skip(skipped).take(PER_PAGE as usize);
    let rows: Vec<(Paper, Row)> = shown
        .map(|one| {
            let text = short_text(&one.paper.facts, bot.settings.short_text).text;
            let row = Row {
                why: one.why.into_iter().collect(),
                text: if text.is_empty() { Line::new() } else { Piece::from(text).into() },
                remark: one.rank.as_ref().map(words::rank).unwrap_or_default(),
                ..Row::default()
            };
            (one.paper, row)
        })
        .collect();
    let more = total > skipped + rows.len();
    let listed = entries(bot, asker, rows, first_of(page)).await?;
    let shown = words::details(kind, date, listed, total as u64, page);
    let deed = |number| Deed::RoundupPage { kind, date, number };
    let pages = Pages { previous: (page > 1).then(|| deed(page - 1)), next: more.then(|| deed(page + 1)) };
    let shown = controlled(bot, asker, shown, pages).await?;
    Ok(if number == 0 { reply(shown) } else { Answer::Replace { reply: shown } })
}

fn reply(reply: Reply) -> Answer {
    Answer::Reply { reply }
}
