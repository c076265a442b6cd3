//! `paperwire sources add`, `list` and `remove`: the feeds that are followed.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::args::{AddSource, SourceArg};
use super::exit::CliError;
use super::output::{Output, count, table};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::sources::feed::{self, LookError, NotAFeed, Parsed};
use crate::sources::fetch::Guard;
use crate::store::{AddedFeed, FeedId, FollowedFeed};

/// How many of a feed's papers are shown before it is followed.
const SAMPLE: usize = 5;

/// A feed as programs read it.
#[derive(Serialize)]
struct Row {
    id: i64,
    source: String,
    title: String,
    url: String,
    state: &'static str,
    health: String,
    read_at: Option<String>,
    failure: Option<String>,
    papers: u32,
    added_by: String,
    added_at: String,
}

impl Row {
    fn new(feed: &FollowedFeed, papers: u32, now: Timestamp) -> Self {
        let state = match (&feed.paused_at, &feed.failure, feed.read_at) {
            _ if feed.ended.is_some() => "ended",
            (Some(_), ..) => "paused",
            (_, Some(_), _) => "failing",
            (.., Some(_)) => "read",
            _ => "waiting",
        };
        Self {
            id: feed.id.0,
            source: format!("feed-{}", feed.id.0),
            title: feed.title.clone(),
            url: feed.url.clone(),
            state,
            health: health(feed, now),
            read_at: feed.read_at.map(|at| at.to_string()),
            failure: feed.failure.clone(),
            papers,
            added_by: feed.added_by.clone(),
            added_at: feed.added_at.to_string(),
        }
    }
}

/// What a feed brought when it was looked at.
#[derive(Serialize)]
struct Found {
    url: String,
    title: String,
    items: usize,
    unreadable: usize,
    sample: Vec<Sample>,
    /// The feed's number, when it is followed now.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
}

#[derive(Serialize)]
struct Sample {
    paper: String,
    day: String,
    title: String,
}

/// Looks at a feed, and follows it unless that was all that is wanted.
pub async fn add(config: &Config, args: &AddSource, output: Output) -> Result<(), CliError> {
    let guard = Guard::new(config.sources.allow.clone());
    let (url, _) = guard.read(&args.url).map_err(|refusal| CliError::Usage(refusal.to_string()))?;
    if feed::is_arxiv(&url) {
        return Err(CliError::Usage(
            "arXiv is a source of its own, which keeps to arXiv's one request in three seconds: see sources.arxiv \
             in the configuration"
                .to_owned(),
        ));
    }
    let looked = app::look_at_feed(config, &url, SystemClock.today()).await?;
    let (_, parsed) = looked.map_err(|error| refused(&error))?;
    let mut found = Found::new(&url, &parsed);
    if args.dry_run {
        output.row(&found, |found| format!("{}\nIt is not followed: --dry-run.", sentence(found)))?;
        return Ok(());
    }
    let store = app::open_store(config).await?;
    let added = store.add_feed(url.as_str(), &found.title, "cli", SystemClock.now()).await?;
    let (feed, ending) = match &added {
        AddedFeed::Created(feed) => (
            feed,
            "What is there now is stored and not posted; what comes later is posted where a subscription matches.",
        ),
        AddedFeed::Existing(feed) => (feed, "It was followed already; nothing has changed."),
    };
    found.id = Some(feed.id.0);
    output.row(&found, |found| format!("{}\nFollowed as feed {}. {ending}", sentence(found), feed.id.0))?;
    if !config.sources.feeds.enabled {
        output.note("Feeds are switched off: set sources.feeds.enabled to true.")?;
    }
    Ok(())
}

/// Lists the feeds with how reading them goes.
pub async fn list(config: &Config, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    let (papers, now) = (store.papers_of_feeds().await?, SystemClock.now());
    let feeds = store.feeds().await?;
    let rows: Vec<Row> =
        feeds.iter().map(|feed| Row::new(feed, papers.get(&feed.id).copied().unwrap_or(0), now)).collect();
    if rows.is_empty() {
        output.note(
            "No feeds are followed yet. Add one: paperwire sources add https://www.nature.com/nature.rss",
        )?;
        return Ok(());
    }
    output.rows(&rows, |rows| {
        let mut table = table(&["id", "feed", "address", "papers", "health"]);
        for row in rows {
            let (title, url) = (row.title.clone(), row.url.clone());
            table.add_row([row.id.to_string(), title, url, row.papers.to_string(), row.health.clone()]);
        }
        table
    })?;
    Ok(())
}

