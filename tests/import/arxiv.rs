//! Reading arXiv back by harvest, against a stand-in that is strict about its terms of use.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::{Date, date};
use paperwire::clock::Clock;
use paperwire::pipeline::{Advance, Backfill, Indexer, Span};
use paperwire::search::Search;
use paperwire::sources::arxiv::{Arxiv, Gate, NoInterests, OwnLease, patient};
use paperwire::sources::{Archive as _, FetchConfig, Fetcher, fetch::SystemLookup};
use paperwire::store::{PaperFilter, Progress, Store};

use crate::store::on_both;
use crate::worlds::arxiv::{FakeArxiv, Moving, paper};
use crate::worlds::clock::FakeClock;
use crate::worlds::hub::Fault;

/// Two days that are long over.
const DAYS: [Date; 2] = [date(2026, 8, 12), date(2026, 8, 13)];

struct Bench {
    store: Store,
    arxiv: FakeArxiv,
    clock: Arc<FakeClock>,
    lease: Arc<OwnLease>,
}

impl Bench {
    /// Five papers on the first day and one on the second, with two on a page.
    async fn new(store: &Store) -> Self {
        let clock = Arc::new(FakeClock::at("2026-08-21T05:30:00Z"));
        let arxiv = FakeArxiv::start(Arc::clone(&clock)).await;
        arxiv.page(2);
        let names = ["cs.AI", "cs.CL cs.AI", "math.CO", "cs.CL", "hep-th"];
        arxiv.announce(
            DAYS[0],
            names.iter().enumerate().map(|(n, names)| paper(&format!("2608.1000{n}"), names)),
        );
        arxiv.announce(DAYS[1], [paper("2608.10009", "cs.AI").doi("10.1000/x")]);
        arxiv.announce(date(2026, 8, 20), [paper("2608.20000", "cs.AI")]);
        Self { store: store.clone(), arxiv, clock, lease: Arc::default() }
    }

    /// arXiv as a new process makes it.
    fn archive(&self) -> Arc<Arxiv> {
        let clock = || Arc::clone(&self.clock) as Arc<dyn Clock>;
        let agent = "Paperwire-Test/0.1 (+https://paperwire.example; test@paperwire.example)";
        let fetcher =
            Fetcher::with(patient(FetchConfig::new(agent)), Arc::new(SystemLookup), clock()).unwrap();
        let gate = Gate::new(clock(), self.lease.clone(), Arc::new(Moving(self.clock.clone())));
        Arc::new(Arxiv::new(fetcher, gate, self.arxiv.urls(), clock(), vec![], Arc::new(NoInterests)))
    }

    async fn begin(&self, category: Option<&str>) -> Backfill {
        let category = category.map(str::to_owned);
        let span = Span { from: DAYS[0], to: DAYS[1], category, again: false };
        Backfill::begin(self.store.clone(), self.clock.clone(), self.archive(), span).await.unwrap()
    }

    /// Steps to the end and says how many papers were new.
    async fn finish(&self, backfill: &mut Backfill) -> usize {
        let mut new = 0;
        loop {
            match backfill.step().await.unwrap() {
                Advance::Read { recorded, .. } => new += recorded.new,
                Advance::Failed { wait, .. } => self.clock.advance(wait),
                Advance::Done => return new,
            }
        }
    }

    async fn stored(&self) -> Vec<String> {
        let papers = self.store.papers(&PaperFilter::default()).await.unwrap();
        let mut ids: Vec<String> = papers.iter().map(|paper| paper.id.to_string()).collect();
        ids.sort();
        ids
    }

    async fn progress(&self, day: Date) -> Option<Progress> {
        self.store.backfilled(Arxiv::NAME, "", DAYS[0], DAYS[1]).await.unwrap().remove(&day)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.arxiv.rude(), Vec::<String>::new(), "arXiv's terms of use were broken");
        }
    }
}

fn answer(list: &str) -> Fault {
    let body = format!(
        "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><responseDate>2026-08-21T05:30:00Z</responseDate>\
         {list}</OAI-PMH>"
    );
    Fault::Text("application/xml", body)
}

