//! Days that were missed come back by harvest, all of them and none twice.

use jiff::civil::date;
use paperwire::sources::arxiv::Harvest;
use paperwire::sources::{FetchError, Source as _};

use super::{DAY, World, announced};
use crate::worlds::arxiv::paper;
use crate::worlds::hub::Fault;

/// The Monday after; Thursday and Friday have been missed.
const MONDAY: &str = "2026-08-24T05:30:00Z";

#[tokio::test]
async fn all_missed_days_come_with_one_harvest_page_by_page() {
    let world = World::at(MONDAY).await;
    world.arxiv.page(2);
    world.arxiv.announce(
        date(2026, 8, 20),
        [
            paper("2608.20001", "cs.AI").comment("12 pages").doi("10.1000/X"),
            paper("2608.20002", "math.CO cs.AI"),
            paper("2508.00001", "cs.AI").version(3),
            paper("2508.00002", "math.CO cs.AI").version(2),
        ],
    );
    world.arxiv.announce(DAY, [paper("2608.20003", "cs.AI hep-th")]);
    let source = world.source(&["cs.AI", "hep-th"]);
    let thursday = world.read(&source, date(2026, 8, 20), None).await.unwrap();
    let expected = [
        ("2608.20001", "new"),
        ("2608.20002", "cross"),
        ("2508.00001", "replace"),
        ("2508.00002", "replace-cross"),
        ("2608.20003", "new"),
    ];
    assert_eq!(announced(&thursday), expected);
    assert_eq!(thursday.listings.iter().map(|l| l.day.day()).collect::<Vec<_>>(), [20, 20, 20, 20, 21]);
    let first = &thursday.listings[0];
    assert_eq!((first.facts.comment.as_deref(), first.also[0].as_str()), (Some("12 pages"), "10.1000/x"));
    assert_eq!(thursday.listings[2].facts.version, Some(3));
    let asked = world.arxiv.take_asked();
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert_eq!(asked[0], "/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-08-20&set=cs%3Acs%3AAI");
    let friday = world.read(&source, DAY, None).await.unwrap();
    assert!(friday.listings.is_empty() && friday.validators.is_some() && world.arxiv.asked().is_empty());
    let again = world.read(&source, DAY, friday.validators.as_ref()).await.unwrap();
    assert!(again.not_modified && world.arxiv.asked().is_empty());
}

#[tokio::test]
async fn a_harvest_whose_papers_were_not_kept_is_made_again() {
    let world = World::at(MONDAY).await;
    world.arxiv.announce(DAY, [paper("2608.20003", "cs.AI")]);
    let source = world.source(&["cs.AI"]);
    for _ in 0..2 {
        assert_eq!(world.read(&source, DAY, None).await.unwrap().listings.len(), 1);
    }
}

#[tokio::test]
async fn a_harvest_that_fails_is_told_and_does_not_hold_up_what_is_new() {
    let world = World::at(MONDAY).await;
    let monday = date(2026, 8, 24);
    world.arxiv.announce(DAY, [paper("2608.20003", "cs.AI")]);
    world.arxiv.announce(monday, [paper("2608.20004", "cs.AI")]);
    let source = world.source(&["cs.AI"]);
    world.arxiv.fail(Fault::Status(500, vec![]));
    let error = world.read(&source, DAY, None).await.unwrap_err();
    assert!(matches!(error.cause, FetchError::Failing { .. }));
    let put_off = world.read(&source, DAY, None).await.unwrap();
    assert!(put_off.listings.is_empty() && put_off.validators.is_none());
    assert_eq!(announced(&world.read(&source, monday, None).await.unwrap()), [("2608.20004", "new")]);
    // The harvest is owed, so the next poll is today and not tomorrow.
    let next = source.next_poll(paperwire::clock::Clock::now(&*world.clock)).await.unwrap();
    assert!(next.to_string().starts_with("2026-08-24T06:"), "{next}");
    world.clock.advance(std::time::Duration::from_hours(2));
    assert!(
        world
            .read(&source, DAY, None)
            .await
            .unwrap()
            .listings
            .iter()
            .any(|l| l.paper.as_str() == "2608.20003")
    );
}

#[tokio::test]
async fn a_day_on_which_nothing_changed_is_an_answer() {
    let world = World::at(MONDAY).await;
    let day = world.read(&world.source(&["cs.AI"]), DAY, None).await.unwrap();
    assert!(day.listings.is_empty() && day.validators.is_some());
}

#[tokio::test]
async fn back_filling_turns_the_pages_itself() {
    let world = World::at(MONDAY).await;
    world.arxiv.page(1);
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI"), paper("2608.20002", "hep-th")]);
    let source = world.source(&[]);
    let first = source.harvest(&Harvest::Since { from: DAY, set: None }).await.unwrap();
    let token = first.next.unwrap();
    let second = source.harvest(&Harvest::Next(&token)).await.unwrap();
    assert_eq!((first.answered, second.next), (Some(date(2026, 8, 24)), None));
    assert_eq!(second.rows.listings[0].paper.as_str(), "2608.20002");
}
