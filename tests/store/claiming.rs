use std::time::Duration;

use paperwire::domain::{DeliveryState, PauseCause, Platform, Verdict};

use paperwire::store::PaperFilter;

use super::{ALL, LEASE, at, on_both};

fn retry(seconds: i64) -> Verdict {
    Verdict::Retry { at: at(seconds), reason: "503".into(), free: false }
}

fn sent() -> Verdict {
    Verdict::Sent { message_id: "1".into() }
}

on_both! {
    async fn a_claim_brings_all_that_a_sender_needs(db: Database) {
        let robots = db.queue(&["2608.00001"]).await;
        let paper = db.store.papers(&PaperFilter::default()).await.unwrap().remove(0);
        let claimed = db.claim_one("a", at(0)).await;
        assert_eq!((claimed.id, claimed.epoch), (db.deliveries().await[0].id, 1));
        assert_eq!((claimed.destination, claimed.platform), (robots.destination.id, Platform::Sandbox));
        assert_eq!((claimed.channel.as_str(), claimed.paper), ("robotics", paper.key));
        assert_eq!((claimed.body.as_str(), claimed.plain), ("rich 2608.00001", false));
        assert_eq!((claimed.tries, claimed.unsettled_since), (0, None));
        assert_eq!(db.states().await, [DeliveryState::Leased]);
    }

    async fn a_channel_gets_its_papers_one_by_one_in_order(db: Database) {
        db.queue(&["2608.00003", "2608.00001", "2608.00002"]).await;
        let mut order = Vec::new();
        for _ in 0..3 {
            let head = db.claim_one("a", at(1)).await;
            assert!(db.claim("b", at(1)).await.is_empty(), "a second one is in flight");
            order.push(head.body.clone());
            assert!(db.store.finish(&head, &sent(), at(1)).await.unwrap());
        }
        assert_eq!(order, ["rich 2608.00003", "rich 2608.00001", "rich 2608.00002"]);
        assert!(db.claim("a", at(1)).await.is_empty());
    }

    async fn a_head_that_must_wait_holds_up_its_channel_and_no_other(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        let head = db.claim_one("a", at(0)).await;
        assert!(db.store.finish(&head, &retry(30), at(0)).await.unwrap());
        let vision = db.subscribe("vision", "images").await;
        let paper = db.papers(&["2608.00003"]).await.remove(0);
        db.route(&paper, &[&vision], at(1)).await;
        assert_eq!(db.claim_one("a", at(29)).await.channel.as_str(), "vision");
        assert_eq!(db.claim_one("a", at(30)).await.id, head.id);
    }

    async fn those_longest_due_come_first_and_the_limit_holds(db: Database) {
        let mut channels = Vec::new();
        for (name, paper, seconds) in [("c1", "2608.00001", 3), ("c2", "2608.00002", 1), ("c3", "2608.00003", 2)] {
            let subscription = db.subscribe(name, "robots").await;
            let paper = db.papers(&[paper]).await.remove(0);
            db.route(&paper, &[&subscription], at(seconds)).await;
        }
        for limit in [2, 2] {
            let claimed = db.store.claim("a", &ALL, limit, LEASE, at(9)).await.unwrap();
            channels.push(claimed.iter().map(|c| c.channel.to_string()).collect::<Vec<_>>());
        }
        assert_eq!(channels, [vec!["c2", "c3"], vec!["c1"]]);
    }

    async fn only_the_asked_platforms_are_claimed_and_counted_as_due(db: Database) {
        let discord = db.subscribe_on(Platform::Discord, "42", "robots").await;
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        db.route(&paper, &[&discord], at(0)).await;
        let others = [Platform::Slack, Platform::Sandbox];
        assert!(db.store.claim("a", &others, 9, LEASE, at(1)).await.unwrap().is_empty());
        assert!(db.store.claim("a", &[], 9, LEASE, at(1)).await.unwrap().is_empty());
        assert_eq!(db.store.next_due(&others).await.unwrap(), None);
        assert_eq!(db.store.next_due(&[Platform::Discord]).await.unwrap(), Some(at(0)));
        assert_eq!(db.store.claim("a", &[Platform::Discord], 9, LEASE, at(1)).await.unwrap().len(), 1);
    }

    async fn nothing_of_a_paused_destination_is_claimed_until_it_is_resumed(db: Database) {
        let robots = db.queue(&["2608.00001"]).await;
        let channel = robots.destination.id;
        db.store.pause_destination(channel, PauseCause::Channel, "gone", at(0)).await.unwrap();
        assert!(db.claim("a", at(1)).await.is_empty());
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), None);
        db.store.resume_subscription(robots.id).await.unwrap();
        assert_eq!(db.claim("a", at(1)).await.len(), 1);
    }

    async fn the_next_due_time_is_that_of_the_earliest_head(db: Database) {
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), None);
        db.queue(&["2608.00001", "2608.00002"]).await;
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), Some(at(0)));
        let head = db.claim_one("a", at(0)).await;
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), None, "its channel is busy");
        assert!(db.store.finish(&head, &retry(30), at(0)).await.unwrap());
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), Some(at(30)));
    }

    async fn an_intent_is_granted_once_and_only_under_the_lease(db: Database) {
        db.queue(&["2608.00001"]).await;
        let first = db.claim_one("a", at(0)).await;
        db.recover("b", at(100)).await;
        assert!(!db.store.intent(&first, at(100)).await.unwrap(), "the lease was taken back");
        let second = db.claim_one("b", at(100)).await;
        assert_eq!((second.id, second.epoch), (first.id, 2));
        assert!(!db.store.intent(&first, at(101)).await.unwrap(), "another epoch holds it");
        assert!(db.store.intent(&second, at(101)).await.unwrap());
        assert!(!db.store.intent(&second, at(102)).await.unwrap(), "this lease has posted");
    }

    async fn a_delivery_that_stops_its_senders_three_times_is_given_up(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        for claim in 0..3 {
            assert_eq!(db.claim_one("a", at(claim * 100)).await.body, "rich 2608.00001");
            db.recover("b", at(claim * 100 + 99)).await;
        }
        assert!(db.claim("a", at(300)).await.is_empty());
        let given_up = db.deliveries().await.remove(0);
        assert_eq!(given_up.state, DeliveryState::Dead);
        assert!(given_up.reason.unwrap().contains("three times"));
        assert_eq!(db.claim_one("a", at(300)).await.body, "rich 2608.00002");
    }

    async fn a_recorded_outcome_starts_the_count_of_claims_anew(db: Database) {
        db.queue(&["2608.00001"]).await;
        for round in 0..4 {
            let claimed = db.claim_one("a", at(round * 1000)).await;
            assert!(db.store.finish(&claimed, &retry(round * 1000 + 5), at(round * 1000)).await.unwrap());
            db.claim_one("a", at(round * 1000 + 5)).await;
            db.recover("b", at(round * 1000 + 500)).await;
        }
        assert_eq!(db.states().await, [DeliveryState::Pending]);
    }

    async fn only_a_channel_without_anything_in_doubt_is_asked_for_what_waited_too_long(db: Database) {
        let names = ["2608.00001", "2608.00002", "2608.00003"];
        for (channel, name) in ["pending", "leased", "unknown"].iter().zip(names) {
            let subscription = db.subscribe(channel, "robots").await;
            let paper = db.papers(&[name]).await.remove(0);
            db.route(&paper, &[&subscription], at(0)).await;
        }
        let in_doubt = Verdict::Unknown { at: at(5), reason: "timeout".into() };
        for claimed in db.claim("a", at(0)).await {
            let verdict = match claimed.channel.as_str() {
                "pending" => retry(0),
                "unknown" => in_doubt.clone(),
                _ => continue,
            };
            assert!(db.store.finish(&claimed, &verdict, at(0)).await.unwrap());
        }
        let expiry = at(0) + Duration::from_hours(24);
        let early = db.store.overdue_channels(&ALL, expiry - Duration::from_secs(1)).await.unwrap();
        assert_eq!(early, []);
        let late = db.store.overdue_channels(&ALL, expiry).await.unwrap();
        assert_eq!(late.iter().map(|d| d.channel.as_str()).collect::<Vec<_>>(), ["pending"]);
        assert_eq!(db.store.overdue(late[0].id, expiry).await.unwrap().len(), 1);
        assert_eq!(db.store.skip_expired(expiry).await.unwrap(), 0, "papers are folded, not skipped");
        assert_eq!(db.states().await, [DeliveryState::Pending, DeliveryState::Leased, DeliveryState::Unknown]);
    }
}
