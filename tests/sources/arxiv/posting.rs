//! Through poller and store: a day comes once, whatever fails, is replayed or was missed.

use std::sync::Arc;
use std::time::Duration;

use paperwire::clock::Clock;
use paperwire::pipeline::{PollSettings, Poller, Stage, Step};
use paperwire::store::{PaperFilter, Store};
use tempfile::TempDir;

use super::{DAY, World};
use crate::worlds::arxiv::paper;
use crate::worlds::hub::Fault;

pub struct Bench {
    pub world: World,
    pub store: Store,
    _folder: TempDir,
}

impl Bench {
    pub async fn at(time: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/paperwire.db", folder.path().display())).await.unwrap();
        store.migrate().await.unwrap();
        Self { world: World::at(time).await, store, _folder: folder }
    }

    /// A poller as `serve` makes it; a new one is a new start of the process.
    pub fn poller(&self) -> Poller {
        let clock = Arc::clone(&self.world.clock) as Arc<dyn Clock>;
        let settings = PollSettings { interval: Duration::from_hours(1), backlog_days: 0, reread_days: 7 };
        Poller::new(self.store.clone(), clock, Arc::new(self.world.source(&["cs.AI"])), settings)
    }

    /// Steps until the poller wants to be left alone, and moves the clock to its next time.
    pub async fn step(&self, poller: &Poller) {
        assert_eq!(poller.step().await.unwrap(), Step::Worked);
        let Step::Idle { until: Some(until) } = poller.step().await.unwrap() else {
            panic!("it should wait")
        };
        self.world.clock.advance(until.duration_since(self.world.clock.now()).unsigned_abs());
    }

    async fn stored(&self) -> Vec<String> {
        let mut papers: Vec<_> = self
            .store
            .papers(&PaperFilter::default())
            .await
            .unwrap()
            .iter()
            .map(|paper| paper.id.to_string())
            .collect();
        papers.sort();
        papers
    }
}

#[tokio::test]
async fn a_week_is_polled_once_a_day_and_a_replay_changes_nothing() {
    let bench = Bench::at("2026-08-21T05:30:00Z").await;
    let arxiv = &bench.world.arxiv;
    arxiv.announce(DAY, [paper("2608.20001", "cs.AI")]);
    for n in 2..7_i64 {
        let day = DAY.saturating_add(jiff::Span::new().days(n + 1));
        arxiv.announce(
            day,
            [paper(&format!("2608.2000{n}"), "cs.AI"), paper("2608.20001", "cs.AI").version(2)],
        );
    }
    let poller = bench.poller();
    for _ in 0..6 {
        bench.step(&poller).await;
    }
    assert_eq!(bench.stored().await.len(), 6);
    assert_eq!(arxiv.take_asked().len(), 6, "Friday, and Monday to Friday");
    let before = bench.store.papers(&PaperFilter::default()).await.unwrap();
    let restarted = bench.poller();
    restarted.poll().await.unwrap();
    assert_eq!(arxiv.take_asked().iter().filter(|asked| asked.starts_with("/oai")).count(), 0);
    assert_eq!(bench.store.papers(&PaperFilter::default()).await.unwrap(), before);
}

#[tokio::test]
async fn days_that_were_missed_are_harvested_and_nothing_is_lost() {
    let bench = Bench::at("2026-08-20T05:30:00Z").await;
    let arxiv = &bench.world.arxiv;
    let thursday = DAY.yesterday().unwrap();
    arxiv.announce(thursday, [paper("2608.20001", "cs.AI")]);
    bench.poller().poll().await.unwrap();
    let days = |n| DAY.saturating_add(jiff::Span::new().days(n));
    for (n, id) in [(0, "2608.20002"), (3, "2608.20003"), (4, "2608.20004"), (5, "2608.20005")] {
        arxiv.announce(days(n), [paper(id, "cs.AI")]);
    }
    // Down from Thursday to Wednesday.
    bench.world.clock.advance(Duration::from_hours(6 * 24));
    arxiv.take_asked();
    arxiv.fail(Fault::Truncated);
    let poller = bench.poller();
    poller.poll().await.unwrap_err();
    bench.world.clock.advance(Duration::from_hours(2));
    poller.poll().await.unwrap();
    let expected = ["2608.20001", "2608.20002", "2608.20003", "2608.20004", "2608.20005"];
    assert_eq!(bench.stored().await, expected);
    let asked = arxiv.take_asked();
    assert_eq!(asked.iter().filter(|asked| asked.starts_with("/oai")).count(), 2, "{asked:?}");
    poller.poll().await.unwrap();
    assert!(arxiv.take_asked().is_empty(), "all of it has been read");
}

#[tokio::test]
async fn an_empty_working_day_is_asked_for_three_times_and_then_harvested() {
    let bench = Bench::at("2026-08-20T04:00:30Z").await;
    let poller = bench.poller();
    // Before the feed is built, then at ten past midnight, two hours later and six hours later.
    for _ in 0..4 {
        bench.step(&poller).await;
    }
    assert_eq!(bench.world.arxiv.take_asked(), ["/rss/cs.AI"; 3]);
    bench.world.arxiv.announce(DAY.yesterday().unwrap(), [paper("2608.20001", "cs.AI")]);
    bench.step(&poller).await;
    let asked = bench.world.arxiv.take_asked();
    assert!(asked[0].starts_with("/oai") && asked[1..] == ["/rss/cs.AI"], "{asked:?}");
    assert_eq!(bench.stored().await, ["2608.20001"]);
}
