//! A day of Hugging Face, page by page and row by row.

use jiff::{ToSpan, civil::date};
use paperwire::sources::Source;
use serde_json::{Value, json};

use super::{TODAY, ids, source, today};
use crate::worlds::hub::{Fault, Hub, PaperRow, paper};

fn papers(votes: impl IntoIterator<Item = u32>) -> Vec<PaperRow> {
    votes.into_iter().map(|votes| paper(&format!("2608.{votes:05}")).upvotes(votes)).collect()
}

#[tokio::test]
async fn a_day_comes_in_the_sources_order_over_all_its_pages() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, papers([3, 9, 1, 7, 5]));
    let day = today(&hub, 2).await;
    assert_eq!(ids(&day), ["2608.00009", "2608.00007", "2608.00005", "2608.00003", "2608.00001"]);
    let pages: Vec<_> = hub.asked().iter().map(|asked| asked.query.clone()).collect();
    let expected = [0, 1, 2].map(|p| format!("date=2026-08-21&limit=2&p={p}"));
    assert_eq!(pages, expected);
}

#[tokio::test]
async fn a_last_page_that_is_full_is_followed_by_an_empty_one() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, papers([4, 3, 2, 1]));
    let day = today(&hub, 2).await;
    assert_eq!((day.listings.len(), hub.asked().len()), (4, 3));
}

#[tokio::test]
async fn a_paper_is_looked_up_by_its_id_and_one_that_nobody_listed_is_none() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, [paper("2608.00007").upvotes(7)]);
    let source = source(&hub, 100);
    let found = source.paper(&"2608.00007".parse().unwrap(), TODAY).await.unwrap().unwrap();
    assert_eq!((found.paper.to_string().as_str(), found.counters.upvotes), ("2608.00007", Some(7)));
    assert!(source.paper(&"2608.00404".parse().unwrap(), TODAY).await.unwrap().is_none());
    hub.fail(Fault::Text("application/json", "[]".to_owned()));
    assert!(source.paper(&"2608.00007".parse().unwrap(), TODAY).await.is_err(), "a list is no paper");
}

#[tokio::test]
async fn a_quiet_day_is_an_answer_without_papers() {
    let hub = Hub::start(date(2026, 8, 23)).await;
    let saturday = date(2026, 8, 22);
    let day = source(&hub, 100).day(saturday, date(2026, 8, 23), None).await.unwrap();
    assert_eq!((day.listings.len(), day.bad_rows, day.not_modified), (0, 0, false));
}

#[tokio::test]
async fn a_day_that_has_not_begun_is_never_asked_for() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, papers([1]));
    let source = source(&hub, 100);
    let tomorrow = TODAY.checked_add(1.day()).unwrap();
    assert!(!source.serves(tomorrow, TODAY));
    let day = source.day(tomorrow, TODAY, None).await.unwrap();
    assert_eq!(day.listings[0].day, TODAY);
    assert_eq!(hub.asked()[0].parameter("date").as_deref(), Some("2026-08-21"));
}

#[tokio::test]
async fn votes_that_move_between_two_pages_bring_no_paper_twice() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, papers([5, 4, 3, 2, 1]));
    // Between the pages a paper rises to the top and pushes the second one down.
    let second_page = json!([Value::from(paper("2608.00004")), Value::from(paper("2608.00002"))]);
    hub.fail(Fault::None);
    hub.fail(Fault::Text("application/json", second_page.to_string()));
    let day = today(&hub, 2).await;
    assert_eq!(ids(&day), ["2608.00005", "2608.00004", "2608.00002", "2608.00001"]);
    assert_eq!(hub.faults_left(), 0);
}

#[tokio::test]
async fn a_server_that_repeats_its_first_page_is_not_asked_for_ever() {
    let hub = Hub::start(TODAY).await;
    let page = json!([Value::from(paper("2608.00001")), Value::from(paper("2608.00002"))]).to_string();
    for _ in 0..30 {
        hub.fail(Fault::Text("application/json", page.clone()));
    }
    let day = today(&hub, 2).await;
    assert_eq!((day.listings.len(), hub.asked().len()), (2, 2));
}

#[tokio::test]
async fn a_bad_row_is_counted_and_costs_no_other() {
    let hub = Hub::start(TODAY).await;
    let rows = format!(
        r#"[{}, null, 7, "x", [], {{}}, {{"paper":{{"title":"no id"}}}}, {{"paper":{{"id":"2608.00009"}}}},
            {{"paper":{{"id":"2608.00008","title":"\ud800"}}}}, {}{}, {}]"#,
        Value::from(paper("2608.00001")),
        "[".repeat(2_000),
        "]".repeat(2_000),
        Value::from(paper("2608.00002")),
    );
    hub.fail(Fault::Text("application/json", rows));
    let day = today(&hub, 100).await;
    assert_eq!(ids(&day), ["2608.00001", "2608.00002"]);
    assert_eq!(day.bad_rows, 9);
}

#[tokio::test]
async fn a_full_page_of_bad_rows_does_not_end_the_day() {
    let hub = Hub::start(TODAY).await;
    let mut rows: Vec<Value> = vec![json!({"paper": {"upvotes": 9}}), json!({"paper": {"upvotes": 8}})];
    rows.extend(papers([2, 1]).into_iter().map(Value::from));
    hub.list(TODAY, rows);
    let day = today(&hub, 2).await;
    assert_eq!((ids(&day), day.bad_rows), (vec!["2608.00002", "2608.00001"], 2));
}

#[tokio::test]
async fn what_the_listing_knows_is_kept() {
    let hub = Hub::start(TODAY).await;
    let row = paper("2608.00001")
        .title("Attention\n  again")
        .abstract_text("One\nline.\n  Two paragraphs.")
        .upvotes(7)
        .set("/paper/ai_summary", "Short.")
        .set("/paper/ai_keywords", json!(["attention", "", "attention"]))
        .set("/paper/projectPage", "https://github.com/ada/again")
        .set("/submittedBy", json!({"name": "ada"}));
    hub.list(TODAY, [row]);
    let listing = &today(&hub, 100).await.listings[0];
    assert_eq!(listing.facts.title, "Attention again");
    assert_eq!(listing.facts.abstract_text, "One line.\n\nTwo paragraphs.");
    assert_eq!(listing.facts.repository.as_deref(), Some("https://github.com/ada/again"));
    assert_eq!(listing.facts.keywords, ["attention"]);
    assert_eq!(listing.facts.submitter.as_deref(), Some("ada"));
    assert_eq!(listing.facts.summary.as_ref().map(|s| s.text.as_str()), Some("Short."));
    assert_eq!((listing.day, listing.counters.upvotes), (TODAY, Some(7)));
}
