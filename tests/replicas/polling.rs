use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::{Router, http::header};
use futures::future::join_all;
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use paperwire::clock::{Clock, SystemClock};
use paperwire::pipeline::{PollSettings, Poller, Stage as _, Step, Turn};
use paperwire::sources::{FetchConfig, Fetcher, HuggingFace, fetch::SystemLookup};
use paperwire::store::{LeaseAnswer, Store};

use crate::serve::{self, Site, eventually};
use crate::store::{Database, at, on_both};
use crate::worlds::arxiv;
use crate::worlds::hub::{Hub, days::Days, fault::Hold};
use crate::worlds::{hub, loopback::Loopback};

const HOLD: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_hours(1);

async fn poller(url: &str, hub: &Hub, owner: &str, interval: Duration) -> Poller {
    let store = Store::open(url).await.unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let agent = "Paperwire-Test/0.1 (+https://paperwire.example; test@paperwire.example)";
    let fetcher = Fetcher::with(FetchConfig::new(agent), Arc::new(SystemLookup), clock.clone()).unwrap();
    let source = Arc::new(HuggingFace::new(fetcher, hub.base_url(), 100));
    let settings = PollSettings { interval, backlog_days: 0, reread_days: 0 };
    let turn = Turn { store: store.clone(), clock: clock.clone(), owner: owner.to_owned(), hold: HOLD };
    Poller::new(store, clock, source, settings).in_turn(turn)
}

#[tokio::test]
async fn of_three_replicas_one_polls_for_all_and_a_restart_within_the_interval_asks_nothing() {
    let (db, hub) = (Database::postgres().await, Hub::start(SystemClock.today()).await);
    let owners = ["one", "two", "three"];
    for _ in 0..2 {
        let pollers = join_all(owners.map(|owner| poller(&db.url, &hub, owner, HOUR))).await;
        let stepped = join_all(pollers.iter().map(Poller::step)).await;
        let waits = stepped.into_iter().map(Result::unwrap).filter(|step| matches!(step, Step::Idle { .. }));
        assert!(waits.count() >= 2);
        assert_eq!(hub.asked().len(), 1);
    }
    // A start after the interval asks at once.
    assert_eq!(poller(&db.url, &hub, "four", Duration::ZERO).await.step().await.unwrap(), Step::Worked);
    assert_eq!(hub.asked().len(), 2);
}

#[tokio::test]
async fn processes_on_one_database_ask_a_source_as_often_as_one_does() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    let settings = [
        ("PAPERWIRE__SOURCES__HUGGINGFACE__BACKLOG_DAYS", "0".to_owned()),
        ("PAPERWIRE__SOURCES__HUGGINGFACE__REREAD_DAYS", "0".to_owned()),
    ];
    let begun = Instant::now();
    let replicas = [site.serve_with(&settings), site.serve_with(&settings), site.serve_with(&settings)];
    eventually("six polls are over", async || site.hub.asked().len() >= 6).await;
    let (asked, took) = (site.hub.asked().len(), begun.elapsed());
    // One each two seconds, and one at the beginning.
    assert!(asked as u64 <= took.as_secs() / 2 + 2, "{asked} polls in {took:?}");
    for replica in replicas {
        assert!(replica.stop().await.success());
    }
}

#[tokio::test]
async fn another_replica_polls_when_one_dies_in_a_poll() {
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    let hold = Hold::default();
    site.hub.fail(hub::Fault::Held(hold.clone()));
    let dying = site.serve_with(&[]);
    hold.arrived().await;
    let other = site.serve_with(&[]);
    eventually("the other one is at work", async || other.log().contains("No channel is subscribed yet"))
        .await;
    assert!(!other.log().contains("Polled huggingface"), "it waits for its turn");
    dying.kill().await;
    let died = Instant::now();
    eventually("the other one polls", async || other.log().contains("Polled huggingface")).await;
    println!("polled {:?} after the death of the other replica", died.elapsed());
    assert!(died.elapsed() < HOLD + Duration::from_secs(30));
    hold.release();
    assert!(other.stop().await.success());
}

