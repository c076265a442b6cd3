//! What the store and `paperwire sources` say of each source.

use std::process::Command;
use std::time::Duration;

use jiff::civil::date;
use paperwire::domain::{Listing, SourceName};
use paperwire::store::{Lag, PollNote, SourceState};
use serde_json::Value;

use crate::store::{Database, HUB, at, day, listing, on_both};

/// A time of the day of these tests, 2026-08-02.
fn clock(time: &str) -> jiff::Timestamp {
    format!("2026-08-02T{time}Z").parse().unwrap()
}

fn note<'a>(error: Option<&'a str>, time: &str) -> PollNote<'a> {
    PollNote { at: clock(time), error, next_poll: clock(time) + Duration::from_mins(10) }
}

on_both! {
    async fn a_source_that_was_never_heard_of_has_no_health(db: Database) {
        assert!(db.store.source_health(at(0)).await.unwrap().is_empty());
    }

    async fn the_last_error_stays_in_words_after_the_source_is_well_again(db: Database) {
        db.store.note_poll(HUB, note(Some("it answered with 500"), "08:00:00")).await.unwrap();
        db.store.note_poll(HUB, note(None, "09:00:00")).await.unwrap();
        let state = SourceState {
            baseline: day(1),
            polled_at: Some(clock("09:00:00")),
            failure: None,
            failures: 0,
        };
        db.store.put_source_state(HUB, &state).await.unwrap();
        let health = db.store.source_health(clock("09:01:00")).await.unwrap().remove(0);
        assert_eq!((health.source.as_str(), health.failures, health.items), ("huggingface", 0, 0));
        assert_eq!(health.last_error.as_deref(), Some("it answered with 500"));
        assert_eq!((health.last_error_at, health.next_poll), (Some(clock("08:00:00")), Some(clock("09:10:00"))));
        assert_eq!((health.last_success, health.newest_day, health.lag), (Some(clock("09:00:00")), None, None));
    }

    async fn a_failure_that_goes_on_is_the_last_error(db: Database) {
        db.store.note_poll(HUB, note(Some("old"), "08:00:00")).await.unwrap();
        let failing =
            SourceState { baseline: day(1), polled_at: None, failure: Some("new".into()), failures: 2 };
        db.store.put_source_state(HUB, &failing).await.unwrap();
        let health = db.store.source_health(clock("09:00:00")).await.unwrap().remove(0);
        assert_eq!((health.failures, health.last_error.as_deref()), (2, Some("new")));
    }

    async fn the_lag_is_of_the_last_days_papers_and_leaves_backlog_out(db: Database) {
        let on = |id: &str, of: i8| Listing { day: day(of), ..listing(id) };
        let record = async |ids: &[Listing], time: jiff::Timestamp| {
            db.store.record(HUB, ids, day(1), time).await.unwrap();
        };
        record(&[on("2608.00001", 1)], at(-130_000)).await;
        record(&[on("2608.00002", 2), on("2608.00003", 2)], clock("01:00:00")).await;
        record(&[on("2608.00004", 2)], clock("03:00:00")).await;
        db.store.record(SourceName("import"), &[on("2608.00009", 1)], jiff::civil::Date::MAX, clock("03:00:00")).await.unwrap();
        let health = db.store.source_health(clock("04:00:00")).await.unwrap();
        let [hub, dump] = health.as_slice() else { panic!("{health:#?}") };
        assert_eq!((hub.items, hub.items_last_day, hub.newest_day), (4, 3, Some(date(2026, 8, 2))));
        let hours = Duration::from_hours;
        assert_eq!(hub.lag, Some(Lag { p50: hours(1), max: hours(3) }));
        assert_eq!((dump.source.as_str(), dump.items, dump.lag), ("import", 1, None));
    }
}

#[tokio::test]
async fn the_command_shows_every_source_with_its_state() {
    let db = Database::sqlite().await;
    let command = |arguments: &[&str]| {
        let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
        let output = Command::new(env!("CARGO_BIN_EXE_paperwire"))
            .env_clear()
            .envs(kept)
            .env("PAPERWIRE__STORE__URL", &db.url)
            .arg("sources")
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(command(&[]).contains("No source has been read yet"));
    let failing =
        SourceState { baseline: day(1), polled_at: None, failure: Some("no route".into()), failures: 1 };
    db.store.put_source_state(HUB, &failing).await.unwrap();
    db.store
        .record(SourceName("import"), &[listing("2608.00001")], jiff::civil::Date::MAX, at(0))
        .await
        .unwrap();
    let table = command(&[]);
    assert!(table.contains("failed once: no route") && table.contains("not polled"), "{table}");
    let rows: Vec<Value> =
        command(&["--json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&rows[0]["source"], &rows[0]["state"]), (&"huggingface".into(), &"failing".into()));
    assert_eq!(
        (&rows[1]["source"], &rows[1]["state"], &rows[1]["items"]),
        (&"import".into(), &"not_polled".into(), &1.into())
    );
}
