//! Votes in the store: one of each person, changed, taken back, and only where the message stands.

use std::time::Duration;

use jiff::Timestamp;
use paperwire::domain::{Ballot, ChannelId, DeliveryId, Platform, Tally, UserId, Verdict};
use paperwire::store::{NewVote, Voted};

use crate::store::{ALL, Database, at, on_both};

/// A message that is posted in `#robotics`.
async fn posted(db: &Database) -> DeliveryId {
    db.queue(&["2608.00001"]).await;
    let claimed = db.claim_one("a", at(1)).await;
    assert!(db.store.intent(&claimed, at(1)).await.unwrap());
    db.store.finish(&claimed, &Verdict::Sent { message_id: "7".to_owned() }, at(1)).await.unwrap();
    claimed.id
}

async fn votes(
    db: &Database,
    channel: &str,
    message: DeliveryId,
    who: &str,
    ballot: Ballot,
    now: Timestamp,
) -> Voted {
    press(db, channel, message, who, ballot, false, now).await
}

async fn press(
    db: &Database,
    channel: &str,
    message: DeliveryId,
    who: &str,
    ballot: Ballot,
    again: bool,
    now: Timestamp,
) -> Voted {
    let (platform, channel) = (Platform::Sandbox, ChannelId::parse(Platform::Sandbox, channel).unwrap());
    let voter = UserId(who.to_owned());
    let vote = NewVote { platform, channel: &channel, message, voter: &voter, ballot, again };
    db.store.vote(&vote, now).await.unwrap()
}

fn counted(mine: Option<Ballot>, up: u32, down: u32) -> Voted {
    Voted::Counted { mine, tally: Tally { up, down } }
}

on_both! {
    async fn a_vote_is_changed_by_the_other_button_and_taken_back_by_the_same(db: Database) {
        let message = posted(&db).await;
        let press = async |who, ballot, second| votes(&db, "robotics", message, who, ballot, at(second)).await;
        assert_eq!(press("ada", Ballot::Up, 10).await, counted(Some(Ballot::Up), 1, 0));
        assert_eq!(press("ben", Ballot::Up, 11).await, counted(Some(Ballot::Up), 2, 0));
        assert_eq!(press("ada", Ballot::Down, 12).await, counted(Some(Ballot::Down), 1, 1));
        assert_eq!(press("ada", Ballot::Down, 20).await, counted(None, 1, 0));
        assert_eq!(press("ada", Ballot::Down, 21).await, counted(Some(Ballot::Down), 1, 1));
        assert_eq!(db.column("SELECT COUNT(*) FROM vote").await, 2, "each person has one row");
    }

    async fn a_double_click_is_one_press(db: Database) {
        let message = posted(&db).await;
        let press = async |second| votes(&db, "robotics", message, "ada", Ballot::Up, at(second)).await;
        for second in [10, 10, 11] {
            assert_eq!(press(second).await, counted(Some(Ballot::Up), 1, 0));
        }
        assert_eq!(press(12).await, counted(None, 0, 0));
    }

    async fn a_press_that_comes_again_after_its_process_died_counts_once(db: Database) {
        let message = posted(&db).await;
        votes(&db, "robotics", message, "ada", Ballot::Up, at(10)).await;
        let again = press(&db, "robotics", message, "ada", Ballot::Up, true, at(80)).await;
        assert_eq!(again, counted(Some(Ballot::Up), 1, 0));
        assert_eq!(votes(&db, "robotics", message, "ada", Ballot::Up, at(90)).await, counted(None, 0, 0));
        let again = press(&db, "robotics", message, "ada", Ballot::Up, true, at(160)).await;
        assert_eq!(again, counted(None, 0, 0), "it was taken back");
        let lost = press(&db, "robotics", message, "ben", Ballot::Up, true, at(160)).await;
        assert_eq!(lost, counted(Some(Ballot::Up), 1, 0), "it had not been counted");
    }

    async fn presses_at_once_count_each_person_once(db: Database) {
        let message = posted(&db).await;
        let presses = (0..24).map(|n| {
            let (db, who) = (&db, format!("person {}", n % 8));
            async move { votes(db, "robotics", message, &who, Ballot::Up, at(10)).await }
        });
        futures::future::join_all(presses).await;
        assert_eq!(votes(&db, "robotics", message, "last", Ballot::Down, at(11)).await, counted(Some(Ballot::Down), 8, 1));
    }

    async fn a_message_of_another_channel_cannot_be_voted_on_and_none_can_be_made_up(db: Database) {
        let message = posted(&db).await;
        db.subscribe("vision", "robots").await;
        assert_eq!(votes(&db, "vision", message, "ada", Ballot::Up, at(10)).await, Voted::NotHere);
        assert_eq!(votes(&db, "nowhere", message, "ada", Ballot::Up, at(10)).await, Voted::NotHere);
        let made_up = DeliveryId(uuid::Uuid::max());
        assert_eq!(votes(&db, "robotics", made_up, "ada", Ballot::Up, at(10)).await, Voted::NotHere);
        assert_eq!(db.column("SELECT COUNT(*) FROM vote").await, 0);
    }

    async fn a_message_is_edited_for_votes_once_in_five_seconds_and_shows_the_last(db: Database) {
        let message = posted(&db).await;
        let due = async |second| {
            db.store.claim_recounts("a", &ALL, 9, Duration::from_mins(1), at(second)).await.unwrap()
        };
        assert!(due(9).await.is_empty());
        votes(&db, "robotics", message, "ada", Ballot::Up, at(10)).await;
        let held = due(10).await.remove(0);
        assert_eq!(held.message_id, "7");
        assert!(due(10).await.is_empty(), "one process holds it");
        // A vote while the edit is on its way is not lost.
        votes(&db, "robotics", message, "ben", Ballot::Up, at(10)).await;
        assert!(db.store.finish_recount(&held, &paperwire::store::CardEdit::Done, at(11)).await.unwrap());
        assert!(due(12).await.is_empty(), "it was edited a second ago");
        let held = due(16).await.remove(0);
        assert!(db.store.finish_recount(&held, &paperwire::store::CardEdit::Done, at(16)).await.unwrap());
        assert!(due(99).await.is_empty(), "it shows every vote");
    }

    async fn votes_of_two_rows_that_are_one_paper_come_together(db: Database) {
        let message = posted(&db).await;
        votes(&db, "robotics", message, "ada", Ballot::Up, at(10)).await;
        let papers = db.papers(&["10.1000/x"]).await;
        let subscription = db.subscribe("robotics", "robots").await;
        db.route(&papers[0], &[&subscription], at(11)).await;
        let claimed = db.claim_one("a", at(12)).await;
        assert!(db.store.intent(&claimed, at(12)).await.unwrap());
        db.store.finish(&claimed, &Verdict::Sent { message_id: "8".to_owned() }, at(12)).await.unwrap();
        votes(&db, "robotics", claimed.id, "ada", Ballot::Up, at(13)).await;
        votes(&db, "robotics", claimed.id, "ben", Ballot::Up, at(13)).await;
        let mut both = crate::store::listing("2608.00001");
        both.also.push("10.1000/x".parse().unwrap());
        db.store.record(crate::store::HUB, &[both], crate::store::day(1), at(20)).await.unwrap();
        assert_eq!(db.column("SELECT COUNT(*) FROM paper").await, 1);
        let either = votes(&db, "robotics", claimed.id, "cleo", Ballot::Down, at(30)).await;
        assert_eq!(either, counted(Some(Ballot::Down), 2, 1));
    }
}
