//! `paperwire backfill --source arxiv` as a process that is killed between two pages.

use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::sources::Arxiv;
use paperwire::store::Store;
use serde_json::Value;
use tokio::process::Command;

use crate::serve::eventually;
use crate::worlds::arxiv::{FakeArxiv, paper};

fn backfill(folder: &Path, arxiv: &FakeArxiv, day: Date, category: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paperwire"));
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    command
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__CONTACT", "ops@paperwire.example")
        .env("PAPERWIRE__DATA_DIR", folder)
        .env("PAPERWIRE__STORE__URL", url(folder))
        .env("PAPERWIRE__SOURCES__ARXIV__OAI_URL", arxiv.urls().oai.as_str())
        .args(["backfill", "--source", "arxiv", "--category", category, "--json"])
        .args(["--from", &day.to_string(), "--to", &day.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("paperwire.db").display())
}

fn row(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// True once a page of the day has been stored.
async fn is_begun(folder: &Path, day: Date) -> bool {
    let Ok(store) = Store::open(&url(folder)).await else { return false };
    let known = store.backfilled(Arxiv::NAME, "cs.AI", day, day).await;
    store.close().await;
    known.is_ok_and(|known| !known.is_empty())
}

#[tokio::test]
async fn what_is_killed_between_two_pages_goes_on_with_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let arxiv = FakeArxiv::start(Arc::new(SystemClock)).await;
    arxiv.bear_delays();
    arxiv.page(2);
    let day = SystemClock.today().checked_sub(9.days()).unwrap();
    arxiv.announce(day, (0..4).map(|n| paper(&format!("2608.0000{n}"), "cs.AI")));
    let mut first = backfill(folder.path(), &arxiv, day, "cs.ai").spawn().unwrap();
    eventually("a page is stored", async || is_begun(folder.path(), day).await).await;
    first.kill().await.unwrap();
    assert_eq!(arxiv.asked().len(), 1, "the second page has to wait for its turn");
    let row = row(&backfill(folder.path(), &arxiv, day, "cs.ai").output().await.unwrap());
    assert_eq!((&row["days"], &row["days_left"], &row["new"]), (&1.into(), &0.into(), &2.into()));
    assert_eq!((arxiv.asked().len(), arxiv.rude().len()), (2, 0));
    let found = Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env("PAPERWIRE__DATA_DIR", folder.path())
        .env("PAPERWIRE__STORE__URL", url(folder.path()))
        .args(["search", "src:arxiv", "--json"])
        .output()
        .await
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&found.stdout).matches("2608.0000").count() % 4, 0);
    assert!(found.status.success(), "{}", String::from_utf8_lossy(&found.stderr));
}

#[tokio::test]
async fn a_category_that_arxiv_does_not_have_is_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let arxiv = FakeArxiv::start(Arc::new(SystemClock)).await;
    let day = SystemClock.today().checked_sub(9.days()).unwrap();
    let mut command = backfill(folder.path(), &arxiv, day, "cs.XX");
    let refused = command.output().await.unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(arxiv.asked().is_empty());
}
