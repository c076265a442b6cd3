//! Days of listings, from the source into four channels.

use jiff::civil::date;
use paperwire::clock::{Clock as _, SystemClock};
use serde_json::json;

use super::oracle::{Row, select};
use super::{DISCORD, Database, SLACK, Site, eventually, recorded_days};
use crate::worlds::hub::days::{self, Days};

/// Every subscription, with what it means in other words.
type Wanted = (&'static str, &'static str, &'static str, fn(&Row) -> bool);
const SUBSCRIPTIONS: [Wanted; 5] = [
    ("discord", DISCORD[0], r#""reinforcement learning" -survey -agent"#, |row| {
        row.has("reinforcement learning") && !row.has("survey") && !row.has("agent")
    }),
    ("discord", DISCORD[1], r"flow-matching OR Proteins", |row| {
        row.has("flow matching") || row.has("protein")
    }),
    ("slack", SLACK[0], "agents memory ti:Agents", |row| {
        row.has("agent") && row.has("memory") && row.title_has("agent")
    }),
    ("slack", SLACK[1], "ti:video editing", |row| row.title_has("video") && row.has("editing")),
    ("slack", SLACK[1], r#"ti:video "world model""#, |row| row.title_has("video") && row.has("world model")),
];

/// The recorded days of August 2026, moved so that the newest is today; without them, days of our own.
fn august() -> Days {
    let days = if let Some(folder) = recorded_days() {
        let days = days::load(&folder).unwrap();
        days.into_iter().filter(|(day, _)| *day >= date(2026, 8, 1)).collect()
    } else {
        println!("PAPERWIRE_RECORDED is not set: this run plays with made-up days");
        made_up()
    };
    days::shift(days, SystemClock.today()).unwrap()
}

fn made_up() -> Days {
    let topics = [
        "Reinforcement Learning for Walking",
        "Flow Matching in Practice",
        "Protein Design",
        "A Survey of Surveys",
        "Agents with Memory",
        "Video Editing by Hand",
        "Video Generation with World Models",
    ];
    let row = |day: i8, (n, title): (usize, &&str)| {
        let id = format!("2608.{:05}", usize::from(day.unsigned_abs()) * 100 + n);
        let at = format!("2026-08-{day:02}T00:00:00.000Z");
        let summary = format!("{title}, told at length on day {day}.");
        json!({"paper": {"id": id, "title": title, "summary": summary, "authors": [], "upvotes": 9 - n,
            "publishedAt": at, "submittedOnDailyAt": at}, "title": title, "numComments": 0})
    };
    (17..=21)
        .map(|day| (date(2026, 8, day), topics.iter().enumerate().map(|topic| row(day, topic)).collect()))
        .collect()
}

#[tokio::test]
async fn recorded_days_reach_four_channels_exactly_once_on_sqlite() {
    recorded_days_reach_four_channels(Database::Sqlite).await;
}

#[tokio::test]
async fn recorded_days_reach_four_channels_exactly_once_on_postgresql() {
    recorded_days_reach_four_channels(Database::Postgres).await;
}

/// First half, restart, second half, and a third run over the same days.
async fn recorded_days_reach_four_channels(database: Database) {
    let days = august();
    let expected = [DISCORD[0], DISCORD[1], SLACK[0], SLACK[1]].map(|channel| {
        let wanted: Vec<_> = SUBSCRIPTIONS.iter().filter(|s| s.1 == channel).map(|s| s.3).collect();
        (channel, select(&days, |row| wanted.iter().any(|wants| wants(row))))
    });
    let total: usize = expected.iter().map(|(_, papers)| papers.len()).sum();
    assert!(
        expected.iter().all(|(_, papers)| papers.len() > 1),
        "each channel must have something to tell: {expected:?}"
    );

    let site = Site::new(database, days).await;
    for (platform, channel, query, _) in SUBSCRIPTIONS {
        site.subscribe(platform, channel, query).await;
    }
    let first = site.serve();
    eventually("a third of the papers are posted", async || site.total_seen() >= total / 3).await;
    assert!(first.stop().await.success());
    assert!(site.total_seen() < total, "the restart must come in the middle");

    let second = site.serve();
    eventually("all papers are posted", async || site.total_seen() >= total).await;
    eventually("nothing waits any more", async || site.unsent().await == 0).await;
    assert!(second.stop().await.success());

    let asked = site.hub.asked().len();
    let third = site.serve();
    eventually("the same days are read again", async || site.hub.asked().len() > asked + 8).await;
    eventually("nothing waits any more", async || site.unsent().await == 0).await;
    assert!(third.stop().await.success());

    for (channel, papers) in expected {
        assert_eq!(site.seen(channel), papers, "channel {channel}");
    }
    assert_eq!(site.discord.refusals(), Vec::<String>::new());
    assert_eq!(site.slack.refusals(), Vec::<String>::new());
}
