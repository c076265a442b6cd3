//! `limits`: how much a channel gets at once, and what that has come to today.

use super::Bot;
use crate::chat::{Answer, Asker};
use crate::domain::budget::zone_of;
use crate::domain::{DestinationId, LimitsChange, RoundupSettings};
use crate::message::replies::limits::{LimitFacts, limits};
use crate::store::Spent;

pub(super) async fn answer(bot: &Bot, asker: &Asker, change: LimitsChange) -> anyhow::Result<Answer> {
    let changed = change != LimitsChange::default();
    if changed {
        let (platform, workspace) = (asker.platform, asker.workspace.as_deref());
        let now = bot.clock.now();
        bot.store.put_limits(platform, &asker.channel, workspace, change, &asker.user, now).await?;
    }
    let destination = bot.store.destination(asker.platform, &asker.channel).await?;
    let facts = facts(bot, destination.map(|destination| destination.id)).await?;
    Ok(Answer::Reply { reply: limits(&facts, changed, asker.platform) })
}

/// What a channel's limits are and have come to; a channel that nobody has used yet has none.
pub(super) async fn facts(bot: &Bot, channel: Option<DestinationId>) -> anyhow::Result<LimitFacts> {
    let now = bot.clock.now();
    let (limits, roundup) = match channel {
        Some(channel) => (bot.store.limits(channel).await?, bot.store.roundup_settings(channel).await?),
        None => Default::default(),
    };
    let zone = zone_of(&roundup);
    let spent = match channel {
        Some(channel) => bot.store.spent(channel, &zone, now).await?,
        None => Spent::default(),
    };
    Ok(LimitFacts {
        zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        posted: spent.posted,
        undecided: spent.undecided,
        waiting: spent.waiting,
        spike: spent.spike,
        quiet_until: limits.quiet.and_then(|quiet| quiet.ends(&zone, now)),
        roundup_at: next_roundup(&roundup, now),
        limits,
    })
}

fn next_roundup(roundup: &RoundupSettings, now: jiff::Timestamp) -> Option<jiff::Timestamp> {
    roundup.schedule()?.firings(now).next().map(|firing| firing.at)
}
