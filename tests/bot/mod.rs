//! The bot, asked as people ask it: command lines, presses and forms in, plain text out.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod email;
mod following;
mod once;
mod reading_answers;
mod reading_lists;
mod reading_papers;
pub mod submitting;
mod subscribing;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use paperwire::bot::{Bot, BotSettings};
use paperwire::chat::{Action, Answer, Asker, CommandHandler as _, Request};
use paperwire::clock::Clock as _;
use paperwire::command::{Command, parse_line};
use paperwire::domain::{ChannelId, Counters, Facts, Listing, Paper, Platform, SourceName, UserId};
use paperwire::message::{Block, Form, Line, Piece, Press, Reply};
use paperwire::search::Search;

use crate::store::Database;
use crate::worlds::clock::FakeClock;

pub const HUB: SourceName = SourceName("huggingface");

/// A bot at work: a real store, a search index in memory, a clock that stands still.
pub struct Desk {
    pub db: Database,
    pub search: Arc<Search>,
    pub clock: Arc<FakeClock>,
    pub bot: Bot,
    requests: AtomicU64,
}

/// Somebody in a channel of the sandbox.
pub struct Person<'a> {
    pub desk: &'a Desk,
    pub asker: Asker,
}

/// What somebody was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Said(pub Answer);

impl Desk {
    /// A desk on Friday, 21 August 2026, 06:00 UTC.
    pub fn new(db: Database) -> Self {
        Self::with(db, BotSettings { per_user: 1_000, per_workspace: 10_000, short_text: 120 })
    }

    pub fn with(db: Database, settings: BotSettings) -> Self {
        let clock = Arc::new(FakeClock::at("2026-08-21T06:00:00Z"));
        let search = Arc::new(Search::in_memory().unwrap());
        let bot = Bot::new(db.store.clone(), Some(Arc::clone(&search)), clock.clone(), settings);
        let bot = bot.submitting(submitting::submitting(Arc::new(submitting::Shelf::default())));
        Self { db, search, clock, bot, requests: AtomicU64::new(0) }
    }

    /// Somebody in `#robotics` who may manage it.
    pub fn person(&self, name: &str) -> Person<'_> {
        let asker = Asker {
            platform: Platform::Sandbox,
            workspace: Some("lab".to_owned()),
            channel: ChannelId::parse(Platform::Sandbox, "robotics").unwrap(),
            user: UserId(name.to_owned()),
            name: Some(name.to_owned()),
            may_post: true,
            may_manage: true,
        };
        Person { desk: self, asker }
    }

    /// Stores papers that were listed today less `age` days, and takes them into the index.
    pub async fn list(&self, age: i64, papers: &[(&str, &str)]) -> Vec<Paper> {
        let listings: Vec<Listing> =
            papers.iter().map(|(id, title)| self.listing(id, age, titled(title))).collect();
        self.record(&listings).await
    }

    /// A listing of today less `age` days.
    pub fn listing(&self, id: &str, age: i64, facts: Facts) -> Listing {
        let day = self.clock.today().saturating_sub(jiff::Span::new().days(age));
        Listing {
            also: Vec::new(),
            announced: None,
            paper: id.parse().unwrap(),
            day,
            facts,
            counters: Counters::default(),
        }
    }

    /// Stores listings as papers that are not posted, takes them into the index, and returns the papers.
    pub async fn record(&self, listings: &[Listing]) -> Vec<Paper> {
        let tomorrow = self.clock.today().tomorrow().unwrap();
        self.db.store.record(HUB, listings, tomorrow, self.clock.now()).await.unwrap();
        let position = self.db.store.paper_position().await.unwrap();
        let mut papers = Vec::new();
        for listing in listings {
            papers.push(self.db.store.paper(&listing.paper).await.unwrap().unwrap());
        }
        self.search.upsert(&papers).unwrap();
        self.search.commit(position).unwrap();
        papers
    }

    /// Gives the bot a request under an id that was never there.
    pub async fn does(&self, asker: &Asker, action: Action) -> Said {
        let id = self.requests.fetch_add(1, Ordering::Relaxed).to_string();
        self.does_as(&id, asker, action).await
    }

    /// Gives the bot a request under this id.
    pub async fn does_as(&self, id: &str, asker: &Asker, action: Action) -> Said {
        let request = Request { id: id.to_owned(), asker: asker.clone(), action };
        Said(self.bot.answer(request).await)
    }
}

