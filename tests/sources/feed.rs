//! A feed through the real client: what a failing, lying or broken server comes to.

use std::sync::Arc;

use paperwire::clock::Clock;
use paperwire::sources::fetch::SystemLookup;
use paperwire::sources::{Feed, FetchConfig, FetchError, Fetcher, Source, SourceError};

use super::{TODAY, config, ids};
use crate::worlds::clock::FakeClock;
use crate::worlds::feeds::{Feeds, item, rss};
use crate::worlds::hub::Fault;

const PATH: &str = "/feed.xml";

fn feed(world: &Feeds, clock: &Arc<FakeClock>) -> Feed {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let config = FetchConfig { allow: vec![world.host().parse().unwrap()], ..config() };
    let fetcher = Fetcher::with(config, Arc::new(SystemLookup), Arc::clone(&clock)).unwrap();
    Feed::new(1, fetcher, world.url(PATH), clock)
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at("2026-08-21T06:00:00Z"))
}

/// Reads a feed of three items that meets this fault once.
async fn failing(fault: Fault) -> SourceError {
    let world = Feeds::start().await;
    world.list(PATH, &[item(1), item(2), item(3)]);
    world.fail(PATH, fault);
    let error = feed(&world, &clock()).day(TODAY, TODAY, None).await.expect_err("it met a fault");
    let again = feed(&world, &clock()).day(TODAY, TODAY, None).await.unwrap();
    assert_eq!(again.listings.len(), 3, "the next poll finds everything");
    error
}

#[tokio::test]
async fn a_feed_answers_for_today_alone_and_begins_silently() {
    let world = Feeds::start().await;
    world.list(PATH, &[item(1), item(2)]);
    let feed = feed(&world, &clock());
    assert!(feed.serves(TODAY, TODAY) && !feed.serves(TODAY.yesterday().unwrap(), TODAY));
    assert!(feed.starts_silently());
    let day = feed.day(TODAY, TODAY, None).await.unwrap();
    assert_eq!(ids(&day), ["https://journal.example/papers/1", "https://journal.example/papers/2"]);
    assert_eq!((feed.name().0, day.bad_rows), ("feed-1", 0));
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_again() {
    let world = Feeds::start().await;
    world.list(PATH, &[item(1)]);
    let feed = feed(&world, &clock());
    let first = feed.day(TODAY, TODAY, None).await.unwrap();
    let again = feed.day(TODAY, TODAY, first.validators.as_ref()).await.unwrap();
    assert!(again.not_modified && again.validators == first.validators);
    assert_eq!(world.asked(PATH), [200, 304]);
}

#[tokio::test]
async fn a_feed_that_wants_rest_is_left_alone_for_that_time() {
    let world = Feeds::start().await;
    let body = rss(&[item(1)]).replace("<channel>", "<channel><ttl>120</ttl>");
    world.put(PATH, "text/xml", body);
    let clock = clock();
    let feed = feed(&world, &clock);
    let known = feed.day(TODAY, TODAY, None).await.unwrap().validators;
    clock.advance(std::time::Duration::from_mins(119));
    assert!(feed.day(TODAY, TODAY, known.as_ref()).await.unwrap().not_modified);
    assert_eq!(world.asked(PATH).len(), 1);
    clock.advance(std::time::Duration::from_mins(1));
    feed.day(TODAY, TODAY, known.as_ref()).await.unwrap();
    assert_eq!(world.asked(PATH), [200, 304]);
}

#[tokio::test]
async fn the_servers_faults_pass_and_its_refusals_do_not() {
    for status in [500, 502, 503, 429] {
        assert!(failing(Fault::Status(status, vec![])).await.is_passing(), "{status}");
    }
    for status in [404, 410] {
        assert!(!failing(Fault::Status(status, vec![])).await.is_passing(), "{status}");
    }
    let wait = failing(Fault::Status(429, vec![("retry-after", "7".to_owned())])).await.retry_after();
    assert_eq!(wait.map(|wait| wait.as_secs()), Some(7));
}

#[tokio::test]
async fn what_is_no_feed_is_refused_whole_and_without_its_words() {
    let page = "<!doctype html><title>Log in, secret</title>";
    let laughs = "<!DOCTYPE rss [<!ENTITY a 'secret'>]><rss/>";
    for (text, sentence) in [
        (page, "it is a web page and no feed"),
        (laughs, "it defines entities of its own, which no feed needs"),
        ("<rss><channel><secret></rss>", "its XML is broken in line 1"),
        ("", "it is empty"),
        ("secret", "it is neither RSS, Atom, RDF nor JSON Feed"),
    ] {
        let error = failing(Fault::Text("application/rss+xml", text.to_owned())).await;
        assert!(error.to_string().ends_with(sentence), "{error}");
        assert!(error.is_passing() && !error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_feed_cut_at_every_twentieth_is_no_short_feed() {
    let world = Feeds::start().await;
    let whole = rss(&(1..=20).map(item).collect::<Vec<_>>());
    let feed = feed(&world, &clock());
    for part in 0..20 {
        world.put(PATH, "application/rss+xml", &whole.as_bytes()[..whole.len() * part / 20]);
        let error = feed.day(TODAY, TODAY, None).await.expect_err("it is cut");
        assert!(matches!(error.cause, FetchError::NotTheApi { .. }), "{part}: {error}");
    }
    world.put(PATH, "application/rss+xml", whole);
    assert_eq!(feed.day(TODAY, TODAY, None).await.unwrap().listings.len(), 20);
}

#[tokio::test]
async fn a_body_that_breaks_off_never_ends_or_explodes_is_refused() {
    for fault in [Fault::Truncated, Fault::Reset] {
        let error = failing(fault).await;
        assert!(matches!(error.cause, FetchError::BrokeOff { .. }) && error.is_passing(), "{error}");
    }
    let error = failing(Fault::Halved).await;
    assert!(error.to_string().ends_with("it breaks off before its end"), "{error}");
    for fault in [Fault::Endless, Fault::Bomb(64 * 1024 * 1024)] {
        let error = failing(fault).await;
        assert!(matches!(error.cause, FetchError::TooLarge { .. }), "{error}");
    }
    let many = format!("<rss><channel>{}</channel></rss>", "<item/>".repeat(700_000));
    let error = failing(Fault::Text("text/xml", many)).await;
    assert!(error.to_string().ends_with("it has more than 2000 items"), "{error}");
}

#[tokio::test]
async fn many_feeds_at_once_are_all_read() {
    let world = Feeds::start().await;
    let items: Vec<_> = (1..=500).map(item).collect();
    world.list(PATH, &items);
    let feed = feed(&world, &clock());
    let reads = futures::future::join_all((0..20).map(|_| feed.day(TODAY, TODAY, None))).await;
    assert!(reads.into_iter().all(|read| read.unwrap().listings.len() == 500));
}

#[tokio::test]
async fn an_address_inside_is_not_read_unless_the_configuration_allows_it() {
    let world = Feeds::start().await;
    world.list(PATH, &[item(1)]);
    let clock: Arc<dyn Clock> = clock();
    let feed = Feed::new(1, super::fetcher(), world.url(PATH), clock);
    let error = feed.day(TODAY, TODAY, None).await.unwrap_err();
    assert!(matches!(error.cause, FetchError::Refused { .. }), "{error}");
    assert_eq!(world.asked(PATH), Vec::<u16>::new());
}
