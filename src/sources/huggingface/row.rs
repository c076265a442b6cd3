//! From one row of the API to one listing.
//!
//! ```text
//! { "paper": { "id", "title", "summary", "authors": [{"name"}], "publishedAt", "upvotes",
//!              "submittedOnDailyAt", "submittedOnDailyBy": {"user"}, "projectPage", "githubRepo",
//!              "githubStars", "ai_summary", "ai_summary_model", "ai_keywords", "withdrawnAt",
//!              "organization": {"name", "fullname"} },
//!   "title", "summary", "publishedAt", "numComments", "submittedBy": {"name"}, "thumbnail" }
//! ```
//! A row needs an id and a title. All the rest is optional, and what has an unexpected type counts as
//! absent. The outer `publishedAt` is never read: it has been the time of submission, and is now the
//! time of publication moved by the offset of New York.

use jiff::{
    Timestamp,
    civil::{Date, date},
    tz::TimeZone,
};
use serde_json::Value;
use url::Url;

use super::fields::{count, day, line, one_line, paragraphs, text, time, url};
use crate::domain::{Counters, Facts, Listing, Organization, PaperId, SourceSummary};

/// No list is older: Daily Papers began in 2023, so an earlier day in a row is a fault.
const BEGINNING: Date = date(2023, 1, 1);
/// The longest title in characters; the longest on record has 175.
const TITLE: usize = 1_000;
/// The longest abstract in characters; arXiv allows 1,920.
const ABSTRACT: usize = 10_000;
/// The longest name, keyword or model in characters.
const NAME: usize = 200;
/// The most authors; the longest list on record has 664.
const AUTHORS: usize = 2_000;
/// The most keywords.
const KEYWORDS: usize = 100;
/// The longest summary in characters.
const SUMMARY: usize = 4_000;

/// Reads a row of the list of `asked`; an error says why the row is no listing.
pub(super) fn listing(row: &Value, asked: Date, today: Date) -> Result<Listing, String> {
    let paper = row.get("paper").filter(|paper| paper.is_object()).ok_or("it has no paper")?;
    let id = text(paper, "id").ok_or("the paper has no id")?;
    let id: PaperId = id.parse().map_err(|_| {
        let shown: String = id.chars().take(40).collect();
        format!("the id {shown:?} is none of a paper")
    })?;
    let title = line(paper, "title", TITLE).or_else(|| line(row, "title", TITLE));
    let title = title.ok_or_else(|| format!("the paper {id} has no title"))?;
    let abstract_text = text(paper, "summary").or_else(|| text(row, "summary")).unwrap_or_default();
    let (repository, project_page) = addresses(paper);
    let listed = day(paper, "submittedOnDailyAt").filter(|day| *day >= BEGINNING);
    let not_to_come = |at: &Timestamp| at.to_zoned(TimeZone::UTC).date() <= today;
    Ok(Listing {
        paper: id,
        also: Vec::new(),
        announced: None,
        day: listed.unwrap_or(asked).min(today),
        facts: Facts {
            title,
            abstract_text: paragraphs(abstract_text, ABSTRACT),
            authors: authors(paper),
            categories: Vec::new(),
            published_at: time(paper, "publishedAt").filter(not_to_come),
            submitter: submitter(row, paper),
            repository,
            project_page,
            thumbnail: url(row, "thumbnail").or_else(|| url(paper, "thumbnailUrl")),
            organization: organization(row, paper),
            summary: line(paper, "ai_summary", SUMMARY)
                .map(|text| SourceSummary { text, model: line(paper, "ai_summary_model", NAME) }),
            keywords: keywords(paper),
            withdrawn_at: time(paper, "withdrawnAt"),
            ..Facts::default()
        },
        counters: Counters {
            upvotes: count(paper, "upvotes"),
            comments: count(row, "numComments"),
            stars: count(paper, "githubStars"),
        },
    })
}

