//! A feed that suddenly lists nothing but new items, from the operator's side: told, looked at, released or dropped.

use std::ops::RangeInclusive;

use paperwire::clock::{Clock as _, SystemClock};
use serde_json::Value;

use super::feed_cli::Site;
use crate::worlds::feeds::{Item, item};

const PATH: &str = "/feed.xml";

/// Items of today: what is weeks old is never posted.
fn items(numbers: RangeInclusive<u32>) -> Vec<Item> {
    let today = SystemClock.today().to_string();
    numbers.map(|number| item(number).date(&today)).collect()
}

/// A followed feed whose first items are known, and that a sandbox channel listens to.
async fn with_a_known_feed() -> Site {
    let site = Site::new().await;
    site.world.list(PATH, &items(1..=12));
    site.add(PATH).await;
    site.run(&["poll"]).await;
    site.run(&["subscriptions", "add", "--platform", "sandbox", "--channel", "robots", "--query", "paper"])
        .await;
    site
}

async fn poll(site: &Site, numbers: RangeInclusive<u32>) -> String {
    site.world.list(PATH, &items(numbers));
    let (code, said) = site.run(&["poll"]).await;
    assert_eq!(code, Some(0), "{said}");
    said
}

/// The rows of `paperwire sources --json`.
async fn sources(site: &Site) -> Vec<Value> {
    let (_, said) = site.run(&["sources", "--json"]).await;
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many stored papers the router still has to look at.
async fn waiting(site: &Site) -> usize {
    let store = paperwire::store::Store::open(&site.store_url()).await.unwrap();
    let waiting = store.unrouted(1_000).await.unwrap().len();
    store.close().await;
    waiting
}

#[tokio::test]
async fn a_feed_that_is_suddenly_all_new_is_told_everywhere_and_posted_only_when_released() {
    let site = with_a_known_feed().await;
    let told = "12 papers are held for review: most of its items were suddenly new. \
                `paperwire sources release feed-1` posts them, `paperwire sources drop feed-1` does not";
    let said = poll(&site, 101..=112).await;
    assert!(said.contains("feed-1: 12 new papers") && said.contains(told), "{said}");
    let (_, table) = site.run(&["sources"]).await;
    assert!(table.contains("held for review") && !table.contains("up to date"), "{table}");
    let rows = sources(&site).await;
    assert_eq!((&rows[0]["state"], &rows[0]["status"]), (&"held".into(), &told.into()));
    let (_, list) = site.run(&["sources", "list"]).await;
    assert!(list.contains("12 papers are held") && !list.contains("failed"), "{list}");
    assert_eq!(waiting(&site).await, 0);
    // They can be looked at before anything is decided.
    let (_, papers) = site.run(&["papers", "list", "--limit", "30"]).await;
    assert!(papers.contains("https://journal.example/papers/112"), "{papers}");

    let said = site.run(&["sources", "release", "feed-1"]).await;
    let done = "Released 12 papers of feed-1: a running `paperwire serve` posts them.\n";
    assert_eq!(said, (Some(0), done.to_owned()));
    assert_eq!((waiting(&site).await, &sources(&site).await[0]["state"]), (12, &"current".into()));
    assert!(!poll(&site, 101..=112).await.contains("held"));
}

#[tokio::test]
async fn what_is_dropped_stays_and_is_never_posted() {
    let site = with_a_known_feed().await;
    poll(&site, 101..=112).await;
    let said = site.run(&["sources", "drop", "1"]).await;
    let done = "Dropped 12 papers of feed-1: they stay searchable and are never posted.\n";
    assert_eq!(said, (Some(0), done.to_owned()));
    assert!(!poll(&site, 101..=112).await.contains("held"));
    assert_eq!((waiting(&site).await, &sources(&site).await[0]["items"]), (0, &24.into()));
    let (code, said) = site.run(&["sources", "drop", "feed-1", "--json"]).await;
    assert_eq!((code, said.as_str()), (Some(0), "{\"source\":\"feed-1\",\"papers\":0,\"released\":false}\n"));
    // A few new ones are news like any other afterwards.
    poll(&site, 105..=114).await;
    assert_eq!(waiting(&site).await, 2);
}

#[tokio::test]
async fn a_name_that_is_no_source_is_told_apart_from_one_that_holds_nothing() {
    let site = with_a_known_feed().await;
    let said = site.run(&["sources", "release", "feed-1"]).await;
    assert_eq!(said, (Some(0), "Nothing of feed-1 is held for review.\n".to_owned()));
    for (typed, name) in [("feed-9", "feed-9"), ("9", "feed-9"), ("nature", "nature")] {
        let (code, said) = site.run(&["sources", "release", typed]).await;
        assert_eq!(code, Some(3), "{said}");
        let sentence =
            format!("no source called {name} has been read; `paperwire sources` shows their names");
        assert!(said.contains(&sentence), "{said}");
    }
}
