//! The same way on Slack, over its signed requests.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::chat::slack::{self as adapter, Managers};
use paperwire::clock::Clock;
use paperwire::domain::UserId;
use paperwire::pipeline::{Cards, Curation, Sender, step_until_idle};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::bot::Desk;
use crate::pipeline::sending::settings;
use crate::store::{Database, on_both};
use crate::worlds::slack::{ADA, APP_TOKEN, BEN, Posted, Slack as World, Sort, TOKEN, Via};

const CHANNEL: &str = "C1";

struct Wire {
    desk: Desk,
    world: World,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<anyhow::Result<()>>,
}

impl Wire {
    async fn new(db: Database) -> Self {
        let desk = Desk::new(db);
        let world = World::at(&[CHANNEL], desk.clock.clone()).await;
        paperwire::chat::install_tls_provider();
        let stop = CancellationToken::new();
        let managers = Managers::Users([UserId(ADA.to_owned())].into());
        let bot = Arc::new(desk.bot.clone());
        let running =
            tokio::spawn(adapter::run_socket(config(&world), APP_TOKEN.into(), managers, bot, stop.clone()));
        world.socket().until(|links, _| links > 0).await;
        Self { desk, world, stop, running }
    }

    /// The real client as a new process has it.
    fn slack(&self) -> Arc<dyn ChatPlatform> {
        Arc::new(adapter::Slack::new(&config(&self.world)).unwrap())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.desk.clock.clone()
    }

    async fn post(&self) {
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let store = self.desk.db.store.clone();
        let sender = Sender::new(store, self.clock(), [self.slack()], settings("one"), wake, stop);
        step_until_idle(&sender).await.unwrap();
    }

    async fn curate(&self) {
        let store = self.desk.db.store.clone();
        let cards = Cards::new(store, self.clock(), [self.slack()], "a".to_owned(), 300);
        step_until_idle(&Curation::new(cards)).await.unwrap();
    }

    /// Somebody does something, and sees this in answer.
    async fn told(&self, sort: Sort, payload: &Value) -> Posted {
        let before = self.world.all().len();
        self.world.tell(&Via::Socket, sort, payload).await;
        self.world.until(|world| world.all().into_iter().nth(before)).await
    }

    async fn gives(&self, user: &str, line: &str) -> String {
        let payload = self.world.command(CHANNEL, user, line);
        self.told(Sort::Command, &payload).await.raw.to_string()
    }

    async fn presses(&self, user: &str, label: &str) -> Posted {
        let payload = self.world.press(&self.card(), user, label);
        self.told(Sort::Interaction, &payload).await
    }

    /// The messages that everybody sees.
    fn public(&self) -> Vec<Posted> {
        self.world.messages(CHANNEL).into_iter().filter(|message| message.only.is_none()).collect()
    }

    /// The one message that everybody sees.
    fn card(&self) -> Posted {
        let mut public = self.public();
        assert_eq!(public.len(), 1, "one message");
        public.remove(0)
    }

    fn labels(&self) -> Vec<String> {
        let card = self.card();
        let blocks = card.raw["blocks"].as_array().expect("blocks");
        let buttons = blocks.last().unwrap()["elements"].as_array().expect("buttons").iter();
        buttons.map(|button| button["text"]["text"].as_str().unwrap().to_owned()).collect()
    }
}

fn config(world: &World) -> adapter::SlackConfig {
    adapter::SlackConfig {
        api_base: world.base_url().parse().unwrap(),
        token: TOKEN.into(),
        timeout: Duration::from_secs(5),
    }
}

on_both! {
    async fn a_submitted_paper_is_voted_on_counted_and_removed(db: Database) {
        let wire = Wire::new(db).await;
        let said = wire.gives(BEN, "submit 2608.77771 note:A *must* &lt;!channel&gt;").await;
        assert!(said.contains("in a moment"), "{said}");
        wire.post().await;
        assert_eq!(wire.labels(), ["▲ 1", "▼"]);
        let card = wire.card();
        assert!(card.raw.to_string().contains("Submitted by @"), "{}", card.raw);
        assert!(card.controls.is_empty(), "nobody is notified: {:?}", card.controls);

        let said = wire.presses(ADA, "▲ 1").await;
        assert_eq!(said.only.as_deref(), Some(ADA));
        assert!(said.raw.to_string().contains("Your vote for this paper counts: ▲ 2 · ▼ 0."), "{}", said.raw);
        wire.curate().await;
        assert_eq!(wire.labels(), ["▲ 2", "▼"]);
        wire.desk.clock.advance(Duration::from_secs(6));
        wire.presses(ADA, "▲ 2").await;
        wire.curate().await;
        assert_eq!(wire.labels(), ["▲ 1", "▼"], "the vote was taken back");

        assert!(wire.gives(BEN, "community submit:managers").await.contains("chosen"));
        assert!(wire.gives(ADA, "remove 2608.77771").await.contains("deleted in a moment"));
        wire.curate().await;
        assert!(wire.public().is_empty());
        wire.stop.cancel();
        wire.running.await.unwrap().unwrap();
        assert_eq!(wire.world.refusals(), [""; 0]);
    }
}
