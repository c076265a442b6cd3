//! Feeds that channels follow, read from a real server through the guarded client.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use paperwire::app::feed_desk;
use paperwire::bot::{FeedDesk, FeedRules};
use paperwire::clock::Clock as _;
use paperwire::command::Topic;
use paperwire::domain::SourceName;
use paperwire::message::replies::source::NotLooked;
use paperwire::sources::fetch::{Lookup, SystemLookup};
use paperwire::sources::{FetchConfig, Fetcher};
use tokio::time::Instant;

use super::{Desk, Said, titled};
use crate::store::on_both;
use crate::worlds::feeds::{Feeds, item};
use crate::worlds::hub::Fault;

const PATH: &str = "/feed";
const RULES: FeedRules = FeedRules { managers: true, per_channel: 3, per_workspace: 5 };
const SECRET: &str = "what-only-the-inside-knows";

/// A desk whose client may ask this server.
fn reader(desk: &Desk, world: &Feeds) -> Arc<dyn FeedDesk> {
    let config =
        FetchConfig { allow: vec![world.host().parse().unwrap()], ..FetchConfig::new("Paperwire-Test/0.1") };
    let fetcher = Fetcher::with(config, Arc::new(SystemLookup), desk.clock.clone()).unwrap();
    Arc::new(feed_desk::Desk::new(fetcher, desk.clock.clone(), Duration::ZERO))
}

/// A desk that may read a server with a feed.
async fn at_work(db: crate::store::Database) -> (Desk, Feeds) {
    let (mut desk, world) = (Desk::new(db), Feeds::start().await);
    world.list(PATH, &[item(1), item(2)]);
    let reader = reader(&desk, &world);
    desk.bot = desk.bot.clone().following(Some(reader), RULES);
    (desk, world)
}

async fn added(desk: &Desk, channel: &str, url: &str) -> Said {
    desk.person("ada").in_channel(channel).asks(&format!("source add {url}")).await
}

