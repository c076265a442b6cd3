//! What a failing source means: what passes, how long to wait, and that half a day is no day.

use std::time::Duration;

use paperwire::sources::{FetchError, Source, SourceError};

use super::{TODAY, ids, source, today};
use crate::worlds::hub::{Fault, Hub, paper};

/// Reads a day of three papers that meets this fault on its first page.
async fn failing(fault: Fault) -> SourceError {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, ["2608.00001", "2608.00002", "2608.00003"].map(paper));
    hub.fail(fault);
    let error = source(&hub, 100).day(TODAY, TODAY, None).await.expect_err("it met a fault");
    assert_eq!(hub.asked().len(), 1, "a failure is not asked again at once");
    assert_eq!(ids(&today(&hub, 100).await).len(), 3, "the next poll finds everything");
    error
}

fn header(name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    vec![(name, value.to_owned())]
}

#[tokio::test]
async fn the_faults_of_the_other_side_pass() {
    for status in [500, 502, 503, 504, 429, 408] {
        let error = failing(Fault::Status(status, vec![])).await;
        assert!(error.is_passing() && error.retry_after().is_none(), "{status}: {error}");
    }
}

#[tokio::test]
async fn a_question_that_is_refused_stays_refused() {
    for status in [400, 401, 403, 404, 410, 451] {
        let error = failing(Fault::Status(status, vec![])).await;
        assert!(!error.is_passing(), "{status}: {error}");
    }
}

#[tokio::test]
async fn the_wait_that_the_source_asks_for_is_handed_on() {
    let two = Some(Duration::from_secs(2));
    for status in [429, 503] {
        assert_eq!(failing(Fault::Status(status, header("retry-after", "2"))).await.retry_after(), two);
    }
    let budget = header("ratelimit", r#""api";r=0;t=123"#);
    let error = failing(Fault::Status(429, budget)).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(123)));
    let sentence = format!("huggingface could not be read for 2026-08-21: {}", error.cause);
    assert_eq!(error.to_string(), sentence);
    assert!(sentence.ends_with("/api/daily_papers asks to wait 123 s"), "{sentence}");
}

#[tokio::test]
async fn a_web_page_in_place_of_the_api_passes() {
    let page = "<!doctype html><title>Log in</title>";
    for (content_type, text) in [("application/json", page), ("Text/HTML; charset=utf-8", "[]")] {
        let error = failing(Fault::Text(content_type, text.into())).await;
        assert!(error.to_string().ends_with("a web page came instead of JSON"), "{error}");
        assert!(matches!(error.cause, FetchError::NotTheApi { .. }) && error.is_passing(), "{error}");
        assert!(!error.to_string().contains("Log in"), "{error}");
    }
}

#[tokio::test]
async fn json_that_is_no_list_is_not_the_api() {
    for text in [r#"{"error":"x"}"#, "null", "", "Bad Gateway"] {
        let error = failing(Fault::Text("application/json", text.into())).await;
        assert!(matches!(error.cause, FetchError::NotTheApi { .. }), "{text}: {error}");
    }
}

#[tokio::test]
async fn half_an_answer_is_no_short_day() {
    let error = failing(Fault::Truncated).await;
    assert!(matches!(error.cause, FetchError::BrokeOff { .. }) && error.is_passing(), "{error}");
    let error = failing(Fault::Halved).await;
    assert!(matches!(error.cause, FetchError::NotTheApi { .. }) && error.is_passing(), "{error}");
    let error = failing(Fault::Reset).await;
    assert!(matches!(error.cause, FetchError::BrokeOff { .. }) && error.is_passing(), "{error}");
}

#[tokio::test]
async fn a_failure_on_a_later_page_fails_the_whole_day() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, ["2608.00001", "2608.00002", "2608.00003"].map(paper));
    hub.fail(Fault::None);
    hub.fail(Fault::Status(500, vec![]));
    let error = source(&hub, 2).day(TODAY, TODAY, None).await.unwrap_err();
    assert!(error.is_passing());
}

#[tokio::test]
async fn an_empty_budget_stops_before_the_next_page() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, ["2608.00001", "2608.00002", "2608.00003"].map(paper));
    hub.fail(Fault::Headers(header("ratelimit", r#""api";r=0;t=60"#)));
    let error = source(&hub, 2).day(TODAY, TODAY, None).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
    assert_eq!(hub.asked().len(), 1);
}

#[tokio::test]
async fn what_is_left_of_the_budget_is_told() {
    let hub = Hub::start(TODAY).await;
    let rate = today(&hub, 100).await.rate.unwrap();
    assert_eq!(rate.remaining, 499);
    assert!(rate.reset <= Duration::from_mins(5) && !rate.reset.is_zero());
}

#[tokio::test]
async fn the_budget_of_a_window_ends() {
    let hub = Hub::start(TODAY).await;
    let source = source(&hub, 100);
    for _ in 0..500 {
        source.day(TODAY, TODAY, None).await.unwrap();
    }
    let error = source.day(TODAY, TODAY, None).await.unwrap_err();
    assert!(error.retry_after().is_some_and(|wait| !wait.is_zero()), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_is_found_again_when_it_is_back() {
    let mut hub = Hub::start(TODAY).await;
    hub.list(TODAY, [paper("2608.00001")]);
    let source = source(&hub, 100);
    source.day(TODAY, TODAY, None).await.unwrap();
    hub.stop().await;
    let error = source.day(TODAY, TODAY, None).await.unwrap_err();
    assert!(matches!(error.cause, FetchError::Unreachable { .. }) && error.is_passing(), "{error}");
    hub.start_again().await;
    assert_eq!(ids(&source.day(TODAY, TODAY, None).await.unwrap()), ["2608.00001"]);
}

#[tokio::test]
async fn a_day_that_begins_later_for_the_source_is_refused_until_then() {
    let hub = Hub::start(TODAY.yesterday().unwrap()).await;
    hub.list(TODAY, [paper("2608.00001")]);
    let error = source(&hub, 100).day(TODAY, TODAY, None).await.unwrap_err();
    assert!(!error.is_passing(), "{error}");
    hub.set_today(TODAY);
    assert_eq!(ids(&today(&hub, 100).await), ["2608.00001"]);
}
