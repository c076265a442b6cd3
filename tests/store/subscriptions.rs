use paperwire::domain::{ChannelId, DeliveryState, PauseCause, Platform, SubscriptionId, Verdict};
use paperwire::store::Subscribed;

use super::{Database, at, on_both};

const NOBODY: SubscriptionId = SubscriptionId(999);

async fn version(db: &Database) -> i64 {
    db.store.subscription_version().await.unwrap()
}

on_both! {
    async fn one_query_in_one_channel_is_one_subscription(db: Database) {
        let channel = ChannelId::parse(Platform::Slack, "C0AB12CD3").unwrap();
        let query = "robots OR drones".parse().unwrap();
        let made = db.store.subscribe(Platform::Slack, &channel, &query, "U1", at(1)).await.unwrap();
        let Subscribed::Created(made) = made else { panic!("{made:?}") };
        let again = db.store.subscribe(Platform::Slack, &channel, &query, "U2", at(2)).await.unwrap();
        let Subscribed::Existing(again) = again else { panic!("{again:?}") };
        assert_eq!((again.id, again.created_by.as_str(), again.created_at), (made.id, "U1", at(1)));
        assert_eq!((again.query.to_string(), again.posted, again.paused_at), (query.to_string(), 0, None));
        assert_eq!((again.destination.platform, &again.destination.channel), (Platform::Slack, &channel));
    }

    async fn a_channel_has_many_subscriptions_and_a_query_many_channels(db: Database) {
        let one = db.subscribe("robotics", "robots").await;
        let two = db.subscribe("robotics", "drones").await;
        let three = db.subscribe("vision", "robots").await;
        assert_eq!(one.destination, two.destination);
        assert_ne!(one.destination, three.destination);
        let all = db.store.subscriptions().await.unwrap();
        assert_eq!(all.iter().map(|s| s.id).collect::<Vec<_>>(), [one.id, two.id, three.id]);
        let channels: Vec<_> = db.store.destinations().await.unwrap();
        assert_eq!(channels, [one.destination, three.destination]);
        assert_eq!(db.store.subscription(two.id).await.unwrap().unwrap().query.to_string(), "drone");
        assert!(db.store.subscription(NOBODY).await.unwrap().is_none());
    }

    async fn an_ended_subscription_is_gone_and_its_number_is_not_used_again(db: Database) {
        let made = db.subscribe("robotics", "robots").await;
        assert_eq!(db.store.unsubscribe(made.id).await.unwrap().unwrap().id, made.id);
        assert!(db.store.unsubscribe(made.id).await.unwrap().is_none());
        assert!(db.store.subscriptions().await.unwrap().is_empty());
        assert!(db.subscribe("robotics", "robots").await.id > made.id);
    }

    async fn ending_a_subscription_keeps_back_what_only_it_asked_for(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let drones = db.subscribe("robotics", "drones").await;
        let elsewhere = db.subscribe("vision", "robots").await;
        let papers = db.papers(&["2608.00001", "2608.00002"]).await;
        db.route(&papers[0], &[&robots, &elsewhere], at(0)).await;
        db.route(&papers[1], &[&robots, &drones], at(0)).await;
        db.store.unsubscribe(robots.id).await.unwrap();
        assert_eq!(db.states().await, [DeliveryState::Skipped, DeliveryState::Pending, DeliveryState::Pending]);
    }

    async fn a_pause_keeps_its_start_and_resuming_ends_it_with_that_of_the_channel(db: Database) {
        let made = db.subscribe("robotics", "robots").await;
        for seconds in [5, 9] {
            let paused = db.store.pause_subscription(made.id, at(seconds)).await.unwrap().unwrap();
            assert_eq!(paused.paused_at, Some(at(5)));
        }
        let channel = made.destination.id;
        db.store.pause_destination(channel, PauseCause::Channel, "invite the bot", at(6)).await.unwrap();
        let resumed = db.store.resume_subscription(made.id).await.unwrap().unwrap();
        assert_eq!((resumed.paused_at, resumed.destination.pause), (None, None));
        assert!(db.store.pause_subscription(NOBODY, at(9)).await.unwrap().is_none());
        assert!(db.store.resume_subscription(NOBODY).await.unwrap().is_none());
    }

    async fn the_first_pause_stays_unless_the_channel_itself_refuses(db: Database) {
        let channel = db.subscribe("robotics", "robots").await.destination.id;
        let pause = async |cause, reason, seconds| {
            db.store.pause_destination(channel, cause, reason, at(seconds)).await.unwrap()
        };
        assert!(pause(PauseCause::Account, "token", 1).await);
        assert!(!pause(PauseCause::Account, "token again", 2).await);
        assert!(pause(PauseCause::Channel, "invite", 3).await);
        assert!(!pause(PauseCause::Account, "token", 4).await);
        let kept = db.store.destinations().await.unwrap().remove(0).pause.unwrap();
        assert_eq!((kept.cause, kept.reason.as_str(), kept.since), (PauseCause::Channel, "invite", at(3)));
    }

    async fn a_refused_account_pauses_its_platform_and_new_credentials_end_only_that(db: Database) {
        let refused = db.subscribe("robotics", "robots").await.destination.id;
        db.subscribe("vision", "images").await;
        db.subscribe_on(Platform::Discord, "42", "robots").await;
        db.store.pause_destination(refused, PauseCause::Channel, "gone", at(1)).await.unwrap();
        assert_eq!(db.store.pause_platform(Platform::Sandbox, "token", at(2)).await.unwrap(), 1);
        let causes = async || {
            let destinations = db.store.destinations().await.unwrap();
            destinations.into_iter().map(|d| d.pause.map(|p| p.cause)).collect::<Vec<_>>()
        };
        assert_eq!(causes().await, [Some(PauseCause::Channel), Some(PauseCause::Account), None]);
        assert_eq!(db.store.resume_platform(Platform::Sandbox).await.unwrap(), 1);
        assert_eq!(causes().await, [Some(PauseCause::Channel), None, None]);
    }

    async fn every_change_raises_the_version_and_nothing_else_does(db: Database) {
        let start = version(&db).await;
        let made = db.subscribe("robotics", "robots").await;
        let mut last = version(&db).await;
        assert!(last > start);
        db.subscribe("robotics", "robots").await;
        db.store.unsubscribe(NOBODY).await.unwrap();
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        db.route(&paper, &[&made], at(0)).await;
        assert_eq!(version(&db).await, last);
        let channel = made.destination.id;
        for change in 0..6 {
            match change {
                0 => drop(db.store.pause_subscription(made.id, at(1)).await.unwrap()),
                1 => drop(db.store.resume_subscription(made.id).await.unwrap()),
                2 => drop(db.store.pause_destination(channel, PauseCause::Account, "x", at(1)).await.unwrap()),
                3 => drop(db.store.resume_platform(Platform::Sandbox).await.unwrap()),
                4 => drop(db.store.pause_platform(Platform::Sandbox, "x", at(1)).await.unwrap()),
                _ => drop(db.store.unsubscribe(made.id).await.unwrap()),
            }
            let now = version(&db).await;
            assert!(now > last, "change {change}");
            last = now;
        }
    }

    async fn posted_counts_what_reached_the_channel(db: Database) {
        let robots = db.queue(&["2608.00001", "2608.00002"]).await;
        let drones = db.subscribe("robotics", "drones").await;
        let head = db.claim_one("a", at(0)).await;
        let sent = Verdict::Sent { message_id: "1".into() };
        assert!(db.store.finish(&head, &sent, at(1)).await.unwrap());
        let posted = async |id| db.store.subscription(id).await.unwrap().unwrap().posted;
        assert_eq!((posted(robots.id).await, posted(drones.id).await), (1, 0));
    }
}
