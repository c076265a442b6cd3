//! Holds `docs/query-language.md` to what the code does.

use super::*;
use crate::domain::{Facts, Organization};

/// Read when the test runs: the binary itself embeds no documents.
fn manual() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/query-language.md")).unwrap()
}

/// Reads a text of the examples: a title, or parts named by their field, with semicolons between.
fn facts(text: &str) -> Facts {
    let mut facts = Facts::default();
    for part in text.split("; ") {
        let (field, value) = part.split_once(": ").unwrap_or(("", part));
        let list = || value.split(", ").map(str::to_owned).collect();
        match field {
            "abs" => facts.abstract_text = value.to_owned(),
            "au" => facts.authors = list(),
            "cat" => facts.categories = list(),
            "kw" => facts.keywords = list(),
            "org" => {
                facts.organization = Some(Organization { name: "login".into(), full_name: value.to_owned() });
            }
            _ => facts.title = part.to_owned(),
        }
    }
    facts
}

#[test]
fn every_example_of_the_manual_is_true() {
    let manual = manual();
    let table =
        manual.split("<!-- examples -->").nth(1).and_then(|rest| rest.split("<!-- /examples -->").next());
    let rows: Vec<_> = table.expect("the table of examples").trim().lines().skip(2).collect();
    assert!(rows.len() >= 30, "{} rows", rows.len());
    for row in rows {
        let row = row.replace("\\|", "\u{1}");
        let cells: Vec<_> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
        let [query, canonical, finds, misses] = cells.as_slice() else { panic!("not four cells: {row}") };
        let query =
            Query::parse(query.trim_matches('`')).unwrap_or_else(|error| panic!("{}", error.pointed()));
        assert_eq!(query.as_str(), canonical.trim_matches('`'));
        assert!(
            matches_query(&query, &Document::new(&facts(finds))).is_some(),
            "{query} does not find {finds}"
        );
        assert!(matches_query(&query, &Document::new(&facts(misses))).is_none(), "{query} finds {misses}");
    }
}

#[test]
fn the_manual_shows_a_mistake_as_people_see_it() {
    let manual = manual();
    let shown =
        manual.rsplit("```text\n").next().and_then(|rest| rest.split("\n```").next()).expect("the example");
    let query = shown.lines().next().expect("its query");
    assert_eq!(Query::parse(query).expect_err("a mistake").pointed(), shown);
}
