//! The way of a request: once for each id, within the limits, with the right to do it.

use std::time::Duration;

use async_trait::async_trait;
use tracing::{error, warn};

use super::controls::{self, Control, Deed};
use super::{
    Bot, about, complete, home, latest, pause, roundup, search, show, similar, subscribe, trending,
    unsubscribe, vote,
};
use crate::chat::{Action, Answer, Asker, CommandHandler, Completion, Request, Unfurled, pressed_vote};
use crate::command::{Command, spec};
use crate::domain::{LimitsChange, PaperId, SubscriptionId};
use crate::message::replies::{mistakes, trouble};
use crate::message::{Audience, Block, Choice, Reply};
use crate::store::{Begun, StoreError};

/// The time in which the limits of people and workspaces fill up.
const LIMIT_TIME: Duration = Duration::from_mins(1);

#[async_trait]
impl CommandHandler for Bot {
    async fn answer(&self, request: Request) -> Answer {
        let Request { id, asker, action } = request;
        // An open form is asked with every stroke; looking again changes nothing.
        if let Action::Edit { control, values } = action {
            let edited = edited(self, &asker, &control, &values).await;
            return edited.unwrap_or_else(|error| failed(&asker, "edit", &error));
        }
        match self.begin(&id, &asker).await {
            Ok(Turn::Ours { again }) => {
                let answer = self.within_limits(&asker, action, again).await;
                self.end(&id, &asker, &answer).await;
                answer
            }
            Ok(Turn::Answered(answer)) => *answer,
            Err(error) => failed(&asker, "begin", &error),
        }
    }

    async fn complete(&self, completion: Completion) -> Vec<Choice> {
        complete::choices(self, &completion).await.unwrap_or_else(|error| {
            warn!(platform = %completion.asker.platform, "Cannot complete an option: {error:#}");
            Vec::new()
        })
    }

    async fn home(&self, asker: &Asker) -> Vec<Block> {
        home::page(self, asker).await.unwrap_or_else(|error| match failed(asker, "home", &error) {
            Answer::Reply { reply } => reply.blocks,
            _ => Vec::new(),
        })
    }

    async fn unfurl(&self, asker: &Asker, links: &[(String, PaperId)]) -> Vec<Unfurled> {
        home::unfurl(self, asker, links).await.unwrap_or_else(|error| {
            warn!(platform = %asker.platform, "Cannot tell of papers behind links: {error:#}");
            Vec::new()
        })
    }
}

/// Whose a request is to do.
enum Turn {
    /// Ours; `again` when somebody began it and went away.
    Ours { again: bool },
    /// Nobody's: this is its answer.
    Answered(Box<Answer>),
}

impl Bot {
    async fn begin(&self, id: &str, asker: &Asker) -> anyhow::Result<Turn> {
        let now = self.clock.now();
        if self.tidy_is_due(now) {
            self.store.forget_interactions(now).await?;
        }
        Ok(match self.store.begin_interaction(asker.platform, id, now).await? {
            Begun::New => Turn::Ours { again: false },
            Begun::Abandoned => Turn::Ours { again: true },
            Begun::Running => Turn::Answered(Box::new(Answer::Nothing)),
            Begun::Done(answer) => Turn::Answered(Box::new(serde_json::from_str(&answer)?)),
        })
    }

    /// Keeps the answer for who brings the request again; without it the request is only not answered alike.
    async fn end(&self, id: &str, asker: &Asker, answer: &Answer) {
        let kept = match serde_json::to_string(answer) {
            Ok(json) => {
                self.store.end_interaction(asker.platform, id, &json).await.map_err(anyhow::Error::from)
            }
            Err(error) => Err(error.into()),
        };
        if let Err(error) = kept {
            warn!(platform = %asker.platform, request.id = id, "Cannot keep an answer: {error:#}");
        }
    }

    async fn within_limits(&self, asker: &Asker, action: Action, again: bool) -> Answer {
        let user = format!("user {} {}", asker.platform, asker.user);
        let workspace = asker.workspace.as_ref().map(|id| format!("workspace {} {id}", asker.platform));
        let mut scopes = vec![(user.as_str(), self.settings.per_user)];
        scopes.extend(workspace.as_deref().map(|scope| (scope, self.settings.per_workspace)));
        let what = name(&action);
        let done = match self.store.allow_all(&scopes, LIMIT_TIME, self.clock.now()).await {
            Ok(Ok(())) => self.act(asker, action, again).await,
            Ok(Err(wait)) => Ok(reply(trouble::too_fast(wait))),
            Err(error) => Err(error.into()),
        };
        done.unwrap_or_else(|error| failed(asker, what, &error))
    }

    async fn act(&self, asker: &Asker, action: Action, again: bool) -> anyhow::Result<Answer> {
        match action {
            Action::Command(Ok(command)) if changes(&command) && !asker.may_manage => {
                Ok(reply(trouble::no_right(asker.platform)))
            }
            Action::Command(Ok(command)) => self.command(asker, command).await,
            Action::Command(Err(mistake)) => Ok(reply(mistakes::reply(&mistake, asker.platform))),
            Action::Press { control, .. } if let Some((ballot, message)) = pressed_vote(&control) => {
                vote::pressed(self, asker, ballot, message, again).await
            }
            Action::Press { control, choice } => match deed(self, asker, &control).await? {
                Ok(deed) => done(self, asker, deed, choice, again).await,
                Err(refusal) => Ok(refusal),
            },
            Action::Submit { control, values } => match deed(self, asker, &control).await? {
                Ok(Deed::Narrowed { wanted }) => subscribe::narrowed(self, asker, wanted, &values).await,
                Ok(_) => Ok(reply(trouble::too_old())),
                Err(refusal) => Ok(refusal),
            },
            Action::About { text } => about::answer(self, asker, &text).await,
            Action::Edit { control, values } => edited(self, asker, &control, &values).await,
        }
    }
}

