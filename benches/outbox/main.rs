//! What the outbox costs: deliveries claimed, intended and finished in a second, and the way from a match to its post.
//!
//! ```text
//! cargo bench --bench outbox -- [--json] [--only NAME] [--destinations N] [--papers N]
//! outbox/{sqlite,postgres}/throughput    batches of 50, three durable commits each
//! outbox/{sqlite,postgres}/latency       from the router's commit to the platform's `send`, on an idle queue
//! ```
//! Time of the clock on the wall. The aims are 10,000 deliveries a second on SQLite and 5,000 on PostgreSQL, and a
//! latency of 5 ms (p50) and 25 ms (p99).

mod postgres;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::date;
use paperwire::chat::{ChatPlatform, Edit, Edited, Post, Rendered};
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::{
    ChannelId, Counters, DestinationId, Facts, Found, Listing, Paper, Platform, RetryPolicy, SendOutcome,
    SourceName, Verdict,
};
use paperwire::message::Message;
use paperwire::pipeline::{SendSettings, Sender, Stage as _, Step};
use paperwire::store::{Ended, NewDelivery, Occasion, Store};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use postgres::Cluster;

const BATCH: u32 = 50;
const LEASE: Duration = Duration::from_mins(1);
/// Posts whose way is measured, and those before them.
const WAYS: usize = 500;
const WARM_UP: usize = 20;

struct Args {
    json: bool,
    only: Option<String>,
    destinations: usize,
    papers: usize,
}

impl Args {
    fn read() -> Self {
        let given: Vec<String> = std::env::args().collect();
        let value =
            |name: &str| given.iter().position(|arg| arg == name).and_then(|at| given.get(at + 1)).cloned();
        let number = |name: &str, default| value(name).map_or(default, |n| n.parse().expect("a number"));
        Self {
            json: given.iter().any(|arg| arg == "--json"),
            only: value("--only"),
            destinations: number("--destinations", 1_000),
            papers: number("--papers", 50),
        }
    }

    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

fn main() {
    let args = Args::read();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        if args.wants("outbox/sqlite/throughput") || args.wants("outbox/sqlite/latency") {
            let folder = tempfile::tempdir().expect("a folder");
            measure(&args, "sqlite", &format!("sqlite://{}/paperwire.db", folder.path().display())).await;
        }
        if args.wants("outbox/postgres/throughput") || args.wants("outbox/postgres/latency") {
            match Cluster::start() {
                Some(cluster) => measure(&args, "postgres", &cluster.url()).await,
                None => println!("PostgreSQL is not installed: its rows are left out"),
            }
        }
    });
}

async fn measure(args: &Args, database: &str, url: &str) {
    let store = Store::open(url).await.expect("a database");
    store.migrate().await.expect("tables");
    let channels = channels(&store, args.destinations).await;
    let (name, latency) = (format!("outbox/{database}/throughput"), format!("outbox/{database}/latency"));
    let papers = papers(&store, args.papers + WAYS + WARM_UP).await;
    let (many, single) = papers.split_at(args.papers);
    if args.wants(&name) {
        for paper in many {
            route(&store, paper, &channels).await;
        }
        throughput(args, &store, &name).await;
    }
    if args.wants(&latency) {
        ways(args, &store, &latency, single, &channels).await;
    }
    store.close().await;
}

async fn channels(store: &Store, number: usize) -> Vec<DestinationId> {
    let query = "robots".parse().expect("a query");
    let mut channels = Vec::with_capacity(number);
    for n in 0..number {
        let channel = ChannelId::parse(Platform::Sandbox, &format!("c{n}")).expect("a channel");
        let made = store.subscribe(Platform::Sandbox, &channel, &query, "bench", SystemClock.now()).await;
        channels.push(made.expect("a subscription").subscription().destination.id);
    }
    channels
}

async fn papers(store: &Store, number: usize) -> Vec<Paper> {
    let listing = |n: usize| Listing {
        paper: format!("2608.{n:05}").parse().expect("an id"),
        also: Vec::new(),
        announced: None,
        day: date(2026, 8, 3),
        facts: Facts { title: format!("Paper {n}"), ..Facts::default() },
        counters: Counters::default(),
    };
    let listings: Vec<Listing> = (0..number).map(listing).collect();
    let source = SourceName("huggingface");
    store.record(source, &listings, date(2026, 8, 1), SystemClock.now()).await.expect("papers");
    let mut papers = Vec::with_capacity(number);
    for listing in &listings {
        papers.push(store.paper(&listing.paper).await.expect("a paper").expect("it was recorded"));
    }
    papers
}

