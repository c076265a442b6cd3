//! What sources were seen to do, each held by a test: `docs/sources-tests.md` is the list, and this is what no other
//! test had room for.

use std::fs;
use std::path::Path;
use std::time::Duration;

use jiff::civil::date;
use paperwire::sources::arxiv::{patient, query, rss};
use paperwire::sources::{FetchError, Source as _};
use serde_json::json;

use super::arxiv::World;
use super::{TODAY, config, ids, source};
use crate::store::{HUB, at, on_both};
use crate::worlds::arxiv::{channel, paper};
use crate::worlds::hub::{self, Fault, Hub};

#[tokio::test]
async fn a_token_that_expires_inside_a_harvest_loses_nothing_of_it() {
    let world = World::at("2026-08-24T05:30:00Z").await;
    let friday = date(2026, 8, 21);
    world.arxiv.page(1);
    world.arxiv.announce(friday, [paper("2608.20001", "cs.AI"), paper("2608.20002", "cs.AI")]);
    let source = world.source(&["cs.AI"]);
    let expired = "<OAI-PMH><responseDate>2026-08-24T05:30:00Z</responseDate>\
        <error code='badResumptionToken'>the token has expired</error></OAI-PMH>";
    world.arxiv.fail(Fault::None);
    world.arxiv.fail(Fault::Text("text/xml", expired.to_owned()));
    let today = date(2026, 8, 24);
    let error = source.day(friday, today, None).await.unwrap_err();
    assert!(error.to_string().ends_with("arXiv says badResumptionToken “the token has expired”"), "{error}");
    world.clock.advance(Duration::from_hours(2));
    let read = source.day(friday, today, None).await.unwrap();
    assert_eq!(ids(&read), ["2608.20001", "2608.20002"]);
}

#[tokio::test]
async fn a_question_that_arxiv_answers_with_400_is_asked_once() {
    let world = World::at("2026-08-21T05:30:00Z").await;
    world.arxiv.fail(Fault::Status(400, vec![]));
    let error = world.source(&[]).search("all:x AND", 0, 10).await.unwrap_err();
    assert!(matches!(error, FetchError::Rejected { .. }) && !error.is_passing(), "{error}");
    assert_eq!(world.arxiv.asked().len(), 1);
}

#[test]
fn the_harvest_may_take_the_minutes_that_arxiv_was_seen_to_take() {
    let patient = patient(config());
    assert!(
        patient.idle_timeout > Duration::from_secs(90) && patient.total_timeout >= Duration::from_mins(3)
    );
}

#[test]
fn the_query_api_is_read_as_it_was_written_ten_years_ago_and_as_it_is_now() {
    let old = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\
        <title type=\"html\">ArXiv Query: id_list=hep-th/9901001v3</title><id>http://arxiv.org/api/x</id>\
        <opensearch:totalResults xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\">1</opensearch:totalResults>\
        <opensearch:startIndex xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\">0</opensearch:startIndex>\
        <entry><id>http://arxiv.org/abs/hep-th/9901001v3</id><updated>1999-02-01T00:00:00Z</updated>\
        <published>1999-01-01T00:00:00Z</published><title>On\n  strings</title><summary>  We show\nit.\n</summary>\
        <author><name>A. Lovelace</name></author><link href=\"http://arxiv.org/abs/hep-th/9901001v3\"/>\
        <arxiv:primary_category xmlns:arxiv=\"http://arxiv.org/schemas/atom\" term=\"hep-th\" scheme=\"x\"/>\
        <category term=\"hep-th\" scheme=\"http://arxiv.org/schemas/atom\"/></entry></feed>";
    let new = "<?xml version='1.0' encoding='UTF-8'?>\n<feed xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" \
        xmlns:arxiv=\"http://arxiv.org/schemas/atom\" xmlns=\"http://www.w3.org/2005/Atom\"><id>https://arxiv.org/api/x</id>\
        <opensearch:totalResults>1</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>\
        <entry><id>http://arxiv.org/abs/hep-th/9901001v3</id><title>On strings</title><updated>1999-02-01T00:00:00Z</updated>\
        <link href=\"https://arxiv.org/abs/hep-th/9901001v3\" rel=\"alternate\"/><summary>We show it.</summary>\
        <category term=\"hep-th\"/><published>1999-01-01T00:00:00Z</published><arxiv:primary_category term=\"hep-th\"/>\
        <author><name>A. Lovelace</name></author></entry></feed>";
    let [old, new] = [old, new].map(|body| query::parse(body.as_bytes(), TODAY).unwrap());
    assert_eq!((old.total, old.rows.listings.len()), (Some(1), 1));
    assert_eq!(old.rows, new.rows);
    assert_eq!(old.rows.listings[0].paper.as_str(), "hep-th/9901001");
}

