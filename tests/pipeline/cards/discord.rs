//! The whole way on Discord: posted by the sender, changed by the stage, seen in the channel.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::{ChatPlatform, discord as adapter};
use paperwire::clock::Clock;
use paperwire::domain::Platform;
use paperwire::pipeline::{Cards, Router, Sender, step_until_idle};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::super::sending::{MAX_AGE, settings};
use super::{ARXIV, HUB, day, version, with_code};
use crate::store::{Database, on_both};
use crate::worlds::clock::FakeClock;
use crate::worlds::discord::{self, Discord};

const CHANNEL: &str = "100000000000000001";

/// One channel of Discord in which a paper is posted.
struct Wire {
    db: Database,
    clock: Arc<FakeClock>,
    world: Discord,
}

impl Wire {
    async fn with_a_posted_paper(db: Database) -> Self {
        let clock = Arc::new(FakeClock::at("2026-08-03T06:00:00Z"));
        let wire = Self { db, clock, world: Discord::start(&[CHANNEL]).await };
        wire.db.subscribe_on(Platform::Discord, CHANNEL, "robots").await;
        wire.list(ARXIV, version(1)).await;
        let (store, discord) = (wire.db.store.clone(), wire.discord());
        let router = Router::new(store.clone(), wire.clock(), [discord.clone()], MAX_AGE, 300);
        step_until_idle(&router).await.unwrap();
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let sender = Sender::new(store, wire.clock(), [discord], settings("one"), wake, stop);
        step_until_idle(&sender).await.unwrap();
        assert_eq!(wire.seen().len(), 1);
        wire
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// The real client as a new process has it; nothing of its rate limits is carried from step to step.
    fn discord(&self) -> Arc<dyn ChatPlatform> {
        let config = adapter::DiscordConfig {
            api_base: self.world.base_url().parse().unwrap(),
            token: discord::TOKEN.into(),
            application_id: None,
            timeout: Duration::from_secs(5),
        };
        Arc::new(adapter::Discord::new(&config).unwrap())
    }

    async fn list(&self, source: paperwire::domain::SourceName, listing: paperwire::domain::Listing) {
        self.clock.advance(Duration::from_mins(10));
        self.db.store.record(source, &[listing], day(1), self.clock.now()).await.unwrap();
    }

    async fn edit(&self) {
        let cards = Cards::new(self.db.store.clone(), self.clock(), [self.discord()], "a".to_owned(), 300);
        step_until_idle(&cards).await.unwrap();
    }

    /// The last lines of the messages in the channel.
    fn seen(&self) -> Vec<String> {
        let last = |text: String| text.lines().last().unwrap_or_default().to_owned();
        self.world.messages(CHANNEL).into_iter().map(|message| last(message.text)).collect()
    }
}

on_both! {
    async fn a_message_on_discord_shows_what_happens_to_its_paper_and_stays_one(db: Database) {
        let wire = Wire::with_a_posted_paper(db).await;
        wire.edit().await;
        assert!(wire.world.edits().is_empty(), "nothing has happened yet");
        wire.list(HUB, with_code()).await;
        wire.edit().await;
        let [line] = &wire.seen()[..] else { panic!("one message") };
        assert!(line.contains("Daily Papers") && line.contains("code"), "{line}");
        wire.list(ARXIV, version(2)).await;
        wire.edit().await;
        assert!(!wire.seen()[0].contains("v2"), "an hour has not passed");
        wire.clock.advance(Duration::from_hours(1));
        wire.edit().await;
        let [line] = &wire.seen()[..] else { panic!("one message") };
        assert!(line.contains("v2"), "{line}");
        assert_eq!(wire.world.edits().iter().map(|(_, status)| *status).collect::<Vec<_>>(), [200, 200]);
        assert_eq!(wire.world.refusals(), Vec::<String>::new());
    }

    async fn a_message_that_a_moderator_deleted_is_not_edited_again_and_not_posted_anew(db: Database) {
        let wire = Wire::with_a_posted_paper(db).await;
        let id = wire.world.messages(CHANNEL)[0].id.clone();
        wire.world.delete_message(&id);
        for source in [HUB, ARXIV] {
            wire.list(source, if source == HUB { with_code() } else { version(2) }).await;
            wire.clock.advance(Duration::from_hours(2));
            wire.edit().await;
        }
        assert_eq!(wire.world.edits(), [(id, 404)]);
        assert!(wire.seen().is_empty());
    }
}
