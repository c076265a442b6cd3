use std::collections::BTreeSet;

use paperwire::domain::{Cadence, DeliveryState, Every, PauseCause, Platform, Style};
use paperwire::store::{Begun, DeliveryFilter, Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{Database, HUB, at, day, id, on_both};
use crate::worlds::postgres;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The data that stand in the tables once a migration has run: the same statements for both databases.
fn sample(version: i64) -> String {
    let path = format!("{}/tests/store/samples/{version:04}.sql", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("each migration has sample data in {path}: {e}"))
}

/// Checks through the store that the samples of all migrations are there, whatever ran after them.
async fn samples_are_whole(url: &str) {
    let store = Store::open(url).await.unwrap();
    assert!(store.pending_migrations().await.unwrap().is_empty());
    let paper = store.paper(&id("2608.00001")).await.unwrap().unwrap();
    assert_eq!((paper.day, paper.revision, paper.facts.authors.len()), (day(3), 2, 2));
    assert_eq!(paper.facts.organization.as_ref().unwrap().full_name, "The Lab");
    assert_eq!(store.counter_history(paper.key).await.unwrap().len(), 2);
    assert_eq!(store.sources_of(paper.key).await.unwrap()[0].source, "huggingface");
    let subscription = store.subscriptions().await.unwrap().remove(0);
    assert_eq!((subscription.query.to_string().as_str(), subscription.posted), ("robot", 1));
    assert_eq!(subscription.destination.pause.as_ref().unwrap().cause, PauseCause::Channel);
    assert_eq!(store.to_ask_again(9).await.unwrap()[0].asked_at, at(8));
    assert_eq!(store.subscription_version().await.unwrap(), 5);
    let deliveries = store.deliveries(&DeliveryFilter::default()).await.unwrap();
    let states: Vec<_> = deliveries.iter().map(|d| d.state).collect();
    assert_eq!(states, [DeliveryState::Sent, DeliveryState::Leased]);
    assert_eq!(deliveries[0].why[0].terms[0].text, "robots");
    assert_eq!(store.recover("b", at(9_000_000)).await.unwrap().unknown, 1);
    assert_eq!(store.source_state(HUB).await.unwrap().unwrap().baseline, day(3));
    assert_eq!(store.validators("https://hub.example/").await.unwrap().unwrap().etag.unwrap(), "\"x\"");
    let (changed, position) = store.papers_changed_since(0, 10).await.unwrap();
    assert_eq!((changed.len(), position), (3, 10));
    assert_eq!(store.paper_position().await.unwrap(), 10);
    let images = store.subscriptions().await.unwrap().remove(1);
    assert_eq!(
        (images.cadence, images.style, images.paused_until),
        (Cadence::Daily, Style::Line, Some(at(900)))
    );
    let settings = store.roundup_settings(subscription.destination.id).await.unwrap();
    assert_eq!((settings.zone.as_deref(), settings.every), (Some("Europe/Berlin"), Some(Every::Weekdays)));
    let limits = store.limits(subscription.destination.id).await.unwrap();
    assert_eq!((limits.per_day, limits.spike, limits.quiet.is_some()), (Some(8), true, true));
    let again = store.begin_interaction(Platform::Slack, "i1", at(900)).await.unwrap();
    assert_eq!(again, Begun::Done("{}".to_owned()));
    assert_eq!(store.control("c1", at(0)).await.unwrap().as_deref(), Some("[]"));
    assert_eq!(store.recent_queries(Platform::Slack, "U1", 9).await.unwrap(), ["robot"]);
    assert_eq!(store.sandbox_messages(None, 0).await.unwrap()[0].delivery, deliveries[0].id);
    let letters = store.mail_subscribers().await.unwrap().remove(0);
    assert_eq!((letters.bounces, letters.wish.unwrap().query.as_deref()), (1, Some("robot")));
    assert!(store.mail_request("00ff", at(0)).await.unwrap().is_some());
    assert!(store.mail_key().await.is_ok());
    store.close().await;
}

#[tokio::test]
async fn data_of_each_sqlite_migration_survive_all_later_ones() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/paperwire.db", folder.path().display());
    let mut connection = SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    for migration in SQLITE.iter() {
        SQLITE.run_to(migration.version, &mut connection).await.unwrap();
        let sample = AssertSqlSafe(sample(migration.version));
        sqlx::raw_sql(sample).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    samples_are_whole(&url).await;
}

#[tokio::test]
async fn data_of_each_postgres_migration_survive_all_later_ones() {
    let url = postgres::database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for migration in POSTGRES.iter() {
        POSTGRES.run_to(migration.version, &mut connection).await.unwrap();
        let sample = AssertSqlSafe(sample(migration.version));
        sqlx::raw_sql(sample).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    samples_are_whole(&url).await;
}

/// Table, column, type, and whether it may be NULL.
type Columns = BTreeSet<(String, String, String, bool)>;

#[tokio::test]
async fn both_databases_end_in_the_same_tables_and_columns() {
    let sqlite = Database::sqlite().await;
    let mut connection = SqliteConnection::connect(&sqlite.url).await.unwrap();
    // Whole numbers are BIGINT; SQLite's own keys have to be called INTEGER.
    let of_sqlite: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT t.name, c.name, replace(c.type, 'INTEGER', 'BIGINT'), c.\"notnull\" = 0 AND c.pk = 0
         FROM sqlite_master t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_sqlx%' ESCAPE '\\'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let postgres = Database::postgres().await;
    let mut connection = PgConnection::connect(&postgres.url).await.unwrap();
    let of_postgres: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text, upper(data_type), is_nullable = 'YES'
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let (of_sqlite, of_postgres) = (Columns::from_iter(of_sqlite), Columns::from_iter(of_postgres));
    assert!(of_sqlite.len() > 70, "{of_sqlite:#?}");
    assert_eq!(of_sqlite, of_postgres);
}

#[test]
fn migrations_have_the_same_names_for_both_databases() {
    let names = |migrator: &Migrator| -> Vec<(i64, String)> {
        migrator.iter().map(|m| (m.version, m.description.to_string())).collect()
    };
    assert_eq!(names(&SQLITE), names(&POSTGRES));
    let versions: Vec<i64> = SQLITE.iter().map(|m| m.version).collect();
    assert_eq!(versions, (1..=24).collect::<Vec<_>>());
}

#[tokio::test]
async fn asking_what_is_pending_changes_nothing_and_migrating_names_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite://{}/paperwire.db", folder.path().display()), postgres::database().await] {
        let store = Store::open(&url).await.unwrap();
        let pending = store.pending_migrations().await.unwrap();
        assert_eq!(pending[..2], ["0001_papers", "0002_subscriptions"]);
        assert_eq!(store.pending_migrations().await.unwrap(), pending);
        assert_eq!(store.migrate().await.unwrap(), pending);
        assert!(store.pending_migrations().await.unwrap().is_empty());
        assert!(store.migrate().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn of_two_processes_that_migrate_together_one_does_it() {
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite://{}/paperwire.db", folder.path().display()), postgres::database().await] {
        let one = Store::open(&url).await.unwrap();
        let two = Store::open(&url).await.unwrap();
        let (one, two) = tokio::join!(one.migrate(), two.migrate());
        let mut counts = [one.unwrap().len(), two.unwrap().len()];
        counts.sort_unstable();
        assert_eq!(counts, [0, 24], "{url}");
    }
}

on_both! {
    async fn tables_of_a_newer_version_are_refused(db: Database) {
        db.tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'of the future', TRUE, '', 0)",
        )
        .await;
        let refused = db.store.migrate().await.unwrap_err();
        assert!(matches!(refused, StoreError::Migration(_)) && refused.to_string().contains("9999"), "{refused}");
    }
}
