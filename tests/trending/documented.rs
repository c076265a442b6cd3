//! The table of `docs/trending.md`, read as people read it, against the store and the bot.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _};
use paperwire::clock::Clock as _;
use paperwire::command::{Command, Scope, Window};
use paperwire::domain::{Counters, Facts};
use paperwire::store::Risen;

use crate::bot::Desk;
use crate::store::{HUB, on_both};

/// A row of the table: a paper, what was seen of it, and what the documentation says comes of that.
struct Row {
    name: char,
    snapshots: Vec<(Timestamp, Counters)>,
    gained: (u32, u32),
    momentum: Option<f64>,
}

/// The Friday of the example, 06:00.
fn friday() -> Timestamp {
    "2026-08-21T06:00:00Z".parse().unwrap()
}

/// `Wed 20:00`, on or before that Friday.
fn moment(text: &str) -> Timestamp {
    let (name, time) = text.split_once(' ').unwrap();
    let days = ["Fri", "Thu", "Wed", "Tue", "Mon"];
    let ago = i64::try_from(days.iter().position(|day| *day == name).unwrap()).unwrap();
    let (hour, minute) = time.split_once(':').unwrap();
    let of_day = hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap();
    friday() - (ago * 24).hours() + (of_day - 6 * 60).minutes()
}

/// `10 / 100`; `–` is a number that no source tells.
fn numbers(text: &str) -> (Option<u32>, Option<u32>) {
    let (votes, stars) = text.split_once('/').unwrap_or((text, "–"));
    (votes.trim().parse().ok(), stars.trim().parse().ok())
}

fn rows() -> Vec<Row> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/trending.md");
    let manual = std::fs::read_to_string(path).unwrap();
    let table = manual.lines().skip_while(|line| !line.starts_with("| Paper |")).skip(2);
    let table = table.take_while(|line| line.starts_with('|'));
    table
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, seen, start, now, gained, momentum] = cells[..] else {
                panic!("not six cells: {line}")
            };
            let snapshots: Vec<(Timestamp, Counters)> = seen
                .split('·')
                .map(|look| {
                    let (at, counted) = look.trim().split_once(": ").unwrap();
                    let counted = numbers(counted);
                    (moment(at), Counters { upvotes: counted.0, stars: counted.1, ..Counters::default() })
                })
                .collect();
            let last = snapshots.last().unwrap().1;
            assert_eq!(numbers(now), (last.upvotes, last.stars), "{line}");
            let gained = numbers(gained);
            let gained = (gained.0.unwrap_or(0), gained.1.unwrap_or(0));
            let (start, now) = (numbers(start), numbers(now));
            let risen =
                |start: Option<u32>, now: Option<u32>| now.unwrap_or(0).saturating_sub(start.unwrap_or(0));
            assert_eq!(gained, (risen(start.0, now.0), risen(start.1, now.1)), "{line}");
            let momentum = (momentum != "not listed").then(|| {
                momentum.rsplit("= ").next().unwrap().parse::<f64>().unwrap_or_else(|e| panic!("{e}: {line}"))
            });
            Row { name: name.chars().next().unwrap(), snapshots, gained, momentum }
        })
        .collect()
}

fn id(name: char) -> String {
    format!("2608.{:05}", u32::from(name))
}

/// Records the looks at all papers in the order of time, or in another one within each moment.
async fn look(desk: &Desk, rows: &[Row], backwards: bool) {
    let mut looks: BTreeMap<Timestamp, Vec<_>> = BTreeMap::new();
    for row in rows {
        for (at, counters) in &row.snapshots {
            looks.entry(*at).or_default().push((row.name, *counters));
        }
    }
    for (at, mut seen) in looks {
        if backwards {
            seen.reverse();
        }
        let listings: Vec<_> = seen
            .into_iter()
            .map(|(name, counters)| {
                let facts = Facts { title: format!("Paper {name}"), ..Facts::default() };
                let mut listing = desk.listing(&id(name), 5, facts);
                listing.counters = counters;
                listing
            })
            .collect();
        let tomorrow = desk.clock.today().tomorrow().unwrap();
        desk.db.store.record(HUB, &listings, tomorrow, at).await.unwrap();
    }
}

async fn risen(desk: &Desk, start: Timestamp, window: jiff::Span) -> Vec<Risen> {
    desk.db.store.risen(start - window, start, friday()).await.unwrap()
}

on_both! {
    async fn the_numbers_of_the_documentation_are_those_that_the_store_tells(db: Database) {
        let rows = rows();
        assert_eq!(rows.iter().map(|row| row.name).collect::<String>(), "ABCDE");
        let desk = Desk::new(db);
        assert_eq!(desk.clock.now(), friday());
        look(&desk, &rows, false).await;
        let day = 24.hours();
        let found = risen(&desk, friday() - day, day).await;
        for row in &rows {
            let key = desk.db.store.paper(&id(row.name).parse().unwrap()).await.unwrap().unwrap().key;
            let of_paper = found.iter().find(|risen| risen.paper == key);
            let told = of_paper.map_or((0, 0), |risen| (risen.upvotes, risen.stars));
            assert_eq!(told, row.gained, "paper {}", row.name);
            assert_eq!(of_paper.is_some(), row.momentum.is_some(), "paper {}", row.name);
        }
        let week = 168.hours();
        let key = desk.db.store.paper(&id('D').parse().unwrap()).await.unwrap().unwrap().key;
        let of_week = risen(&desk, friday() - week, week).await;
        assert_eq!(of_week.iter().find(|risen| risen.paper == key).unwrap().upvotes, 493, "the last sentence");
    }

    async fn the_answer_has_the_order_of_the_documentation_in_whatever_order_papers_arrive(db: Database) {
        let mut rows = rows();
        let desk = Desk::new(db);
        rows.reverse();
        look(&desk, &rows, true).await;
        let text = desk.person("ada").gives(Command::Trending { window: Window::Day, scope: Scope::default() }).await.text();
        rows.retain(|row| row.momentum.is_some());
        rows.sort_by(|a, b| b.momentum.unwrap().total_cmp(&a.momentum.unwrap()));
        let shown: Vec<usize> = rows.iter().map(|row| text.find(&format!("Paper {}", row.name)).unwrap()).collect();
        assert!(shown.is_sorted(), "{shown:?}: {text}");
        assert!(!text.contains("Paper E"), "{text}");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/trending.md");
        let names: Vec<String> = rows.iter().map(|row| row.name.to_string()).collect();
        assert!(std::fs::read_to_string(path).unwrap().contains(&format!("The answer is {}.", names.join(", "))));
    }
}
