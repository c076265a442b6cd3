//! Reading an archive back, step by step, against a Hugging Face on loopback.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use paperwire::clock::Clock;
use paperwire::domain::{Listing, SourceName};
use paperwire::pipeline::{Advance, Backfill, Span};
use paperwire::sources::{
    Archive, FetchConfig, Fetcher, HuggingFace, Page, SourceError, fetch::SystemLookup,
};
use paperwire::store::{PaperFilter, Store};
use tempfile::TempDir;

use crate::store::listing;
use crate::worlds::clock::FakeClock;
use crate::worlds::hub::{Fault, Hub, paper};

/// A Friday.
const TODAY: Date = date(2026, 8, 21);

struct Bench {
    store: Store,
    clock: Arc<FakeClock>,
    hub: Hub,
    _folder: TempDir,
}

impl Bench {
    /// A store, and a Hugging Face with one paper on each of the four days up to today.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/paperwire.db", folder.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        let hub = Hub::start(TODAY).await;
        for back in 0..4 {
            hub.list(TODAY.checked_sub(back.days()).unwrap(), [paper(&format!("2608.0000{back}"))]);
        }
        Self { store, clock: Arc::new(FakeClock::at("2026-08-21T06:00:00Z")), hub, _folder: folder }
    }

    async fn backfill(&self, again: bool) -> Backfill {
        let agent = "Paperwire-Test/0.1 (+https://paperwire.example; test@paperwire.example)";
        let clock = self.clock.clone() as Arc<dyn Clock>;
        let fetcher = Fetcher::with(FetchConfig::new(agent), Arc::new(SystemLookup), clock).unwrap();
        self.of(Arc::new(HuggingFace::new(fetcher, self.hub.base_url(), 100)), None, again).await
    }

    async fn of(&self, archive: Arc<dyn Archive>, category: Option<&str>, again: bool) -> Backfill {
        let span = Span { from: date(2026, 8, 18), to: TODAY, category: category.map(str::to_owned), again };
        let clock = self.clock.clone() as Arc<dyn Clock>;
        Backfill::begin(self.store.clone(), clock, archive, span).await.unwrap()
    }

    async fn stored(&self) -> Vec<String> {
        let papers = self.store.papers(&PaperFilter::default()).await.unwrap();
        papers.iter().map(|paper| paper.id.to_string()).collect()
    }

    fn asked_days(&self) -> Vec<String> {
        self.hub.asked().iter().map(|asked| asked.parameter("date").unwrap()).collect()
    }
}

/// Steps to the end and returns the days in the order in which they were read.
async fn finish(backfill: &mut Backfill) -> Vec<Date> {
    let mut days = Vec::new();
    loop {
        match backfill.step().await.unwrap() {
            Advance::Read { day, pause, .. } => {
                assert!(pause > Duration::ZERO);
                days.push(day);
            }
            Advance::Failed { reason, .. } => panic!("{reason}"),
            Advance::Done => return days,
        }
    }
}