/// Follows a feed no longer.
pub async fn remove(config: &Config, arg: &SourceArg, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    let removed = store.remove_feed(FeedId(arg.id)).await?;
    let feed = removed.ok_or_else(|| {
        CliError::NotFound(format!(
            "there is no feed {}; `paperwire sources list` shows their numbers",
            arg.id
        ))
    })?;
    output.row(&Row::new(&feed, 0, SystemClock.now()), |row| {
        format!("Removed feed {}, “{}”. Its papers stay.", row.id, row.title)
    })?;
    Ok(())
}

impl Found {
    fn new(url: &Url, parsed: &Parsed) -> Self {
        let sample = parsed.rows.listings.iter().take(SAMPLE).map(|listing| Sample {
            paper: listing.paper.to_string(),
            day: listing.day.to_string(),
            title: listing.facts.title.clone(),
        });
        let host = url.host_str().unwrap_or_default();
        Self {
            url: url.to_string(),
            title: if parsed.title.is_empty() { host.to_owned() } else { parsed.title.clone() },
            items: parsed.rows.listings.len(),
            unreadable: parsed.rows.bad.len(),
            sample: sample.collect(),
            id: None,
        }
    }
}

fn sentence(found: &Found) -> String {
    let mut out = format!("“{}” lists {}", found.title, count(found.items, "paper", "papers"));
    if found.unreadable > 0 {
        out = format!("{out}, and {} that cannot be read", count(found.unreadable, "item", "items"));
    }
    out.push('.');
    for Sample { paper, day, title } in &found.sample {
        out = format!("{out}\n  {day}  {paper}  {title}");
    }
    if found.items > found.sample.len() {
        out = format!("{out}\n  … and {} more", found.items - found.sample.len());
    }
    out
}

fn refused(error: &LookError) -> CliError {
    let mut text = format!("this is not followed: {error}");
    if let LookError::NotAFeed { url, why: NotAFeed::WebPage { feed: Some(feed) } } = error
        && let Ok(feed) = url.join(feed)
    {
        text = format!("{text}. The page names this feed: paperwire sources add {feed}");
    }
    CliError::Failed(anyhow::anyhow!(text))
}

/// How reading a feed goes, in words.
fn health(feed: &FollowedFeed, now: Timestamp) -> String {
    let ago = |at: Timestamp| spelt(Duration::try_from(now.duration_since(at)).unwrap_or_default());
    if let Some((at, why)) = &feed.ended {
        return format!("not read any more since {} ago: {why}", ago(*at));
    }
    match (feed.paused_at, &feed.failure, feed.read_at) {
        (Some(since), ..) => format!("paused {} ago", ago(since)),
        // The last reading went well and left something to decide.
        (_, Some(told), Some(at)) if feed.failures == 0 => format!("read {} ago: {told}", ago(at)),
        (_, Some(failure), read_at) => {
            let times =
                if feed.failures == 1 { "once".to_owned() } else { format!("{} times", feed.failures) };
            let last = read_at.map_or("never read".to_owned(), |at| format!("last read {} ago", ago(at)));
            format!("failed {times}, {last}: {failure}")
        }
        (.., Some(at)) => format!("read {} ago", ago(at)),
        _ => "not read yet".to_owned(),
    }
}

/// A span as people say it, in its largest whole unit.
fn spelt(span: Duration) -> String {
    match span.as_secs() {
        0..60 => count(usize::try_from(span.as_secs()).unwrap_or(0), "second", "seconds"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_told_in_words() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let now = at("2026-11-23T12:00:00Z").unwrap();
        let mut feed = FollowedFeed {
            id: FeedId(1),
            url: "https://lab.example/feed".into(),
            title: "Lab".into(),
            added_by: "cli".into(),
            added_at: now,
            paused_at: None,
            ended: None,
            read_at: None,
            failure: None,
            failures: 0,
        };
        assert_eq!(health(&feed, now), "not read yet");
        feed.failure = Some("it is a web page and no feed".into());
        feed.failures = 1;
        assert_eq!(health(&feed, now), "failed once, never read: it is a web page and no feed");
        feed.read_at = at("2026-11-20T12:00:00Z");
        feed.failures = 3;
        assert_eq!(health(&feed, now), "failed 3 times, last read 3 days ago: it is a web page and no feed");
        feed.failure = Some("12 papers are held".into());
        feed.failures = 0;
        assert_eq!(health(&feed, now), "read 3 days ago: 12 papers are held");
        feed.failure = None;
        feed.read_at = at("2026-11-23T11:18:00Z");
        assert_eq!(health(&feed, now), "read 42 min ago");
        feed.paused_at = at("2026-11-23T11:59:59Z");
        assert_eq!(health(&feed, now), "paused 1 second ago");
    }
}
