//! A channel with a history, and what the bot itself answers there to the example of every command.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paperwire::bot::{FeedDesk, FeedRules};
use paperwire::chat::CommandHandler;
use paperwire::command::COMMANDS;
use paperwire::domain::{Counters, Facts, Platform};
use paperwire::message::replies::source::{Looked, NotLooked};

use crate::bot::{Desk, titled};
use crate::store::Database;

/// Words of each answer, in the order of the table.
const SAID: [(&str, &str); 22] = [
    ("search", "for robots"),
    ("show", "for robots"),
    ("latest", "at work"),
    ("trending", "41 upvotes"),
    ("similar", "for hands"),
    ("subscribe", "diffusion policy"),
    ("subscriptions", "garden"),
    ("unsubscribe", "garden"),
    ("pause", "are paused"),
    ("resume", "active again"),
    ("explain", "for robots"),
    ("status", "Sources and papers"),
    ("roundup", "Berlin"),
    ("source add", "now follows the feed"),
    ("source list", "The Journal"),
    ("source remove", "no longer follows"),
    ("email", "by e-mail"),
    ("limits", "8 posts"),
    ("submit", "in a moment"),
    ("remove", "is not posted"),
    ("community", "only those who may manage"),
    ("help", "subscribe"),
];

/// As many feeds as anybody wants.
pub const RULES: FeedRules = FeedRules { managers: true, per_channel: 20, per_workspace: 50 };

/// A desk that knows one journal, whatever it is asked for; the real one is tested beside a real server.
pub struct Shelf;

#[async_trait]
impl FeedDesk for Shelf {
    async fn look(&self, address: &str) -> Result<Looked, NotLooked> {
        Ok(Looked {
            url: address.to_owned(),
            title: "The Journal".to_owned(),
            papers: 75,
            sample: vec!["A walking robot made of paper".to_owned(), "What octopuses dream of".to_owned()],
        })
    }
}

/// What the answer to a command must say.
pub fn said(command: &str) -> &'static str {
    let names: Vec<&str> = COMMANDS.iter().map(|spec| spec.name).collect();
    assert_eq!(SAID.map(|(name, _)| name).as_slice(), names, "each command of the table has its words");
    SAID.iter().find(|(name, _)| *name == command).unwrap().1
}

/// A bot whose papers and subscriptions of a channel fit the examples of the table.
pub async fn desk(platform: Platform, channel: &str) -> Desk {
    let db = Database::sqlite().await;
    for query in ["flow", "hands", "gardens"] {
        db.subscribe_on(platform, channel, query).await;
    }
    db.store.add_feed("https://lab.example/feed", "The Lab", "cli", Timestamp::UNIX_EPOCH).await.unwrap();
    let mut desk = Desk::new(db);
    desk.bot = desk.bot.clone().following(Some(Arc::new(Shelf)), RULES);
    let robotics = |title: &str| Facts { categories: vec!["cs.RO".to_owned()], ..titled(title) };
    let mut known = desk.listing("2608.01234", 0, robotics("Flow matching for robots"));
    known.counters = Counters { upvotes: Some(9), ..Counters::default() };
    let other = desk.listing("2608.01235", 0, robotics("Flow matching for hands"));
    let more = desk.listing("2608.01236", 0, titled("Diffusion at work"));
    desk.record(&[known.clone(), other, more]).await;
    desk.clock.advance(Duration::from_hours(30));
    known.counters.upvotes = Some(50);
    desk.record(&[known]).await;
    desk.clock.advance(Duration::from_hours(1));
    desk
}

/// The bot of a desk, as a platform is given it.
pub fn handler(desk: &Desk) -> std::sync::Arc<dyn CommandHandler> {
    std::sync::Arc::new(desk.bot.clone())
}