#[tokio::test]
async fn every_day_is_read_from_the_oldest_on_and_nothing_is_to_be_posted() {
    let bench = Bench::new().await;
    let mut backfill = bench.backfill(false).await;
    assert_eq!((backfill.days_left(), backfill.days_skipped()), (4, 0));
    let days = finish(&mut backfill).await;
    assert!(days.is_sorted() && days.len() == 4, "{days:?}");
    assert_eq!(bench.stored().await, ["2608.00000", "2608.00001", "2608.00002", "2608.00003"]);
    assert!(bench.store.unrouted(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_begins_again_goes_on_and_asks_for_no_finished_day_but_today() {
    let bench = Bench::new().await;
    let mut first = bench.backfill(false).await;
    first.step().await.unwrap();
    first.step().await.unwrap();
    drop(first);
    let mut second = bench.backfill(false).await;
    assert_eq!((second.days_left(), second.days_skipped()), (2, 2));
    finish(&mut second).await;
    assert_eq!(bench.asked_days(), ["2026-08-18", "2026-08-19", "2026-08-20", "2026-08-21"]);
    // Today was not over, so that it is read once more.
    let third = bench.backfill(false).await;
    assert_eq!((third.days_left(), third.days_skipped()), (1, 3));
    assert_eq!(bench.backfill(true).await.days_left(), 4);
}

#[tokio::test]
async fn a_passing_failure_is_waited_out_as_long_as_the_source_asks() {
    let bench = Bench::new().await;
    let mut backfill = bench.backfill(false).await;
    bench.hub.fail(Fault::Status(429, vec![("retry-after", "90".into())]));
    match backfill.step().await.unwrap() {
        Advance::Failed { reason, wait } => {
            assert!(reason.contains("2026-08-18") && wait >= Duration::from_secs(89), "{reason}: {wait:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(backfill.days_left(), 4);
    bench.clock.advance(Duration::from_mins(2));
    assert_eq!(finish(&mut backfill).await.len(), 4);
}

#[tokio::test]
async fn a_source_that_refuses_ends_it_and_loses_nothing() {
    let bench = Bench::new().await;
    let mut backfill = bench.backfill(false).await;
    backfill.step().await.unwrap();
    bench.hub.fail(Fault::Status(404, Vec::new()));
    let error = backfill.step().await.unwrap_err().to_string();
    assert!(error.contains("2026-08-19"), "{error}");
    assert_eq!((backfill.days_left(), bench.stored().await.len()), (3, 1));
}

#[tokio::test]
async fn a_source_that_never_recovers_is_given_up() {
    let bench = Bench::new().await;
    let mut backfill = bench.backfill(false).await;
    let mut waits = Vec::new();
    let error = loop {
        bench.hub.fail(Fault::Status(503, Vec::new()));
        match backfill.step().await {
            Ok(Advance::Failed { wait, .. }) => waits.push(wait),
            Ok(other) => panic!("{other:?}"),
            Err(error) => break error,
        }
        bench.clock.advance(Duration::from_hours(2));
    };
    assert_eq!(waits.len(), 5, "{error}");
    assert!(waits.is_sorted(), "{waits:?}");
}

/// An archive whose days have two pages, in categories.
struct Paged;

#[async_trait]
impl Archive for Paged {
    fn name(&self) -> SourceName {
        SourceName("arxiv")
    }

    fn category(&self, name: &str) -> Result<String, String> {
        Ok(name.to_owned())
    }

    async fn page(
        &self,
        day: Date,
        category: Option<&str>,
        page: Option<&str>,
        _today: Date,
    ) -> Result<Page, SourceError> {
        assert_eq!(category, Some("cs.CL"));
        let number = page.map_or(0, |page| page.strip_prefix("token-").unwrap().parse().unwrap());
        let id = format!("2608.{:02}00{number}", day.day());
        Ok(Page {
            listings: vec![Listing { day, ..listing(&id) }],
            bad_rows: 0,
            next: (number == 0).then(|| "token-1".to_owned()),
            pause: Duration::from_secs(3),
        })
    }
}

#[tokio::test]
async fn a_day_of_several_pages_goes_on_at_the_page_where_it_was_left() {
    let bench = Bench::new().await;
    let mut first = bench.of(Arc::new(Paged), Some("cs.CL"), false).await;
    for _ in 0..3 {
        first.step().await.unwrap();
    }
    let mut second = bench.of(Arc::new(Paged), Some("cs.CL"), false).await;
    assert_eq!((second.days_left(), second.days_skipped()), (3, 1));
    assert_eq!(finish(&mut second).await.len(), 5);
    assert_eq!(bench.stored().await.len(), 8);
    assert_eq!(bench.of(Arc::new(Paged), Some("cs.AI"), false).await.days_left(), 4, "another category");
}
