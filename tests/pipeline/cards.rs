//! Posted messages that follow what happens to their paper.

mod discord;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paperwire::chat::sandbox::{Sandbox, SandboxLedger, read};
use paperwire::chat::{ChatPlatform, Post};
use paperwire::clock::Clock;
use paperwire::domain::{ChannelId, DeliveryId, Listing, SendOutcome, SourceName, Verdict};
use paperwire::message::Message;
use paperwire::pipeline::{Cards, Router, step_until_idle};
use paperwire::store::Store;

use crate::store::{Database, day, listing, on_both};
use crate::worlds::clock::FakeClock;

const ARXIV: SourceName = SourceName("arxiv");
const HUB: SourceName = SourceName("huggingface");

/// The sandbox's messages in the store, as `serve` keeps them.
pub struct Ledger(pub Store, pub Arc<FakeClock>);

#[async_trait]
impl SandboxLedger for Ledger {
    async fn post(&self, delivery: DeliveryId, channel: &ChannelId, body: &str) -> anyhow::Result<i64> {
        Ok(self.0.sandbox_post(delivery, channel, body, self.1.now()).await?)
    }

    async fn edit(&self, delivery: DeliveryId, body: &str) -> anyhow::Result<bool> {
        Ok(self.0.sandbox_edit(delivery, body).await?)
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

struct Wire {
    db: Database,
    clock: Arc<FakeClock>,
    sandbox: Arc<dyn ChatPlatform>,
}

impl Wire {
    /// A paper that arXiv listed is posted in one channel.
    async fn with_a_posted_paper(db: Database) -> Self {
        let clock = Arc::new(FakeClock::at("2026-08-03T06:00:00Z"));
        let ledger = Ledger(db.store.clone(), clock.clone());
        let wire = Self { db, clock, sandbox: Arc::new(Sandbox::new(Arc::new(ledger))) };
        wire.db.subscribe("robotics", "robots").await;
        wire.list(ARXIV, version(1)).await;
        let clock = wire.clock.clone() as Arc<dyn Clock>;
        let router =
            Router::new(wire.db.store.clone(), clock, [wire.sandbox.clone()], Duration::from_hours(24), 300);
        step_until_idle(&router).await.unwrap();
        let now = wire.clock.now();
        let claimed = wire.db.claim_one("a", now).await;
        assert!(wire.db.store.intent(&claimed, now).await.unwrap());
        let post =
            Post { channel: &claimed.channel, delivery: claimed.id, body: &claimed.body, plain: false };
        let SendOutcome::Sent { message_id } = wire.sandbox.send(post).await else { panic!("it is posted") };
        wire.db.store.finish(&claimed, &Verdict::Sent { message_id }, now).await.unwrap();
        wire
    }

    async fn list(&self, source: SourceName, listing: Listing) {
        self.clock.advance(Duration::from_mins(10));
        self.db.store.record(source, &[listing], day(1), self.clock.now()).await.unwrap();
    }

    /// The badges of the one message, once the stage has nothing left to do.
    async fn badges(&self) -> Vec<String> {
        let clock = self.clock.clone() as Arc<dyn Clock>;
        let cards = Cards::new(self.db.store.clone(), clock, [self.sandbox.clone()], "a".to_owned(), 300);
        step_until_idle(&cards).await.unwrap();
        let messages = self.db.store.sandbox_messages(None, 0).await.unwrap();
        let [message] = &messages[..] else { panic!("one message, not {}", messages.len()) };
        let Some(Message::Paper(card)) = read(&message.body) else { panic!("it is a card") };
        assert!(card.why.contains("robot"), "{}", card.why);
        card.badges
    }
}

fn version(number: u16) -> Listing {
    let mut listing = Listing { day: day(2 + i8::try_from(number).unwrap()), ..listing("2608.00001") };
    listing.facts.title = "Robots at work".into();
    listing.facts.version = Some(number);
    listing
}

fn with_code() -> Listing {
    let mut listing = listing("2608.00001");
    listing.facts.title = "Robots at work".into();
    listing.facts.repository = Some("https://github.com/a/b".into());
    listing
}

on_both! {
    async fn a_posted_message_shows_what_happens_to_its_paper_at_most_once_an_hour(db: Database) {
        let wire = Wire::with_a_posted_paper(db).await;
        assert!(wire.badges().await.is_empty());
        wire.list(HUB, with_code()).await;
        assert_eq!(wire.badges().await, ["code", "Daily Papers"]);
        wire.list(ARXIV, version(2)).await;
        assert_eq!(wire.badges().await, ["code", "Daily Papers"], "an hour has not passed");
        wire.clock.advance(Duration::from_hours(1));
        assert_eq!(wire.badges().await, ["v2", "code", "Daily Papers"]);
        wire.list(ARXIV, version(2)).await;
        wire.clock.advance(Duration::from_hours(1));
        let due = wire.db.store.claim_cards("b", &crate::store::ALL, 9, Duration::from_mins(1), wire.clock.now());
        assert!(due.await.unwrap().is_empty(), "nothing happened");
    }

    async fn an_edit_whose_answer_was_lost_is_made_again_by_whoever_comes_next(db: Database) {
        let wire = Wire::with_a_posted_paper(db).await;
        wire.list(HUB, with_code()).await;
        let claim = async |owner| {
            let (now, lease) = (wire.clock.now(), Duration::from_mins(1));
            wire.db.store.claim_cards(owner, &crate::store::ALL, 9, lease, now).await.unwrap()
        };
        let lost = claim("a").await.remove(0);
        assert!(claim("b").await.is_empty(), "one process holds it");
        wire.clock.advance(Duration::from_mins(2));
        assert_eq!(wire.badges().await, ["code", "Daily Papers"]);
        let late = paperwire::store::CardEdit::Stopped("late".into());
        assert!(!wire.db.store.finish_card(&lost, &late, wire.clock.now()).await.unwrap());
    }

    async fn a_message_that_was_deleted_is_left_alone(db: Database) {
        let wire = Wire::with_a_posted_paper(db).await;
        wire.db.tamper("UPDATE sandbox_message SET delivery_id = 'gone'").await;
        wire.list(HUB, with_code()).await;
        let clock = wire.clock.clone() as Arc<dyn Clock>;
        let cards = Cards::new(wire.db.store.clone(), clock, [wire.sandbox.clone()], "a".to_owned(), 300);
        step_until_idle(&cards).await.unwrap();
        wire.list(ARXIV, version(2)).await;
        wire.clock.advance(Duration::from_hours(2));
        let due = wire.db.store.claim_cards("b", &crate::store::ALL, 9, Duration::from_mins(1), wire.clock.now());
        assert!(due.await.unwrap().is_empty(), "editing has stopped");
    }
}
