use paperwire::domain::{DeliveryId, DeliveryState as S, Verdict};
use paperwire::store::Claimed;

use super::{ALL, Database, HUB, LEASE, at, day, id, listing, on_both};

/// Takes all deliveries and papers away.
const EMPTY: &str =
    "DELETE FROM attempt; DELETE FROM bundle_body; DELETE FROM delivery; DELETE FROM paper_match;
    DELETE FROM paper";
const THREE: [&str; 3] = ["2608.00001", "2608.00002", "2608.00003"];

/// Claims the head of the queue and makes one message of it and what may come along.
async fn bundle(db: &Database, seconds: i64) -> Claimed {
    let lead = db.claim_one("a", at(seconds)).await;
    let together = db.store.bundling(&lead, 10, at(seconds)).await.unwrap();
    let others: Vec<DeliveryId> = together.iter().skip(1).map(|one| one.id).collect();
    assert!(!others.is_empty(), "nothing came along");
    assert!(db.store.form_bundle(&lead, &others, "rich group", "plain group", at(seconds)).await.unwrap());
    Claimed { bundled: true, body: "rich group".into(), ..lead }
}

async fn finish(db: &Database, claimed: &Claimed, verdict: Verdict, seconds: i64) {
    assert!(db.store.intent(claimed, at(seconds)).await.unwrap());
    assert!(db.store.finish(claimed, &verdict, at(seconds)).await.unwrap());
}

fn retry(seconds: i64) -> Verdict {
    Verdict::Retry { at: at(seconds), reason: "503".into(), free: false }
}

fn refused() -> Verdict {
    Verdict::Dead { reason: "50035".into() }
}

fn in_doubt(seconds: i64) -> Verdict {
    Verdict::Unknown { at: at(seconds), reason: "timeout".into() }
}

fn sent() -> Verdict {
    Verdict::Sent { message_id: "m1".into() }
}