on_both! {
    async fn a_feed_is_followed_listed_and_left(test: Database) {
        let (desk, world) = at_work(test).await;
        let (ada, url) = (desk.person("ada"), world.url(PATH));
        let said = ada.asks(&format!("source add {url}")).await.text();
        assert!(said.contains(&format!("now follows the feed: The Journal <{url}> (feed 1), which lists 2 papers.")), "{said}");
        assert!(said.contains("• Paper 1 & more"), "{said}");
        let subscriptions = ada.asks("subscriptions").await.text();
        assert!(subscriptions.contains("src:feed-1"), "{subscriptions}");
        let again = ada.asks(&format!("source add {url}")).await.text();
        assert!(again.contains("follows this feed already"), "{again}");
        let listed = ada.asks("source list").await.text();
        assert!(listed.contains("1 · The Journal") && listed.contains("@ada") && listed.contains("not read yet"), "{listed}");
        let status = ada.asks("status").await.text();
        assert!(status.contains("The Journal: not read yet"), "{status}");
        let removed = ada.asks("source remove the journal").await.text();
        assert!(removed.contains("no longer follows “The Journal”. Subscription 1,"), "{removed}");
        assert!(ada.asks("source list").await.text().contains("follows no feed"));
        assert!(!ada.asks("subscriptions").await.text().contains("src:feed-1"));
        assert!(desk.db.store.feeds().await.unwrap().is_empty(), "nobody asks for it any more");
    }

    async fn with_a_query_only_what_matches_is_asked_for(test: Database) {
        let (desk, world) = at_work(test).await;
        let ada = desk.person("ada");
        let said = ada.asks(&format!("source add {} robots -survey", world.url(PATH))).await.text();
        assert!(said.contains("matches “robot -survey”"), "{said}");
        let query = desk.db.store.subscriptions().await.unwrap().remove(0).query;
        assert!(query.as_str().contains("src:feed-1") && query.as_str().contains("robot"), "{query}");
        ada.asks(&format!("source add {} drones", world.url(PATH))).await;
        let left: Vec<String> =
            desk.db.store.subscriptions().await.unwrap().iter().map(|one| one.query.to_string()).collect();
        assert!(left.len() == 1 && left[0].contains("drone"), "another query takes its place: {left:?}");
    }

    async fn a_feed_of_many_channels_is_one_and_lasts_until_the_last_has_left(test: Database) {
        let (desk, world) = at_work(test).await;
        let url = world.url(PATH);
        world.list("/feed/", &[item(1), item(2)]);
        added(&desk, "one", url.as_str()).await;
        added(&desk, "two", &url.as_str().replace("/feed", "/feed/#news")).await;
        assert_eq!(desk.db.store.feeds().await.unwrap().len(), 1);
        for (channel, left) in [("one", 1), ("two", 0)] {
            desk.person("ben").in_channel(channel).asks("source remove feed-1").await;
            assert_eq!(desk.db.store.feeds().await.unwrap().len(), left, "{channel}");
        }
    }

    async fn a_channel_and_its_workspace_follow_only_so_many(test: Database) {
        let (desk, world) = at_work(test).await;
        let add = async |channel: &str, number: u32| {
            let path = format!("/feed-{number}");
            world.list(&path, &[item(number)]);
            added(&desk, channel, world.url(&path).as_str()).await.text()
        };
        for number in 1..=3 {
            assert!(add("one", number).await.contains("now follows"));
        }
        let full = add("one", 4).await;
        assert!(full.contains("This channel follows 3 feeds already"), "{full}");
        assert!(add("one", 3).await.contains("already"), "it is one of the three");
        for number in 5..=6 {
            assert!(add("two", number).await.contains("now follows"));
        }
        let full = add("two", 7).await;
        assert!(full.contains("Your workspace follows 5 feeds already"), "{full}");
        assert!(add("two", 1).await.contains("Your workspace"), "every channel counts for its workspace");
        let mut elsewhere = desk.person("eve").in_channel("other");
        elsewhere.asker.workspace = Some("another".to_owned());
        let said = elsewhere.asks(&format!("source add {}", world.url("/feed-1"))).await.text();
        assert!(said.contains("now follows"), "{said}");
    }

    async fn a_paper_that_is_held_for_review_says_so_and_what_to_do(test: Database) {
        const FEED: SourceName = SourceName("feed-7");
        let desk = Desk::new(test);
        let ada = desk.person("ada");
        let (store, today) = (&desk.db.store, desk.clock.today());
        let listed = |count: u32| -> Vec<_> {
            (1..=count).map(|n| desk.listing(&format!("2608.{n:05}"), 0, titled(&format!("Robots of kind {n}")))).collect()
        };
        desk.follows("robots").await;
        store.record_feed(FEED, &listed(2), today, desk.clock.now()).await.unwrap();
        let (_, held) = store.record_feed(FEED, &listed(40), today, desk.clock.now()).await.unwrap();
        assert!(held);
        let said = ada.asks("explain 2608.00030").await.text();
        assert!(said.contains("held for review") && said.contains("`paperwire sources release feed-7`"), "{said}");
        assert!(said.contains("Listed by feed-7 on 21 Aug 2026."), "{said}");
        store.drop_held(FEED.0).await.unwrap();
        let said = ada.asks("explain 2608.00030").await.text();
        assert!(said.contains("has decided not to post those"), "{said}");
    }

    async fn who_may_not_manage_the_channel_only_looks(test: Database) {
        let (mut desk, world) = at_work(test).await;
        added(&desk, "robotics", world.url(PATH).as_str()).await;
        let eve = desk.person("eve").without_rights();
        for line in ["source remove 1".to_owned(), format!("source add {}", world.url(PATH))] {
            assert!(eve.asks(&line).await.text().contains("You may not change"), "{line}");
        }
        assert!(eve.asks("source list").await.text().contains("The Journal"));
        desk.bot = desk.bot.clone().following(None, FeedRules { managers: false, ..RULES });
        let said = added(&desk, "robotics", world.url(PATH).as_str()).await.text();
        assert!(said.contains("added by who runs Paperwire"), "{said}");
        desk.bot = desk.bot.clone().following(None, RULES);
        let said = added(&desk, "robotics", world.url(PATH).as_str()).await.text();
        assert!(said.contains("switched feeds off"), "{said}");
    }
}

