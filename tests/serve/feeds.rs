//! A feed that somebody adds in a channel of the real binary at work.

use jiff::fmt::rfc2822;
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::Platform;

use super::commands::Talk;
use super::eventually;
use crate::worlds::feeds::{Feeds, Item, item};

const PATH: &str = "/journal.xml";

/// An item of the day on which the binary works.
fn today(number: u32) -> Item {
    let now = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC);
    item(number).date(&rfc2822::to_string(&now).unwrap())
}

/// Adds a feed, gets its next paper once, leaves it, and gets nothing more.
async fn a_feed_is_added_and_its_next_paper_comes_once(platform: Platform, http: bool) {
    let world = Feeds::start().await;
    world.list(PATH, &[item(1), item(2)]);
    let talk = Talk::begin(platform, http).await;
    let settings = [
        ("PAPERWIRE__SOURCES__ALLOW", world.host()),
        ("PAPERWIRE__SOURCES__FEEDS__INTERVAL", "1s".to_owned()),
    ];
    let running = talk.serve_with(&settings).await;
    let url = world.url(PATH);
    let added = talk.gives(&running, "source add", &[("feed", url.as_str())]).await;
    assert!(added.words().contains("which lists 2 papers"), "{}", added.words());
    // Looked at once by the command; then polled without a restart.
    world.was_asked(PATH, 2).await;
    eventually("the feed is read", async || {
        talk.gives(&running, "source list", &[]).await.words().contains("last read")
    })
    .await;
    assert!(talk.posted().is_empty(), "what was in it before is no news");

    world.list(PATH, &[today(3), item(1), item(2)]);
    let next = ["https://journal.example/papers/3".to_owned()];
    eventually("the next paper is posted", async || !talk.posted().is_empty()).await;
    let asked = world.asked(PATH).len();
    world.was_asked(PATH, asked + 2).await;
    assert_eq!(talk.posted(), next, "once");

    let removed = talk.gives(&running, "source remove", &[("feed", "feed-1")]).await;
    assert!(removed.words().contains("no longer follows"), "{}", removed.words());
    eventually("nobody reads it any more", async || running.serve.log().contains("is not read any more"))
        .await;
    world.list(PATH, &[today(4), today(3)]);
    assert!(talk.gives(&running, "source list", &[]).await.words().contains("follows no feed"));
    assert_eq!(talk.posted(), next);
    talk.end(running).await;
}

#[tokio::test]
async fn on_discord_a_feed_is_added_and_its_next_paper_comes_once() {
    for http in [false, true] {
        a_feed_is_added_and_its_next_paper_comes_once(Platform::Discord, http).await;
    }
}

#[tokio::test]
async fn on_slack_a_feed_is_added_and_its_next_paper_comes_once() {
    for http in [false, true] {
        a_feed_is_added_and_its_next_paper_comes_once(Platform::Slack, http).await;
    }
}