/// Reads the names as printed on the paper.
///
/// `hidden` is disregarded: it hides the paper from a member's own page and makes nobody less of an
/// author, and arXiv prints the name all the same.
fn authors(paper: &Value) -> Vec<String> {
    let authors = paper.get("authors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    authors.iter().filter_map(|author| line(author, "name", NAME)).take(AUTHORS).collect()
}

fn submitter(row: &Value, paper: &Value) -> Option<String> {
    let login = |object: &Value, key: &str| {
        let person = object.get(key)?;
        line(person, "user", NAME).or_else(|| line(person, "name", NAME))
    };
    login(paper, "submittedOnDailyBy").or_else(|| login(row, "submittedBy"))
}

/// Reads the addresses of the code and of the project; one that is both is the code's.
fn addresses(paper: &Value) -> (Option<String>, Option<String>) {
    let (repository, project) = (url(paper, "githubRepo"), url(paper, "projectPage"));
    let on_github = |address: &String| {
        let url = Url::parse(address).ok();
        url.is_some_and(|url| matches!(url.host_str(), Some("github.com" | "www.github.com")))
    };
    match (repository, project) {
        (Some(repository), Some(project)) if repository == project => (Some(repository), None),
        (None, Some(project)) if on_github(&project) => (Some(project), None),
        both => both,
    }
}

fn organization(row: &Value, paper: &Value) -> Option<Organization> {
    let named = |object: &Value, key: &str| {
        let found = object.get(key)?;
        let (name, full_name) = (line(found, "name", NAME), line(found, "fullname", NAME));
        let either = name.clone().or_else(|| full_name.clone())?;
        Some(Organization {
            name: name.unwrap_or_else(|| either.clone()),
            full_name: full_name.unwrap_or(either),
        })
    };
    named(paper, "organization")
        .or_else(|| named(row, "organization"))
        .or_else(|| named(row, "submitterOrganization"))
}

fn keywords(paper: &Value) -> Vec<String> {
    let given = paper.get("ai_keywords").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut kept: Vec<String> = Vec::new();
    for keyword in given.iter().filter_map(|k| one_line(k.as_str()?, NAME)) {
        let known = kept.iter().any(|k| k.to_lowercase() == keyword.to_lowercase());
        if kept.len() == KEYWORDS {
            break;
        }
        if !known {
            kept.push(keyword);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DAY: Date = date(2026, 8, 21);

    fn full() -> Value {
        json!({
            "paper": {
                "id": "2608.19880",
                "authors": [{"name": "Ada  Lovelace"}, {"name": "Alan Turing", "hidden": true}, {"hidden": false}, 7],
                "publishedAt": "2026-08-20T17:08:18.000Z",
                "submittedOnDailyAt": "2026-08-20T23:59:59.000Z",
                "title": "A \\emph{fine}\n  title",
                "submittedOnDailyBy": {"user": "ada", "name": "other", "avatarUrl": "/avatars/x.svg"},
                "summary": "One\nparagraph.",
                "upvotes": 0,
                "projectPage": " https://fine.example/ ",
                "githubRepo": "https://github.com/ada/fine ",
                "githubStars": 8,
                "ai_summary": "It is fine.",
                "ai_keywords": ["agents", "", "Agents", " tools ", null],
                "ai_summary_model": "some/model",
                "organization": {"name": "google", "fullname": "Google"},
                "withdrawnAt": "2026-08-21T08:00:00.000Z",
            },
            "publishedAt": "2026-08-20T13:08:18.000Z",
            "title": "The outer title",
            "summary": "The outer abstract",
            "thumbnail": "https://cdn.example/2608.19880.png",
            "numComments": 2,
            "submittedBy": {"name": "outer"},
            "isAuthorParticipating": false
        })
    }

    #[test]
    fn every_field_lands_where_it_belongs() {
        let some = |text: &str| Some(text.to_owned());
        let expected = Listing {
            paper: "2608.19880".parse().unwrap(),
            also: Vec::new(),
            announced: None,
            day: date(2026, 8, 20),
            facts: Facts {
                title: r"A \emph{fine} title".into(),
                abstract_text: "One paragraph.".into(),
                authors: vec!["Ada Lovelace".into(), "Alan Turing".into()],
                categories: vec![],
                published_at: Some("2026-08-20T17:08:18Z".parse().unwrap()),
                submitter: some("ada"),
                repository: some("https://github.com/ada/fine"),
                project_page: some("https://fine.example/"),
                thumbnail: some("https://cdn.example/2608.19880.png"),
                organization: Some(Organization { name: "google".into(), full_name: "Google".into() }),
                summary: Some(SourceSummary { text: "It is fine.".into(), model: some("some/model") }),
                keywords: vec!["agents".into(), "tools".into()],
                withdrawn_at: Some("2026-08-21T08:00:00Z".parse().unwrap()),
                ..Facts::default()
            },
            counters: Counters { upvotes: Some(0), comments: Some(2), stars: Some(8) },
        };
        assert_eq!(listing(&full(), DAY, DAY).unwrap(), expected);
    }

    #[test]
    fn a_page_on_github_is_the_repository_when_there_is_no_other() {
        let read =
            |repository: &str, page: &str| addresses(&json!({"githubRepo": repository, "projectPage": page}));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("", "https://github.com/o/r"), (some("https://github.com/o/r"), None));
        assert_eq!(read("", "https://o.github.io/r"), (None, some("https://o.github.io/r")));
        assert_eq!(
            read("https://github.com/o/r", "https://github.com/o/r"),
            (some("https://github.com/o/r"), None)
        );
        let both = read("https://github.com/o/r", "https://github.com/o/page");
        assert_eq!(both, (some("https://github.com/o/r"), some("https://github.com/o/page")));
    }

    #[test]
    fn no_day_and_no_publication_lies_ahead() {
        let mut row = full();
        row["paper"]["submittedOnDailyAt"] = json!("9999-12-30T00:00:00.000Z");
        row["paper"]["publishedAt"] = json!("2026-08-22T00:00:00.000Z");
        let read = listing(&row, DAY, DAY).unwrap();
        assert_eq!((read.day, read.facts.published_at), (DAY, None));
        row["paper"]["submittedOnDailyAt"] = json!("0000-01-01T00:00:00.000Z");
        assert_eq!(listing(&row, DAY, DAY).unwrap().day, DAY);
    }

    #[test]
    fn what_is_no_paper_says_why() {
        let why = |row: Value| listing(&row, DAY, DAY).unwrap_err();
        assert_eq!(why(json!(null)), "it has no paper");
        assert_eq!(why(json!({"paper": []})), "it has no paper");
        assert_eq!(why(json!({"paper": {"id": 2608.1988}})), "the paper has no id");
        assert_eq!(why(json!({"paper": {"id": "x\u{1b}[2J"}})), r#"the id "x\u{1b}[2J" is none of a paper"#);
        assert_eq!(why(json!({"paper": {"id": "2608.19880"}})), "the paper 2608.19880 has no title");
    }

    /// Every place in a document, as JSON pointers.
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Object(map) => map.iter().map(|(key, v)| (key.clone(), v)).collect(),
            Value::Array(list) => list.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
            _ => Vec::new(),
        };
        for (key, child) in children {
            let place = format!("{at}/{key}");
            places(child, &place, found);
            found.push(place);
        }
    }

    #[test]
    fn no_drift_of_one_field_costs_the_row_unless_it_is_its_identity() {
        let mut found = Vec::new();
        places(&full(), "", &mut found);
        assert!(found.len() > 40, "{}", found.len());
        let drifts =
            [json!(null), json!(7), json!("7"), json!(-1.5), json!(true), json!([]), json!({"x": [1]})];
        for place in found {
            for drift in &drifts {
                let mut row = full();
                *row.pointer_mut(&place).unwrap() = drift.clone();
                let read = listing(&row, DAY, DAY);
                let identity = matches!(place.as_str(), "/paper" | "/paper/id");
                assert_eq!(read.is_err(), identity, "{place} = {drift}: {read:?}");
            }
        }
    }
}
