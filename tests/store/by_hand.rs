use paperwire::domain::{DeliveryState as S, Verdict};
use paperwire::store::{ByHand, DeliveryDetail, DetailFilter};

use super::{ALL, Database, LEASE, at, on_both};

/// Claims the head and ends it so.
async fn end(db: &Database, verdict: Verdict) {
    let claimed = db.claim_one("a", at(0)).await;
    assert!(db.store.intent(&claimed, at(0)).await.unwrap());
    assert!(db.store.finish(&claimed, &verdict, at(1)).await.unwrap());
}

async fn only(db: &Database) -> DeliveryDetail {
    db.store.delivery_details(&DetailFilter::default()).await.unwrap().remove(0)
}

fn again() -> ByHand {
    ByHand::Retry { expires_at: at(90_000) }
}

fn seen(message: &str) -> ByHand {
    ByHand::Confirm { message_id: Some(message.into()) }
}

fn dropped() -> ByHand {
    ByHand::Drop { why: Some("spam".into()) }
}

fn lost() -> Verdict {
    Verdict::Ambiguous { reason: "lost".into() }
}

on_both! {
    async fn what_is_retried_waits_again_afresh_with_a_new_end(db: Database) {
        db.queue(&["2608.00001"]).await;
        end(&db, lost()).await;
        let before = only(&db).await;
        assert_eq!((before.record.state, before.in_doubt_since), (S::Ambiguous, Some(at(0))));
        assert!(db.store.by_hand(&before, &again(), "ada", at(500)).await.unwrap());
        let after = only(&db).await;
        assert_eq!((after.record.state, after.expires_at, after.in_doubt_since), (S::Pending, at(90_000), None));
        assert_eq!((after.epoch, after.tries), (before.epoch + 1, 0));
        assert_eq!(db.claim_one("a", at(500)).await.body, "rich 2608.00001");
    }

    async fn what_somebody_saw_is_sent_and_a_late_fact_fills_in_the_message(db: Database) {
        db.queue(&["2608.00001"]).await;
        let claimed = db.claim_one("a", at(0)).await;
        assert!(db.store.intent(&claimed, at(0)).await.unwrap());
        db.store.finish(&claimed, &lost(), at(1)).await.unwrap();
        let confirmed = ByHand::Confirm { message_id: None };
        assert!(db.store.by_hand(&only(&db).await, &confirmed, "ada", at(9)).await.unwrap());
        let record = only(&db).await.record;
        assert_eq!((record.state, record.sent_at, record.message_id.as_deref()), (S::Sent, Some(at(9)), Some("")));
        let late = Verdict::Sent { message_id: "m7".into() };
        assert!(db.store.finish(&claimed, &late, at(20)).await.unwrap());
        assert_eq!(only(&db).await.record.message_id.as_deref(), Some("m7"));
    }

    async fn what_is_dropped_says_by_whom_and_why_and_keeps_its_doubt(db: Database) {
        db.queue(&["2608.00001"]).await;
        end(&db, lost()).await;
        assert!(db.store.by_hand(&only(&db).await, &dropped(), "ada", at(9)).await.unwrap());
        let after = only(&db).await;
        assert_eq!((after.record.state, after.in_doubt_since), (S::Skipped, Some(at(0))));
        assert_eq!(after.record.reason.as_deref(), Some("dropped by ada: spam"));
        let history = db.store.attempts(after.record.id).await.unwrap();
        let told: Vec<_> = history.iter().map(|a| a.outcome.as_deref().unwrap()).collect();
        assert_eq!(told, ["ambiguous", "dropped by hand"]);
    }

    async fn a_decision_about_what_has_changed_meanwhile_does_nothing(db: Database) {
        db.queue(&["2608.00001"]).await;
        end(&db, lost()).await;
        let old = only(&db).await;
        assert!(db.store.by_hand(&old, &dropped(), "ada", at(9)).await.unwrap());
        for decision in [again(), seen("m1"), dropped()] {
            assert!(!db.store.by_hand(&old, &decision, "ben", at(10)).await.unwrap(), "{decision:?}");
        }
        assert_eq!(db.states().await, [S::Skipped]);
        assert!(db.store.by_hand(&only(&db).await, &again(), "ben", at(11)).await.unwrap());
        let waiting = only(&db).await;
        db.claim_one("a", at(11)).await;
        assert!(!db.store.by_hand(&waiting, &dropped(), "ben", at(12)).await.unwrap(), "a sender holds it");
    }

    async fn nothing_is_done_to_what_is_sent_or_held(db: Database) {
        db.queue(&["2608.00001"]).await;
        let held = db.claim_one("a", at(0)).await;
        for decision in [again(), seen("m1"), dropped()] {
            assert!(!db.store.by_hand(&only(&db).await, &decision, "ada", at(1)).await.unwrap());
        }
        db.store.finish(&held, &Verdict::Sent { message_id: "m1".into() }, at(2)).await.unwrap();
        for decision in [again(), seen("m2"), dropped()] {
            assert!(!db.store.by_hand(&only(&db).await, &decision, "ada", at(3)).await.unwrap());
        }
        assert_eq!(only(&db).await.record.message_id.as_deref(), Some("m1"));
    }

    async fn a_message_of_several_papers_is_confirmed_whole_and_dropped_one_by_one(db: Database) {
        for confirm in [true, false] {
            db.tamper("DELETE FROM attempt; DELETE FROM bundle_body; DELETE FROM delivery; DELETE FROM paper_match; DELETE FROM paper").await;
            db.queue(&["2608.00001", "2608.00002"]).await;
            let lead = db.claim_one("a", at(0)).await;
            let others = [db.deliveries().await[1].id];
            assert!(db.store.form_bundle(&lead, &others, "r", "p", at(0)).await.unwrap());
            let verdict = if confirm { lost() } else { Verdict::Retry { at: at(9), reason: "503".into(), free: true } };
            assert!(db.store.intent(&lead, at(0)).await.unwrap());
            let lead = paperwire::store::Claimed { bundled: true, ..lead };
            assert!(db.store.finish(&lead, &verdict, at(1)).await.unwrap());
            let second = only(&db).await;
            assert_eq!((second.record.id, second.follows()), (others[0], Some(lead.id)));
            let decision = if confirm { seen("m1") } else { dropped() };
            assert!(db.store.by_hand(&second, &decision, "ada", at(5)).await.unwrap());
            if confirm {
                assert_eq!(db.states().await, [S::Sent, S::Sent]);
            } else {
                assert_eq!(db.states().await, [S::Pending, S::Skipped]);
                assert_eq!(db.claim_one("a", at(9)).await.body, "rich 2608.00001");
            }
        }
    }

    async fn a_prefix_finds_one_and_the_newest_come_first(db: Database) {
        db.queue(&["2608.00001", "2608.00002", "2608.00003"]).await;
        let all = db.store.delivery_details(&DetailFilter::default()).await.unwrap();
        let papers: Vec<String> = all.iter().map(|d| d.record.paper.to_string()).collect();
        assert_eq!(papers, ["2608.00003", "2608.00002", "2608.00001"]);
        for detail in &all {
            let filter = DetailFilter { prefix: Some(detail.prefix.to_uppercase()), ..DetailFilter::default() };
            let found = db.store.delivery_details(&filter).await.unwrap();
            assert_eq!(found.iter().map(|d| d.record.id).collect::<Vec<_>>(), [detail.record.id]);
        }
        let pending = DetailFilter { state: Some(S::Pending), limit: Some(1), ..DetailFilter::default() };
        assert_eq!(db.store.delivery_details(&pending).await.unwrap().len(), 1);
        assert_eq!(db.store.delivery_count(&pending).await.unwrap(), 3);
    }

    async fn what_is_seen_of_a_message_of_several_papers_is_seen_of_all_and_the_channel_goes_on(db: Database) {
        for confirm in [true, false] {
            db.tamper("DELETE FROM attempt; DELETE FROM bundle_body; DELETE FROM delivery; DELETE FROM paper_match; DELETE FROM paper").await;
            db.queue(&["2608.00001", "2608.00002"]).await;
            let lead = db.claim_one("a", at(0)).await;
            let others = [db.deliveries().await[1].id];
            assert!(db.store.form_bundle(&lead, &others, "r", "p", at(0)).await.unwrap());
            assert!(db.store.intent(&lead, at(0)).await.unwrap());
            let doubt = Verdict::Unknown { at: at(60), reason: "timeout".into() };
            assert!(db.store.finish(&lead, &doubt, at(1)).await.unwrap());
            let third = db.papers(&["2608.00003"]).await.remove(0);
            let subscription = db.subscribe("robotics", "robots").await;
            db.route(&third, &[&subscription], at(2)).await;
            let second = db.store.delivery_details(&DetailFilter::default()).await.unwrap().remove(1);
            assert_eq!((second.record.id, second.record.state), (others[0], S::Unknown), "as far as its lead");
            let decision = if confirm { ByHand::Confirm { message_id: None } } else { dropped() };
            assert!(db.store.by_hand(&second, &decision, "ada", at(5)).await.unwrap());
            let ended = if confirm { S::Sent } else { S::Skipped };
            assert_eq!(db.states().await, [ended, ended, S::Pending]);
            assert!(!db.store.by_hand(&second, &decision, "ada", at(6)).await.unwrap(), "once");
            assert_eq!(db.claim_one("a", at(6)).await.body, "rich 2608.00003", "at once, without a search for it");
            // The answer comes after all: it names the message and makes none of them surplus.
            let late = Verdict::Sent { message_id: "m7".into() };
            assert!(db.store.finish(&lead, &late, at(20)).await.unwrap());
            let named: Vec<_> = db.deliveries().await.into_iter().take(2).map(|d| (d.state, d.message_id)).collect();
            assert_eq!(named, vec![(S::Sent, Some("m7".to_owned())); 2]);
            assert!(db.store.claim_surplus("x", &ALL, 9, LEASE, at(9_000)).await.unwrap().is_empty());
        }
    }

    async fn no_message_is_deleted_on_the_word_of_an_id_that_was_typed(db: Database) {
        db.queue(&["2608.00001"]).await;
        let claimed = db.claim_one("a", at(0)).await;
        assert!(db.store.intent(&claimed, at(0)).await.unwrap());
        db.store.finish(&claimed, &lost(), at(1)).await.unwrap();
        assert!(db.store.by_hand(&only(&db).await, &seen("100"), "ada", at(9)).await.unwrap());
        let late = Verdict::Sent { message_id: "101".into() };
        assert!(!db.store.finish(&claimed, &late, at(20)).await.unwrap());
        assert!(db.store.claim_surplus("x", &ALL, 9, LEASE, at(9_000)).await.unwrap().is_empty());
    }
}