on_both! {
    async fn papers_that_go_together_are_sent_together_each_in_its_own_row(db: Database) {
        db.queue(&THREE).await;
        let lead = bundle(&db, 0).await;
        assert_eq!(db.store.bundle_size(lead.id).await.unwrap(), 3);
        finish(&db, &lead, sent(), 1).await;
        let records = db.deliveries().await;
        assert!(records.iter().all(|d| d.state == S::Sent && d.message_id.as_deref() == Some("m1")), "{records:#?}");
        assert!(records.iter().all(|d| d.sent_at == Some(at(1))));
        assert!(db.claim("a", at(99)).await.is_empty());
    }

    async fn every_try_of_a_bundle_sends_the_same_bytes_and_nothing_overtakes_it(db: Database) {
        db.queue(&THREE).await;
        let lead = bundle(&db, 0).await;
        finish(&db, &lead, retry(10), 1).await;
        assert!(db.claim("a", at(9)).await.is_empty(), "its papers do not go ahead of it");
        let again = db.claim_one("a", at(10)).await;
        assert_eq!((again.id, again.body.as_str(), again.bundled), (lead.id, "rich group", true));
        finish(&db, &again, Verdict::RetryPlain { reason: "50035".into() }, 11).await;
        let plain = db.claim_one("a", at(12)).await;
        assert_eq!((plain.body.as_str(), plain.plain), ("plain group", true));
        assert!(db.store.bundling(&plain, 10, at(12)).await.unwrap().is_empty());
    }

    async fn a_refused_bundle_comes_apart_and_each_paper_goes_alone_in_order(db: Database) {
        db.queue(&THREE).await;
        let lead = bundle(&db, 0).await;
        finish(&db, &lead, refused(), 1).await;
        for (number, name) in THREE.iter().enumerate() {
            let alone = db.claim_one("a", at(2)).await;
            assert_eq!((alone.body.clone(), alone.bundled), (format!("rich {name}"), false));
            assert!(db.store.bundling(&alone, 10, at(2)).await.unwrap().is_empty(), "{number} takes others along");
            finish(&db, &alone, Verdict::Sent { message_id: format!("m{number}") }, 3).await;
        }
        assert_eq!(db.states().await, [S::Sent; 3]);
    }

    async fn a_refusal_of_what_may_be_visible_ends_all_of_the_bundle(db: Database) {
        db.queue(&THREE).await;
        finish(&db, &bundle(&db, 0).await, in_doubt(5), 1).await;
        let again = db.claim_one("a", at(5)).await;
        finish(&db, &again, refused(), 6).await;
        assert_eq!(db.states().await, [S::Dead; 3]);
    }

    async fn what_nobody_can_confirm_is_unconfirmed_for_every_paper(db: Database) {
        db.queue(&THREE).await;
        let lead = bundle(&db, 0).await;
        finish(&db, &lead, Verdict::Ambiguous { reason: "lost".into() }, 1).await;
        assert_eq!(db.states().await, [S::Ambiguous; 3]);
        assert!(db.store.finish(&lead, &sent(), at(50)).await.unwrap(), "a late fact");
        assert_eq!(db.states().await, [S::Sent; 3]);
    }

    async fn a_sender_that_stops_leaves_its_bundle_whole(db: Database) {
        db.queue(&THREE).await;
        let lead = bundle(&db, 0).await;
        assert!(db.store.intent(&lead, at(1)).await.unwrap());
        assert_eq!(db.recover("b", at(100)).await.unknown, 1);
        let again = db.claim_one("b", at(100)).await;
        assert_eq!((again.body.as_str(), again.unsettled_since), ("rich group", Some(at(1))));
        finish(&db, &again, sent(), 101).await;
        assert_eq!(db.states().await, [S::Sent; 3]);
    }

    async fn a_bundle_that_stops_its_senders_frees_what_came_along(db: Database) {
        db.queue(&THREE).await;
        bundle(&db, 0).await;
        db.recover("b", at(100)).await;
        for seconds in [100, 200] {
            db.claim_one("b", at(seconds)).await;
            db.recover("c", at(seconds + 99)).await;
        }
        assert!(db.claim("b", at(300)).await.is_empty());
        assert_eq!(db.states().await, [S::Dead, S::Pending, S::Pending]);
        assert_eq!(db.claim_one("b", at(301)).await.body, "rich 2608.00002");
    }

    async fn what_was_tried_before_ends_a_bundle_and_never_leads_one(db: Database) {
        db.queue(&THREE).await;
        db.tamper("UPDATE delivery SET tries = 1 WHERE paper_id = (SELECT id FROM paper WHERE canonical_id = '2608.00002')").await;
        let lead = db.claim_one("a", at(0)).await;
        assert!(db.store.bundling(&lead, 10, at(0)).await.unwrap().is_empty(), "the third must not overtake the second");
        finish(&db, &lead, sent(), 1).await;
        let tried = db.claim_one("a", at(2)).await;
        assert!(db.store.bundling(&tried, 10, at(2)).await.unwrap().is_empty());
    }

    async fn a_bundle_is_not_made_of_what_changed_meanwhile_nor_after_the_intent(db: Database) {
        db.queue(&THREE).await;
        let lead = db.claim_one("a", at(0)).await;
        let others: Vec<_> = db.deliveries().await.iter().skip(1).map(|d| d.id).collect();
        db.tamper("UPDATE delivery SET state = 'skipped' WHERE paper_id = (SELECT id FROM paper WHERE canonical_id = '2608.00003')").await;
        assert!(!db.store.form_bundle(&lead, &others, "r", "p", at(0)).await.unwrap());
        assert_eq!(db.store.bundle_size(others[0]).await.unwrap(), 1, "nothing is half bundled");
        assert!(db.store.intent(&lead, at(1)).await.unwrap());
        assert!(!db.store.form_bundle(&lead, &others[..1], "r", "p", at(1)).await.unwrap());
    }

    async fn papers_that_turn_out_to_be_one_leave_a_waiting_bundle(db: Database) {
        db.queue(&["https://journal.example/robots", "2608.00001", "2608.00009"]).await;
        finish(&db, &bundle(&db, 0).await, retry(10), 1).await;
        let one = paperwire::domain::Listing {
            also: vec![id("https://journal.example/robots")],
            ..listing("2608.00001")
        };
        db.store.record(HUB, &[one], day(4), at(2)).await.unwrap();
        let mut posted = Vec::new();
        for seconds in [20, 30, 40] {
            for claimed in db.claim("a", at(seconds)).await {
                posted.push(claimed.body.clone());
                finish(&db, &claimed, Verdict::Sent { message_id: claimed.id.to_string() }, seconds).await;
            }
        }
        assert_eq!(posted.len(), 2, "{posted:?}");
        assert!(posted.iter().all(|body| body.starts_with("rich ")) && !posted.contains(&"rich group".to_owned()));
    }

    async fn nobody_is_left_waiting_behind_what_its_subscription_took_away(db: Database) {
        for gone in [0, 1] {
            db.tamper(EMPTY).await;
            let wanted = db.queue(&THREE).await;
            finish(&db, &bundle(&db, 0).await, retry(10), 1).await;
            let other = db.subscribe("robotics", "gardens").await;
            db.tamper(match gone {
                0 => "UPDATE paper_match SET subscription_id = (SELECT MAX(id) FROM subscription)
                    WHERE paper_id = (SELECT MIN(id) FROM paper)",
                _ => "UPDATE paper_match SET subscription_id = (SELECT MAX(id) FROM subscription)
                    WHERE paper_id = (SELECT MIN(id) + 1 FROM paper)",
            })
            .await;
            db.store.unsubscribe(other.id).await.unwrap();
            assert_eq!(db.store.find_forgotten().await.unwrap(), 0);
            let mut posted = Vec::new();
            for seconds in [20, 21] {
                let one = db.claim_one("a", at(seconds)).await;
                posted.push(one.body.clone());
                finish(&db, &one, Verdict::Sent { message_id: format!("m{seconds}") }, seconds).await;
            }
            let rest: Vec<String> = (0..3).filter(|n| *n != gone).map(|n| format!("rich {}", THREE[n])).collect();
            assert_eq!(posted, rest);
            assert_eq!(db.states().await[gone], S::Skipped);
            db.store.unsubscribe(wanted.id).await.unwrap();
        }
    }

    async fn a_doubt_that_ends_with_a_joined_paper_ends_for_all_of_the_message(db: Database) {
        db.queue(&["https://journal.example/robots", "2608.00002", "2608.00001"]).await;
        let lead = bundle(&db, 0).await;
        finish(&db, &lead, in_doubt(10), 1).await;
        // The third stands in the same message, so that it is as far as the first; the younger one gives way.
        let one = paperwire::domain::Listing {
            also: vec![id("https://journal.example/robots")],
            ..listing("2608.00001")
        };
        db.store.record(HUB, &[one], day(4), at(2)).await.unwrap();
        let again = db.claim("a", at(20)).await;
        for claimed in &again {
            assert_eq!(claimed.body, "rich group");
            finish(&db, claimed, sent(), 21).await;
        }
        assert!(db.states().await.iter().all(|state| state.is_final()), "{:?}", db.states().await);
        assert!(db.claim("a", at(9_000)).await.is_empty());
        assert_eq!(db.store.find_forgotten().await.unwrap(), 0);
    }

    async fn of_two_messages_of_a_bundle_the_earlier_is_kept_for_each_of_its_papers(db: Database) {
        db.queue(&THREE).await;
        let lead = bundle(&db, 0).await;
        finish(&db, &lead, Verdict::Sent { message_id: "101".into() }, 1).await;
        let late = Verdict::Sent { message_id: "100".into() };
        assert!(!db.store.finish(&lead, &late, at(2)).await.unwrap());
        let claimed = db.store.claim_surplus("a", &ALL, 9, LEASE, at(3)).await.unwrap();
        let work = claimed.iter().map(|second| second.work.clone()).collect::<Vec<_>>();
        assert_eq!(work, [paperwire::store::SurplusWork::Delete { message_id: "101".into() }]);
        assert!(db.deliveries().await.iter().all(|d| d.message_id.as_deref() == Some("100")));
    }

    async fn a_second_message_of_a_bundle_is_looked_for_by_the_bytes_of_the_bundle(db: Database) {
        db.queue(&THREE).await;
        finish(&db, &bundle(&db, 0).await, in_doubt(200), 1).await;
        let again = db.claim_one("a", at(200)).await;
        finish(&db, &again, Verdict::Sent { message_id: "100".into() }, 201).await;
        assert_eq!(db.store.suspect_surplus(at(2_000)).await.unwrap(), 1, "one message, one look");
        let claimed = db.store.claim_surplus("a", &ALL, 9, LEASE, at(2_000)).await.unwrap();
        match &claimed[0].work {
            paperwire::store::SurplusWork::Look { body, .. } => assert_eq!(body, "rich group"),
            other @ paperwire::store::SurplusWork::Delete { .. } => panic!("{other:?}"),
        }
        assert_eq!(claimed[0].delivery, again.id);
    }
}
