//! Whoever has much to post does not hold up anybody else.

use paperwire::domain::{ChannelId, Platform, Query, Subscription, Verdict};
use paperwire::store::{Claimed, Ended, NewSubscription};

use super::{ALL, Database, LEASE, at, on_both};

/// Ten thousand papers wait in each channel of Slack, past the router, which would need its time.
const TEN_THOUSAND: &str = "INSERT INTO delivery (id, destination_id, paper_id, kind, state, rich_body,
        plain_body, why, next_at, created_at, expires_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    SELECT '00000000-0000-7000-8000-' || CAST(100000000000 + x.id * 100000 + n.i AS TEXT), x.id, 1,
        'paper ' || CAST(n.i AS TEXT), 'pending', '{}', '', '[]', 0, 0, 4000000000000000
    FROM destination x, n WHERE x.platform = 'slack'";
/// Twenty in each.
const TWENTY: &str = "INSERT INTO delivery (id, destination_id, paper_id, kind, state, rich_body,
        plain_body, why, next_at, created_at, expires_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
    SELECT '00000000-0000-7000-8000-' || CAST(100000000000 + x.id * 100000 + n.i AS TEXT), x.id, 1,
        'paper ' || CAST(n.i AS TEXT), 'pending', '{}', '', '[]', 0, 0, 4000000000000000
    FROM destination x, n WHERE x.platform = 'slack'";

/// Subscribes a channel of a Slack workspace.
async fn subscribe_in(db: &Database, workspace: &str, channel: &str) -> Subscription {
    let channel = ChannelId::parse(Platform::Slack, channel).unwrap();
    let robots: Query = "robots".parse().unwrap();
    let wish = NewSubscription {
        platform: Platform::Slack,
        channel: &channel,
        workspace: Some(workspace),
        query: &robots,
        when: None,
        style: None,
        owner: "ada",
    };
    db.store.subscribe_as(&wish, at(0)).await.unwrap().subscription().clone()
}

/// Posts everything that was claimed.
async fn post(db: &Database, claimed: Vec<Claimed>, seconds: i64) {
    let granted = db.store.intents(&claimed, at(seconds)).await.unwrap();
    assert!(granted.iter().all(|granted| *granted));
    let ended: Vec<Ended> = claimed
        .into_iter()
        .map(|claimed| {
            let verdict = Verdict::Sent { message_id: claimed.id.to_string() };
            Ended { claimed, verdict, rest: std::time::Duration::ZERO }
        })
        .collect();
    assert!(db.store.finish_all(&ended, at(seconds)).await.unwrap().iter().all(|news| *news));
}

/// Claims so many at a time and posts them until the channel's paper comes; returns how many others went before.
async fn before(db: &Database, channel: &str, limit: u32) -> usize {
    let mut others = 0;
    for second in 10..100 {
        let claimed = db.store.claim("a", &ALL, limit, LEASE, at(second)).await.unwrap();
        if let Some(place) = claimed.iter().position(|claimed| claimed.channel.as_str() == channel) {
            let of = others + place;
            post(db, claimed, second).await;
            return of;
        }
        others += claimed.len();
        post(db, claimed, second).await;
    }
    panic!("it never came");
}

on_both! {
    async fn ten_thousand_papers_of_one_channel_let_the_one_of_another_through(db: Database) {
        db.papers(&["2608.00001"]).await;
        subscribe_in(&db, "T1", "C0BUSY0001").await;
        db.tamper(TEN_THOUSAND).await;
        assert_eq!(db.store.find_forgotten().await.unwrap(), 1);
        for second in 0..9 {
            let claimed = db.store.claim("a", &ALL, 50, LEASE, at(second)).await.unwrap();
            assert_eq!(claimed.len(), 1, "one at a time is in flight");
            post(&db, claimed, second).await;
        }
        let quiet = db.subscribe("quiet", "robots").await;
        let paper = db.papers(&["2608.00002"]).await.remove(0);
        db.route(&paper, &[&quiet], at(9)).await;
        assert!(before(&db, "quiet", 1).await <= 1);
    }

    async fn five_hundred_channels_of_one_workspace_let_the_one_of_another_through(db: Database) {
        db.papers(&["2608.00001"]).await;
        for n in 0..500 {
            subscribe_in(&db, "T1", &format!("C0BUSY{n:04}")).await;
        }
        db.tamper(TWENTY).await;
        assert_eq!(db.store.find_forgotten().await.unwrap(), 500);
        for second in 0..3 {
            let claimed = db.store.claim("a", &ALL, 50, LEASE, at(second)).await.unwrap();
            assert_eq!(claimed.len(), 50);
            post(&db, claimed, second).await;
        }
        let quiet = db.subscribe("quiet", "robots").await;
        let paper = db.papers(&["2608.00002"]).await.remove(0);
        db.route(&paper, &[&quiet], at(9)).await;
        assert!(before(&db, "quiet", 8).await <= 8);
        let vision = subscribe_in(&db, "T2", "C0QUIET001").await;
        let paper = db.papers(&["2608.00003"]).await.remove(0);
        db.route(&paper, &[&vision], at(9)).await;
        assert!(before(&db, "C0QUIET001", 8).await <= 8);
    }

    async fn the_channels_of_a_workspace_are_served_in_turn(db: Database) {
        db.papers(&["2608.00001"]).await;
        for n in 0..5 {
            subscribe_in(&db, "T1", &format!("C0BUSY{n:04}")).await;
        }
        db.tamper(TWENTY).await;
        db.store.find_forgotten().await.unwrap();
        let mut order = Vec::new();
        for second in 0..20 {
            let claimed = db.store.claim("a", &ALL, 1, LEASE, at(second)).await.unwrap();
            order.push(claimed[0].channel.to_string());
            post(&db, claimed, second).await;
        }
        assert!(order.chunks(5).all(|round| round == &order[..5]), "{order:?}");
    }

    async fn a_workspace_that_becomes_known_takes_its_channels_together(db: Database) {
        let alone = db.subscribe_on(Platform::Slack, "C0BUSY0001", "images").await;
        let named = subscribe_in(&db, "T1", "C0BUSY0001").await;
        assert_eq!(alone.destination.id, named.destination.id);
        let again = db.subscribe_on(Platform::Slack, "C0BUSY0001", "video").await;
        assert_eq!(again.destination.id, named.destination.id);
        subscribe_in(&db, "T1", "C0BUSY0002").await;
        let known = "UPDATE destination SET turn = 7 WHERE tenant = 'slack/T1'";
        db.tamper(known).await;
        let counted = db.column("SELECT COUNT(*) FROM destination WHERE turn = 7").await;
        assert_eq!(counted, 2);
    }

    async fn a_queue_that_nobody_knows_to_wait_is_found(db: Database) {
        db.queue(&["2608.00001"]).await;
        assert_eq!(db.store.find_forgotten().await.unwrap(), 0);
        db.tamper("UPDATE destination SET due_at = NULL").await;
        assert!(db.claim("a", at(1)).await.is_empty());
        assert_eq!(db.store.find_forgotten().await.unwrap(), 1);
        let claimed = db.claim_one("a", at(1)).await;
        assert_eq!(db.store.find_forgotten().await.unwrap(), 0, "one in flight waits for nothing");
        post(&db, vec![claimed], 2).await;
        assert_eq!(db.store.find_forgotten().await.unwrap(), 0);
    }
}
