//! One person at a terminal, who asks the bot as a user of the sandbox would.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::mpsc;

use super::finder::Lookup;
use super::platforms::Platforms;
use super::sandbox::{Ledger, SHOWN_AT_MOST};
use super::{feed_desk, open_store, polled, search};
use crate::bot::{Bot, BotSettings, Submitting};
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
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (desk, rules) = feed_desk::desk(config, &clock)?;
        let sign_up = super::pages::sign_up(config, &store, clock.clone(), None).await?;
        let sign_up = sign_up.filter(|_| config.web.subscribe);
        let (shown, _) = mpsc::channel(SHOWN_AT_MOST);
        let ledger = Ledger { store: store.clone(), clock: clock.clone(), shown };
        let submitting = Submitting {
            finder: Arc::new(Lookup::new(config, &store, clock.clone())?),
            platforms: Platforms::new(config, ledger, sign_up.clone())?.all,
            max_age: config.delivery.max_age,
        };
        let bot = Bot::new(store, Some(search), clock, settings).polling(polled(config));
        let bot = bot.following(desk, rules).mailing(sign_up).submitting(submitting);
        Ok(Self::with(Arc::new(bot), channel))
    }

    fn with(handler: Arc<dyn CommandHandler>, channel: ChannelId) -> Self {
        Self { handler, asker: asker(channel), clock: SystemClock }
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
        name: Some("terminal".to_owned()),
        may_post: true,
        may_manage: true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;
    use crate::chat::{Completion, Unfurled};
    use crate::domain::PaperId;
    use crate::message::{Block, Button, Choice, Field, Form, Input, Look, Piece, Press, Reply};

    /// Answers a command with a button, its press with a form, and keeps what was done.
    #[derive(Default)]
    struct Echo(Mutex<Vec<Request>>);

    #[async_trait]
    impl CommandHandler for Echo {
        async fn answer(&self, request: Request) -> Answer {
            let field = |name: &str, value: &str| Field {
                name: name.to_owned(),
                label: name.to_owned(),
                value: value.to_owned(),
                input: Input::Text { max: 100, long: false, live: false },
                required: true,
            };
            let press = Press::Control("kept:1".to_owned());
            let answer = match &request.action {
                Action::Command(_) => Answer::Reply {
                    reply: Reply {
                        buttons: vec![Button { label: "Narrow".to_owned(), look: Look::Plain, press }],
                        ..Reply::text(Piece::from("41 papers"))
                    },
                },
                Action::Press { .. } => Answer::Form {
                    form: Box::new(Form {
                        control: "kept:2".to_owned(),
                        title: "Narrow".to_owned(),
                        blocks: Vec::new(),
                        fields: vec![field("query", "llm"), field("style", "card")],
                        submit: "Try".to_owned(),
                    }),
                },
                _ => Answer::Nothing,
            };
            self.0.lock().unwrap().push(request);
            answer
        }

        async fn complete(&self, _: Completion) -> Vec<Choice> {
            Vec::new()
        }

        async fn home(&self, _: &Asker) -> Vec<Block> {
            Vec::new()
        }

        async fn unfurl(&self, _: &Asker, _: &[(String, PaperId)]) -> Vec<Unfurled> {
            Vec::new()
        }
    }

    #[tokio::test]
    async fn a_button_is_pressed_by_its_number_and_a_form_is_sent_with_what_was_filled_in() {
        let echo = Arc::new(Echo::default());
        let channel = ChannelId::parse(Platform::Sandbox, "robotics").unwrap();
        let terminal = Terminal::with(Arc::clone(&echo) as Arc<dyn CommandHandler>, channel);
        let asked = terminal.ask("/papers subscribe llm").await;
        assert!(terminal.text(&asked).contains("[1 Narrow]"));
        assert_eq!(terminal.press(&asked, 0).await, None);
        assert_eq!(terminal.press(&asked, 2).await, None);
        let form = terminal.press(&asked, 1).await.unwrap();
        assert!(terminal.text(&form).contains("query = llm"));
        let filled = [("query".to_owned(), "llm -survey".to_owned())];
        assert_eq!(terminal.submit(&asked, &filled).await, None);
        terminal.submit(&form, &filled).await.unwrap();
        let done = echo.0.lock().unwrap();
        let [asked, pressed, sent] = done.as_slice() else { panic!("{done:?}") };
        assert!(matches!(&asked.action, Action::Command(Ok(_))) && asked.asker.may_manage);
        assert_eq!(pressed.action, Action::Press { control: "kept:1".to_owned(), choice: None });
        let values = [("query", "llm -survey"), ("style", "card")];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(sent.action, Action::Submit { control: "kept:2".to_owned(), values });
        assert!(asked.id != pressed.id && pressed.id != sent.id, "each deed is one of its own");
    }
}
