//! `community`: who may put papers before the channel.

use super::Bot;
use crate::chat::{Answer, Asker};
use crate::domain::Submitters;
use crate::message::replies::submit::rule;

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, submit: Option<Submitters>) -> anyhow::Result<Answer> {
    if let Some(submit) = submit {
        let (platform, workspace) = (asker.platform, asker.workspace.as_deref());
        let now = bot.clock.now();
        bot.store.put_submitters(platform, &asker.channel, workspace, submit, &asker.user, now).await?;
    }
    let now = bot.store.submitters(asker.platform, &asker.channel).await?;
    Ok(Answer::Reply { reply: rule(now, submit.is_some()) })
}
