//! `remove`: takes a paper out of the channel for good.

use tracing::info;

use super::Bot;
use super::show::unknown;
use crate::chat::{Answer, Asker};
use crate::domain::PaperId;
use crate::message::replies::remove as words;
use crate::store::Removed;

/// Answers the command.
pub(super) async fn answer(bot: &Bot, asker: &Asker, id: &PaperId) -> anyhow::Result<Answer> {
    let Some(paper) = bot.store.paper(id).await? else {
        return Ok(Answer::Reply { reply: unknown(bot, id).await? });
    };
    let (workspace, now) = (asker.workspace.as_deref(), bot.clock.now());
    let removed = bot
        .store
        .remove_paper(
            asker.platform,
            &asker.channel,
            workspace,
            paper.key,
            &asker.user,
            asker.may_manage,
            now,
        )
        .await?;
    if let Removed::Done { .. } = removed {
        let by = if asker.may_manage { "who may manage it" } else { "who submitted it" };
        info!(
            platform = %asker.platform, channel = %asker.channel, user = %asker.user, paper.id = %paper.id,
            "{} was removed from {} by {}, {by}", paper.id, asker.channel, asker.user
        );
    }
    let title = paper.readable_title();
    let reply = match removed {
        Removed::Done { posted } => words::removed(&title, posted),
        Removed::Already => words::already(&title),
        Removed::NotTheirs => words::not_theirs(asker.platform),
    };
    Ok(Answer::Reply { reply })
}
