//! Real subscriptions against real days, where the recordings are at hand.

use std::fs::File;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde_json::Value;

use super::*;
use crate::domain::Facts;

/// Days compared, the newest ones.
const DAYS: usize = 5;

fn recorded() -> Option<PathBuf> {
    let folder = std::env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from);
    if folder.is_none() {
        println!("did not run: PAPERWIRE_RECORDED names no folder");
    }
    folder
}

/// The texts of every keyword and topic, wherever in the file they stand.
fn keywords(value: &Value, key: &str, found: &mut Vec<String>) {
    const SKIPPED: &[&str] = &["source", "path", "commit", "kind", "profile", "mode"];
    match value {
        Value::String(text) if key == "categories" => found.push(format!("cat:{text}")),
        Value::String(text) if !SKIPPED.contains(&key) => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| keywords(value, key, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| keywords(value, key, found)),
        _ => {}
    }
}

fn facts(paper: &Value) -> Facts {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    Facts {
        title: text(&paper["title"]),
        abstract_text: text(&paper["summary"]),
        authors: list(&paper["authors"]).iter().map(|author| text(&author["name"])).collect(),
        keywords: list(&paper["ai_keywords"]).iter().map(text).collect(),
        ..Facts::default()
    }
}

#[test]
fn recorded_subscriptions_find_in_recorded_days_what_asking_each_finds() {
    let Some(folder) = recorded() else { return };
    let file = File::open(folder.join("keywords/subscriptions.json")).expect("the recorded subscriptions");
    let mut texts = Vec::new();
    keywords(&serde_json::from_reader(file).expect("JSON"), "", &mut texts);
    assert!(texts.len() > 150, "only {} recorded subscriptions", texts.len());

    let (mut matcher, mut stored) = (Matcher::default(), Vec::new());
    for (id, text) in (1..).map(SubscriptionId).zip(&texts) {
        match Query::parse(text) {
            Ok(query) => {
                matcher.insert(id, &query);
                stored.push((id, query));
            }
            Err(error) => {
                assert!(error.position <= text.chars().count());
                println!("{}\n", error.pointed());
            }
        }
    }
    assert!(stored.len() * 10 > texts.len() * 9, "{} of {} are queries", stored.len(), texts.len());

    let days = std::fs::read_dir(folder.join("huggingface/days")).expect("the recorded days");
    let mut days: Vec<_> = days.map(|day| day.expect("a file of the folder").path()).collect();
    days.sort();
    let mut hits = 0;
    for day in days.iter().rev().take(DAYS) {
        let rows: Vec<Value> =
            serde_json::from_reader(GzDecoder::new(File::open(day).expect("a day"))).expect("JSON");
        assert!(!rows.is_empty(), "{} is empty", day.display());
        for row in &rows {
            let document = Document::new(&facts(&row["paper"]));
            let asked = stored.iter().filter_map(|(id, query)| {
                let terms = matches_query(query, &document)?;
                Some(Match { subscription: *id, query: query.shared_text(), terms })
            });
            let asked: Vec<_> = asked.collect();
            hits += asked.len();
            assert_eq!(matcher.matches(&document), asked);
        }
    }
    assert!(hits > 100, "only {hits} matches");
}