#[tokio::test]
async fn two_processes_ask_arxiv_one_at_a_time_and_three_seconds_apart() {
    let asked: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let kept = asked.clone();
    let answer = async move |request: Request| {
        kept.lock().unwrap().push(Instant::now());
        let now = SystemClock.now();
        let date = now.strftime("%a, %d %b %Y 00:00:00 -0400").to_string();
        let body = match request.uri().path() {
            "/oai" => arxiv::records(&now.to_string(), "", None),
            path if path.starts_with("/rss") => arxiv::channel("cs.AI", &date, ""),
            _ => arxiv::atom(0, 0, 0, ""),
        };
        ([(header::CONTENT_TYPE, "application/xml")], body)
    };
    let world = Loopback::start(Router::new().fallback(answer)).await;
    let site = Site::new(serve::Database::Postgres, Days::new()).await;
    Store::open(&site.store_url).await.unwrap().migrate().await.unwrap();
    let past = SystemClock.today().saturating_sub(1.day()).series((-1).day());
    let worked = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let day = past.into_iter().find(worked).unwrap().to_string();
    let poll = || {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_paperwire"));
        command.args(["poll", "--from", &day, "--to", &day]).envs(site.environment());
        for (address, path) in [("RSS_URL", ""), ("API_URL", ""), ("OAI_URL", "/oai")] {
            command.env(format!("PAPERWIRE__SOURCES__ARXIV__{address}"), format!("{}{path}", world.url()));
        }
        command.env("PAPERWIRE__SOURCES__ARXIV__ENABLED", "true");
        command.env("PAPERWIRE__SOURCES__HUGGINGFACE__ENABLED", "false");
        async move { command.output().await.unwrap() }
    };
    let (one, two) = tokio::join!(poll(), poll());
    let asked = asked.lock().unwrap().clone();
    let gaps: Vec<Duration> = asked.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let said = String::from_utf8_lossy(&[one.stderr, two.stderr].concat()).into_owned();
    assert!(!gaps.is_empty(), "both have asked: {said}");
    // A request is on its way for a moment, so that what was sent apart may come a little closer.
    assert!(gaps.iter().all(|gap| *gap > Duration::from_millis(2_900)), "{gaps:?}\n{said}");
}

on_both! {
    async fn a_lease_is_one_owners_until_it_is_given_back_or_runs_out(db: Database) {
        let take = async |owner: &str, now| db.store.take_lease("work", owner, HOLD, None, at(now)).await.unwrap();
        assert_eq!(take("one", 0).await, LeaseAnswer::Held);
        assert_eq!(take("one", 1).await, LeaseAnswer::Held, "who has it may take it again");
        if db.store.is_shared() {
            assert!(matches!(take("two", 1).await, LeaseAnswer::Later(wait) if wait <= HOLD && wait > HOLD / 2));
            assert!(!db.store.end_lease("work", "two", HOUR, at(1)).await.unwrap());
        }
        assert!(db.store.renew_lease("work", "one", HOLD, at(2)).await.unwrap());
        assert!(db.store.end_lease("work", "one", HOUR, at(2)).await.unwrap());
        assert!(!db.store.renew_lease("work", "one", HOLD, at(3)).await.unwrap(), "it is nobody's");
        assert!(matches!(take("two", 3).await, LeaseAnswer::Later(wait) if wait > HOUR / 2));
        let rested = db.store.take_lease("work", "two", HOLD, Some(Duration::ZERO), at(3)).await.unwrap();
        assert_eq!(rested, LeaseAnswer::Held, "it has rested for long enough");
    }

    async fn a_lease_that_nobody_renews_runs_out(db: Database) {
        let short = Duration::from_millis(200);
        db.store.take_lease("work", "dead", short, None, at(0)).await.unwrap();
        eventually("it has run out", async || {
            db.store.take_lease("work", "heir", HOLD, None, at(1)).await.unwrap() == LeaseAnswer::Held
        })
        .await;
        assert!(!db.store.renew_lease("work", "dead", HOLD, at(2)).await.unwrap());
    }
}
