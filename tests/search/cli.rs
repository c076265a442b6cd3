//! `paperwire search` as a person types it.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use paperwire::domain::{Facts, Listing};
use paperwire::pipeline::Indexer;
use paperwire::search::Search;
use paperwire::store::Store;
use serde_json::Value;

use crate::store::{HUB, at, day, listing};

fn search(folder: &Path, arguments: &[&str]) -> Output {
    run(folder, "search", arguments)
}

fn run(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__DATA_DIR", folder)
        .env("PAPERWIRE__STORE__URL", url(folder))
        .arg(command)
        .args(arguments)
        .output()
        .unwrap()
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("paperwire.db").display())
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

async fn stored(folder: &Path) -> Store {
    let store = Store::open(&url(folder)).await.unwrap();
    store.migrate().await.unwrap();
    let facts = |title: &str, abstract_text: &str| Facts {
        title: title.into(),
        abstract_text: abstract_text.into(),
        ..Facts::default()
    };
    let listings = [
        Listing { facts: facts("Flow Matching for Robots", "We match flows."), ..listing("2608.00001") },
        Listing { facts: facts("Trees", "No flow, but matching of trees."), ..listing("2608.00002") },
    ];
    store.record(HUB, &listings, day(1), at(0)).await.unwrap();
    store
}

#[tokio::test]
async fn papers_are_found_at_once_and_shown_with_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    stored(folder.path()).await.close().await;
    let text = said(&search(folder.path(), &["\"flow matching\"", "--color", "always"]));
    assert!(text.contains("Flow Matching") && text.contains("https://arxiv.org/abs/2608.00001"), "{text}");
    assert!(text.contains("\u{1b}[33mFlow Matching\u{1b}[0m"), "{text:?}");
    assert!(text.contains("finds 1 of the 2 papers in the store."), "{text}");
    let rows = said(&search(folder.path(), &["matching", "--json", "--limit", "5"]));
    let rows: Vec<Value> = rows.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["id"], &rows[0]["title"]["highlights"][0][0]), (&"2608.00001".into(), &5.into()));
    let text = said(&search(folder.path(), &["flow trees robots"]));
    assert!(
        text.contains("No paper holds all of flow robot tree; 2 of the 2 papers hold a part of it."),
        "{text}"
    );
    let text = said(&search(folder.path(), &["robtos"]));
    assert!(text.contains("finds none of the 2 papers in the store. Did you mean: robot"), "{text}");
    let refused = search(folder.path(), &["(flow"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[tokio::test]
async fn while_another_process_keeps_the_index_it_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = stored(folder.path()).await;
    let kept = Arc::new(Search::open(&folder.path().join("search")).unwrap());
    Indexer::new(store.clone(), kept.clone()).catch_up().await.unwrap();
    let text = said(&search(folder.path(), &["flow", "--sort", "date"]));
    assert!(text.contains("finds 2 of the 2 papers"), "{text}");
    assert!(kept.is_writable());
}

#[tokio::test]
async fn an_explanation_says_what_holds_where_for_people_and_for_programs() {
    let folder = tempfile::tempdir().unwrap();
    stored(folder.path()).await.close().await;
    let query = "\"flow matching\" -trees src:huggingface";
    let text = said(&run(folder.path(), "explain", &[query, "2608.00001", "--color", "always"]));
    assert!(text.contains("\u{1b}[32mFlow Matching\u{1b}[0m for Robots"), "{text:?}");
    let row = |paper| -> Value {
        serde_json::from_str(&said(&run(folder.path(), "explain", &[query, paper, "--json"]))).unwrap()
    };
    let (one, other) = (row("2608.00001"), row("2608.00002"));
    assert_eq!((&one["paper"], &one["matches"]), (&"2608.00001".into(), &true.into()), "{one}");
    assert_eq!(other["matches"], false, "{other}");
    assert!(other["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{other}");
    let unknown = run(folder.path(), "explain", &["flow", "2608.99999"]);
    let said = String::from_utf8_lossy(&unknown.stderr);
    assert!(!unknown.status.success() && said.contains("no source has listed"), "{said}");
    assert_eq!(run(folder.path(), "explain", &["(flow", "2608.00001"]).status.code(), Some(2));
}
