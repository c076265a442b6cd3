//! `pause` and `resume`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Bot;
use super::controls::{self, Deed};
use crate::chat::{Answer, Asker};
use crate::command::Until;
use crate::domain::{PauseCause, Subscription, SubscriptionId};
use crate::message::Reply;
use crate::message::replies::pause::{self as words, Whole};
use crate::message::replies::subscriptions as lists;

pub(super) async fn pause(
    bot: &Bot,
    asker: &Asker,
    subscription: Option<SubscriptionId>,
    until: Option<Until>,
) -> anyhow::Result<Answer> {
    let now = bot.clock.now();
    let until = until.map(|until| time(until, now)).transpose()?;
    if let Some(until) = until.filter(|until| *until <= now) {
        return Ok(Answer::Reply { reply: words::over(until) });
    }
    let paused = bot.store.pause(asker.platform, &asker.channel, subscription, until, now).await?;
    let reply = match (whole(subscription, &paused), subscription) {
        (Some(what), _) => {
            let resume = controls::keep(bot, asker, vec![Deed::Resume]).await?.remove(0);
            words::paused(&what, until, &resume)
        }
        (None, Some(id)) => lists::unknown(id),
        (None, None) => words::nothing(),
    };
    Ok(Answer::Reply { reply })
}

pub(super) async fn resume(
    bot: &Bot,
    asker: &Asker,
    subscription: Option<SubscriptionId>,
) -> anyhow::Result<Answer> {
    if let Some(id) = subscription
        && super::subscriptions::here(bot, asker, id).await?.is_none()
    {
        return Ok(Answer::Reply { reply: lists::unknown(id) });
    }
    Ok(Answer::Reply { reply: end(bot, asker, subscription).await? })
}

/// Ends all pauses of the channel by a button.
pub(super) async fn resumed(bot: &Bot, asker: &Asker) -> anyhow::Result<Answer> {
    Ok(Answer::Replace { reply: end(bot, asker, None).await? })
}

async fn end(bot: &Bot, asker: &Asker, subscription: Option<SubscriptionId>) -> anyhow::Result<Reply> {
    let resumed = bot.store.resume(asker.platform, &asker.channel, subscription, bot.clock.now()).await?;
    let stopped = resumed.before.and_then(|channel| channel.pause);
    let (refused, still): (Vec<_>, Vec<_>) =
        stopped.iter().partition(|pause| pause.cause == PauseCause::Channel);
    let what = whole(subscription, &resumed.subscriptions);
    Ok(words::resumed(what.as_ref(), refused.first().copied(), still.first().copied()))
}

fn whole(asked: Option<SubscriptionId>, meant: &[Subscription]) -> Option<Whole> {
    let first = meant.first()?;
    Some(match asked {
        Some(_) => Whole::One(first.query.to_string()),
        None => Whole::Channel(meant.len() as u64),
    })
}

fn time(until: Until, now: Timestamp) -> anyhow::Result<Timestamp> {
    Ok(match until {
        Until::Day(day) => day.to_zoned(TimeZone::UTC)?.timestamp(),
        Until::After(seconds) => now.checked_add(Duration::from_secs(seconds.into()))?,
    })
}
