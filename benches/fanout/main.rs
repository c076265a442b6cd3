//! One paper to many channels: how near the way out of the outbox comes to what the platform allows.
//!
//! ```text
//! cargo bench --bench fanout -- [--json] [--only NAME]
//! fanout/1x1000    fanout/1x10000    fanout/3x10000          (papers x channels)
//! ```
//! The store and the sender are the real ones, on SQLite with durable commits; the platform is in this process and
//! enforces 50 posts in any second and five in five seconds for each channel. Time is virtual: a step takes none, and
//! the clock jumps to when the sender wants to go on. `ratio` is that time over the least that 50 a second allow.

mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use paperwire::clock::Clock;
use paperwire::domain::{
    ChannelId, Counters, Facts, Listing, Platform, RetryPolicy, SourceName, Subscription,
};
use paperwire::pipeline::{SendSettings, Sender, Stage, Step};
use paperwire::store::{NewDelivery, NewMatch, Occasion, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use world::{PER_SECOND, Virtual, World};

const SCENES: [(u32, u32); 3] = [(1, 1_000), (1, 10_000), (3, 10_000)];
/// Longer than any of it may take, in virtual time.
const PATIENCE: Duration = Duration::from_hours(24);

fn main() {
    let given: Vec<String> = std::env::args().collect();
    let json = given.iter().any(|arg| arg == "--json");
    let only = given.iter().position(|arg| arg == "--only").and_then(|at| given.get(at + 1)).cloned();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (papers, channels) in SCENES {
        let name = format!("fanout/{papers}x{channels}");
        if only.as_ref().is_none_or(|only| name.ends_with(only.as_str())) {
            runtime.block_on(scene(&name, papers, channels, json));
        }
    }
}

async fn scene(name: &str, papers: u32, channels: u32, json: bool) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}/paperwire.db", folder.path().display());
    let store = Store::open(&url).await.expect("a store");
    store.migrate().await.expect("tables");
    let begin = Timestamp::from_second(1_785_672_000).expect("a time");
    let clock = Arc::new(Virtual::at(begin));
    fill(&store, papers, channels, begin).await;
    let world = Arc::new(World::new(clock.clone()));
    let settings = SendSettings {
        owner: "bench".to_owned(),
        lease: Duration::from_mins(1),
        concurrency: 64,
        group: 1,
        policy: RetryPolicy {
            schedule: vec![Duration::from_secs(5)],
            max_wait: Duration::from_hours(6),
            nonce_window: Duration::from_mins(2),
            settle_after: Duration::from_secs(5),
            history_lag: Duration::from_mins(1),
            between_looks: Duration::from_secs(30),
        },
    };
    let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    let sender = Sender::new(store.clone(), clock.clone(), [world.clone() as _], settings, wake, stop);
    let start = Instant::now();
    while clock.now() < begin + PATIENCE {
        match sender.step().await.expect("the store works") {
            Step::Worked => {}
            Step::Idle { until: None } => break,
            Step::Idle { until: Some(until) } => clock.go_to(until),
        }
    }
    let wall = start.elapsed().as_secs_f64();
    store.close().await;
    let n = papers * channels;
    let ideal = f64::from(n) / f64::from(PER_SECOND);
    let took = world.last().duration_since(begin).as_secs_f64();
    let (lost, doubled) = world.wrong(papers, channels);
    let (ratio, limited, memory) = (took / ideal, world.limited(), high_water());
    if json {
        println!(
            "{}",
            serde_json::json!({"bench": name, "n": n, "ideal_s": ideal, "took_s": took, "ratio": ratio,
                "self_inflicted_429": limited, "lost": lost, "doubled": doubled, "vm_hwm_mb": memory, "wall_s": wall})
        );
    } else {
        println!(
            "{name:<16} {took:>7.1} s of {ideal:>6.1} s ({ratio:.3})  429 {limited}  lost {lost}  doubled {doubled}  \
             {memory:.0} MB  {wall:.1} s on the wall"
        );
    }
}

/// Subscribes the channels and puts every paper into the queue of each.
async fn fill(store: &Store, papers: u32, channels: u32, now: Timestamp) {
    let query = "robots".parse().expect("a query");
    let mut subscriptions: Vec<Subscription> = Vec::new();
    for channel in 1..=channels {
        let channel = ChannelId::parse(Platform::Discord, &channel.to_string()).expect("an id");
        let made = store.subscribe(Platform::Discord, &channel, &query, "bench", now).await;
        subscriptions.push(made.expect("a subscription").subscription().clone());
    }
    for number in 1..=papers {
        let paper = format!("2608.{number:05}").parse().expect("an id");
        let day = jiff::civil::date(2026, 8, 2);
        let facts = Facts { title: "Robots".to_owned(), ..Facts::default() };
        let also = Vec::new();
        let listing = Listing { paper, also, announced: None, day, facts, counters: Counters::default() };
        let source = SourceName("huggingface");
        store.record(source, std::slice::from_ref(&listing), day, now).await.expect("it is stored");
        let paper = store.paper(&listing.paper).await.expect("the store works").expect("it was stored");
        let delivery = |subscription: &Subscription| NewDelivery {
            destination: subscription.destination.id,
            rich: format!("{{\"content\":\"{}\"}}", paper.id),
            plain: paper.id.to_string(),
            why: Vec::new(),
            expires_at: now + 2 * PATIENCE,
        };
        let deliveries: Vec<_> = subscriptions.iter().map(delivery).collect();
        let matches = subscriptions.iter().map(|s| NewMatch { subscription: s.id, terms: Vec::new() });
        let matches: Vec<_> = matches.collect();
        store.commit_routing(&paper, Occasion::New, &matches, &deliveries, now).await.expect("it is routed");
    }
}

/// The most memory that this process ever held, in MB.
fn high_water() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}
