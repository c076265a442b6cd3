//! Real subscriptions against real days, where the recordings are at hand.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

use super::*;
use crate::domain::{Counters, Facts};

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

/// The recorded subscriptions that are queries, with further ones made of them so that every kind of leaf is asked.
fn stored(folder: &Path) -> Vec<(SubscriptionId, Query)> {
    let file = File::open(folder.join("keywords/subscriptions.json")).expect("the recorded subscriptions");
    let mut texts = Vec::new();
    keywords(&serde_json::from_reader(file).expect("JSON"), "", &mut texts);
    assert!(texts.len() > 150, "only {} recorded subscriptions", texts.len());
    let plain = texts.len();
    for at in 0..plain {
        let (text, other) = (&texts[at], &texts[(at * 7 + 3) % plain]);
        let made = match (at % 8, text.contains([':', '"', '(', '-', '/', ','])) {
            (_, true) => continue,
            (0, _) => format!("\"{text}\" OR \"{other}\""),
            (1, _) => format!("\"{text}\" -\"{other}\""),
            (2, _) => format!("=\"{text}\""),
            (3, _) => format!("{text}*"),
            (4, _) => format!("ti:\"{text}\" upvotes>=20"),
            (5, _) => format!("kw:\"{text}\" OR abs:\"{text}\""),
            (6, _) => format!("({text} OR =models) has:code"),
            _ => format!("\"{text}\" (cat:cs.CL OR cat:cs.LG) -listed<2025-01-01"),
        };
        texts.push(made);
    }
    let mut stored = Vec::new();
    for (id, text) in (1..).map(SubscriptionId).zip(&texts) {
        match Query::parse(text) {
            Ok(query) => stored.push((id, query)),
            Err(error) => {
                assert!(error.position <= text.chars().count());
                println!("{}\n", error.pointed());
            }
        }
    }
    assert!(stored.len() * 10 > texts.len() * 9, "{} of {} are queries", stored.len(), texts.len());
    stored
}

/// Asks every stored query and the index; gives how many match.
fn asked(matcher: &Matcher, stored: &[(SubscriptionId, Query)], document: &Document) -> usize {
    let asked = stored.iter().filter_map(|(id, query)| {
        let terms = matches_query(query, document)?;
        Some(Match { subscription: *id, query: query.shared_text(), terms })
    });
    let asked: Vec<_> = asked.collect();
    assert_eq!(matcher.matches(document), asked);
    for (_, query) in stored.iter().step_by(11) {
        let explained = explain(query, document).matches;
        assert_eq!(explained, matches_query(query, document).is_some(), "{query}");
    }
    asked.len()
}

fn index(stored: &[(SubscriptionId, Query)]) -> Matcher {
    let mut matcher = Matcher::default();
    for (id, query) in stored {
        matcher.insert(*id, query);
    }
    matcher
}

/// Papers of the corpus that are compared, taken evenly from the whole year.
const LISTINGS: usize = 300;

#[test]
fn recorded_subscriptions_find_in_recorded_listings_what_asking_each_finds() {
    let Some(folder) = recorded() else { return };
    let stored = stored(&folder);
    let matcher = index(&stored);
    let file = File::open(folder.join("corpus/arxiv_listings_2025.jsonl.gz")).expect("the recorded listings");
    let lines: Vec<String> =
        BufReader::new(GzDecoder::new(file)).lines().map(|line| line.expect("a line")).collect();
    let mut hits = 0;
    for line in lines.iter().step_by((lines.len() / LISTINGS).max(1)) {
        let row: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let list = |key: &str| match &row[key] {
            Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
            Value::Array(values) => values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let facts = Facts {
            title: text("title"),
            abstract_text: text("abstract"),
            categories: list("categories"),
            ..Facts::default()
        };
        assert!(!facts.title.is_empty() && !facts.abstract_text.is_empty(), "{line}");
        let document = Document::new(&facts);
        let document = match row["listed_on"][0].as_str() {
            Some(day) => document.listed_on(day.parse().expect("a day")),
            None => document,
        };
        hits += asked(&matcher, &stored, &document);
    }
    assert!(hits > 100, "only {hits} matches");
}

#[test]
fn recorded_subscriptions_find_in_recorded_days_what_asking_each_finds() {
    let Some(folder) = recorded() else { return };
    let stored = stored(&folder);
    let matcher = index(&stored);
    let days = std::fs::read_dir(folder.join("huggingface/days")).expect("the recorded days");
    let mut days: Vec<_> = days.map(|day| day.expect("a file of the folder").path()).collect();
    days.sort();
    let mut hits = 0;
    for day in days.iter().rev().take(DAYS) {
        let rows: Vec<Value> =
            serde_json::from_reader(GzDecoder::new(File::open(day).expect("a day"))).expect("JSON");
        assert!(!rows.is_empty(), "{} is empty", day.display());
        for row in &rows {
            let votes = row["paper"]["upvotes"].as_u64().and_then(|votes| u32::try_from(votes).ok());
            let counters = Counters { upvotes: votes, ..Counters::default() };
            hits += asked(&matcher, &stored, &Document::new(&facts(&row["paper"])).counters(counters));
        }
    }
    assert!(hits > 100, "only {hits} matches");
}
