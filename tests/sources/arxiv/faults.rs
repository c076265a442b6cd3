//! What a failing arXiv means: the day is read whole or not at all, and the next try finds everything.

use paperwire::sources::FetchError;

use super::{DAY, MORNING, World, announced};
use crate::worlds::arxiv::paper;
use crate::worlds::hub::Fault;

/// Reads a day in two sets whose second one meets this fault, then reads it again; gives the error.
async fn failing(fault: Fault) -> FetchError {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI"), paper("2608.20002", "stat.ML")]);
    let source = world.source(&["cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"]);
    world.arxiv.fail(Fault::None);
    world.arxiv.fail(fault);
    let error = world.read(&source, DAY, None).await.expect_err("it met a fault");
    assert_eq!(world.arxiv.take_asked().len(), 2, "a failure is not asked again at once");
    world.clock.advance(std::time::Duration::from_hours(4));
    let day = world.read(&source, DAY, None).await.unwrap();
    assert_eq!(announced(&day), [("2608.20001", "new"), ("2608.20002", "new")]);
    assert_eq!(world.arxiv.asked(), ["/rss/stat.ML"], "what had come is not asked for again");
    error.cause
}

#[tokio::test]
async fn the_faults_of_the_other_side_pass() {
    for status in [500, 502, 503, 504, 429] {
        let error = failing(Fault::Status(status, vec![])).await;
        assert!(error.is_passing(), "{status}: {error}");
    }
}

#[tokio::test]
async fn a_page_for_people_and_other_texts_are_no_feed() {
    for (text, said) in [
        ("<!doctype html><title>Log in</title>", "a web page came instead of XML"),
        ("<html><body>arXiv is down</body></html>", "a web page came instead of XML"),
        ("Rate exceeded.", "something else than XML came"),
        ("", "it is empty"),
        ("{\"error\":\"x\"}", "something else than XML came"),
        ("<rss version=\"2.0\"></rss>", "it is not well-formed: it has no channel"),
        ("<opml/>", "its root is <opml>, not <rss>"),
    ] {
        let error = failing(Fault::Text("text/html", text.to_owned())).await;
        assert!(matches!(error, FetchError::NotTheApi { .. }) && error.is_passing(), "{error}");
        assert!(error.to_string().ends_with(said), "{error}");
    }
}

#[tokio::test]
async fn half_an_answer_is_no_short_day() {
    for fault in [Fault::Truncated, Fault::Reset] {
        let error = failing(fault).await;
        assert!(matches!(error, FetchError::BrokeOff { .. }), "{error}");
    }
    let error = failing(Fault::Halved).await;
    assert!(matches!(error, FetchError::NotTheApi { .. }), "{error}");
    let error = failing(Fault::Endless).await;
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
    let error = failing(Fault::Bomb(64 * 1024 * 1024)).await;
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn a_feed_cut_at_every_twentieth_part_is_refused_whole() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, (0..20).map(|n| paper(&format!("2608.200{n:02}"), "cs.AI")));
    let whole = world.arxiv.feed("cs.AI");
    let source = world.source(&["cs.AI"]);
    for twentieth in 0..20 {
        let cut = &whole[..whole.len() * twentieth / 20];
        world.arxiv.fail(Fault::Text("application/xml", cut.to_owned()));
        let error = world.read(&source, DAY, None).await.unwrap_err();
        assert!(matches!(error.cause, FetchError::NotTheApi { .. }), "{twentieth}/20: {error}");
    }
    assert_eq!(world.read(&source, DAY, None).await.unwrap().listings.len(), 20);
}
