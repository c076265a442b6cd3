//! The database goes away, or cannot be written, while messages are on their way.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, SqliteConnection};

use super::{Database, Environment, Report, Rig, server, until};
use crate::worlds::loopback::{Fault, Held};
use crate::worlds::proxy::{Mode, Proxy};

/// A rig on PostgreSQL whose process reaches it over a line.
async fn behind_a_line(channels: usize) -> (Rig, Proxy, Environment) {
    let rig = Rig::subscribed(Database::Postgres, channels).await;
    rig.slack.grant_history();
    let server = server(&rig.store_url);
    let proxy = Proxy::to(server).await;
    let url = rig.store_url.replace(&format!(":{}/", server.port()), &format!(":{}/", proxy.port()));
    (rig, proxy, vec![("PAPERWIRE__STORE__URL", url)])
}

#[tokio::test]
async fn a_database_gone_between_the_post_and_its_record_doubles_nothing() {
    let (mut rig, proxy, settings) = behind_a_line(1).await;
    // Longer than the gap: the process itself is to record what it knows.
    let settings = [settings, vec![("PAPERWIRE__DELIVERY__LEASE", "60s".to_owned())]].concat();
    let (discord, slack) = (Held::new(), Held::new());
    rig.discord.faults().next(Fault::Hold(discord.clone()));
    rig.slack.faults().next(Fault::Hold(slack.clone()));
    rig.list(2);
    let serve = rig.serve_with(&settings);
    discord.reached().await;
    slack.reached().await;
    proxy.set(Mode::Refuse);
    discord.release();
    slack.release();
    until("it is told", async || serve.log().contains("Cannot record outcomes yet")).await;
    assert_eq!(rig.visible(), 2);
    proxy.set(Mode::Pass);
    rig.quiet("the database is back").await;
    assert!(serve.stop().await.success());
    Report::of(&rig).await.holds(&rig, "the database is back", false);
}

#[tokio::test]
async fn a_process_that_dies_while_the_database_is_gone_doubles_nothing() {
    let (mut rig, proxy, settings) = behind_a_line(1).await;
    let (discord, slack) = (Held::new(), Held::new());
    rig.discord.faults().next(Fault::Hold(discord.clone()));
    rig.slack.faults().next(Fault::Hold(slack.clone()));
    rig.list(2);
    let serve = rig.serve_with(&settings);
    discord.reached().await;
    slack.reached().await;
    proxy.set(Mode::Cut);
    discord.release();
    slack.release();
    until("it is told", async || serve.log().contains("Cannot record outcomes yet")).await;
    serve.kill().await;
    rig.settle("after the death").await.holds(&rig, "after the death", false);
}

#[tokio::test]
async fn while_the_database_is_gone_nothing_is_posted_and_afterwards_everything() {
    let (mut rig, proxy, settings) = behind_a_line(2).await;
    rig.list(1);
    let serve = rig.serve_with(&settings);
    rig.quiet("before").await;
    let (posts, seen) = (rig.discord.requests().len() + rig.slack.requests().len(), rig.visible());
    proxy.set(Mode::Refuse);
    rig.list(3);
    until("the stages miss it", async || {
        let log = serve.log();
        ["The sender failed", "The router failed"].iter().all(|told| log.contains(told))
    })
    .await;
    assert_eq!((rig.discord.requests().len() + rig.slack.requests().len(), rig.visible()), (posts, seen));
    proxy.set(Mode::Pass);
    let back = Instant::now();
    until("it posts again", async || rig.visible() > seen).await;
    let after = back.elapsed();
    rig.quiet("the database is back").await;
    assert!(serve.stop().await.success());
    Report::of(&rig).await.holds(&rig, "the database is back", false);
    assert!(after < Duration::from_secs(45), "it took {after:?} to post again");
}

#[tokio::test]
async fn a_silent_connection_is_given_up_and_another_one_made() {
    let (mut rig, proxy, settings) = behind_a_line(1).await;
    rig.list(1);
    let serve = rig.serve_with(&settings);
    rig.quiet("before").await;
    proxy.fail_over();
    rig.list(1);
    let since = Instant::now();
    rig.quiet("another server has taken over").await;
    assert!(since.elapsed() < Duration::from_secs(45), "it took {:?}", since.elapsed());
    assert!(serve.stop().await.success());
    Report::of(&rig).await.holds(&rig, "another server has taken over", false);
}

#[tokio::test]
async fn a_slow_database_delays_and_doubles_nothing() {
    let (mut rig, proxy, settings) = behind_a_line(1).await;
    proxy.set(Mode::Delay(Duration::from_millis(20)));
    rig.list(2);
    let serve = rig.serve_with(&settings);
    rig.quiet("over a slow line").await;
    serve.kill().await;
    Report::of(&rig).await.holds(&rig, "over a slow line", false);
}

#[tokio::test]
async fn a_sqlite_file_that_another_process_locks_delays_and_loses_nothing() {
    let mut rig = Rig::subscribed(Database::Sqlite, 1).await;
    rig.slack.grant_history();
    rig.list(1);
    let serve = rig.serve();
    rig.quiet("before").await;
    let mut other = SqliteConnection::connect(&rig.store_url).await.unwrap();
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    rig.list(2);
    until("the lock is told", async || serve.log().contains("database is locked")).await;
    assert_eq!(rig.visible(), 2, "nothing is posted without an intent");
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    rig.quiet("the lock is gone").await;
    assert!(serve.stop().await.success());
    Report::of(&rig).await.holds(&rig, "the lock is gone", false);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_at_the_start_with_the_reason() {
    for database in [Database::Sqlite, Database::Postgres] {
        let rig = Rig::subscribed(database, 1).await;
        rig.tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'of the future', TRUE, '', 0)",
        )
        .await;
        let (status, log) = rig.serve().ended().await;
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(log.contains("9999"), "{log}");
    }
}

#[tokio::test]
async fn a_replica_that_is_cut_off_posts_nothing_more_and_another_one_settles_its_post() {
    let (mut rig, proxy, settings) = behind_a_line(1).await;
    let (discord, slack) = (Held::new(), Held::new());
    rig.discord.faults().next(Fault::Hold(discord.clone()));
    rig.slack.faults().next(Fault::Hold(slack.clone()));
    rig.list(2);
    let folder = rig.folder.path().join("cut-off").display().to_string();
    let cut_off = rig.serve_with(&[settings, vec![("PAPERWIRE__DATA_DIR", folder)]].concat());
    discord.reached().await;
    slack.reached().await;
    proxy.set(Mode::Blackhole);
    discord.release();
    slack.release();
    let other = rig.serve();
    rig.quiet("the other one has taken over").await;
    // What the first one knows comes late, and changes nothing.
    proxy.set(Mode::Cut);
    proxy.set(Mode::Pass);
    rig.list(1);
    rig.quiet("both are there").await;
    cut_off.kill().await;
    other.kill().await;
    Report::of(&rig).await.holds(&rig, "both are there", false);
}
