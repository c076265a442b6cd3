//! The way of a request: once for each id, within the limits, with the right to do it.

use async_trait::async_trait;
use tracing::error;

use super::controls::{self, Control, Deed};
use super::{Bot, about, complete, home};
use crate::chat::{Action, Answer, Asker, CommandHandler, Completion, Request, Unfurled};
use crate::domain::PaperId;
use crate::message::replies::mistakes;
use crate::message::{Block, Choice, Piece, Reply};

#[async_trait]
impl CommandHandler for Bot {
    async fn answer(&self, request: Request) -> Answer {
        let Request { asker, action, .. } = request;
        let done = match action {
            Action::Command(Ok(command)) => self.command(&asker, command).await,
            Action::Command(Err(mistake)) => {
                Ok(Answer::Reply { reply: mistakes::reply(&mistake, asker.platform) })
            }
            Action::Press { control, choice } => pressed(self, &asker, &control, choice).await,
            Action::Submit { .. } | Action::Edit { .. } => Ok(Answer::Nothing),
            Action::About { text } => about::answer(self, &asker, &text).await,
        };
        done.unwrap_or_else(|error| {
            error!("A command failed: {error:#}");
            Answer::Reply { reply: Reply::text(Piece::from("Something went wrong")) }
        })
    }

    async fn complete(&self, completion: Completion) -> Vec<Choice> {
        complete::choices(self, &completion).await.unwrap_or_default()
    }

    async fn home(&self, asker: &Asker) -> Vec<Block> {
        home::page(self, asker).await.unwrap_or_default()
    }

    async fn unfurl(&self, asker: &Asker, links: &[(String, PaperId)]) -> Vec<Unfurled> {
        home::unfurl(self, asker, links).await.unwrap_or_default()
    }
}

async fn pressed(bot: &Bot, asker: &Asker, control: &str, _choice: Option<String>) -> anyhow::Result<Answer> {
    match controls::find(bot, asker, control).await? {
        Control::Does(deed) => done(bot, asker, *deed).await,
        Control::Anothers | Control::Gone => Ok(Answer::Nothing),
    }
}

/// One arm a deed; the files of the commands do them.
async fn done(_bot: &Bot, _asker: &Asker, deed: Deed) -> anyhow::Result<Answer> {
    match deed {
        Deed::Share { reply } => Ok(Answer::Reply { reply }),
        _ => Ok(Answer::Nothing),
    }
}
