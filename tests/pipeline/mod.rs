//! The stages, stepped by hand, from a source on loopback to the outbox and on.

pub mod cards;
mod feed_fate;
mod feeds;
mod letters;
mod merging;
mod numbers;
mod outcomes;
mod polling;
pub mod routing;
pub mod sending;
mod settling;
mod surplus;
mod thresholds;

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use paperwire::clock::Clock;
use paperwire::pipeline::{PollSettings, Poller, Stage, Step};
use paperwire::sources::{FetchConfig, Fetcher, HuggingFace, fetch::SystemLookup};
use paperwire::store::{PaperFilter, Store};
use tempfile::TempDir;

use crate::worlds::clock::FakeClock;
use crate::worlds::hub::{Hub, PaperRow, paper};

/// The day on which these tests begin: a Friday.
const TODAY: Date = date(2026, 8, 21);
const INTERVAL: Duration = Duration::from_mins(10);

/// A store, a clock and a Hugging Face that agree on the day.
struct Bench {
    store: Store,
    clock: Arc<FakeClock>,
    hub: Hub,
    _folder: TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/paperwire.db", folder.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(FakeClock::at("2026-08-21T06:00:00Z"));
        Self { store, clock, hub: Hub::start(TODAY).await, _folder: folder }
    }

    /// A poller as `serve` makes it; a new one is a new start of the process.
    fn poller(&self, backlog_days: u16) -> Poller {
        let agent = "Paperwire-Test/0.1 (+https://paperwire.example; test@paperwire.example)";
        let clock = self.clock.clone() as Arc<dyn Clock>;
        let fetcher = Fetcher::with(FetchConfig::new(agent), Arc::new(SystemLookup), clock).unwrap();
        let source = Arc::new(HuggingFace::new(fetcher, self.hub.base_url(), 100));
        let settings = PollSettings { interval: INTERVAL, backlog_days, reread_days: 7 };
        Poller::new(self.store.clone(), self.clock.clone() as Arc<dyn Clock>, source, settings)
    }

    /// A night passes: the same time on the next day, here and at the source.
    fn next_day(&self) {
        self.clock.advance(Duration::from_hours(24));
        self.hub.set_today(self.clock.today());
    }

    fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    async fn stored(&self) -> Vec<String> {
        let papers = self.store.papers(&PaperFilter::default()).await.unwrap();
        papers.iter().map(|paper| paper.id.to_string()).collect()
    }

    /// The papers that would be routed now.
    async fn postable(&self) -> Vec<String> {
        self.store.unrouted(100).await.unwrap().iter().map(|paper| paper.id.to_string()).collect()
    }
}

/// Rows with these ids and nothing remarkable.
fn rows(ids: &[&str]) -> Vec<PaperRow> {
    ids.iter().map(|id| paper(id)).collect()
}

/// Steps once and tells how long the stage then wants to be left alone.
async fn step_and_wait(stage: &dyn Stage, clock: &FakeClock) -> Duration {
    assert_eq!(stage.step().await.unwrap(), Step::Worked);
    match stage.step().await.unwrap() {
        Step::Idle { until: Some(until) } => until.duration_since(clock.now()).unsigned_abs(),
        other => panic!("it should wait, but: {other:?}"),
    }
}
