//! An arXiv on loopback: announcements, query API and OAI-PMH, strict about its terms of use by its own clock.

mod paper;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Unit};
use paperwire::clock::Clock;
use paperwire::sources::arxiv::{ArxivUrls, Rest};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::clock::FakeClock;
use super::hub::fault::{self, Fault};

pub use paper::{Paper, atom, channel, paper, records};

/// The seconds between two requests that arXiv's terms ask for.
const SPACING: u64 = 3;
/// The most items of a feed.
const RSS_LIMIT: usize = 2_000;

/// A running stand-in.
pub struct FakeArxiv {
    address: SocketAddr,
    server: JoinHandle<()>,
    state: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    announced: Mutex<BTreeMap<Date, Vec<Paper>>>,
    faults: Mutex<VecDeque<Fault>>,
    asked: Mutex<Vec<String>>,
    rude: Mutex<Vec<String>>,
    last: Mutex<Option<Timestamp>>,
    open: AtomicUsize,
    /// How many answers of the query API still lack their last entries.
    short: AtomicUsize,
    /// How many records a page of OAI-PMH holds.
    page: AtomicUsize,
    /// The seconds that have to lie between two requests.
    spacing: AtomicU64,
}

impl FakeArxiv {
    pub async fn start(clock: Arc<impl Clock + 'static>) -> Self {
        let state = Arc::new(Shared {
            clock,
            announced: Mutex::default(),
            faults: Mutex::default(),
            asked: Mutex::default(),
            rude: Mutex::default(),
            last: Mutex::default(),
            open: AtomicUsize::new(0),
            short: AtomicUsize::new(0),
            page: AtomicUsize::new(1_000),
            spacing: AtomicU64::new(SPACING),
        });
        let app = Router::new()
            .route("/rss/{categories}", get(rss))
            .route("/api/query", get(query))
            .route("/oai", get(oai))
            .layer(from_fn_with_state(Arc::clone(&state), guard))
            .with_state(Arc::clone(&state));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, server, state }
    }

    pub fn urls(&self) -> ArxivUrls {
        let url = || format!("http://{}", self.address).parse().expect("a socket address is a host");
        ArxivUrls { rss: url(), api: url(), oai: url() }
    }

    /// Announces papers on a day in New York.
    pub fn announce(&self, day: Date, papers: impl IntoIterator<Item = Paper>) {
        self.state.announced.lock().unwrap().entry(day).or_default().extend(papers);
    }

    /// Lets the next request that no fault waits for meet this one.
    pub fn fail(&self, fault: Fault) {
        self.state.faults.lock().unwrap().push_back(fault);
    }

    /// Lets the next answers of the query API be short.
    pub fn shorten(&self, answers: usize) {
        self.state.short.store(answers, Ordering::SeqCst);
    }

    /// Lets OAI-PMH give so many records a page.
    pub fn page(&self, records: usize) {
        self.state.page.store(records, Ordering::SeqCst);
    }

    /// Bears a second less between requests, for a clock that runs: a late one seems to be followed too soon.
    pub fn bear_delays(&self) {
        self.state.spacing.store(SPACING - 1, Ordering::SeqCst);
    }

    /// Every request so far, as path and query.
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Forgets the requests so far and gives them.
    pub fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.asked.lock().unwrap())
    }

    /// The requests that broke the terms of use.
    pub fn rude(&self) -> Vec<String> {
        self.state.rude.lock().unwrap().clone()
    }

    /// The feed of today for some categories, as it would be served.
    pub fn feed(&self, categories: &str) -> String {
        self.state.feed(categories)
    }
}

impl Drop for FakeArxiv {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Lets the fake clock run where a person would wait.
pub struct Moving(pub Arc<FakeClock>);

#[async_trait]
impl Rest for Moving {
    async fn rest(&self, span: Duration) {
        self.0.advance(span);
        tokio::task::yield_now().await;
    }
}

impl Shared {
    fn today(&self) -> Date {
        self.clock.now().to_zoned(TimeZone::get("America/New_York").unwrap()).date()
    }