#[tokio::test]
async fn feeds_are_completed_by_number_and_name() {
    let (desk, world) = at_work(crate::store::Database::sqlite().await).await;
    added(&desk, "robotics", world.url(PATH).as_str()).await;
    for (text, found) in [("", 1), ("journ", 1), ("1", 1), ("lab", 0)] {
        assert_eq!(desk.values(Topic::Feed, text).await.len(), found, "{text}");
    }
}

#[tokio::test]
async fn nothing_of_what_the_other_side_sent_is_repeated() {
    let (desk, world) = at_work(crate::store::Database::sqlite().await).await;
    let page =
        |body: &str| world.put("/page", "text/html", format!("<html><title>{SECRET}</title>{body}</html>"));
    page("");
    let url = world.url("/page");
    let said = added(&desk, "robotics", url.as_str()).await.text();
    assert!(said.contains("it is a web page and no feed") && !said.contains(SECRET), "{said}");
    page("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"http://10.0.0.1/x\">");
    let said = added(&desk, "robotics", url.as_str()).await.text();
    assert!(!said.contains("10.0.0.1"), "{said}");
    for (status, words) in [(404, "nothing at this address"), (403, "does not let"), (500, "answers 500")] {
        let path = format!("/fault-{status}");
        world.fail(&path, Fault::Status(status, vec![("x-secret", SECRET.to_owned())]));
        // A 403 keeps the whole host from being asked, so it is another client that meets the next one.
        let mut desk = Desk::new(crate::store::Database::sqlite().await);
        let reader = reader(&desk, &world);
        desk.bot = desk.bot.clone().following(Some(reader), RULES);
        let said = added(&desk, "robotics", world.url(&path).as_str()).await.text();
        assert!(said.contains(words) && !said.contains(SECRET), "{said}");
    }
    for (address, words) in [
        ("https://127.0.0.1/feed", "not fetched: it leads to"),
        ("https://user:x@lab.example/", "not fetched: it carries a user name or password"),
        ("https://rss.arxiv.org/rss/cs.RO", "arXiv is read already"),
    ] {
        let said = added(&desk, "robotics", address).await.text();
        assert!(said.contains(words), "{address}: {said}");
    }
}

/// Every name leads inside.
struct Inside;

#[async_trait]
impl Lookup for Inside {
    async fn lookup(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        Ok(vec![Ipv4Addr::LOCALHOST.into()])
    }
}

/// Nobody knows any name.
struct Nowhere;

#[async_trait]
impl Lookup for Nowhere {
    async fn lookup(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Err(io::Error::other(format!("no such host: {name}")))
    }
}

#[tokio::test]
async fn a_host_that_is_inside_one_that_refuses_and_none_at_all_are_told_alike() {
    const SETTLES: Duration = Duration::from_millis(400);
    let desk = Desk::new(crate::store::Database::sqlite().await);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let lookups: [(Arc<dyn Lookup>, String); 3] = [
        (Arc::new(Inside), "https://feeds.example/x".to_owned()),
        (Arc::new(Nowhere), "https://feeds.example/x".to_owned()),
        (Arc::new(SystemLookup), format!("http://{closed}/x")),
    ];
    for (lookup, address) in lookups {
        let allow = vec![closed.to_string().parse().unwrap()];
        let config = FetchConfig { allow, ..FetchConfig::new("Paperwire-Test/0.1") };
        let fetcher = Fetcher::with(config, lookup, desk.clock.clone()).unwrap();
        let reader = feed_desk::Desk::new(fetcher, desk.clock.clone(), SETTLES);
        let begun = Instant::now();
        assert_eq!(reader.look(&address).await, Err(NotLooked::Unreachable), "{address}");
        assert!(begun.elapsed() >= SETTLES, "{address}: {:?}", begun.elapsed());
    }
}
