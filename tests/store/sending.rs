use paperwire::domain::{DeliveryState, PauseCause, Platform, Verdict};
use paperwire::store::Claimed;

use super::{Database, at, on_both};

fn sent(message: &str) -> Verdict {
    Verdict::Sent { message_id: message.into() }
}

fn in_doubt(seconds: i64) -> Verdict {
    Verdict::Unknown { at: at(seconds), reason: "timeout".into() }
}

/// Claims the head, commits the intent and records what came of it.
async fn attempt(db: &Database, verdict: &Verdict, seconds: i64) -> Claimed {
    let claimed = db.claim_one("a", at(seconds)).await;
    assert!(db.store.intent(&claimed, at(seconds)).await.unwrap());
    assert!(db.store.finish(&claimed, verdict, at(seconds + 1)).await.unwrap());
    claimed
}

on_both! {
    async fn a_sent_delivery_keeps_its_message_and_its_time(db: Database) {
        db.queue(&["2608.00001"]).await;
        attempt(&db, &sent("m1"), 5).await;
        let record = db.deliveries().await.remove(0);
        assert_eq!((record.state, record.message_id.as_deref()), (DeliveryState::Sent, Some("m1")));
        assert_eq!((record.sent_at, record.reason), (Some(at(6)), None));
        let counts = db.store.outbox_counts().await.unwrap();
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [((Platform::Sandbox, DeliveryState::Sent), 1)]);
    }

    async fn sent_counts_from_a_lost_lease_and_nothing_undoes_it(db: Database) {
        db.queue(&["2608.00001"]).await;
        let first = db.claim_one("a", at(0)).await;
        assert!(db.store.intent(&first, at(0)).await.unwrap());
        db.recover("b", at(100)).await;
        let second = db.claim_one("b", at(100)).await;
        assert!(db.store.finish(&first, &sent("m1"), at(101)).await.unwrap());
        for verdict in [
            Verdict::Dead { reason: "400".into() },
            Verdict::Retry { at: at(200), reason: "503".into(), free: false },
            in_doubt(200),
        ] {
            assert!(!db.store.finish(&second, &verdict, at(102)).await.unwrap(), "{verdict:?}");
        }
        let record = db.deliveries().await.remove(0);
        assert_eq!((record.state, record.message_id.as_deref()), (DeliveryState::Sent, Some("m1")));
        assert!(db.claim("b", at(900)).await.is_empty());
    }

    async fn of_two_messages_the_first_is_kept(db: Database) {
        db.queue(&["2608.00001"]).await;
        let claimed = attempt(&db, &sent("m1"), 0).await;
        for message in ["m1", "m2"] {
            assert!(!db.store.finish(&claimed, &sent(message), at(9)).await.unwrap());
        }
        let record = db.deliveries().await.remove(0);
        assert_eq!((record.message_id.as_deref(), record.sent_at), (Some("m1"), Some(at(1))));
    }

    async fn a_lost_lease_changes_nothing_but_for_what_was_sent(db: Database) {
        db.queue(&["2608.00001"]).await;
        let first = db.claim_one("a", at(0)).await;
        db.recover("b", at(100)).await;
        let second = db.claim_one("b", at(100)).await;
        for verdict in [
            Verdict::Dead { reason: "400".into() },
            Verdict::Ambiguous { reason: "500".into() },
            Verdict::PauseDestination { reason: "gone".into() },
            Verdict::PausePlatform { reason: "token".into() },
        ] {
            assert!(!db.store.finish(&first, &verdict, at(101)).await.unwrap(), "{verdict:?}");
        }
        assert_eq!(db.states().await, [DeliveryState::Leased]);
        assert_eq!(db.store.destinations().await.unwrap()[0].pause, None);
        assert!(db.store.finish(&second, &sent("m1"), at(102)).await.unwrap());
    }

    async fn a_late_sent_revives_what_was_given_up(db: Database) {
        db.queue(&["2608.00001"]).await;
        let claimed = attempt(&db, &Verdict::Ambiguous { reason: "timeout".into() }, 0).await;
        assert_eq!(db.states().await, [DeliveryState::Ambiguous]);
        assert!(db.store.finish(&claimed, &sent("m1"), at(50)).await.unwrap());
        assert_eq!(db.states().await, [DeliveryState::Sent]);
    }

    async fn a_retry_counts_unless_the_platform_named_the_wait(db: Database) {
        db.queue(&["2608.00001"]).await;
        let retry = |free, seconds| Verdict::Retry { at: at(seconds), reason: "no".into(), free };
        attempt(&db, &retry(true, 10), 0).await;
        assert_eq!(db.deliveries().await[0].reason.as_deref(), Some("no"));
        assert!(db.claim("a", at(9)).await.is_empty());
        assert_eq!(attempt(&db, &retry(false, 20), 10).await.tries, 0);
        assert_eq!(attempt(&db, &retry(false, 30), 20).await.tries, 1);
        assert_eq!(db.claim_one("a", at(30)).await.tries, 2);
    }

    async fn refused_content_goes_again_in_plain_words_and_stays_plain(db: Database) {
        db.queue(&["2608.00001"]).await;
        attempt(&db, &Verdict::RetryPlain { reason: "50035".into() }, 0).await;
        let wait = Verdict::Retry { at: at(9), reason: "429".into(), free: true };
        for seconds in [1, 9] {
            let plain = attempt(&db, &wait, seconds).await;
            assert_eq!((plain.plain, plain.body.as_str()), (true, "plain 2608.00001"));
        }
    }

    async fn a_doubt_begins_with_the_try_and_lasts_over_later_ones(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        assert_eq!(attempt(&db, &in_doubt(10), 3).await.unsettled_since, None);
        assert_eq!(db.states().await[0], DeliveryState::Unknown);
        assert!(db.claim("a", at(9)).await.is_empty(), "a doubt holds up its channel");
        assert_eq!(attempt(&db, &in_doubt(20), 10).await.unsettled_since, Some(at(3)));
        let third = db.claim_one("a", at(20)).await;
        assert_eq!((third.unsettled_since, third.tries), (Some(at(3)), 2));
        let gone = Verdict::NotSeen { at: at(100) };
        assert!(db.store.finish(&third, &gone, at(70)).await.unwrap());
        let fourth = db.claim_one("a", at(100)).await;
        assert_eq!((fourth.unsettled_since, fourth.unseen_since, fourth.tries), (Some(at(3)), Some(at(70)), 2));
        let nobody_knows = Verdict::Ambiguous { reason: "cannot be checked".into() };
        assert!(db.store.finish(&fourth, &nobody_knows, at(101)).await.unwrap());
        assert_eq!(db.states().await, [DeliveryState::Ambiguous, DeliveryState::Pending]);
    }

    async fn a_refusal_for_good_says_why_and_lets_the_next_one_through(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        attempt(&db, &Verdict::Dead { reason: "too long".into() }, 0).await;
        let record = db.deliveries().await.remove(0);
        assert_eq!((record.state, record.reason.as_deref()), (DeliveryState::Dead, Some("too long")));
        assert_eq!(db.claim_one("a", at(1)).await.body, "rich 2608.00002");
    }

    async fn a_refusing_channel_is_paused_and_loses_nothing(db: Database) {
        let robots = db.queue(&["2608.00001"]).await;
        attempt(&db, &Verdict::PauseDestination { reason: "invite the bot".into() }, 0).await;
        let pause = db.store.destinations().await.unwrap().remove(0).pause.unwrap();
        assert_eq!((pause.cause, pause.reason.as_str(), pause.since), (PauseCause::Channel, "invite the bot", at(1)));
        assert_eq!(db.states().await, [DeliveryState::Pending]);
        assert!(db.claim("a", at(500)).await.is_empty());
        db.store.resume_subscription(robots.id).await.unwrap();
        attempt(&db, &sent("m1"), 501).await;
    }

    async fn refused_credentials_pause_every_channel_of_the_platform(db: Database) {
        db.queue(&["2608.00001"]).await;
        db.subscribe("vision", "images").await;
        db.subscribe_on(Platform::Slack, "C1", "images").await;
        attempt(&db, &Verdict::PausePlatform { reason: "set a new token".into() }, 0).await;
        let causes = db.store.destinations().await.unwrap().into_iter().map(|d| d.pause.map(|p| p.cause));
        let account = Some(PauseCause::Account);
        assert_eq!(causes.collect::<Vec<_>>(), [account, account, None]);
        assert_eq!(db.store.resume_platform(Platform::Sandbox).await.unwrap(), 2);
        attempt(&db, &sent("m1"), 2).await;
    }

    async fn a_pause_does_not_make_a_message_in_doubt_a_new_one(db: Database) {
        let robots = db.queue(&["2608.00001"]).await;
        attempt(&db, &in_doubt(5), 0).await;
        attempt(&db, &Verdict::PauseDestination { reason: "gone".into() }, 5).await;
        assert_eq!(db.states().await, [DeliveryState::Unknown]);
        db.store.resume_subscription(robots.id).await.unwrap();
        assert_eq!(db.claim_one("a", at(900)).await.unsettled_since, Some(at(0)));
    }
}
