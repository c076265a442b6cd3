//! The database is away, or the wire to it broken: the process waits, says so, posts nothing, and goes on by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::store::{Store, StoreError};
use serde_json::Value;

use super::relay::Relay;
use crate::serve::process::Serve;
use crate::serve::{self, DISCORD, Site, eventually};
use crate::worlds::hub::days::Days;
use crate::worlds::hub::paper;

/// A process whose way to its database can be cut, and its web address.
struct Remote {
    site: Site,
    direct: String,
    relay: Relay,
}

struct Running {
    serve: Serve,
    address: String,
}

impl Remote {
    async fn new() -> Self {
        let mut site = Site::new(serve::Database::Postgres, Days::new()).await;
        let direct = site.store_url.clone();
        site.subscribe("discord", DISCORD[0], "robots").await;
        let relay = Relay::before(&direct).await;
        site.store_url = relay.url(&direct);
        Self { site, direct, relay }
    }

    async fn serve(&self) -> Running {
        let listen = ("PAPERWIRE__WEB__LISTEN", "127.0.0.1:0".to_owned());
        let serve = self.site.serve_with(&[listen]);
        let mut address = None;
        eventually("it listens", async || {
            let log = serve.log();
            let found = log.split("http://").nth(1).and_then(|rest| rest.split_once("/healthz"));
            address = found.map(|(address, _)| address.to_owned());
            address.is_some()
        })
        .await;
        Running { serve, address: address.unwrap() }
    }

    fn list(&self, numbers: std::ops::Range<u32>) {
        let papers = numbers.map(|n| paper(&format!("2608.{n:05}")).title("Robots at work"));
        self.site.hub.list(SystemClock.today(), papers);
    }

    fn posted(&self) -> usize {
        self.site.discord.all().len()
    }

    /// Everything is in the channel once, in order, and the process ends well.
    async fn ends_with(&self, running: Running, papers: u32) {
        eventually("everything is posted", async || self.posted() >= papers as usize).await;
        assert!(running.serve.stop().await.success());
        let urls: Vec<String> = (0..papers).map(|n| format!("https://arxiv.org/abs/2608.{n:05}")).collect();
        assert_eq!(self.site.seen(DISCORD[0]), urls);
        assert_eq!(self.site.discord.refusals(), Vec::<String>::new());
    }
}

