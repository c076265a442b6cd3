//! Commands from request to answer, on a store of many papers: what a person waits for, apart from the network.
//!
//! ```text
//! cargo bench --bench commands -- [--json] [--only NAME] [--papers N]
//! commands/search/{1w,2w,3w}    commands/complete/{query,paper}    commands/trending/{day,week,month}
//! commands/{latest,similar,show}   commands/{discord,slack}/{search,complete}
//! ```
//! Time of the clock on the wall, one request after the other, each by itself; the aims are a p99 of 50 ms for search
//! and of 20 ms for completion on 100,000 papers. The rows of a platform are whole requests: signed, over loopback to
//! the web server, and back; the others are the bot alone.

#[expect(dead_code, reason = "the questions also say what other engines are asked")]
#[path = "../search/corpus.rs"]
mod corpus;
mod loopback;
mod shop;

use std::time::Instant;

use jiff::civil::Date;
use paperwire::chat::{Action, CommandHandler as _, Completion, Request};
use paperwire::command::{Command, Order, Scope, Topic, Window};

use corpus::Corpus;
use loopback::{Loopback, Sent};
use shop::Shop;

const TODAY: Date = Date::constant(2026, 1, 1);
/// Requests before those that are measured.
const WARM_UP: usize = 10;

struct Args {
    json: bool,
    only: Option<String>,
    papers: usize,
}

fn main() {
    let given: Vec<String> = std::env::args().collect();
    let value =
        |name: &str| given.iter().position(|arg| arg == name).and_then(|at| given.get(at + 1)).cloned();
    let args = Args {
        json: given.iter().any(|arg| arg == "--json"),
        only: value("--only"),
        papers: value("--papers").map_or(100_000, |n| n.parse().expect("--papers N")),
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(run(&args));
}

async fn run(args: &Args) {
    let corpus = Corpus::new(args.papers);
    let shop = Shop::fill(&corpus.papers).await;
    for class in ["1w", "2w", "3w"] {
        let questions = corpus.questions(class).into_iter();
        let commands = questions.map(|question| Command::Search {
            query: question.query.parse().expect("a question is a query"),
            order: Order::Relevance,
            since: None,
        });
        answer(args, &shop, &format!("commands/search/{class}"), commands.collect()).await;
    }
    let mut begun = Vec::new();
    for question in corpus.questions("2w") {
        // Every second letter, as it is asked for while somebody writes.
        let letters = question.query.chars().count();
        begun.extend((1..=letters).step_by(2).map(|n| question.query.chars().take(n).collect::<String>()));
    }
    begun.truncate(1_000);
    let loopback = Loopback::start(&shop).await;
    let queries: Vec<String> = ["1w", "2w", "3w"]
        .into_iter()
        .flat_map(|class| corpus.questions(class))
        .map(|question| question.query)
        .collect();
    request(args, &loopback, "commands/discord/search", &queries, loopback::discord_search).await;
    request(args, &loopback, "commands/slack/search", &queries, loopback::slack_search).await;
    request(args, &loopback, "commands/discord/complete", &begun, loopback::discord_complete).await;
    request(args, &loopback, "commands/slack/complete", &begun, loopback::slack_complete).await;
    complete(args, &shop, "commands/complete/query", Topic::Query, &begun).await;
    let mut ids: Vec<String> = (1..=10).map(|n| "2401.00001".chars().take(n).collect()).collect();
    ids.extend(begun);
    complete(args, &shop, "commands/complete/paper", Topic::Paper, &ids).await;
    for (name, window) in [("day", Window::Day), ("week", Window::Week), ("month", Window::Month)] {
        let commands = vec![Command::Trending { window, scope: Scope::default() }; 40];
        answer(args, &shop, &format!("commands/trending/{name}"), commands).await;
    }
    answer(args, &shop, "commands/latest", vec![Command::Latest { query: None }; 200]).await;
    let papers = || shop.ids.iter().step_by(shop.ids.len().div_ceil(200)).cloned();
    let similar = papers().map(|paper| Command::Similar { paper });
    answer(args, &shop, "commands/similar", similar.collect()).await;
    answer(args, &shop, "commands/show", papers().map(|paper| Command::Show { paper }).collect()).await;
}

/// Measures commands, of which some come first and do not count.
async fn answer(args: &Args, shop: &Shop, name: &str, commands: Vec<Command>) {
    if args.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
        return;
    }
    let mut times = Vec::with_capacity(commands.len());
    let warm_up = commands.iter().take(WARM_UP).cloned().collect::<Vec<_>>();
    for (at, command) in warm_up.into_iter().chain(commands).enumerate() {
        let id = format!("{name}/{at}");
        let request = Request { id, asker: shop::asker(), action: Action::Command(Ok(command)) };
        let start = Instant::now();
        std::hint::black_box(shop.bot.answer(request).await);
        times.push(start.elapsed().as_secs_f64());
    }
    report(args, name, times.split_off(WARM_UP.min(times.len())));
}

async fn complete(args: &Args, shop: &Shop, name: &str, topic: Topic, texts: &[String]) {
    if args.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
        return;
    }
    let mut times = Vec::with_capacity(texts.len());
    for text in texts.iter().take(WARM_UP).chain(texts) {
        let completion = Completion { asker: shop::asker(), topic, text: text.clone() };
        let start = Instant::now();
        std::hint::black_box(shop.bot.complete(completion).await);
        times.push(start.elapsed().as_secs_f64());
    }
    report(args, name, times.split_off(WARM_UP.min(times.len())));
}

/// Measures whole requests of a platform.
async fn request(args: &Args, loopback: &Loopback, name: &str, texts: &[String], of: fn(u64, &str) -> Sent) {
    if args.only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
        return;
    }
    let mut times = Vec::with_capacity(texts.len());
    for (number, text) in (1..).zip(texts.iter().take(WARM_UP).chain(texts)) {
        times.push(loopback.send(of(number, text)).await);
    }
    report(args, name, times.split_off(WARM_UP.min(times.len())));
}

fn report(args: &Args, name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)] * 1e6;
    let (p50, p99) = (at(50), at(99));
    if args.json {
        println!("{}", serde_json::json!({ "bench": name, "n": args.papers, "p50_us": p50, "p99_us": p99 }));
    } else {
        println!("{name:<28} p50 {p50:>8.0} µs  p99 {p99:>8.0} µs  of {}", times.len());
    }
}
