//! One person at a terminal, who asks the bot as a user of the sandbox would.

use std::sync::Arc;

use anyhow::Context as _;

use super::{open_store, search};
use crate::bot::{Bot, BotSettings};
use crate::chat::sandbox::reply::{Pressable, form_lines, pressables, reply_lines};
use crate::chat::{Action, Answer, Asker, CommandHandler, Request};
use crate::clock::{Clock, SystemClock};
use crate::command::parse_line;
use crate::config::Config;
use crate::domain::{ChannelId, Platform, UserId};

/// Nobody at a terminal gives more commands in a minute.
const PER_MINUTE: u32 = 1_000;

/// A person at a terminal.
pub struct Terminal {
    handler: Arc<dyn CommandHandler>,
    asker: Asker,
    clock: SystemClock,
}

impl Terminal {
    /// Sits down in a sandbox channel, with the stored papers and a search index that is up to date.
    pub async fn open(config: &Config, channel: ChannelId) -> anyhow::Result<Self> {
        let store = open_store(config).await?;
        let (search, indexer) = search(config, &store)?;
        indexer.catch_up().await.context("cannot bring the search index up to date")?;
        let short_text = config.delivery.short_text;
        let settings = BotSettings { per_user: PER_MINUTE, per_workspace: PER_MINUTE, short_text };
        let bot = Bot::new(store, Some(search), Arc::new(SystemClock), settings);
        Ok(Self { handler: Arc::new(bot), asker: asker(channel), clock: SystemClock })
    }

    /// Gives a command.
    pub async fn ask(&self, line: &str) -> Answer {
        self.act(Action::Command(parse_line(Platform::Sandbox, line))).await
    }

    /// Presses what has a number in an answer, from 1; `None` when nothing has it.
    pub async fn press(&self, answer: &Answer, number: usize) -> Option<Answer> {
        let (Answer::Reply { reply } | Answer::Replace { reply }) = answer else { return None };
        let (control, choice): Pressable = pressables(reply).into_iter().nth(number.checked_sub(1)?)?;
        Some(self.act(Action::Press { control, choice }).await)
    }

    /// Sends the form that was answered, with some of its fields changed; `None` when the answer is no form.
    pub async fn submit(&self, answer: &Answer, changed: &[(String, String)]) -> Option<Answer> {
        let Answer::Form { form } = answer else { return None };
        let value =
            |name: &str| changed.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value);
        let values = form
            .fields
            .iter()
            .map(|field| (field.name.clone(), value(&field.name).unwrap_or(&field.value).clone()));
        Some(self.act(Action::Submit { control: form.control.clone(), values: values.collect() }).await)
    }

    /// Shows an answer, as wide as the terminal.
    pub fn text(&self, answer: &Answer) -> String {
        let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
        let now = self.clock.now();
        match answer {
            Answer::Reply { reply } | Answer::Replace { reply } => reply_lines(reply, width, now),
            Answer::Form { form } => form_lines(form, width, now),
            Answer::Nothing => "Paperwire says nothing to that.\n".to_owned(),
        }
    }

    async fn act(&self, action: Action) -> Answer {
        let id = format!("terminal-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        self.handler.answer(Request { id, asker: self.asker.clone(), action }).await
    }
}

fn asker(channel: ChannelId) -> Asker {
    Asker {
        platform: Platform::Sandbox,
        workspace: None,
        channel,
        user: UserId("terminal".to_owned()),
        may_manage: true,
    }
}
