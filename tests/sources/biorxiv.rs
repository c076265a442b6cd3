//! bioRxiv through the real client, page by page.

use paperwire::sources::biorxiv::{Rxiv, Server};
use paperwire::sources::{FetchError, Source};
use serde_json::{Value, json};

use super::{TODAY, fetcher, ids};
use crate::worlds::feeds::Feeds;
use crate::worlds::hub::Fault;

fn path(cursor: usize) -> String {
    format!("/details/medrxiv/{TODAY}/{TODAY}/{cursor}")
}

fn source(world: &Feeds) -> Rxiv {
    Rxiv::new(fetcher(), world.url("/"), Server::MedRxiv)
}

fn entry(number: usize) -> Value {
    json!({"doi": format!("10.1101/2026.08.21.{number:08}"), "title": format!("Paper {number}"), "version": "1",
        "authors": "Lovelace, A.; Turing, A.", "date": TODAY.to_string(), "abstract": "We show."})
}

/// Puts a page of this total at a cursor.
fn put(world: &Feeds, cursor: usize, entries: impl Iterator<Item = usize>, total: usize) {
    let entries: Vec<_> = entries.map(entry).collect();
    let message =
        json!({"status": "ok", "cursor": cursor, "count": entries.len(), "total": total.to_string()});
    let page = json!({"messages": [message], "collection": entries});
    world.put(&path(cursor), "application/json", page.to_string());
}

#[tokio::test]
async fn a_day_comes_over_all_its_pages() {
    let world = Feeds::start().await;
    put(&world, 0, 0..30, 70);
    put(&world, 30, 30..60, 70);
    put(&world, 60, 60..70, 70);
    let day = source(&world).day(TODAY, TODAY, None).await.unwrap();
    assert_eq!((day.listings.len(), day.bad_rows, &day.validators), (70, 0, &None));
    assert_eq!(ids(&day)[69], "10.1101/2026.08.21.00000069");
    assert_eq!(source(&world).name().0, "medrxiv");
}

#[tokio::test]
async fn a_day_of_one_page_is_asked_for_with_conditions() {
    let world = Feeds::start().await;
    put(&world, 0, 0..2, 2);
    let first = source(&world).day(TODAY, TODAY, None).await.unwrap();
    let again = source(&world).day(TODAY, TODAY, first.validators.as_ref()).await.unwrap();
    assert!(again.not_modified);
    assert_eq!(world.asked(&path(0)), [200, 304]);
}

#[tokio::test]
async fn a_quiet_day_is_an_answer_without_papers() {
    let world = Feeds::start().await;
    let body = r#"{"messages":[{"status":"no posts found"}],"collection":[]}"#;
    world.put(&path(0), "application/json", body);
    assert_eq!(source(&world).day(TODAY, TODAY, None).await.unwrap().listings, []);
}

#[tokio::test]
async fn a_page_that_fails_or_comes_empty_fails_the_day() {
    let world = Feeds::start().await;
    put(&world, 0, 0..30, 31);
    put(&world, 30, 0..0, 31);
    let error = source(&world).day(TODAY, TODAY, None).await.unwrap_err();
    assert!(error.to_string().ends_with("a page is empty although more was promised"), "{error}");
    put(&world, 30, 30..31, 31);
    for fault in [
        Fault::Status(500, vec![]),
        Fault::Text("text/html", "<html>busy</html>".into()),
        Fault::Text("application/json", r#"{"messages":[{"status":"error"}]}"#.into()),
        Fault::Halved,
    ] {
        world.fail(&path(30), fault);
        let error = source(&world).day(TODAY, TODAY, None).await.unwrap_err();
        assert!(error.is_passing() && !matches!(error.cause, FetchError::Refused { .. }), "{error}");
    }
    assert_eq!(source(&world).day(TODAY, TODAY, None).await.unwrap().listings.len(), 31);
}
