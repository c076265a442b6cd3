//! The whole way on Discord: submitted by a command, posted by the sender, voted on by its buttons, counted, removed.

use std::sync::Arc;
use std::time::Duration;

use paperwire::chat::ChatPlatform;
use paperwire::chat::discord::{self as adapter, Interactions, Webhook};
use paperwire::clock::Clock;
use paperwire::pipeline::{Cards, Curation, Sender, step_until_idle};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::bot::Desk;
use crate::pipeline::sending::settings;
use crate::store::{Database, on_both};
use crate::worlds::discord::payload::{ADA, BOB, Does, Person, text};
use crate::worlds::discord::{Discord as World, Interaction, TOKEN};

const CHANNEL: &str = "100";

struct Wire {
    desk: Desk,
    world: World,
    webhook: Webhook,
}

impl Wire {
    async fn new(db: Database) -> Self {
        let (desk, world) = (Desk::new(db), World::start(&[CHANNEL]).await);
        let interactions = Interactions::new(&config(&world), Arc::new(desk.bot.clone())).unwrap();
        let webhook = Webhook::new(World::public_key(), interactions).unwrap();
        Self { desk, world, webhook }
    }

    /// The real client as a new process has it.
    fn discord(&self) -> Arc<dyn ChatPlatform> {
        Arc::new(adapter::Discord::new(&config(&self.world)).unwrap())
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.desk.clock.clone()
    }

    async fn post(&self) {
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let store = self.desk.db.store.clone();
        let sender = Sender::new(store, self.clock(), [self.discord()], settings("one"), wake, stop);
        step_until_idle(&sender).await.unwrap();
    }

    async fn curate(&self) {
        let store = self.desk.db.store.clone();
        let cards = Cards::new(store, self.clock(), [self.discord()], "a".to_owned(), 300);
        step_until_idle(&Curation::new(cards)).await.unwrap();
    }

    async fn does(&self, who: Person, does: Does) -> Interaction {
        let begun = self.world.begins(who, does);
        let (body, now) = (begun.sent.to_string(), self.desk.clock.now());
        let headers = World::signed(body.as_bytes(), now);
        let received = self.webhook.receive(&headers, body.as_bytes(), now).await;
        self.world.takes(begun.id, received.status, &received.body);
        self.world.until(begun.id, |one| one.response.is_some()).await
    }

    /// The names and the words of the buttons of the one message.
    fn buttons(&self) -> Vec<(String, String)> {
        let messages = self.world.messages(CHANNEL);
        let [message] = &messages[..] else { panic!("one message, not {}", messages.len()) };
        let parts = message.raw["components"][0]["components"].as_array().expect("buttons").iter();
        let part = |part: &Value, name: &str| part[name].as_str().unwrap().to_owned();
        parts.map(|button| (part(button, "custom_id"), part(button, "label"))).collect()
    }

    fn labels(&self) -> Vec<String> {
        self.buttons().into_iter().map(|(_, label)| label).collect()
    }
}

fn config(world: &World) -> adapter::DiscordConfig {
    adapter::DiscordConfig {
        api_base: world.base_url().parse().unwrap(),
        token: TOKEN.into(),
        application_id: None,
        timeout: Duration::from_secs(5),
    }
}

on_both! {
    async fn a_submitted_paper_is_voted_on_counted_and_removed(db: Database) {
        let wire = Wire::new(db).await;
        let submit = vec![text("paper", "2608.77771"), text("note", "A *must* @everyone <@71>")];
        let said = wire.does(BOB, Does::Slash("submit", submit)).await;
        assert!(said.ephemeral && said.words().contains("in a moment"), "{}", said.words());
        wire.post().await;
        assert_eq!(wire.labels(), ["▲ 1", "▼"]);
        let shown = wire.world.messages(CHANNEL)[0].raw.to_string();
        assert!(shown.contains("Submitted by <@72>: "), "{shown}");
        assert!(!shown.contains("@everyone") && !shown.contains("<@71>"), "{shown}");

        let [up, down] = &wire.buttons().into_iter().map(|(name, _)| name).collect::<Vec<_>>()[..] else { panic!("two") };
        let (one, two) = tokio::join!(wire.does(ADA, Does::Press(up.clone())), wire.does(ADA, Does::Press(up.clone())));
        for said in [one, two] {
            assert!(said.ephemeral && said.words().contains("Your vote for this paper counts: ▲ 2 · ▼ 0."), "{}", said.words());
        }
        assert_eq!(wire.labels(), ["▲ 1", "▼"], "the count comes a little later");
        wire.curate().await;
        assert_eq!(wire.labels(), ["▲ 2", "▼"]);
        wire.desk.clock.advance(Duration::from_secs(6));
        let said = wire.does(BOB, Does::Press(down.clone())).await;
        assert!(said.words().contains("against this paper counts: ▲ 1 · ▼ 1."), "{}", said.words());
        wire.curate().await;
        assert_eq!(wire.labels(), ["▲ 1", "▼ 1"]);
        let edited = wire.world.messages(CHANNEL)[0].raw.to_string();
        assert!(edited.contains("Submitted by <@72>"), "{edited}");
        assert_eq!(wire.world.edits().len(), 2);

        let elsewhere = Person { channel: 200, ..ADA };
        let said = wire.does(elsewhere, Does::Press(up.clone())).await;
        assert!(said.words().contains("none of this channel’s"), "{}", said.words());

        let said = wire.does(ADA, Does::Slash("remove", vec![text("paper", "2608.77771")])).await;
        assert!(said.words().contains("deleted in a moment"), "{}", said.words());
        wire.curate().await;
        assert!(wire.world.messages(CHANNEL).is_empty());
        let late = wire.does(BOB, Does::Press(up.clone())).await;
        assert!(late.words().contains("was removed"), "{}", late.words());
        wire.webhook.finished().await;
        assert_eq!(wire.world.refusals(), Vec::<String>::new());
    }
}