on_both! {
    async fn every_page_of_every_day_is_asked_for_once_and_nothing_is_to_be_posted(db: Database) {
        let bench = Bench::new(&db.store).await;
        assert_eq!(bench.finish(&mut bench.begin(None).await).await, 6);
        let asked = bench.arxiv.asked();
        assert_eq!(asked[0], "/oai?verb=ListRecords&metadataPrefix=arXivRaw&from=2026-08-12&until=2026-08-12");
        assert_eq!(asked.len(), 4, "{asked:?}");
        assert!(db.store.unrouted(9).await.unwrap().is_empty());
        let paper = db.store.paper(&"10.1000/x".parse().unwrap()).await.unwrap().unwrap();
        assert_eq!((paper.id.as_str(), paper.day), ("2608.10009", DAYS[1]));
        let search = Arc::new(Search::in_memory().unwrap());
        assert_eq!(Indexer::new(db.store.clone(), search.clone()).catch_up().await.unwrap(), 6);
        assert_eq!(bench.begin(None).await.days_skipped(), 2);
    }

    async fn who_stops_in_the_middle_of_a_day_reads_no_page_twice(db: Database) {
        let bench = Bench::new(&db.store).await;
        let mut first = bench.begin(None).await;
        first.step().await.unwrap();
        drop(first);
        assert!(matches!(bench.progress(DAYS[0]).await, Some(Progress::Begun(_))));
        assert_eq!(bench.finish(&mut bench.begin(None).await).await, 4);
        let mut asked = bench.arxiv.asked();
        assert_eq!((asked.len(), bench.stored().await.len()), (4, 6));
        asked.dedup();
        assert_eq!(asked.len(), 4, "{asked:?}");
    }

    async fn a_day_whose_token_has_expired_is_begun_again_and_loses_nothing(db: Database) {
        let bench = Bench::new(&db.store).await;
        bench.begin(None).await.step().await.unwrap();
        bench.arxiv.fail(answer("<error code=\"badResumptionToken\">expired</error>"));
        assert_eq!(bench.finish(&mut bench.begin(None).await).await, 4);
        assert_eq!(bench.stored().await.len(), 6);
        assert_eq!(bench.progress(DAYS[0]).await, Some(Progress::Done));
    }

    async fn an_empty_page_of_a_day_that_has_papers_is_asked_for_again(db: Database) {
        let bench = Bench::new(&db.store).await;
        for _ in 0..2 {
            bench.arxiv.fail(answer("<ListRecords></ListRecords>"));
        }
        assert_eq!(bench.finish(&mut bench.begin(None).await).await, 6);
        assert_eq!(bench.arxiv.asked().len(), 6);
    }

    async fn a_page_that_stays_empty_is_a_failure_and_no_day_that_is_read(db: Database) {
        let bench = Bench::new(&db.store).await;
        for _ in 0..3 {
            bench.arxiv.fail(answer("<ListRecords></ListRecords>"));
        }
        let mut backfill = bench.begin(None).await;
        let Advance::Failed { reason, wait } = backfill.step().await.unwrap() else { panic!("it is no failure") };
        assert!(reason.contains("promises records") && wait >= Duration::from_secs(5), "{reason}");
        assert_eq!((bench.progress(DAYS[0]).await, backfill.days_left()), (None, 2));
        assert_eq!(bench.finish(&mut backfill).await, 6);
    }

    async fn a_page_that_leads_to_itself_ends_in_a_failure(db: Database) {
        let bench = Bench::new(&db.store).await;
        let mut backfill = bench.begin(None).await;
        backfill.step().await.unwrap();
        let Some(Progress::Begun(token)) = bench.progress(DAYS[0]).await else { panic!("the day is not begun") };
        bench.arxiv.fail(answer(&format!("<ListRecords><resumptionToken>{token}</resumptionToken></ListRecords>")));
        let Advance::Failed { reason, .. } = backfill.step().await.unwrap() else { panic!("it is no failure") };
        assert!(reason.contains("the same page again"), "{reason}");
        assert_eq!(bench.finish(&mut backfill).await, 4);
    }

    async fn a_category_alone_has_a_progress_of_its_own(db: Database) {
        let bench = Bench::new(&db.store).await;
        assert_eq!(bench.finish(&mut bench.begin(Some("cs.CL")).await).await, 2);
        assert_eq!(bench.stored().await, ["2608.10001", "2608.10003"]);
        assert!(bench.arxiv.asked()[0].ends_with("&set=cs%3Acs%3ACL"));
        assert_eq!(bench.begin(None).await.days_left(), 2);
        assert_eq!(bench.finish(&mut bench.begin(Some("cs")).await).await, 2, "a whole archive");
    }

    async fn what_another_source_knows_is_merged_and_goes_on_waiting_to_be_posted(db: Database) {
        let bench = Bench::new(&db.store).await;
        db.papers(&["2608.10000"]).await;
        assert_eq!(bench.finish(&mut bench.begin(None).await).await, 5);
        let waiting = db.store.unrouted(9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].facts.authors, ["Ada Lovelace", "Alan Turing"]);
    }
}

#[tokio::test]
async fn the_latest_days_are_left_to_the_polls() {
    let store = crate::store::Database::sqlite().await;
    let bench = Bench::new(&store.store).await;
    let span = Span { from: date(2026, 8, 17), to: date(2026, 8, 21), category: None, again: false };
    let backfill =
        Backfill::begin(store.store.clone(), bench.clock.clone(), bench.archive(), span).await.unwrap();
    assert_eq!((backfill.days_left(), backfill.until()), (3, Some(date(2026, 8, 19))));
}

#[tokio::test]
async fn a_category_is_asked_for_in_arxivs_own_spelling_and_an_unknown_one_refused() {
    let store = crate::store::Database::sqlite().await;
    let archive = Bench::new(&store.store).await.archive();
    assert_eq!(archive.category("CS.cl").unwrap(), "cs.CL");
    assert_eq!(archive.category("Math").unwrap(), "math");
    assert!(archive.category("cs.XX").unwrap_err().contains("no category “cs.XX”"));
}