async fn edited(
    bot: &Bot,
    asker: &Asker,
    control: &str,
    values: &[(String, String)],
) -> anyhow::Result<Answer> {
    match controls::find(bot, asker, control).await? {
        Control::Does(deed) => match *deed {
            Deed::Narrowed { wanted } => subscribe::edited(bot, asker, control, &wanted, values).await,
            _ => Ok(Answer::Nothing),
        },
        Control::Anothers | Control::Gone => Ok(Answer::Nothing),
    }
}

/// What a control does for somebody who may use it, else what to tell them.
async fn deed(bot: &Bot, asker: &Asker, control: &str) -> anyhow::Result<Result<Deed, Answer>> {
    Ok(match controls::find(bot, asker, control).await? {
        Control::Does(deed) if deed.changes() && !asker.may_manage => {
            Err(reply(trouble::no_right(asker.platform)))
        }
        Control::Does(deed) => Ok(*deed),
        Control::Anothers => Err(reply(trouble::anothers())),
        Control::Gone => Err(reply(trouble::too_old())),
    })
}

/// One arm a deed; the files of the commands do them.
async fn done(
    bot: &Bot,
    asker: &Asker,
    deed: Deed,
    choice: Option<String>,
    again: bool,
) -> anyhow::Result<Answer> {
    match deed {
        Deed::SearchPage { query, order, since, cursor, number } => {
            search::page(bot, asker, query, order, since, cursor, number).await
        }
        Deed::LatestPage { query, before, number } => latest::page(bot, asker, query, before, number).await,
        Deed::RoundupPage { kind, date, number } => roundup::page(bot, asker, kind, date, number).await,
        Deed::TrendingPage { window, scope, number } => {
            trending::page(bot, asker, window, scope, number).await
        }
        // Whoever went away may have shown it already, and everybody would see it twice.
        Deed::Share { .. } if again => Ok(Answer::Nothing),
        Deed::Share { reply } => Ok(Answer::Reply { reply: Reply { audience: Audience::Channel, ..reply } }),
        Deed::Show { paper } => show::answer(bot, asker, &paper).await,
        Deed::ShowChosen => match choice.as_deref().map(str::parse) {
            Some(Ok(paper)) => show::answer(bot, asker, &paper).await,
            _ => Ok(reply(trouble::too_old())),
        },
        Deed::Similar { paper } => similar::answer(bot, asker, &paper).await,
        Deed::Subscribe { wanted } => subscribe::confirmed(bot, asker, &wanted).await,
        Deed::Narrow { wanted } => subscribe::form(bot, asker, wanted).await,
        Deed::Narrowed { wanted } => subscribe::narrowed(bot, asker, wanted, &[]).await,
        Deed::Unsubscribe { subscription } => unsubscribe::pressed(bot, asker, subscription).await,
        Deed::UnsubscribeChosen => match choice.as_deref().map(str::parse) {
            Some(Ok(id)) => unsubscribe::pressed(bot, asker, SubscriptionId(id)).await,
            _ => Ok(reply(trouble::too_old())),
        },
        Deed::SubscribeAgain { wanted, owner } => unsubscribe::undone(bot, asker, &wanted, &owner).await,
        Deed::Resume => pause::resumed(bot, asker).await,
        Deed::Cancel => Ok(Answer::Replace { reply: trouble::cancelled() }),
    }
}

fn reply(reply: Reply) -> Answer {
    Answer::Reply { reply }
}

/// True for what only people who may manage the channel can ask for; looking at the roundup and the limits is free to all.
fn changes(command: &Command) -> bool {
    let name = match command {
        Command::Subscribe { .. } => "subscribe",
        Command::Unsubscribe { .. } => "unsubscribe",
        Command::Pause { .. } => "pause",
        Command::Resume { .. } => "resume",
        Command::Roundup { wanted } if !wanted.changes() => return false,
        Command::Limits { change: LimitsChange { per_day: None, quiet: None, spike: None } }
        | Command::Search { .. }
        | Command::Show { .. }
        | Command::Latest { .. }
        | Command::Trending { .. }
        | Command::Similar { .. }
        | Command::Subscriptions
        | Command::Explain { .. }
        | Command::Submit { .. }
        | Command::Remove { .. }
        | Command::Community { submit: None }
        | Command::Status
        | Command::SourceList
        | Command::Email { .. }
        | Command::Help { .. } => return false,
        Command::SourceAdd { .. } => "source add",
        Command::SourceRemove { .. } => "source remove",
        Command::Roundup { .. } => "roundup",
        Command::Limits { .. } => "limits",
        Command::Community { .. } => "community",
    };
    spec(name).is_some_and(|spec| spec.changes)
}

/// The kind of an action, for the log; never what people typed.
fn name(action: &Action) -> &'static str {
    match action {
        Action::Command(Ok(_)) => "command",
        Action::Command(Err(_)) => "mistake",
        Action::Press { .. } => "press",
        Action::Submit { .. } => "submit",
        Action::Edit { .. } => "edit",
        Action::About { .. } => "about",
    }
}

/// Logs what failed under a number that the person is told.
fn failed(asker: &Asker, what: &'static str, error: &anyhow::Error) -> Answer {
    let reference = format!("{:06x}", fastrand::u32(..1 << 24));
    let unavailable =
        error.chain().any(|cause| matches!(cause.downcast_ref(), Some(StoreError::Unavailable(_))));
    error!(
        reference,
        platform = %asker.platform,
        channel = %asker.channel,
        "Failed to answer a {what} (reference {reference}): {error:#}"
    );
    reply(trouble::inner(&reference, unavailable))
}
