//! Second messages of a delivery: the earlier stays, the later goes, whatever stops the process in between.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paperwire::chat::{ChatPlatform, Edit, Edited, Post, Rendered};
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, Found, Platform, SendOutcome, Verdict};
use paperwire::message::Message;
use paperwire::pipeline::{Stage, Surplus, step_until_idle};
use paperwire::store::{Claimed, SurplusEnd, SurplusWork};

use crate::store::{ALL, Database, at, on_both};
use crate::worlds::clock::FakeClock;

/// A platform with messages in it, of which some cannot be deleted.
#[derive(Default)]
struct World {
    there: Mutex<Vec<String>>,
    asked: Mutex<Vec<String>>,
    answer: Mutex<Option<Edited>>,
}

#[async_trait]
impl ChatPlatform for World {
    fn platform(&self) -> Platform {
        Platform::Sandbox
    }

    fn enforces_nonce(&self) -> bool {
        false
    }

    fn render(&self, _: &Message) -> Rendered {
        Rendered { rich: String::new(), plain: String::new() }
    }

    async fn send(&self, _: Post<'_>) -> SendOutcome {
        SendOutcome::NotSent { reason: "nobody posts here".to_owned() }
    }

    async fn edit(&self, _: Edit<'_>) -> Edited {
        Edited::Done
    }

    async fn find(&self, _: Post<'_>, _: Timestamp) -> Found {
        let there = self.there.lock().unwrap();
        there.first().map_or(Found::Absent, |id| Found::Posted { message_id: id.clone() })
    }

    async fn delete(&self, _: &ChannelId, message_id: &str) -> Edited {
        self.asked.lock().unwrap().push(message_id.to_owned());
        if let Some(answer) = self.answer.lock().unwrap().clone() {
            return answer;
        }
        self.there.lock().unwrap().retain(|id| id != message_id);
        Edited::Done
    }
}

struct Rig {
    db: Database,
    world: Arc<World>,
    clock: Arc<FakeClock>,
}

impl Rig {
    /// A delivery whose two senders each posted it, under these ids in the order of what they report.
    async fn posted_as(db: Database, first: &str, second: &str) -> Self {
        db.queue(&["2608.00001"]).await;
        let claimed = sent(&db, first, 0).await;
        db.store.finish(&claimed, &Verdict::Sent { message_id: second.to_owned() }, at(2)).await.unwrap();
        let world = World::default();
        let mut there = vec![first.to_owned(), second.to_owned()];
        there.sort();
        *world.there.lock().unwrap() = there;
        Self { db, world: Arc::new(world), clock: Arc::new(FakeClock::at(&at(10).to_string())) }
    }

    fn stage(&self) -> Surplus {
        let platform: Arc<dyn ChatPlatform> = self.world.clone();
        Surplus::new(self.db.store.clone(), self.clock.clone(), [platform], "one".to_owned())
    }

    async fn run(&self) {
        step_until_idle(&self.stage()).await.unwrap();
    }

    async fn kept(&self) -> String {
        self.db.deliveries().await[0].message_id.clone().unwrap()
    }

    fn asked(&self) -> Vec<String> {
        self.world.asked.lock().unwrap().clone()
    }

    /// Nothing is left to do, now and later.
    async fn settled(&self) -> bool {
        let later = at(90_000_000);
        self.db.store.claim_surplus("x", &ALL, 9, Duration::from_mins(1), later).await.unwrap().is_empty()
    }
}

async fn sent(db: &Database, message: &str, seconds: i64) -> Claimed {
    let claimed = db.claim_one("a", at(seconds)).await;
    assert!(db.store.intent(&claimed, at(seconds)).await.unwrap());
    let verdict = Verdict::Sent { message_id: message.to_owned() };
    assert!(db.store.finish(&claimed, &verdict, at(seconds + 1)).await.unwrap());
    claimed
}

