//! Places that a process comes to only when something else has gone wrong before.

use std::time::Duration;

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::Platform;
use paperwire::store::{DeliveryFilter, SentFact};

use super::crashes::died;
use super::{Database, Rig};
use crate::worlds::slack;

/// The places of `crash::POINTS` that are died at here.
pub const RARE: [&str; 2] = ["outcome_logged", "duplicate_delete"];

/// What makes the database refuse the end of an attempt, and what heals it.
fn refusal(database: Database) -> (&'static str, &'static str) {
    match database {
        Database::Sqlite => (
            "CREATE TRIGGER broken BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'broken'); END",
            "DROP TRIGGER broken",
        ),
        Database::Postgres => (
            "CREATE FUNCTION broken() RETURNS trigger AS $$ BEGIN RAISE 'broken'; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER broken BEFORE UPDATE ON attempt FOR EACH ROW EXECUTE FUNCTION broken()",
            "DROP TRIGGER broken ON attempt",
        ),
    }
}

fn crash(place: &str) -> [(&'static str, String); 1] {
    [("PAPERWIRE_CRASH_AT", format!("{place}:1"))]
}

async fn posted_and_only_logged(database: Database) {
    let mut rig = Rig::subscribed(database, 1).await;
    let (broken, mended) = refusal(database);
    rig.list(2);
    rig.tamper(broken).await;
    died(&rig, &crash("outcome_logged"), "only logged").await;
    let seen = rig.visible();
    assert!(seen >= 1, "it died after a post");
    rig.tamper(mended).await;
    rig.settle("only logged").await.holds(&rig, "only logged", true);
}

#[tokio::test]
async fn a_death_after_a_post_that_is_only_logged_doubles_nothing_on_sqlite() {
    posted_and_only_logged(Database::Sqlite).await;
}

#[tokio::test]
async fn a_death_after_a_post_that_is_only_logged_doubles_nothing_on_postgres() {
    posted_and_only_logged(Database::Postgres).await;
}

/// Posts a message of Slack once more, and tells the store as a sender would that had lost its lease.
async fn double(rig: &Rig) {
    let first = rig.slack.all().remove(0);
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let answer = client
        .post(format!("{}/chat.postMessage", rig.slack.base_url().trim_end_matches('/')))
        .bearer_auth(slack::TOKEN)
        .json(&first.raw)
        .send()
        .await
        .unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    let message_id = answer["ts"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    let rows = rig.store().deliveries(&DeliveryFilter::default()).await.unwrap();
    let row = rows.into_iter().find(|row| row.destination.platform == Platform::Slack).unwrap();
    let fact = SentFact { delivery: row.id, epoch: 1, message_id, at: SystemClock.now() };
    rig.store().record_sent(&[fact], SystemClock.now()).await.unwrap();
}

async fn a_second_message(database: Database) {
    let mut rig = Rig::subscribed(database, 1).await;
    rig.slack.grant_history();
    rig.list(1);
    rig.settle("doubled").await.holds(&rig, "doubled", false);
    double(&rig).await;
    assert_eq!(rig.slack.all().len(), 2);
    died(&rig, &crash("duplicate_delete"), "doubled").await;
    // A claim of surplus holds for minutes: the test lets them pass.
    rig.tamper("UPDATE surplus_message SET lease_until = 0, next_at = 0 WHERE lease_until IS NOT NULL").await;
    let serve = rig.serve();
    super::until("the second message is dealt with", async || {
        rig.slack.all().len() == 1 && rig.slack.deletions().len() == 1
    })
    .await;
    serve.kill().await;
    rig.settle("doubled").await.holds(&rig, "doubled", false);
}

#[tokio::test]
async fn a_death_after_a_second_message_is_deleted_leaves_the_first_on_sqlite() {
    a_second_message(Database::Sqlite).await;
}

#[tokio::test]
async fn a_death_after_a_second_message_is_deleted_leaves_the_first_on_postgres() {
    a_second_message(Database::Postgres).await;
}
