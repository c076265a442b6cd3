use paperwire::domain::{DeliveryState, Verdict};
use paperwire::store::Recovered;

use super::{at, on_both};

const NOTHING: Recovered = Recovered { requeued: 0, unknown: 0 };

on_both! {
    async fn what_was_not_posted_waits_again_and_what_may_be_posted_is_in_doubt(db: Database) {
        for (channel, name) in [("before", "2608.00001"), ("after", "2608.00002")] {
            let subscription = db.subscribe(channel, "robots").await;
            let paper = db.papers(&[name]).await.remove(0);
            db.route(&paper, &[&subscription], at(0)).await;
        }
        let held = db.claim("a", at(1)).await;
        let posting = held.iter().find(|c| c.channel.as_str() == "after").unwrap();
        assert!(db.store.intent(posting, at(2)).await.unwrap());
        let recovered = db.recover("b", at(100)).await;
        assert_eq!(recovered, Recovered { requeued: 1, unknown: 1 });
        assert_eq!(db.states().await, [DeliveryState::Pending, DeliveryState::Unknown]);
        assert_eq!(db.recover("b", at(100)).await, NOTHING);
        let again = db.claim("b", at(100)).await;
        let doubts: Vec<_> = again.iter().map(|c| (c.epoch, c.unsettled_since)).collect();
        assert_eq!(doubts, [(2, None), (2, Some(at(2)))]);
    }

    async fn a_lease_holds_until_its_time_is_up(db: Database) {
        db.queue(&["2608.00001"]).await;
        db.claim_one("a", at(0)).await;
        assert_eq!(db.recover("a", at(59)).await, NOTHING);
        assert_eq!(db.recover("a", at(60)).await.requeued, 1);
    }

    async fn another_owners_lease_is_over_at_once_only_where_there_can_be_one_process(db: Database) {
        db.queue(&["2608.00001"]).await;
        db.claim_one("a", at(0)).await;
        let requeued = db.recover("b", at(1)).await.requeued;
        assert_eq!(requeued, u64::from(db.is_sqlite()));
    }

    async fn a_doubt_outlasts_a_crash_before_the_next_intent(db: Database) {
        db.queue(&["2608.00001"]).await;
        let first = db.claim_one("a", at(0)).await;
        assert!(db.store.intent(&first, at(1)).await.unwrap());
        let lost = Verdict::Unknown { at: at(5), reason: "timeout".into() };
        assert!(db.store.finish(&first, &lost, at(2)).await.unwrap());
        db.claim_one("a", at(5)).await;
        assert_eq!(db.recover("b", at(100)).await, Recovered { requeued: 0, unknown: 1 });
        assert_eq!(db.claim_one("b", at(100)).await.unsettled_since, Some(at(1)));
    }

    async fn the_first_doubt_is_kept_over_a_second_crash(db: Database) {
        db.queue(&["2608.00001"]).await;
        for seconds in [0, 100] {
            let claimed = db.claim_one("a", at(seconds)).await;
            assert!(db.store.intent(&claimed, at(seconds + 1)).await.unwrap());
            db.recover("b", at(seconds + 99)).await;
        }
        assert_eq!(db.claim_one("a", at(200)).await.unsettled_since, Some(at(1)));
    }
}