on_both! {
    async fn of_two_messages_the_later_is_deleted(db: Database) {
        let rig = Rig::posted_as(db, "100", "101").await;
        rig.run().await;
        rig.run().await;
        assert_eq!((rig.asked(), rig.kept().await), (vec!["101".to_owned()], "100".to_owned()));
        assert!(rig.settled().await);
    }

    async fn a_late_fact_of_the_earlier_message_makes_the_recorded_one_surplus(db: Database) {
        let rig = Rig::posted_as(db, "101", "100").await;
        rig.run().await;
        assert_eq!((rig.asked(), rig.kept().await), (vec!["101".to_owned()], "100".to_owned()));
        assert!(rig.settled().await);
    }

    async fn three_kills_in_a_row_do_no_harm(db: Database) {
        let rig = Rig::posted_as(db, "101", "100").await;
        for killed in 0..3 {
            let lease = Duration::from_mins(2);
            let held = rig.db.store.claim_surplus("dead", &ALL, 9, lease, rig.clock.now()).await.unwrap();
            assert_eq!(held.len(), 1, "after {killed} kills");
            assert_eq!(held[0].work, SurplusWork::Delete { message_id: "101".to_owned() });
            // The second time it dies after the deletion.
            if killed == 1 {
                rig.world.delete(&held[0].channel, "101").await;
            }
            rig.run().await;
            assert_eq!(rig.asked().len(), usize::from(killed > 0), "another process holds it");
            rig.clock.advance(lease);
        }
        rig.run().await;
        assert_eq!((rig.asked(), rig.kept().await), (vec!["101".to_owned(); 2], "100".to_owned()));
        assert_eq!(*rig.world.there.lock().unwrap(), ["100"]);
        assert!(rig.settled().await);
    }

    async fn who_lost_the_lease_records_nothing(db: Database) {
        let rig = Rig::posted_as(db, "100", "101").await;
        let (store, lease) = (&rig.db.store, Duration::from_mins(2));
        let old = store.claim_surplus("a", &ALL, 9, lease, at(10)).await.unwrap().remove(0);
        let new = store.claim_surplus("b", &ALL, 9, lease, at(200)).await.unwrap().remove(0);
        let end = SurplusEnd::Settled("deleted".to_owned());
        assert!(!store.finish_surplus(&old, &end, at(201)).await.unwrap());
        assert!(store.finish_surplus(&new, &end, at(202)).await.unwrap());
        assert!(rig.settled().await);
    }

    async fn a_deletion_that_fails_is_tried_again_and_one_that_is_refused_is_not(db: Database) {
        let rig = Rig::posted_as(db, "100", "101").await;
        let set = |answer| *rig.world.answer.lock().unwrap() = answer;
        set(Some(Edited::Later { after: None, reason: "HTTP 500".to_owned() }));
        rig.run().await;
        rig.run().await;
        assert_eq!(rig.asked().len(), 1, "not at once");
        set(Some(Edited::Later { after: Some(Duration::from_mins(5)), reason: "429".to_owned() }));
        rig.clock.advance(Duration::from_mins(1));
        rig.run().await;
        rig.clock.advance(Duration::from_mins(4));
        rig.run().await;
        assert_eq!(rig.asked().len(), 2, "not before the time that the platform names");
        set(Some(Edited::Refused { reason: "Slack says cant_delete_message".to_owned() }));
        rig.clock.advance(Duration::from_mins(1));
        rig.run().await;
        assert_eq!(rig.asked().len(), 3);
        assert!(rig.settled().await);
    }

    async fn a_message_that_stands_for_another_delivery_is_left_alone(db: Database) {
        let robots = db.queue(&["2608.00001", "2608.00002"]).await;
        sent(&db, "100", 0).await;
        let second = sent(&db, "101", 0).await;
        // One message with several papers may be the kept one of some and a second one of others.
        let late = Verdict::Sent { message_id: "100".to_owned() };
        db.store.finish(&second, &late, at(2)).await.unwrap();
        assert_eq!(robots.destination.id, second.destination);
        let clock = Arc::new(FakeClock::at(&at(10).to_string()));
        let rig = Rig { db, world: Arc::new(World::default()), clock };
        rig.run().await;
        assert_eq!(rig.asked(), ["101"], "of the second delivery the later message goes");
        assert!(rig.settled().await);
    }

    async fn what_was_posted_anew_after_a_lost_answer_is_looked_for_once_more(db: Database) {
        db.queue(&["2608.00001"]).await;
        let first = db.claim_one("a", at(0)).await;
        assert!(db.store.intent(&first, at(0)).await.unwrap());
        let doubt = Verdict::Unknown { at: at(5), reason: "timeout".to_owned() };
        assert!(db.store.finish(&first, &doubt, at(1)).await.unwrap());
        let looked = db.claim_one("a", at(90)).await;
        let absent = Verdict::Retry { at: at(95), reason: "absent".to_owned(), free: true };
        assert!(db.store.finish(&looked, &absent, at(91)).await.unwrap());
        sent(&db, "101", 95).await;
        let world = World { there: Mutex::new(vec!["100".to_owned(), "101".to_owned()]), ..World::default() };
        let clock = Arc::new(FakeClock::at(&at(100).to_string()));
        let rig = Rig { db, world: Arc::new(world), clock };
        rig.run().await;
        assert!(rig.asked().is_empty(), "the channel may not show the first one yet");
        rig.clock.advance(Duration::from_mins(10));
        rig.run().await;
        assert_eq!((rig.asked(), rig.kept().await), (vec!["101".to_owned()], "100".to_owned()));
        rig.clock.advance(Duration::from_mins(10));
        rig.run().await;
        assert_eq!(rig.asked().len(), 1);
        assert!(rig.settled().await);
    }

    async fn a_post_that_was_repeated_at_once_needs_no_look(db: Database) {
        db.queue(&["2608.00001"]).await;
        let first = db.claim_one("a", at(0)).await;
        assert!(db.store.intent(&first, at(0)).await.unwrap());
        let doubt = Verdict::Unknown { at: at(5), reason: "timeout".to_owned() };
        assert!(db.store.finish(&first, &doubt, at(1)).await.unwrap());
        sent(&db, "100", 5).await;
        assert_eq!(db.store.suspect_surplus(at(10_000)).await.unwrap(), 0);
        let stage = Rig { db, world: Arc::default(), clock: Arc::new(FakeClock::at(&at(10_000).to_string())) }.stage();
        assert_eq!(stage.name(), "surplus");
        assert_eq!(stage.deleted(), 0);
    }
}
