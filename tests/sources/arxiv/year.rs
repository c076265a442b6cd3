//! A year of arXiv, with its weekends, holidays and changes of the clocks: empty days are no failures, and no paper
//! is missed or late.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};
use paperwire::clock::Clock as _;
use paperwire::domain::SourceName;
use paperwire::domain::calendar::arxiv_holiday;

use super::posting::Bench;
use crate::worlds::arxiv::paper;

/// True for a day whose feed holds papers: the evening before is one of an announcement, and no holiday is kept.
fn has_papers(day: Date) -> bool {
    let rests = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !rests && arxiv_holiday(day.yesterday().unwrap()).is_none() && arxiv_holiday(day).is_none()
}

#[tokio::test]
async fn a_year_is_polled_without_a_failure_and_each_paper_is_there_on_its_day() {
    let bench = Bench::at("2026-01-01T04:00:00Z").await;
    let days = date(2026, 1, 1).series(1.day()).take_while(|day| day.year() == 2026);
    let days: Vec<Date> = days.filter(|day| has_papers(*day)).collect();
    for (n, day) in days.iter().enumerate() {
        bench.world.arxiv.announce(*day, [paper(&format!("26{:02}.{n:05}", day.month()), "cs.AI")]);
    }
    let (poller, mut polls) = (bench.poller(), 0);
    while bench.world.clock.now() < "2027-01-01T00:00:00Z".parse().unwrap() {
        let today = bench.world.clock.now().in_tz("America/New_York").unwrap().date();
        bench.step(&poller).await;
        let state = bench.store.source_state(SourceName("arxiv")).await.unwrap().unwrap();
        assert_eq!((state.failures, state.failure), (0, None), "on {today}");
        let told = days.iter().filter(|day| **day < today).count() as u64;
        assert!(bench.store.paper_count().await.unwrap() >= told, "on {today}");
        polls += 1;
    }
    assert_eq!(bench.store.paper_count().await.unwrap(), days.len() as u64);
    let asked = bench.world.arxiv.take_asked();
    let harvests = asked.iter().filter(|asked| asked.starts_with("/oai")).count();
    let feeds = asked.len() - harvests;
    println!("{polls} polls, {feeds} feeds and {harvests} harvests for {} days with papers", days.len());
    // A day with papers costs one request, one without three and a harvest.
    let empty = 261 - days.len();
    assert!(feeds <= days.len() + 3 * empty && harvests <= 2 * empty, "{feeds} feeds, {harvests} harvests");
}
