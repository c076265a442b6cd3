//! Channels that rest after a post, and accounts that may post so often.

use std::time::Duration;

use paperwire::domain::{DeliveryState, Platform, Verdict};
use paperwire::store::{Ended, Lane, SentFact, Store};

use super::{ALL, Database, LEASE, at, on_both};

fn ended(claimed: paperwire::store::Claimed, rest: Duration) -> Ended {
    let verdict = Verdict::Sent { message_id: claimed.id.to_string() };
    Ended { claimed, verdict, rest }
}

/// Several sandbox channels with a paper each.
async fn channels(db: &Database, number: usize) {
    let paper = db.papers(&["2608.00001"]).await.remove(0);
    let mut subscriptions = Vec::new();
    for n in 0..number {
        subscriptions.push(db.subscribe(&format!("c{n}"), "robots").await);
    }
    db.route(&paper, &subscriptions.iter().collect::<Vec<_>>(), at(0)).await;
}

on_both! {
    async fn a_channel_rests_after_a_post_whoever_wants_to_claim(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        let head = db.claim_one("a", at(1)).await;
        assert_eq!(db.store.finish_all(&[ended(head, Duration::from_secs(3))], at(2)).await.unwrap(), [true]);
        let other = Store::open(&db.url).await.unwrap();
        assert!(other.claim("b", &ALL, 9, LEASE, at(4)).await.unwrap().is_empty());
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), Some(at(5)));
        let again = other.claim("b", &ALL, 9, LEASE, at(5)).await.unwrap();
        assert_eq!(again[0].body, "rich 2608.00002");
    }

    async fn an_account_posts_no_more_in_a_second_than_it_may_over_all_processes(db: Database) {
        channels(&db, 12).await;
        let lane = [Lane { platform: Platform::Sandbox, per_second: Some(2) }];
        let other = Store::open(&db.url).await.unwrap();
        let mut counts = Vec::new();
        for tenths in 0..30 {
            let now = at(1) + Duration::from_millis(tenths * 100);
            for (store, owner) in [(&db.store, "a"), (&other, "a")] {
                counts.extend(store.claim_paced(owner, &lane, 9, LEASE, now).await.unwrap().iter().map(|_| tenths));
            }
        }
        assert!((5..=6).contains(&counts.len()), "{counts:?}");
        assert!(counts.windows(3).all(|three| three[2] - three[0] >= 9), "{counts:?}");
        let due = db.store.next_due_paced(&lane).await.unwrap().unwrap();
        assert!(due > at(3) && due < at(5), "{due}");
    }

    async fn a_budget_of_one_platform_holds_back_no_other(db: Database) {
        channels(&db, 3).await;
        let discord = db.subscribe_on(Platform::Discord, "42", "robots").await;
        let paper = db.papers(&["2608.00002"]).await.remove(0);
        db.route(&paper, &[&discord], at(0)).await;
        let slow = [Lane { platform: Platform::Sandbox, per_second: Some(1) }, Platform::Discord.into()];
        let claimed = db.store.claim_paced("a", &slow, 9, LEASE, at(1)).await.unwrap();
        assert_eq!(claimed.len(), 2, "{claimed:#?}");
        assert!(db.store.claim_paced("a", &slow, 9, LEASE, at(1)).await.unwrap().is_empty());
    }

    async fn many_outcomes_are_recorded_in_one_commit_each_for_itself(db: Database) {
        channels(&db, 4).await;
        let claimed = db.claim("a", at(1)).await;
        assert_eq!(db.store.intents(&claimed, at(1)).await.unwrap(), [true; 4]);
        assert_eq!(db.store.intents(&claimed, at(1)).await.unwrap(), [false; 4]);
        let stale = paperwire::store::Claimed { epoch: 9, ..claimed[3].clone() };
        let ended = [
            Ended { claimed: claimed[0].clone(), verdict: Verdict::Sent { message_id: "m".into() }, rest: Duration::ZERO },
            Ended { claimed: claimed[1].clone(), verdict: Verdict::Dead { reason: "400\0".into() }, rest: Duration::ZERO },
            Ended { claimed: claimed[2].clone(), verdict: Verdict::NotSeen { at: at(9) }, rest: Duration::ZERO },
            Ended { claimed: stale, verdict: Verdict::Dead { reason: "400".into() }, rest: Duration::ZERO },
        ];
        assert_eq!(db.store.finish_all(&ended, at(2)).await.unwrap(), [true, true, true, false]);
        let states = db.deliveries().await.into_iter().map(|d| (d.id, d.state));
        let states: std::collections::HashMap<_, _> = states.collect();
        let of = |n: usize| states[&claimed[n].id];
        let expected = [DeliveryState::Sent, DeliveryState::Dead, DeliveryState::Unknown, DeliveryState::Leased];
        assert_eq!([of(0), of(1), of(2), of(3)], expected);
    }

    async fn a_post_that_is_told_late_counts_from_any_epoch(db: Database) {
        channels(&db, 1).await;
        let first = db.claim_one("a", at(0)).await;
        db.recover("b", at(100)).await;
        db.claim_one("b", at(100)).await;
        let fact = SentFact { delivery: first.id, epoch: first.epoch, message_id: "m1".into(), at: at(3) };
        assert_eq!(db.store.record_sent(&[fact.clone(), fact.clone()], at(101)).await.unwrap(), 1);
        assert_eq!(db.store.record_sent(&[fact], at(102)).await.unwrap(), 0);
        let record = db.deliveries().await.remove(0);
        assert_eq!((record.message_id.as_deref(), record.sent_at), (Some("m1"), Some(at(3))));
    }
}
