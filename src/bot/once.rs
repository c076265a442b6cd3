//! The way of a request: once for each id, within the limits, with the right to do it.

use async_trait::async_trait;
use tracing::error;

use super::controls::{self, Control, Deed};
use super::{Bot, about, complete, home, latest, search, show, similar, trending};
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

async fn pressed(bot: &Bot, asker: &Asker, control: &str, choice: Option<String>) -> anyhow::Result<Answer> {
    match controls::find(bot, asker, control).await? {
        Control::Does(deed) => done(bot, asker, *deed, choice).await,
        Control::Anothers | Control::Gone => Ok(Answer::Nothing),
    }
}

/// One arm a deed; the files of the commands do them.
async fn done(bot: &Bot, asker: &Asker, deed: Deed, choice: Option<String>) -> anyhow::Result<Answer> {
    match deed {
        Deed::Share { reply } => Ok(Answer::Reply { reply }),
        Deed::SearchPage { query, order, since, cursor, number } => {
            search::page(bot, asker, query, order, since, cursor, number).await
        }
        Deed::LatestPage { query, before, number } => latest::page(bot, asker, query, before, number).await,
        Deed::TrendingPage { window, number } => trending::page(bot, asker, window, number).await,
        Deed::Show { paper } => show::answer(bot, asker, &paper).await,
        Deed::Similar { paper } => similar::answer(bot, asker, &paper).await,
        Deed::ShowChosen => match choice.and_then(|choice| choice.parse().ok()) {
            Some(paper) => show::answer(bot, asker, &paper).await,
            None => Ok(Answer::Nothing),
        },
        _ => Ok(Answer::Nothing),
    }
}
