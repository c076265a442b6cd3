use std::collections::HashSet;

use paperwire::domain::{ChannelId, Facts, Listing, Platform, Verdict};
use paperwire::store::{Occasion, Store};

use super::{ALL, Database, HUB, LEASE, at, day, delivery, listing, on_both};

const CHANNELS: usize = 24;

/// Several channels, each with a queue of two.
async fn many_queues(db: &Database) {
    let mut subscriptions = Vec::new();
    for channel in 0..CHANNELS {
        subscriptions.push(db.subscribe(&format!("c{channel}"), "robots").await);
    }
    let subscriptions: Vec<_> = subscriptions.iter().collect();
    for paper in db.papers(&["2608.00001", "2608.00002"]).await {
        db.route(&paper, &subscriptions, at(0)).await;
    }
}

/// Claims in small steps until nothing is left, sending everything.
async fn drain(store: Store, owner: &'static str) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    loop {
        let claimed = store.claim(owner, &ALL, 3, LEASE, at(1)).await.unwrap();
        if claimed.is_empty() && store.next_due(&ALL).await.unwrap().is_none() {
            return sent;
        }
        for one in claimed {
            assert!(store.intent(&one, at(1)).await.unwrap(), "{owner} lost {one:?}");
            let verdict = Verdict::Sent { message_id: one.id.to_string() };
            assert!(store.finish(&one, &verdict, at(2)).await.unwrap());
            sent.push((one.channel.to_string(), one.body));
        }
    }
}

on_both! {
    async fn two_senders_never_get_the_same_delivery(db: Database) {
        many_queues(&db).await;
        // A second instance has connections and statements of its own, as another process would.
        let other = Store::open(&db.url).await.unwrap();
        let (one, two, three) = tokio::join!(
            tokio::spawn(drain(db.store.clone(), "one")),
            tokio::spawn(drain(other.clone(), "two")),
            tokio::spawn(drain(other, "three")),
        );
        let sent: Vec<_> = [one, two, three].into_iter().flat_map(Result::unwrap).collect();
        // Who finds all channels busy stops; whoever holds the last one goes on to the end.
        assert_eq!(sent.len(), 2 * CHANNELS);
        assert_eq!(sent.iter().collect::<HashSet<_>>().len(), sent.len());
        assert_eq!(db.store.next_due(&ALL).await.unwrap(), None);
    }

    async fn two_pollers_that_list_the_same_new_papers_make_each_once(db: Database) {
        let other = Store::open(&db.url).await.unwrap();
        let names: Vec<String> = (0..30).map(|n| format!("2608.{n:05}")).collect();
        let record = |store: Store| {
            let listings: Vec<_> = names.iter().map(|n| listing(n)).collect();
            tokio::spawn(async move { store.record(HUB, &listings, day(1), at(0)).await.unwrap() })
        };
        let (one, two) = tokio::join!(record(db.store.clone()), record(other));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one.new + two.new, one.unchanged + two.unchanged), (30, 30));
        assert_eq!(db.store.paper_count().await.unwrap(), 30);
        let order = db.store.unrouted(100).await.unwrap();
        assert_eq!(order.iter().map(|p| p.id.to_string()).collect::<Vec<_>>(), names);
    }

    async fn two_pollers_that_learn_different_things_of_a_paper_lose_neither(db: Database) {
        let names: Vec<String> = (0..20).map(|n| format!("2608.{n:05}")).collect();
        let papers = db.papers(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let other = Store::open(&db.url).await.unwrap();
        // Connected now, so that both can read before either writes.
        other.ping().await.unwrap();
        let code = Facts { repository: Some("https://github.com/a/b".into()), ..Facts::default() };
        let words = Facts { keywords: vec!["robots".into()], ..Facts::default() };
        for paper in papers {
            let record = async |store: &Store, facts: &Facts| {
                let listing = Listing { facts: facts.clone(), ..listing(paper.id.as_str()) };
                store.record(HUB, &[listing], day(1), at(1)).await.unwrap().changed
            };
            assert_eq!(tokio::join!(record(&db.store, &code), record(&other, &words)), (1, 1));
            let paper = db.store.paper(&paper.id).await.unwrap().unwrap();
            assert_eq!((&paper.facts.repository, &paper.facts.keywords), (&code.repository, &words.keywords));
            assert_eq!(paper.revision, 3);
        }
    }

    async fn two_routers_route_a_paper_once(db: Database) {
        let robots = db.subscribe("robotics", "robots").await;
        let papers = db.papers(&["2608.00001", "2608.00002", "2608.00003"]).await;
        let other = Store::open(&db.url).await.unwrap();
        for paper in &papers {
            let new = || [delivery(robots.destination.id, paper, at(0))];
            let (one, two) = tokio::join!(
                async { db.store.commit_routing(paper, Occasion::New, &[], &new(), at(0)).await.unwrap() },
                async { other.commit_routing(paper, Occasion::New, &[], &new(), at(0)).await.unwrap() },
            );
            assert_eq!((one.delivered + two.delivered, one.already, two.already), (1, !two.already, !one.already));
        }
        assert_eq!(db.deliveries().await.len(), 3);
    }

    async fn two_subscribers_of_one_query_get_one_subscription(db: Database) {
        let other = Store::open(&db.url).await.unwrap();
        let channel = ChannelId::parse(Platform::Sandbox, "robotics").unwrap();
        let query = "robots".parse().unwrap();
        let subscribe = |store: Store| {
            let (channel, query) = (channel.clone(), std::clone::Clone::clone(&query));
            async move { store.subscribe(Platform::Sandbox, &channel, &query, "cli", at(0)).await.unwrap() }
        };
        let (one, two) = tokio::join!(subscribe(db.store.clone()), subscribe(other));
        assert_eq!(one.subscription().id, two.subscription().id);
        assert_eq!(db.store.subscriptions().await.unwrap().len(), 1);
    }
}
