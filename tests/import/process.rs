//! `paperwire backfill` as a process that is killed in the middle.

use std::path::Path;
use std::process::Stdio;

use jiff::civil::Date;
use jiff::{ToSpan as _, tz::TimeZone};
use paperwire::clock::{Clock as _, SystemClock};
use serde_json::Value;
use tokio::process::Command;

use crate::worlds::hub::{Fault, Hold, Hub, paper};

fn backfill(folder: &Path, hub: &Hub, from: Date, to: Date) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paperwire"));
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    command
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__DATA_DIR", folder)
        .env("PAPERWIRE__STORE__URL", format!("sqlite://{}", folder.join("paperwire.db").display()))
        .env("PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL", hub.base_url().as_str())
        .args(["backfill", "--source", "huggingface", "--json"])
        .args(["--from", &from.to_string(), "--to", &to.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

#[tokio::test]
async fn what_is_killed_in_the_middle_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let to = SystemClock.now().to_zoned(TimeZone::UTC).date().checked_sub(9.days()).unwrap();
    let from = to.checked_sub(2.days()).unwrap();
    let hub = Hub::start(SystemClock.today()).await;
    for (number, day) in from.series(1.day()).take(3).enumerate() {
        hub.list(day, [paper(&format!("2608.0000{number}"))]);
    }
    let hold = Hold::default();
    hub.fail(Fault::None);
    hub.fail(Fault::Held(hold.clone()));
    let mut first = backfill(folder.path(), &hub, from, to).spawn().unwrap();
    hold.arrived().await;
    first.kill().await.unwrap();
    hold.release();
    let second = backfill(folder.path(), &hub, from, to).output().await.unwrap();
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    let row: Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!((&row["days"], &row["days_skipped"], &row["days_left"]), (&2.into(), &1.into(), &0.into()));
    assert_eq!(row["new"], 2);
    let found = Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env("PAPERWIRE__DATA_DIR", folder.path())
        .env("PAPERWIRE__STORE__URL", format!("sqlite://{}", folder.path().join("paperwire.db").display()))
        .args(["search", "src", "--json"])
        .output()
        .await
        .unwrap();
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
}

#[tokio::test]
async fn a_span_or_category_that_makes_no_sense_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Hub::start(SystemClock.today()).await;
    let (early, late): (Date, Date) = ("2026-01-01".parse().unwrap(), "2026-01-02".parse().unwrap());
    let turned = backfill(folder.path(), &hub, late, early).output().await.unwrap();
    assert_eq!(turned.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&turned.stderr).contains("swap them"));
    let category =
        backfill(folder.path(), &hub, early, late).args(["--category", "cs.CL"]).output().await.unwrap();
    assert_eq!(category.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&category.stderr).contains("has no categories"));
    assert!(hub.asked().is_empty());
}
