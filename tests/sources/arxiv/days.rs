//! The announcements of a day: when they are asked for, how often, and what they say.

use jiff::ToSpan as _;
use jiff::civil::date;
use paperwire::clock::Clock as _;
use paperwire::sources::Source;

use super::{DAY, MORNING, World, announced};
use crate::worlds::arxiv::paper;

#[tokio::test]
async fn a_day_is_read_in_small_sets_and_a_paper_in_several_of_them_counts_once() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(
        DAY,
        [
            paper("2608.20001", "cs.CV cs.AI"),
            paper("2608.20002", "hep-th"),
            paper("2608.10001", "stat.ML cs.LG").version(2),
            paper("2608.20003", "math.CO cs.AI"),
            paper("2608.20004", "math.CO"),
        ],
    );
    let source = world
        .source_following(&["cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML"], &["hep-th", "nowhere", "cs.ai"]);
    let day = world.read(&source, DAY, None).await.unwrap();
    let mut read = announced(&day);
    read.sort_unstable();
    let expected =
        [("2608.10001", "replace"), ("2608.20001", "new"), ("2608.20002", "new"), ("2608.20003", "cross")];
    assert_eq!(read, expected);
    assert_eq!(world.arxiv.asked(), ["/rss/cs.AI+cs.CL+cs.CV+cs.LG", "/rss/hep-th+stat.ML"]);
    let listing = day.listings.iter().find(|l| l.paper.as_str() == "2608.20001").unwrap();
    assert_eq!((listing.day, listing.facts.version), (DAY, Some(1)));
    assert_eq!(listing.facts.authors, ["Ada Lovelace", "Alan Turing"]);
    assert_eq!(
        (listing.facts.categories[0].as_str(), listing.facts.abstract_text.as_str()),
        ("cs.CV", "We show it.")
    );
}

#[tokio::test]
async fn a_whole_archive_is_read_by_its_classes() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "stat.AP")]);
    let day = world.read(&world.source(&["stat"]), DAY, None).await.unwrap();
    assert_eq!(announced(&day), [("2608.20001", "new")]);
    assert_eq!(world.arxiv.asked(), ["/rss/stat.AP+stat.CO+stat.ME+stat.ML", "/rss/stat.OT+stat.TH"]);
}

#[tokio::test]
async fn a_day_that_has_been_read_is_not_asked_for_again_not_even_by_another_process() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    let first = world.read(&world.source(&["cs.AI"]), DAY, None).await.unwrap();
    let known = first.validators.unwrap();
    world.arxiv.take_asked();
    let again = world.read(&world.source(&["cs.AI"]), DAY, Some(&known)).await.unwrap();
    assert!(again.not_modified && again.validators == Some(known.clone()));
    assert!(world.arxiv.asked().is_empty());
    // Somebody follows a further category.
    let more = world.read(&world.source_following(&["cs.AI"], &["hep-th"]), DAY, Some(&known)).await.unwrap();
    assert_eq!(announced(&more), [("2608.20001", "new")]);
    assert_eq!(world.arxiv.asked(), ["/rss/cs.AI+hep-th"]);
}

#[tokio::test]
async fn an_empty_working_day_is_not_taken_for_read() {
    let world = World::at(MORNING).await;
    let source = world.source(&["cs.AI"]);
    let day = world.read(&source, DAY, None).await.unwrap();
    assert!(day.listings.is_empty() && day.validators.is_none() && !day.not_modified);
    let next = source.next_poll(world.clock.now()).await.unwrap();
    assert!(
        next.to_string().starts_with("2026-08-21T06:1")
            || next.to_string().starts_with("2026-08-21T06:2")
            || next.to_string().starts_with("2026-08-21T06:3"),
        "{next}"
    );
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    let day = world.read(&source, DAY, None).await.unwrap();
    assert_eq!(announced(&day), [("2608.20001", "new")]);
    let next = source.next_poll(world.clock.now()).await.unwrap();
    assert!(next.to_string().starts_with("2026-08-24T04:"), "{next}");
}

#[tokio::test]
async fn a_weekend_and_a_day_that_has_not_begun_in_new_york_cost_no_request() {
    let world = World::at("2026-08-23T05:30:00Z").await;
    let source = world.source(&["cs.AI"]);
    for day in [date(2026, 8, 22), date(2026, 8, 23)] {
        let read = world.read(&source, day, None).await.unwrap();
        assert!(read.listings.is_empty() && read.validators.is_none());
    }
    drop(source);
    assert!(world.arxiv.asked().is_empty());
    let early = World::at("2026-08-21T04:05:00Z").await;
    assert!(early.read(&early.source(&["cs.AI"]), DAY, None).await.unwrap().listings.is_empty());
    assert!(early.arxiv.asked().is_empty());
}

#[tokio::test]
async fn the_feed_of_a_day_is_read_until_midnight_in_new_york() {
    let world = World::at("2026-08-22T03:30:00Z").await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    let day = world.read(&world.source(&["cs.AI"]), DAY, None).await.unwrap();
    assert_eq!((announced(&day), day.listings[0].day), (vec![("2608.20001", "new")], DAY));
    assert_eq!(world.arxiv.asked(), ["/rss/cs.AI"]);
}

#[tokio::test]
async fn a_feed_that_is_still_yesterdays_does_not_stand_for_today() {
    let world = World::at("2026-08-20T05:30:00Z").await;
    world.arxiv.announce(DAY.yesterday().unwrap(), [paper("2608.10001", "cs.AI")]);
    let stale = world.arxiv.feed("cs.AI");
    world.clock.advance(std::time::Duration::from_hours(24));
    world.arxiv.fail(crate::worlds::hub::Fault::Text("application/xml", stale));
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    let source = world.source(&["cs.AI"]);
    let day = world.read(&source, DAY, None).await.unwrap();
    assert_eq!(day.listings[0].day, DAY.checked_sub(1.day()).unwrap());
    assert!(day.validators.is_none());
    let day = world.read(&source, DAY, None).await.unwrap();
    assert_eq!(announced(&day), [("2608.20001", "new")]);
}

#[tokio::test]
async fn a_full_feed_is_asked_for_in_halves() {
    let world = World::at(MORNING).await;
    let many = |of: &str, from: u32| {
        (from..from + 1_100).map(|n| paper(&format!("2608.{n:05}"), of)).collect::<Vec<_>>()
    };
    world.arxiv.announce(DAY, many("cs.AI", 20_000));
    world.arxiv.announce(DAY, many("cs.CL", 30_000));
    let day = world.read(&world.source(&["cs.AI", "cs.CL"]), DAY, None).await.unwrap();
    assert_eq!(day.listings.len(), 2_200);
    assert_eq!(world.arxiv.asked(), ["/rss/cs.AI+cs.CL", "/rss/cs.AI", "/rss/cs.CL"]);
}

#[tokio::test]
async fn a_category_that_arxiv_has_given_up_costs_no_other() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI"), paper("2608.20002", "cs.RO")]);
    let day = world.read(&world.source(&["cs.AI", "cs.OH", "cs.RO"]), DAY, None).await.unwrap();
    assert_eq!(day.listings.len(), 2);
}
