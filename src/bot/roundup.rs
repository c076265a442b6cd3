//! `roundup`: its settings, and what has come together for it.

use std::time::Duration;

use jiff::civil::Time;

use super::{Bot, entry};
use crate::chat::{Answer, Asker};
use crate::domain::{Cadence, Every, RoundupSettings};
use crate::message::replies::roundup::{self as words, Together};

/// Papers of each rhythm that are listed.
const SHOWN: u32 = 10;
const DAY: Duration = Duration::from_hours(24);

pub(super) async fn answer(
    bot: &Bot,
    asker: &Asker,
    at: Option<Time>,
    zone: Option<String>,
    every: Option<Every>,
    size: Option<u16>,
) -> anyhow::Result<Answer> {
    let wanted = RoundupSettings { at, zone, every, size };
    let changed = wanted != RoundupSettings::default();
    if changed {
        let (platform, workspace) = (asker.platform, asker.workspace.as_deref());
        let now = bot.clock.now();
        bot.store
            .put_roundup_settings(platform, &asker.channel, workspace, &wanted, &asker.user, now)
            .await?;
    }
    let Some(channel) = bot.store.destination(asker.platform, &asker.channel).await? else {
        return Ok(Answer::Reply { reply: words::settings(&RoundupSettings::default(), false, &[]) });
    };
    let settings = bot.store.roundup_settings(channel.id).await?;
    let subscriptions = bot.store.subscriptions_in(asker.platform, &asker.channel).await?;
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
    Ok(Answer::Reply { reply: words::settings(&settings, changed, &together) })
}