impl Running {
    async fn asked(&self, page: &str) -> (u16, String) {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let answer = client.get(format!("http://{}/{page}", self.address)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn ready(&self) -> (u16, Value) {
        let (status, body) = self.asked("readyz").await;
        (status, serde_json::from_str(&body).unwrap())
    }

    async fn is_ready(&self) -> bool {
        self.ready().await.0 == 200
    }
}

#[tokio::test]
async fn a_database_that_is_away_at_the_start_is_waited_for() {
    let remote = Remote::new().await;
    remote.list(0..3);
    remote.relay.close();
    let mut running = remote.serve().await;
    eventually("it waits", async || running.serve.log().contains("Waiting for the database")).await;
    assert_eq!(running.asked("healthz").await, (200, "ok\n".to_owned()));
    let (status, said) = running.ready().await;
    assert_eq!((status, &said["ready"], &said["state"]), (503, &false.into(), &"starting".into()));
    assert!(said["reasons"][0].as_str().unwrap().contains("database"), "{said}");
    eventually("it has tried some times", async || {
        running.serve.log().matches("Waiting for the database").count() >= 4
    })
    .await;
    remote.relay.mend();
    let back = Instant::now();
    eventually("it is ready", async || running.is_ready().await).await;
    println!("ready {:?} after the database was back", back.elapsed());
    assert!(back.elapsed() < Duration::from_secs(45), "{:?}", back.elapsed());
    remote.ends_with(running, 3).await;

    // Whoever waits can be told to stop.
    remote.relay.close();
    running = remote.serve().await;
    eventually("it waits", async || running.serve.log().contains("Waiting for the database")).await;
    assert!(running.serve.stop().await.success());
}

#[tokio::test]
async fn a_database_that_goes_away_while_running_is_missed_and_work_goes_on_when_it_is_back() {
    let remote = Remote::new().await;
    remote.list(0..2);
    let running = remote.serve().await;
    eventually("the first ones are posted", async || remote.posted() == 2).await;
    assert!(running.is_ready().await);
    remote.relay.close();
    eventually("it says so", async || {
        let (status, said) = running.ready().await;
        status == 503 && said["database"] == "unavailable" && said["stages"]["sender"]["failures"] != 0
    })
    .await;
    assert_eq!(running.asked("healthz").await.0, 200);
    remote.list(0..4);
    remote.relay.mend();
    let back = Instant::now();
    eventually("it is ready", async || running.ready().await.1["state"] == "ready").await;
    println!("well {:?} after the database was back", back.elapsed());
    assert!(back.elapsed() < Duration::from_secs(45), "{:?}", back.elapsed());
    remote.ends_with(running, 4).await;
}

#[tokio::test]
async fn a_refused_token_is_named_and_does_not_make_the_process_unready() {
    let remote = Remote::new().await;
    remote.site.discord.revoke_token();
    remote.list(0..1);
    let running = remote.serve().await;
    eventually("it is degraded", async || running.ready().await.1["state"] == "degraded").await;
    let (status, said) = running.ready().await;
    assert_eq!(
        (status, &said["ready"], &said["paused_destinations"]["discord"]),
        (200, &true.into(), &1.into())
    );
    let reason = said["reasons"][0].as_str().unwrap();
    assert!(reason.contains("Discord refuses the account") && reason.contains("token"), "{said}");
    assert!(running.serve.stop().await.success());
}

#[tokio::test]
async fn connections_that_are_half_open_are_replaced_within_45_seconds() {
    let remote = Remote::new().await;
    remote.list(0..1);
    let running = remote.serve().await;
    eventually("the first one is posted", async || remote.posted() == 1).await;
    remote.relay.forget();
    let broken = Instant::now();
    remote.list(0..3);
    eventually("the others are posted", async || remote.posted() == 3).await;
    println!("posting again {:?} after all connections had become half-open", broken.elapsed());
    assert!(broken.elapsed() < Duration::from_secs(45), "{:?}", broken.elapsed());
    remote.ends_with(running, 3).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_lost_in_use_keep_nobody_waiting_for_45_seconds() {
    let db = crate::store::Database::postgres().await;
    let relay = Relay::before(&db.url).await;
    let store = Store::open(&relay.url(&db.url)).await.unwrap();
    let broken = Arc::new(AtomicBool::new(false));
    let askers: Vec<_> = (0..16)
        .map(|_| {
            let (store, broken) = (store.clone(), broken.clone());
            tokio::spawn(async move {
                let mut failures = 0;
                loop {
                    let after = broken.load(Ordering::SeqCst);
                    match store.ping().await {
                        Ok(()) if after => return failures,
                        Ok(()) => {}
                        Err(error) => {
                            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
                            failures += 1;
                        }
                    }
                }
            })
        })
        .collect();
    for _ in 0..200 {
        store.ping().await.unwrap();
    }
    relay.forget();
    broken.store(true, Ordering::SeqCst);
    let since = Instant::now();
    let mut failures = 0;
    for asker in askers {
        failures += asker.await.unwrap();
    }
    println!("all were answered {:?} after their connections were lost, {failures} in vain", since.elapsed());
    assert!(failures > 0 && since.elapsed() < Duration::from_secs(45), "{failures}, {:?}", since.elapsed());
}

#[tokio::test]
async fn a_replica_that_is_cut_off_stops_posting_within_5_seconds_and_another_one_goes_on() {
    const PAPERS: u32 = 300;
    let remote = Remote::new().await;
    remote.list(0..PAPERS);
    let running = remote.serve().await;
    eventually("it is at work", async || remote.posted() >= 20).await;
    remote.relay.cut();
    let cut = Instant::now();
    let (mut last, mut last_post) = (remote.posted(), Duration::ZERO);
    eventually("ten seconds are over", async || {
        let posted = remote.posted();
        if posted > last {
            (last, last_post) = (posted, cut.elapsed());
        }
        cut.elapsed() > Duration::from_secs(10)
    })
    .await;
    println!("the last post came {last_post:?} after the cut, {last} of {PAPERS} were posted");
    assert!(last_post < Duration::from_secs(5), "{last_post:?}");
    assert!(last < PAPERS as usize, "there was something left to post");
    // Another replica, which reaches the database, does the rest.
    let direct = [("PAPERWIRE__STORE__URL", remote.direct.clone())];
    let other = remote.site.serve_with(&direct);
    eventually("everything is posted", async || remote.posted() >= PAPERS as usize).await;
    remote.relay.mend();
    assert!(other.stop().await.success());
    remote.ends_with(running, PAPERS).await;
}

#[tokio::test]
async fn tables_of_a_newer_version_end_the_start_with_the_reason_and_disturb_nobody_who_runs() {
    let remote = Remote::new().await;
    remote.list(0..1);
    let running = remote.serve().await;
    eventually("the first one is posted", async || remote.posted() == 1).await;
    let store = Store::open(&remote.direct).await.unwrap();
    store.ping().await.unwrap();
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&remote.direct).await.unwrap();
    sqlx::raw_sql(
        "ALTER TABLE delivery ADD COLUMN of_the_future TEXT; ALTER TABLE paper ADD COLUMN of_the_future TEXT;
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'of the future', TRUE, '', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let (status, log) = remote.site.serve_with(&[]).ended().await;
    assert_eq!(status.code(), Some(1));
    assert!(log.contains("a newer Paperwire") && log.contains("9999"), "{log}");
    remote.list(0..3);
    remote.ends_with(running, 3).await;
}
