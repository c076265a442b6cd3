use jiff::civil::time;
use paperwire::domain::{
    Cadence, ChannelId, DeliveryState, Every, Platform, RoundupSettings, Style, Subscription, SubscriptionId,
    UserId, Verdict,
};
use paperwire::store::{NewMatch, NewSubscription, Occasion, Subscribed};

use super::{Database, at, day, on_both};

const SANDBOX: Platform = Platform::Sandbox;

fn channel(name: &str) -> ChannelId {
    ChannelId::parse(SANDBOX, name).unwrap()
}

impl Database {
    async fn wish(&self, query: &str, when: Option<Cadence>, style: Option<Style>) -> Subscribed {
        let (channel, query) = (channel("robotics"), query.parse().unwrap());
        let wish = NewSubscription {
            platform: SANDBOX,
            channel: &channel,
            workspace: Some("lab"),
            query: &query,
            when,
            style,
            owner: "ada",
        };
        self.store.subscribe_as(&wish, at(0)).await.unwrap()
    }
}

fn numbers(subscriptions: &[Subscription]) -> Vec<i64> {
    subscriptions.iter().map(|subscription| subscription.id.0).collect()
}

on_both! {
    async fn the_same_query_changes_when_and_how_its_papers_come(db: Database) {
        let Subscribed::Created(made) = db.wish("robots", None, None).await else { panic!("it is new") };
        assert_eq!((made.cadence, made.style), (Cadence::Instant, Style::Card));
        let version = db.store.subscription_version().await.unwrap();
        let same = db.wish("Robot", Some(Cadence::Instant), None).await;
        assert!(matches!(&same, Subscribed::Existing(known) if known.id == made.id), "{same:?}");
        assert_eq!(db.store.subscription_version().await.unwrap(), version);
        let Subscribed::Changed(changed) = db.wish("robots", Some(Cadence::Daily), Some(Style::Line)).await else {
            panic!("it changes")
        };
        assert_eq!((changed.id, changed.cadence, changed.style), (made.id, Cadence::Daily, Style::Line));
        let Subscribed::Changed(changed) = db.wish("robots", None, Some(Style::Full)).await else {
            panic!("it changes")
        };
        assert_eq!((changed.cadence, changed.style), (Cadence::Daily, Style::Full));
        assert!(db.store.subscription_version().await.unwrap() > version);
    }

    async fn subscriptions_are_told_by_channel_and_by_owner_the_newest_first(db: Database) {
        db.wish("robots", None, None).await;
        db.wish("drones", None, None).await;
        db.subscribe("vision", "images").await;
        let here = db.store.subscriptions_in(SANDBOX, &channel("robotics")).await.unwrap();
        let of_ada = db.store.subscriptions_by(SANDBOX, &UserId("ada".into())).await.unwrap();
        assert_eq!((numbers(&here), numbers(&of_ada)), (vec![2, 1], vec![2, 1]));
        assert!(db.store.subscriptions_by(Platform::Slack, &UserId("ada".into())).await.unwrap().is_empty());
        assert!(db.store.destination(SANDBOX, &channel("nowhere")).await.unwrap().is_none());
    }

    async fn a_channel_is_paused_as_a_whole_or_in_one_part(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let drones = db.subscribe("robotics", "drones").await;
        let elsewhere = db.subscribe("vision", "robots").await;
        let here = channel("robotics");
        let one = db.store.pause(SANDBOX, &here, Some(robots.id), Some(at(50)), at(1)).await.unwrap();
        assert_eq!(numbers(&one), [robots.id.0]);
        assert_eq!(one[0].rest(at(49)).unwrap().until, Some(at(50)));
        let all = db.store.pause(SANDBOX, &here, None, None, at(9)).await.unwrap();
        assert_eq!(numbers(&all), [drones.id.0, robots.id.0]);
        let since: Vec<_> = all.iter().map(|s| s.rest(at(99)).unwrap().since).collect();
        assert_eq!(since, [at(9), at(1)], "a pause that lasts keeps its start");
        assert!(db.store.subscription(elsewhere.id).await.unwrap().unwrap().rest(at(9)).is_none());
        assert!(db.store.pause(SANDBOX, &here, Some(elsewhere.id), None, at(9)).await.unwrap().is_empty());
        let resumed = db.store.resume(SANDBOX, &here, Some(drones.id), at(10)).await.unwrap();
        assert_eq!(numbers(&resumed.subscriptions), [drones.id.0]);
        let resumed = db.store.resume(SANDBOX, &here, None, at(10)).await.unwrap();
        assert_eq!(numbers(&resumed.subscriptions), [robots.id.0]);
    }

    async fn a_pause_begins_anew_after_an_earlier_one_has_ended_by_itself(db: Database) {
        let made = db.subscribe("robotics", "robots").await;
        let here = channel("robotics");
        db.store.pause(SANDBOX, &here, None, Some(at(50)), at(1)).await.unwrap();
        assert!(db.store.resume(SANDBOX, &here, None, at(60)).await.unwrap().subscriptions.is_empty());
        let again = db.store.pause(SANDBOX, &here, None, None, at(70)).await.unwrap();
        assert_eq!((again[0].id, again[0].paused_at, again[0].paused_until), (made.id, Some(at(70)), None));
    }

    async fn what_waits_only_for_paused_subscriptions_is_kept_back(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let drones = db.subscribe("robotics", "drones").await;
        let papers = db.papers(&["2608.00001", "2608.00002"]).await;
        db.route(&papers[0], &[&robots], at(0)).await;
        db.route(&papers[1], &[&robots, &drones], at(0)).await;
        db.store.pause(SANDBOX, &channel("robotics"), Some(robots.id), None, at(1)).await.unwrap();
        assert_eq!(db.states().await, [DeliveryState::Skipped, DeliveryState::Pending]);
    }

    async fn a_roundup_keeps_what_is_not_set_anew(db: Database) {
        let here = channel("robotics");
        let put = async |settings: RoundupSettings| {
            let by = UserId("ada".into());
            db.store.put_roundup_settings(SANDBOX, &here, None, &settings, &by, at(0)).await.unwrap()
        };
        let zone = Some("Europe/Berlin".to_owned());
        put(RoundupSettings { at: Some(time(9, 0, 0, 0)), zone: zone.clone(), ..RoundupSettings::default() }).await;
        let all = put(RoundupSettings { every: Some(Every::Weekdays), size: Some(10), ..RoundupSettings::default() });
        let wanted = RoundupSettings { at: Some(time(9, 0, 0, 0)), zone, every: Some(Every::Weekdays), size: Some(10), ..RoundupSettings::default() };
        assert_eq!(all.await, wanted);
        let destination = db.store.destination(SANDBOX, &here).await.unwrap().unwrap();
        assert_eq!(db.store.roundup_settings(destination.id).await.unwrap(), wanted);
    }

    async fn a_roundup_collects_each_paper_once_and_none_that_the_channel_has(db: Database) {
        let robots = db.wish("robots", Some(Cadence::Daily), None).await.subscription().clone();
        let drones = db.wish("drones", Some(Cadence::Daily), None).await.subscription().clone();
        let instant = db.wish("flying", None, None).await.subscription().clone();
        let papers = db.papers(&["2608.00001", "2608.00002", "2608.00003"]).await;
        let matches = |ids: &[SubscriptionId]| -> Vec<NewMatch> {
            ids.iter().map(|id| NewMatch { subscription: *id, terms: Vec::new() }).collect()
        };
        let store = &db.store;
        let both = matches(&[robots.id, drones.id]);
        store.commit_routing(&papers[0], Occasion::New, &both, &[], at(10)).await.unwrap();
        store.commit_routing(&papers[1], Occasion::New, &matches(&[drones.id]), &[], at(20)).await.unwrap();
        db.route(&papers[2], &[&robots, &instant], at(30)).await;
        let claimed = db.claim_one("a", at(30)).await;
        store.finish(&claimed, &Verdict::Sent { message_id: "1".into() }, at(31)).await.unwrap();
        let collected = async |cadence, since, limit| {
            let (papers, total) =
                store.waiting(robots.destination.id, cadence, at(since), limit).await.unwrap();
            let papers: Vec<_> = papers.iter().map(|c| (c.paper.id.to_string(), c.subscription.0)).collect();
            (papers, total)
        };
        let (one, two) = (("2608.00001".to_owned(), robots.id.0), ("2608.00002".to_owned(), drones.id.0));
        assert_eq!(collected(Cadence::Daily, 0, 9).await, (vec![two.clone(), one], 2));
        assert_eq!(collected(Cadence::Daily, 0, 1).await, (vec![two.clone()], 2));
        assert_eq!(collected(Cadence::Daily, 15, 9).await, (vec![two], 1));
        assert_eq!(collected(Cadence::Weekly, 0, 9).await, (vec![], 0));
    }

    async fn papers_of_many_days_come_in_portions_without_gap_or_repeat(db: Database) {
        let ids = ["2608.00001", "2608.00002", "2608.00003"];
        db.papers(&ids).await;
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let papers = db.store.papers_listed_since(day(3), after, 2).await.unwrap();
            let Some(last) = papers.last() else { break };
            after = Some((last.day, last.key));
            seen.extend(papers.iter().map(|paper| paper.id.to_string()));
        }
        assert_eq!(seen, ids);
        assert!(db.store.papers_listed_since(day(4), None, 9).await.unwrap().is_empty());
        assert_eq!(db.store.first_day().await.unwrap(), Some(day(3)));
        assert_eq!(db.store.sources_since(day(3)).await.unwrap().len(), 3);
    }
}
