//! The vote buttons on posted papers.

use super::Bot;
use crate::chat::{Answer, Asker};
use crate::domain::{Ballot, DeliveryId};
use crate::message::replies::vote as words;
use crate::store::Voted;

/// Counts a press.
pub(super) async fn pressed(
    bot: &Bot,
    asker: &Asker,
    ballot: Ballot,
    message: DeliveryId,
) -> anyhow::Result<Answer> {
    let now = bot.clock.now();
    let voted = bot.store.vote(asker.platform, &asker.channel, message, &asker.user, ballot, now).await?;
    let reply = match voted {
        Voted::Counted { mine, tally } => words::counted(mine, tally),
        Voted::Removed => words::removed(),
        Voted::NotHere => words::not_here(),
    };
    Ok(Answer::Reply { reply })
}
