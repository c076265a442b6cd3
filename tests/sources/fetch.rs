//! The client's own rules: who it says it is, how much it reads, where it lets itself be led.

use std::time::Duration;

use paperwire::sources::{
    FetchConfig, FetchError, Fetcher,
    fetch::{Document, Fetched},
};
use url::Url;

use super::{TODAY, config, fetcher, today};
use crate::worlds::hub::{Fault, Hold, Hub, paper};

fn list(hub: &Hub) -> Url {
    hub.base_url().join("api/daily_papers").expect("the path is plain")
}

async fn fetch(fetcher: &Fetcher, url: &Url) -> Result<Document, FetchError> {
    // The hub stands for an address that the operator has configured.
    match fetcher.clone().trusting(url).get(url, None).await? {
        Fetched::Body(document) => Ok(*document),
        Fetched::NotModified { .. } => panic!("nobody asked whether it has changed"),
    }
}

fn to(location: &str) -> Fault {
    Fault::Status(302, vec![("location", location.to_owned())])
}

#[tokio::test]
async fn the_client_says_who_it_is_and_what_it_can_decode() {
    let hub = Hub::start(TODAY).await;
    today(&hub, 100).await;
    let asked = &hub.asked()[0];
    assert_eq!(asked.user_agent, config().user_agent);
    for coding in ["gzip", "br", "zstd"] {
        assert!(asked.accept_encoding.contains(coding), "{}", asked.accept_encoding);
    }
    let nameless = Fetcher::new(FetchConfig::new("Mozilla/5.0 (X11)")).unwrap();
    let error = fetch(&nameless, &list(&hub)).await.unwrap_err();
    assert!(matches!(error, FetchError::Rejected { status, .. } if status.as_u16() == 403), "{error}");
}

#[tokio::test]
async fn a_compressed_answer_is_the_same_answer() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, [paper("2608.00001")]);
    let plain = today(&hub, 100).await;
    hub.compress();
    assert_eq!(today(&hub, 100).await.listings, plain.listings);
}

#[tokio::test]
async fn no_body_is_read_beyond_the_cap() {
    let hub = Hub::start(TODAY).await;
    let limit = config().max_body;
    let plain = Fault::Text("application/json", " ".repeat(limit + 1));
    for fault in [Fault::Bomb(64 * 1024 * 1024), Fault::Endless, plain] {
        hub.fail(fault.clone());
        let error = fetch(&fetcher(), &list(&hub)).await.unwrap_err();
        assert_eq!(error, FetchError::TooLarge { url: list(&hub).into(), limit });
        assert!(!error.is_passing());
    }
    hub.fail(Fault::Bomb(limit));
    assert_eq!(fetch(&fetcher(), &list(&hub)).await.unwrap().bytes.len(), limit);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let hub = Hub::start(TODAY).await;
    let hold = Hold::default();
    let total = FetchConfig { total_timeout: Duration::from_millis(50), ..config() };
    let idle = FetchConfig { idle_timeout: Duration::from_millis(50), ..config() };
    for impatient in [total, idle] {
        hub.fail(Fault::Held(hold.clone()));
        let error = fetch(&Fetcher::new(impatient).unwrap(), &list(&hub)).await.unwrap_err();
        assert!(matches!(error, FetchError::TimedOut { .. }) && error.is_passing(), "{error}");
        assert!(error.to_string().ends_with("did not answer within 0.05 s"), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_comes_late_is_still_read() {
    let hub = Hub::start(TODAY).await;
    let hold = Hold::default();
    hub.fail(Fault::Held(hold.clone()));
    let (url, fetcher) = (list(&hub), fetcher());
    let fetching = tokio::spawn(async move { fetch(&fetcher, &url).await });
    hold.arrived().await;
    assert!(!fetching.is_finished());
    hold.release();
    assert_eq!(fetching.await.unwrap().unwrap().json_bytes().unwrap(), b"[]");
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_fifth() {
    let hub = Hub::start(TODAY).await;
    for _ in 0..5 {
        hub.fail(to("/api/daily_papers?limit=1"));
    }
    let document = fetch(&fetcher(), &list(&hub)).await.unwrap();
    assert_eq!(document.url.query(), Some("limit=1"));
    for _ in 0..6 {
        hub.fail(to("/api/daily_papers"));
    }
    let error = fetch(&fetcher(), &list(&hub)).await.unwrap_err();
    assert!(matches!(error, FetchError::Refused { .. }), "{error}");
    assert_eq!(hub.asked().len(), 6 + 6);
}

#[tokio::test]
async fn no_redirect_leads_off_the_web() {
    let hub = Hub::start(TODAY).await;
    for location in ["file:///etc/passwd", "ftp://127.0.0.1/", "http://me:secret@127.0.0.1:1/", "http://"] {
        hub.fail(to(location));
        let error = fetch(&fetcher(), &list(&hub)).await.unwrap_err();
        assert!(matches!(error, FetchError::Refused { .. }), "{location}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    assert_eq!(hub.asked().len(), 4);
}

#[tokio::test]
async fn an_error_does_not_repeat_the_query() {
    let hub = Hub::start(TODAY).await;
    let mut url = list(&hub);
    url.set_query(Some("token=secret"));
    let error = fetch(&fetcher(), &url).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} answers 400 Bad Request: asking again will not help", list(&hub))
    );
}

#[tokio::test]
async fn the_next_page_is_named_until_the_last() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, ["2608.00001", "2608.00002"].map(paper));
    let first = list(&hub).join("?date=2026-08-21&limit=1").unwrap();
    let next = fetch(&fetcher(), &first).await.unwrap().next.unwrap();
    assert_eq!(next, list(&hub).join("?date=2026-08-21&limit=1&p=1").unwrap());
    assert_eq!(fetch(&fetcher(), &next).await.unwrap().next, None);
}
