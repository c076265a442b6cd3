use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use paperwire::chat::{ChatPlatform, sandbox::Sandbox};
use paperwire::clock::{Clock, SystemClock};
use paperwire::pipeline::{Roundups, Stage as _};
use paperwire::store::{NewMatch, Occasion, Store};
use sqlx::{Connection as _, PgConnection};

use super::{Counting, queue, send_all};
use crate::serve::{self, Site, eventually};
use crate::store::Database;
use crate::worlds::clock::FakeClock;
use crate::worlds::hub::days::Days;
use crate::worlds::hub::paper;

async fn race(replicas: usize, channels: usize, papers: usize) {
    let db = Database::postgres().await;
    queue(&db, channels, papers).await;
    let platform = Arc::new(Counting::default());
    let begun = Instant::now();
    let senders = (0..replicas).map(|n| {
        let (url, platform) = (db.url.clone(), platform.clone());
        tokio::spawn(async move {
            let store = Store::open(&url).await.unwrap();
            send_all(store, &format!("replica {n}"), platform).await;
        })
    });
    for sender in join_all(senders).await {
        sender.unwrap();
    }
    let all = channels * papers;
    println!("{replicas} senders: {all} deliveries in {:?}", begun.elapsed());
    assert_eq!(platform.counts(), (all, u32::try_from(all).unwrap()));
    assert!(db.store.outbox_counts().await.unwrap().keys().all(|(_, state)| state.is_final()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_post_each_of_5000_deliveries_once() {
    race(2, 250, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_replicas_post_each_of_5000_deliveries_once() {
    race(3, 250, 20).await;
}

#[tokio::test]
async fn three_processes_route_and_post_each_paper_once() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    let ids: Vec<String> = (0..40).map(|n| format!("2608.{n:05}")).collect();
    site.hub.list(SystemClock.today(), ids.iter().map(|id| paper(id).title("Robots at work")));
    for channel in serve::DISCORD {
        site.subscribe("discord", channel, "robots").await;
    }
    let replicas = [site.serve_with(&[]), site.serve_with(&[]), site.serve_with(&[])];
    let all = 2 * ids.len();
    eventually("everything is posted", async || site.discord.all().len() >= all).await;
    for replica in replicas {
        assert!(replica.stop().await.success());
    }
    let urls: Vec<String> = ids.iter().map(|id| format!("https://arxiv.org/abs/{id}")).collect();
    for channel in serve::DISCORD {
        assert_eq!(site.seen(channel), urls);
    }
    assert_eq!(site.discord.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn three_processes_that_start_on_an_empty_database_migrate_it_once() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    let replicas = [site.serve_with(&[]), site.serve_with(&[]), site.serve_with(&[])];
    for replica in &replicas {
        eventually("it works", async || replica.log().contains("No channel is subscribed yet")).await;
    }
    for replica in replicas {
        assert!(replica.stop().await.success());
    }
    let mut connection = PgConnection::connect(&site.store_url).await.unwrap();
    let rows: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations ORDER BY version")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(rows, (1..=i64::try_from(rows.len()).unwrap()).collect::<Vec<_>>());
    assert!(rows.len() >= 15);
}

#[tokio::test]
async fn three_replicas_make_a_roundup_of_a_date_once() {
    let db = Database::postgres().await;
    let clock = Arc::new(FakeClock::at("2026-08-04T08:00:00Z"));
    let daily = db.subscribe("robotics", "robots").await;
    db.tamper("UPDATE subscription SET cadence = 'daily'").await;
    for paper in db.papers(&["2608.00001", "2608.00002"]).await {
        let found = [NewMatch { subscription: daily.id, terms: Vec::new() }];
        db.store.commit_routing(&paper, Occasion::New, &found, &[], clock.now()).await.unwrap();
    }
    for day in 1..=3 {
        clock.advance(std::time::Duration::from_hours(if day == 1 { 2 } else { 24 }));
        if day > 1 {
            let id = format!("2608.0000{}", day + 1);
            for paper in db.papers(&[&id]).await {
                let found = [NewMatch { subscription: daily.id, terms: Vec::new() }];
                db.store.commit_routing(&paper, Occasion::New, &found, &[], clock.now()).await.unwrap();
            }
        }
        let mut stages = Vec::new();
        for _ in 0..3 {
            let store = Store::open(&db.url).await.unwrap();
            store.ping().await.unwrap();
            let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Counting::default())));
            stages.push(Roundups::new(store, clock.clone() as Arc<dyn Clock>, [sandbox]));
        }
        for stepped in join_all(stages.iter().map(Roundups::step)).await {
            stepped.unwrap();
        }
        assert_eq!(db.deliveries().await.len(), day, "one roundup for each date");
    }
}