    fn feed(&self, categories: &str) -> String {
        let asked: Vec<&str> = categories.split('+').collect();
        let today = self.today();
        let announced = self.announced.lock().unwrap();
        let papers = announced.get(&today).map(Vec::as_slice).unwrap_or_default();
        let wanted = papers.iter().filter(|paper| asked.iter().any(|category| paper.is_in(category)));
        // As the real one, whose limit cuts the new ones off.
        let mut items: Vec<_> = wanted.map(|paper| (paper.kind_for(&asked), paper)).collect();
        items.sort_by_key(|(kind, _)| {
            std::cmp::Reverse(["new", "cross", "replace", "replace-cross"].iter().position(|k| k == kind))
        });
        let midnight = today.to_zoned(TimeZone::get("America/New_York").unwrap()).unwrap();
        let date = midnight.strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        let items: String =
            items.iter().take(RSS_LIMIT).map(|(kind, paper)| paper.item(kind, &date)).collect();
        paper::channel(categories, &date, &items)
    }
}

/// Writes the ledger, turns away the impatient, and plays the next fault.
async fn guard(State(state): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let asked = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let now = state.clock.now();
    let last = state.last.lock().unwrap().replace(now);
    let open = state.open.fetch_add(1, Ordering::SeqCst);
    let spacing = Duration::from_secs(state.spacing.load(Ordering::SeqCst));
    let early = last.is_some_and(|last| now.duration_since(last) < spacing.try_into().unwrap());
    let agent =
        request.headers().get(header::USER_AGENT).is_some_and(|agent| agent.to_str().unwrap().contains('@'));
    state.asked.lock().unwrap().push(asked.clone());
    let answer = if open > 0 || early || !agent {
        state.rude.lock().unwrap().push(asked);
        (StatusCode::FORBIDDEN, "one request every three seconds, and a single connection").into_response()
    } else {
        let fault = state.faults.lock().unwrap().pop_front();
        fault::answer(fault, || next.run(request)).await
    };
    state.open.fetch_sub(1, Ordering::SeqCst);
    answer
}

fn xml(body: String) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], body).into_response()
}

async fn rss(State(state): State<Arc<Shared>>, Path(categories): Path<String>) -> Response {
    if categories.split('+').any(|category| category == "cs.OH") {
        // Stands for a category that has been given up.
        return (StatusCode::BAD_REQUEST, xml("<rss version=\"2.0\"><channel><title>Feed error for query: x</title></channel></rss>".into())).into_response();
    }
    xml(state.feed(&categories))
}

async fn query(
    State(state): State<Arc<Shared>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response {
    let announced = state.announced.lock().unwrap();
    let all = announced.values().flatten();
    let found: Vec<&Paper> = if let Some(list) = parameters.get("id_list") {
        list.split(',').filter_map(|id| all.clone().find(|paper| paper.id == id)).collect()
    } else {
        let words = parameters.get("search_query").map_or("", String::as_str).trim_start_matches("all:");
        all.filter(|paper| paper.title.contains(words)).collect()
    };
    let number = |name: &str, default| parameters.get(name).and_then(|n| n.parse().ok()).unwrap_or(default);
    let (start, most): (usize, usize) = (number("start", 0), number("max_results", 10));
    let mut page: Vec<_> = found.iter().skip(start).take(most).collect();
    let shortened =
        state.short.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
    if shortened {
        page.pop();
    }
    let entries: String = page.iter().map(|paper| paper.entry()).collect();
    xml(paper::atom(found.len(), start, most, &entries))
}

async fn oai(
    State(state): State<Arc<Shared>>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Response {
    let parameter = |name: &str| parameters.get(name).cloned().unwrap_or_default();
    assert_eq!(parameter("verb"), "ListRecords");
    let token = parameter("resumptionToken");
    let (from, until, set, start) = if token.is_empty() {
        (parameter("from"), parameter("until"), parameter("set"), 0)
    } else {
        assert_eq!(parameters.len(), 2, "a token stands alone");
        let mut parts = token.splitn(4, '|').map(str::to_owned);
        let mut part = || parts.next().unwrap();
        (part(), part(), part(), part().parse().unwrap())
    };
    assert!(until.is_empty() || until == from, "a record that changes meanwhile would be lost");
    let from: Date = from.parse().unwrap();
    let last: Date = if until.is_empty() { Date::MAX } else { from };
    let now = state.clock.now().round(Unit::Second).unwrap();
    let announced = state.announced.lock().unwrap();
    let records: Vec<String> = announced
        .range(from..=last)
        .flat_map(|(day, papers)| papers.iter().map(move |paper| (day, paper)))
        .filter(|(day, paper)| **day <= state.today() && paper.is_in_set(&set))
        .map(|(day, paper)| paper.record(*day))
        .collect();
    let page = state.page.load(Ordering::SeqCst);
    let next = (start + page < records.len()).then(|| format!("{from}|{until}|{set}|{}", start + page));
    let here: String = records.iter().skip(start).take(page).cloned().collect();
    xml(paper::records(&now.to_string(), &here, next.as_deref()))
}