async fn route(store: &Store, paper: &Paper, channels: &[DestinationId]) {
    let now = SystemClock.now();
    // As long as a card of Discord.
    let body = "x".repeat(1_500);
    let delivery = |destination: &DestinationId| NewDelivery {
        destination: *destination,
        rich: body.clone(),
        plain: body.clone(),
        why: Vec::new(),
        expires_at: now + Duration::from_hours(24),
    };
    let deliveries: Vec<NewDelivery> = channels.iter().map(delivery).collect();
    store.commit_routing(paper, Occasion::New, &[], &deliveries, now).await.expect("deliveries");
}

/// Empties the outbox as one dispatcher does.
async fn throughput(args: &Args, store: &Store, name: &str) {
    let (mut done, mut parts) = (0_usize, [Duration::ZERO; 3]);
    let start = Instant::now();
    loop {
        let now = SystemClock.now();
        let begun = Instant::now();
        let claimed = store.claim("bench", &[Platform::Sandbox], BATCH, LEASE, now).await.expect("a claim");
        parts[0] += begun.elapsed();
        if claimed.is_empty() {
            break;
        }
        let begun = Instant::now();
        let granted = store.intents(&claimed, now).await.expect("intents");
        parts[1] += begun.elapsed();
        assert!(granted.iter().all(|granted| *granted));
        let ended = claimed.into_iter().map(|claimed| {
            let verdict = Verdict::Sent { message_id: claimed.id.to_string() };
            Ended { claimed, verdict, rest: Duration::ZERO }
        });
        let ended: Vec<Ended> = ended.collect();
        let begun = Instant::now();
        store.finish_all(&ended, now).await.expect("outcomes");
        parts[2] += begun.elapsed();
        done += ended.len();
    }
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(done, args.destinations * args.papers, "all were claimed");
    let each = f64::from(u32::try_from(done).expect("a moderate number"));
    let rate = each / seconds;
    let [claim, intents, finish] = parts.map(|part| part.as_secs_f64() / each * 1e6);
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "bench": name, "n": done, "per_second": rate, "claim_us": claim,
                "intents_us": intents, "finish_us": finish })
        );
    } else {
        println!(
            "{name:<28} {rate:>8.0} a second  claim {claim:.0} µs, intent {intents:.0} µs, finish {finish:.0} µs each"
        );
    }
}

/// Tells when it is asked to post.
struct Told(mpsc::UnboundedSender<Instant>);

#[async_trait]
impl ChatPlatform for Told {
    fn platform(&self) -> Platform {
        Platform::Sandbox
    }

    fn enforces_nonce(&self) -> bool {
        true
    }

    fn render(&self, _: &Message) -> Rendered {
        Rendered { rich: String::new(), plain: String::new() }
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        let _ = self.0.send(Instant::now());
        SendOutcome::Sent { message_id: post.delivery.to_string() }
    }

    async fn edit(&self, _: Edit<'_>) -> Edited {
        Edited::Done
    }

    async fn find(&self, _: Post<'_>, _: Timestamp) -> Found {
        Found::Absent
    }
}

/// Measures how long a delivery is under way when nothing else is.
async fn ways(args: &Args, store: &Store, name: &str, papers: &[Paper], channels: &[DestinationId]) {
    let (told, mut heard) = mpsc::unbounded_channel();
    let wake = Arc::new(Notify::new());
    let settings = SendSettings {
        owner: "bench".to_owned(),
        lease: LEASE,
        concurrency: 32,
        group: 1,
        policy: RetryPolicy {
            schedule: vec![LEASE],
            max_wait: LEASE,
            nonce_window: LEASE,
            settle_after: LEASE,
            history_lag: LEASE,
            between_looks: LEASE,
        },
    };
    let platform: Arc<dyn ChatPlatform> = Arc::new(Told(told));
    let stop = CancellationToken::new();
    let sender =
        Sender::new(store.clone(), Arc::new(SystemClock), [platform], settings, wake.clone(), stop.clone());
    let waking = wake.clone();
    let running = tokio::spawn(async move {
        while !stop.is_cancelled() {
            if sender.step().await.expect("a step") != Step::Worked {
                waking.notified().await;
            }
        }
    });
    let mut times = Vec::with_capacity(papers.len());
    for (at, paper) in papers.iter().enumerate() {
        route(store, paper, &channels[at % channels.len()..=at % channels.len()]).await;
        let committed = Instant::now();
        wake.notify_one();
        let posted = heard.recv().await.expect("a post");
        times.push(posted.saturating_duration_since(committed).as_secs_f64() * 1e3);
        // The outcome is recorded and the queue idle again before the next one.
        while store.outbox_counts().await.expect("counts").len() > 1 {
            tokio::task::yield_now().await;
        }
    }
    running.abort();
    let mut times = times.split_off(WARM_UP);
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    let (p50, p99) = (at(50), at(99));
    if args.json {
        println!("{}", serde_json::json!({ "bench": name, "n": times.len(), "p50_ms": p50, "p99_ms": p99 }));
    } else {
        println!("{name:<28} p50 {p50:>6.2} ms  p99 {p99:>6.2} ms  of {}", times.len());
    }
}
