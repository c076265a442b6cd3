//! The vote buttons on posted papers.

use super::Bot;
use crate::chat::{Answer, Asker};
use crate::domain::{Ballot, DeliveryId};
use crate::message::replies::vote as words;
use crate::store::{NewVote, Voted};

/// Counts a press.
pub(super) async fn pressed(
    bot: &Bot,
    asker: &Asker,
    ballot: Ballot,
    message: DeliveryId,
    again: bool,
) -> anyhow::Result<Answer> {
    let (platform, channel, voter) = (asker.platform, &asker.channel, &asker.user);
    let vote = NewVote { platform, channel, message, voter, ballot, again };
    let outcome = bot.store.vote(&vote, bot.clock.now()).await?;
    let reply = match outcome {
        Voted::Counted { mine, tally } => words::counted(mine, tally),
        Voted::Removed => words::removed(),
        Voted::NotHere => words::not_here(),
    };
    Ok(Answer::Reply { reply })
}