impl Person<'_> {
    /// The same person in another channel.
    pub fn in_channel(mut self, channel: &str) -> Self {
        self.asker.channel = ChannelId::parse(self.asker.platform, channel).unwrap();
        self
    }

    /// The same person, who may not manage the channel.
    pub fn without_rights(mut self) -> Self {
        self.asker.may_manage = false;
        self
    }

    /// Gives a line of text after `/papers`.
    pub async fn asks(&self, line: &str) -> Said {
        self.desk.does(&self.asker, Action::Command(parse_line(self.asker.platform, line))).await
    }

    /// Gives a command that is read already.
    pub async fn gives(&self, command: Command) -> Said {
        self.desk.does(&self.asker, Action::Command(Ok(command))).await
    }

    /// Presses the button with these words.
    pub async fn presses(&self, said: &Said, label: &str) -> Said {
        let action = Action::Press { control: said.control(label), choice: None };
        self.desk.does(&self.asker, action).await
    }

    /// Chooses from the menu the entry whose words begin so.
    pub async fn chooses(&self, said: &Said, label: &str) -> Said {
        let menu = said.reply().menu.as_ref().expect("there is a menu");
        let choice = menu.choices.iter().find(|choice| choice.label.starts_with(label));
        let choice = choice.unwrap_or_else(|| panic!("“{label}” is in the menu: {:?}", menu.choices));
        let action = Action::Press { control: menu.control.clone(), choice: Some(choice.value.clone()) };
        self.desk.does(&self.asker, action).await
    }

    /// Sends the open form with these fields changed.
    pub async fn submits(&self, said: &Said, changed: &[(&str, &str)]) -> Said {
        let form = said.form();
        let action = Action::Submit { control: form.control.clone(), values: filled(form, changed) };
        self.desk.does(&self.asker, action).await
    }

    /// Changes fields of the open form.
    pub async fn edits(&self, said: &Said, changed: &[(&str, &str)]) -> Said {
        let form = said.form();
        let action = Action::Edit { control: form.control.clone(), values: filled(form, changed) };
        self.desk.does(&self.asker, action).await
    }
}

impl Said {
    pub fn reply(&self) -> &Reply {
        match &self.0 {
            Answer::Reply { reply } | Answer::Replace { reply } => reply,
            other => panic!("it should be a reply, but: {other:?}"),
        }
    }

    pub fn form(&self) -> &Form {
        match &self.0 {
            Answer::Form { form } => form,
            other => panic!("it should be a form, but: {other:?}"),
        }
    }

    /// The control of the button with these words.
    pub fn control(&self, label: &str) -> String {
        let buttons = &self.reply().buttons;
        let button = buttons.iter().find(|button| button.label == label);
        let button = button.unwrap_or_else(|| panic!("“{label}” is a button of {buttons:?}"));
        match &button.press {
            Press::Control(control) => control.clone(),
            Press::Link(url) => panic!("“{label}” is a link to {url}"),
        }
    }

    /// All of it as plain text; what can be pressed stands in brackets at the end.
    pub fn text(&self) -> String {
        match &self.0 {
            Answer::Reply { reply } | Answer::Replace { reply } => reply_text(reply),
            Answer::Form { form } => form_text(form),
            Answer::Nothing => "nothing".to_owned(),
        }
    }
}

pub fn titled(title: &str) -> Facts {
    Facts { title: title.to_owned(), ..Facts::default() }
}

fn filled(form: &Form, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let value = |name: &str| changed.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    let field = |field: &paperwire::message::Field| {
        (field.name.clone(), value(&field.name).unwrap_or(&field.value).to_owned())
    };
    form.fields.iter().map(field).collect()
}

fn reply_text(reply: &Reply) -> String {
    let mut lines: Vec<String> = reply.blocks.iter().map(block_text).collect();
    if let Some(menu) = &reply.menu {
        let choices: Vec<&str> = menu.choices.iter().map(|choice| choice.label.as_str()).collect();
        lines.push(format!("<{}> {}", menu.placeholder, choices.join(" / ")));
    }
    let buttons: Vec<String> = reply.buttons.iter().map(|button| format!("[{}]", button.label)).collect();
    if !buttons.is_empty() {
        lines.push(buttons.join(" "));
    }
    lines.join("\n")
}

fn form_text(form: &Form) -> String {
    let mut lines = vec![format!("# {}", form.title)];
    lines.extend(form.blocks.iter().map(block_text));
    lines.extend(form.fields.iter().map(|field| format!("{}: {}", field.label, field.value)));
    lines.push(format!("[{}]", form.submit));
    lines.join("\n")
}

pub fn block_text(block: &Block) -> String {
    match block {
        Block::Heading { text } => format!("# {text}"),
        Block::Text { line } => line_text(line),
        Block::Entry(entry) => {
            let number = entry.number.map_or_else(String::new, |number| format!("{number}. "));
            let title = if entry.title.is_empty() { entry.card.heading() } else { line_text(&entry.title) };
            let mut parts = vec![format!("{number}{title}")];
            parts.extend([line_text(&entry.text), entry.card.why.clone(), line_text(&entry.remark)]);
            parts.retain(|part| !part.is_empty());
            parts.join(" | ")
        }
        Block::Paper { card } => card.plain_text(),
        Block::Facts { rows } => {
            let rows: Vec<String> =
                rows.iter().map(|(name, line)| format!("{name}: {}", line_text(line))).collect();
            rows.join("\n")
        }
        Block::Code { text } => format!("```\n{text}\n```"),
        Block::Note { line } => format!("({})", line_text(line)),
    }
}

pub fn line_text(line: &Line) -> String {
    line.iter().map(piece_text).collect()
}

fn piece_text(piece: &Piece) -> String {
    match piece {
        Piece::Plain(text) => text.clone(),
        Piece::Strong(text) => format!("*{text}*"),
        Piece::Mark(text) => format!("_{text}_"),
        Piece::Code(text) => format!("`{text}`"),
        Piece::Link { text, url } => format!("{text} <{url}>"),
        Piece::User(user) => format!("@{user}"),
        Piece::Channel(channel) => format!("#{channel}"),
        Piece::Message { text, channel, message } => format!("{text} <{channel} {message}>"),
        Piece::Moment(at) => format!("{{{at}}}"),
        Piece::Relative(at) => format!("{{ago {at}}}"),
    }
}