#[test]
fn the_feed_of_a_weekend_is_whole_and_empty_and_its_days_of_rest_come_in_any_order() {
    let sunday = "Sun, 23 Aug 2026 00:00:00 -0400";
    let body = channel("cs", sunday, "");
    let turned = body.replace("<day>Sunday</day><day>Saturday</day>", "<day>Saturday</day><day>Sunday</day>");
    for body in [body, turned] {
        let read = rss::parse(body.as_bytes(), date(2026, 8, 24)).unwrap();
        assert_eq!((read.day, read.rows.count(), read.error), (Some(date(2026, 8, 23)), 0, None));
    }
}

#[tokio::test]
async fn a_row_of_hugging_face_in_every_shape_of_two_years_is_read() {
    let hub = Hub::start(TODAY).await;
    let authors: Vec<_> = (0..664)
        .map(|n| match n {
            // An author's account: an old id, a status without an account, a hidden one.
            0 => json!({"_id": "a", "name": "Ada Lovelace", "hidden": false, "user": {"id": "u", "user": "ada", "avatarUrl": "/avatars/x.svg"}}),
            1 => json!({"_id": "b", "name": "Alan Turing", "hidden": true, "status": "claimed_verified"}),
            n => json!({"_id": format!("c{n}"), "name": format!("Author {}", n * 7_919), "hidden": false}),
        })
        .collect();
    let row = hub::paper("2608.00001")
        .title("Let models <think> in $\\tau$-bench")
        .abstract_text("We wrap\nour lines in `code` and *stars* with @everyone in <think>.")
        .set("/title", "Another title")
        .set("/publishedAt", "2026-08-21T20:00:00.000Z")
        .set("/mediaUrl", "https://cdn.example/x.mp4")
        .set("/mediaUrls", json!([]))
        .set("/submitterOrganization", json!({"_id": "o", "name": "lab", "fullname": "The Lab"}))
        .set("/submittedBy", json!({"user": "bob", "avatarUrl": "/avatars/y.svg", "type": "user"}))
        .set("/paper/authors", json!(authors))
        .set("/paper/githubRepo", "https://github.com/a/b/tree/main/c")
        .set("/paper/projectPage", " https://page.example/ ")
        .set("/paper/ai_keywords", json!(["agents", ""]));
    hub.list(TODAY, [row]);
    let listing = source(&hub, 100).day(TODAY, TODAY, None).await.unwrap().listings.remove(0);
    let facts = &listing.facts;
    assert_eq!((facts.authors.len(), facts.authors[1].as_str()), (664, "Alan Turing"));
    assert_eq!(facts.title, "Let models <think> in $\\tau$-bench");
    assert_eq!(facts.abstract_text, "We wrap our lines in `code` and *stars* with @everyone in <think>.");
    assert_eq!(facts.published_at.unwrap().to_string(), "2026-08-01T00:00:00Z", "never the outer one");
    assert_eq!(facts.organization.as_ref().map(|o| o.name.as_str()), Some("lab"));
    assert_eq!(facts.submitter.as_deref(), Some("bob"));
    assert_eq!(facts.repository.as_deref(), Some("https://github.com/a/b/tree/main/c"));
    assert_eq!(facts.project_page.as_deref(), Some("https://page.example/"));
    assert_eq!((facts.keywords.len(), facts.summary.is_none()), (1, true), "keywords come without a summary");
}

on_both! {
    async fn a_paper_on_hugging_faces_lists_of_two_days_is_one_paper_of_the_first(db: Database) {
        let hub = Hub::start(TODAY).await;
        let (first, second) = (date(2026, 8, 13), date(2026, 8, 19));
        for day in [first, second] {
            hub.list(day, [hub::paper("2608.12313")]);
        }
        for (seconds, day) in [(0, first), (600, second), (1_200, first)] {
            let read = source(&hub, 100).day(day, TODAY, None).await.unwrap();
            db.store.record(HUB, &read.listings, first, at(seconds)).await.unwrap();
        }
        let [paper] = &db.store.unrouted(9).await.unwrap()[..] else { panic!("one paper") };
        assert_eq!(paper.day, first);
    }
}

/// Every Rust file below a folder.
fn sources_of(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources_of(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_test_that_the_list_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("docs/sources-tests.md")).unwrap();
    let mut code = String::new();
    sources_of(&root.join("src"), &mut code);
    sources_of(&root.join("tests"), &mut code);
    // A test's name is a fact of several words, and stands in the last column.
    let rows = list.lines().filter(|line| line.starts_with('|') && !line.starts_with("|--"));
    let names: Vec<&str> = rows
        .flat_map(|row| row.trim_end_matches('|').rsplit('|').next().unwrap().split('`').skip(1).step_by(2))
        .filter(|name| name.contains('_') && !name.contains(['/', ' ']))
        .collect();
    assert!(names.len() > 80, "{}", names.len());
    let missing: Vec<_> = names.iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "docs/sources-tests.md names tests that are not there: {missing:#?}");
}
