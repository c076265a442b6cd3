//! Holds `docs/query-language.md` to what the code does.

use std::fmt::Write as _;

use jiff::civil::date;

use super::*;
use crate::domain::query::{
    Announcement, Condition, Counter, Expr, Extra, MAX_CHARS, MAX_LEVELS, MAX_TERMS, Prefix, Rise,
};
use crate::domain::{Counters, Facts, Organization};

/// Read when the test runs: the binary itself embeds no documents.
fn manual() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/query-language.md")).unwrap()
}

/// Reads a text of the examples: a title, or parts named by their field, with semicolons between.
fn document(text: &str) -> Document {
    let mut facts = Facts::default();
    let mut counters = Counters::default();
    let mut given: Vec<Box<dyn FnOnce(Document) -> Document>> = Vec::new();
    for part in text.split("; ") {
        let (field, value) = part.split_once(": ").unwrap_or(("", part));
        let list = || value.split(", ").map(str::to_owned).collect::<Vec<_>>();
        let number = || value.parse::<u32>().ok();
        match field {
            "abs" => facts.abstract_text = value.to_owned(),
            "au" => facts.authors = list(),
            "cat" => facts.categories = list(),
            "kw" => facts.keywords = list(),
            "org" => {
                facts.organization = Some(Organization { name: "login".into(), full_name: value.to_owned() });
            }
            "upvotes" => counters.upvotes = number(),
            "comments" => counters.comments = number(),
            "stars" => counters.stars = number(),
            "has" => {
                for extra in Extra::ALL.into_iter().filter(|extra| list().contains(&extra.name().to_owned()))
                {
                    given.push(Box::new(move |document| document.having(extra)));
                }
            }
            "src" => {
                let sources = list();
                given.push(Box::new(move |document| document.sources(sources)));
            }
            "type" => {
                let kind = Announcement::ALL.into_iter().find(|kind| kind.name() == value).expect("a type");
                given.push(Box::new(move |document| document.announced(kind)));
            }
            "id" => {
                let id = value.parse().expect("an id");
                given.push(Box::new(move |document| document.with_id(id)));
            }
            "listed" => {
                let day = value.parse().expect("a day");
                given.push(Box::new(move |document| document.listed_on(day).asked_on(date(2026, 8, 31))));
            }
            rise if rise.contains('+') => {
                let Ok(Expr::Condition(Condition::Number(asked))) =
                    Query::parse(&format!("{rise}>=1")).map(|query| query.expr().clone())
                else {
                    panic!("{rise} is no rise")
                };
                let span = asked.rise.expect("a span");
                let rise = Rise { counter: asked.counter, span, by: value.parse().expect("a number") };
                given.push(Box::new(move |document| document.rises(&[rise])));
            }
            _ => facts.title = part.to_owned(),
        }
    }
    let document = Document::new(&facts).counters(counters);
    given.into_iter().fold(document, |document, give| give(document))
}

/// What stands between two marks of the manual.
fn marked<'a>(manual: &'a str, name: &str) -> &'a str {
    let after = manual.split_once(&format!("<!-- {name} -->\n")).map(|(_, rest)| rest);
    let inside = after.and_then(|rest| rest.split_once(&format!("<!-- /{name} -->")));
    inside.unwrap_or_else(|| panic!("the manual has no {name}")).0
}

fn table(heads: &str, rows: impl IntoIterator<Item = [String; 3]>) -> String {
    let columns = heads.matches('|').count() - 1;
    let mut table = format!("{heads}\n|{}\n", "---|".repeat(columns));
    for row in rows {
        let _ = writeln!(table, "| {} |", row[..columns].join(" | "));
    }
    table
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[test]
fn the_tables_of_the_manual_are_those_of_the_parser() {
    let nothing = String::new;
    let fields = Prefix::ALL.map(|prefix| {
        let examples: Vec<_> = prefix.examples().iter().map(|example| code(example)).collect();
        [code(&format!("{}:", prefix.name())), prefix.looks_at().to_owned(), examples.join(", ")]
    });
    let has =
        Extra::ALL.map(|extra| [code(&format!("has:{}", extra.name())), extra.title().to_owned(), nothing()]);
    let kinds = Announcement::ALL
        .map(|kind| [code(&format!("type:{}", kind.name())), kind.title().to_owned(), nothing()]);
    let numbers = Counter::ALL.map(|counter| [code(counter.name()), counter.title().to_owned(), nothing()]);
    let manual = manual();
    for (name, expected) in [
        ("fields", table("| Field | Looks at | Example |", fields)),
        ("has", table("| Query | The paper has |", has)),
        ("type", table("| Query | Announced as |", kinds)),
        ("numbers", table("| Number | Counts |", numbers)),
    ] {
        assert_eq!(marked(&manual, name), expected, "the table of {name}");
    }
}

#[test]
fn every_example_of_a_prefix_is_a_query_that_uses_it() {
    for prefix in Prefix::ALL {
        for example in prefix.examples() {
            let query = Query::parse(example).unwrap_or_else(|error| panic!("{}", error.pointed()));
            assert!(query.as_str().starts_with(&format!("{}:", prefix.name())), "{example} is {query}");
        }
    }
}

#[test]
fn the_limits_in_the_manual_are_those_of_the_parser() {
    let thousands = MAX_CHARS / 1_000;
    let limits =
        format!("At most {thousands},000 characters, {MAX_TERMS} words and phrases, {MAX_LEVELS} levels");
    assert!(manual().contains(&limits), "{limits}");
}

#[test]
fn every_inline_query_about_days_and_words_as_written_is_one() {
    let manual = manual();
    let part = manual
        .split("## Days")
        .nth(1)
        .and_then(|rest| rest.split("## What counts").next())
        .expect("the part");
    let queries: Vec<&str> =
        part.split('`').skip(1).step_by(2).filter(|text| !text.ends_with([':', '='])).collect();
    assert!(queries.len() >= 12, "{queries:?}");
    for query in queries {
        Query::parse(query).unwrap_or_else(|error| panic!("{}", error.pointed()));
    }
}

#[test]
fn every_example_of_the_manual_is_true() {
    let manual = manual();
    let rows: Vec<_> = marked(&manual, "examples").lines().skip(2).collect();
    assert!(rows.len() >= 50, "{} rows", rows.len());
    for row in rows {
        let row = row.replace("\\|", "\u{1}");
        let cells: Vec<_> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
        let [query, canonical, finds, misses] = cells.as_slice() else { panic!("not four cells: {row}") };
        let query =
            Query::parse(query.trim_matches('`')).unwrap_or_else(|error| panic!("{}", error.pointed()));
        assert_eq!(query.as_str(), canonical.trim_matches('`'));
        assert!(matches_query(&query, &document(finds)).is_some(), "{query} does not find {finds}");
        assert!(matches_query(&query, &document(misses)).is_none(), "{query} finds {misses}");
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
