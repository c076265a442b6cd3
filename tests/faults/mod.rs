//! What breaks, and what is promised then: the real binary between fakes that keep a ledger of what people see.
//!
//! `docs/reliability.md` lists the faults with the names of these tests.

#[cfg(feature = "crashpoints")]
mod crashes;
mod database;
mod disk;
mod listed;
#[cfg(feature = "crashpoints")]
mod rare;
mod report;
mod sinks;
mod soak;
mod stopping;

use std::net::SocketAddr;
use std::time::Duration;

use jiff::civil::Date;
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::{Cadence, ChannelId, Platform, Query};
use paperwire::store::{NewSubscription, Store};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::serve::process::Serve;
use crate::worlds::discord::Discord;
use crate::worlds::hub::{Hub, paper};
use crate::worlds::slack::Slack;
use crate::worlds::{discord, postgres, slack};
use report::Report;

/// What it takes to see a whole run; long, because a busy machine is no failure.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long a sender holds a message here; the requests of these tests end sooner.
const LEASE: &str = "3s";

type Environment = Vec<(&'static str, String)>;

/// Which database a run works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Database {
    Sqlite,
    Postgres,
}

/// The outside of one installation: a Hugging Face, a Discord, a Slack, a database and a folder.
struct Rig {
    hub: Hub,
    discord: Discord,
    slack: Slack,
    /// The database as tests reach it.
    store_url: String,
    folder: TempDir,
    store: Option<Store>,
    /// Channels that asked for every paper, by platform.
    channels: Vec<(Platform, String)>,
    /// Everything listed so far, in order.
    papers: Vec<String>,
    /// How many of these are not on the list any more.
    delisted: usize,
    /// The day on which all of it is listed.
    day: Date,
}

impl Rig {
    /// An outside with so many channels on each platform, of which nothing has asked for anything yet.
    async fn new(database: Database, channels: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store_url = match database {
            Database::Sqlite => format!("sqlite://{}", folder.path().join("paperwire.db").display()),
            Database::Postgres => postgres::database().await,
        };
        let named = |n: usize| (format!("1000000000000000{n:02}"), format!("C0CHANNEL{n:02}"));
        let (on_discord, on_slack): (Vec<String>, Vec<String>) = (0..channels).map(named).unzip();
        let day = SystemClock.today();
        Self {
            hub: Hub::start(day).await,
            discord: Discord::start(&on_discord.iter().map(String::as_str).collect::<Vec<_>>()).await,
            slack: Slack::start(&on_slack.iter().map(String::as_str).collect::<Vec<_>>()).await,
            store_url,
            folder,
            store: None,
            channels: (on_discord.into_iter().map(|c| (Platform::Discord, c)))
                .chain(on_slack.into_iter().map(|c| (Platform::Slack, c)))
                .collect(),
            papers: Vec::new(),
            delisted: 0,
            day,
        }
    }

    /// The same, with every channel subscribed to every paper.
    async fn subscribed(database: Database, channels: usize) -> Self {
        let mut rig = Self::new(database, channels).await;
        rig.subscribe(Cadence::Instant).await;
        rig
    }

    async fn subscribe(&mut self, cadence: Cadence) {
        let store = Store::open(&self.store_url).await.unwrap();
        store.migrate().await.unwrap();
        let query: Query = "robot".parse().unwrap();
        for (platform, channel) in &self.channels {
            let channel = ChannelId::parse(*platform, channel).unwrap();
            let wish = NewSubscription {
                platform: *platform,
                channel: &channel,
                workspace: None,
                query: &query,
                when: Some(cadence),
                style: None,
                owner: "a test",
            };
            // Long ago, so that a roundup of today is due for it.
            let since = SystemClock.now() - Duration::from_hours(48);
            store.subscribe_as(&wish, since).await.unwrap();
        }
        self.store = Some(store);
    }

    /// The test's own way into the database.
    fn store(&self) -> &Store {
        self.store.as_ref().expect("the rig has subscribed")
    }

    /// Lists so many further papers, after those that are listed.
    fn list(&mut self, count: usize) {
        let next = self.papers.len() + 1;
        self.papers.extend((next..next + count).map(|n| format!("2608.{n:05}")));
        let listed = self.papers[self.delisted..].iter();
        self.hub.list(self.day, listed.map(|id| paper(id).title(&format!("Robots at work in {id}"))));
    }

    /// Runs a statement behind the back of whoever serves.
    async fn tamper(&self, sql: &'static str) {
        if self.store_url.starts_with("sqlite:") {
            let mut connection = SqliteConnection::connect(&self.store_url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.store_url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }

    /// The settings of this outside: short times, and nothing that a test does not look at.
    fn environment(&self) -> Environment {
        vec![
            ("PAPERWIRE__CONTACT", "test@paperwire.example".to_owned()),
            ("PAPERWIRE__DATA_DIR", self.folder.path().display().to_string()),
            ("PAPERWIRE__STORE__URL", self.store_url.clone()),
            ("PAPERWIRE__WEB__LISTEN", String::new()),
            ("PAPERWIRE__SOURCES__ARXIV__ENABLED", "false".to_owned()),
            ("PAPERWIRE__SOURCES__FEEDS__ENABLED", "false".to_owned()),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL", self.hub.base_url().to_string()),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__INTERVAL", "1s".to_owned()),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__REREAD_DAYS", "0".to_owned()),
            ("PAPERWIRE__DELIVERY__LEASE", LEASE.to_owned()),
            ("PAPERWIRE__DELIVERY__RETRY", r#"["100ms", "200ms"]"#.to_owned()),
            ("PAPERWIRE__DELIVERY__SETTLE_AFTER", "200ms".to_owned()),
            ("PAPERWIRE__DELIVERY__HISTORY_LAG", "1s".to_owned()),
            ("PAPERWIRE__DELIVERY__BETWEEN_LOOKS", "300ms".to_owned()),
            ("PAPERWIRE__DISCORD__API_BASE", self.discord.base_url()),
            ("PAPERWIRE__DISCORD__TOKEN", discord::TOKEN.to_owned()),
            ("PAPERWIRE__DISCORD__MODE", "http".to_owned()),
            ("PAPERWIRE__DISCORD__TIMEOUT", "2s".to_owned()),
            ("PAPERWIRE__SLACK__API_BASE", self.slack.base_url()),
            ("PAPERWIRE__SLACK__BOT_TOKEN", slack::TOKEN.to_owned()),
            ("PAPERWIRE__SLACK__TIMEOUT", "2s".to_owned()),
        ]
    }

    fn serve(&self) -> Serve {
        self.serve_with(&[])
    }

    /// Serves with some settings of its own.
    fn serve_with(&self, settings: &[(&'static str, String)]) -> Serve {
        Serve::start([self.environment().as_slice(), settings].concat())
    }

    /// Messages in all channels.
    fn visible(&self) -> usize {
        self.discord.all().len() + self.slack.all().len()
    }

    /// The addresses that people see in a channel, in order.
    fn seen(&self, platform: Platform, channel: &str) -> Vec<String> {
        let urls: Vec<Option<String>> = match platform {
            Platform::Slack => self.slack.messages(channel).into_iter().map(|message| message.url).collect(),
            _ => self.discord.messages(channel).into_iter().map(|message| message.url).collect(),
        };
        urls.into_iter().map(|url| url.expect("a card links its title")).collect()
    }

    /// Waits until every paper has come to its end in every channel.
    async fn quiet(&self, told: &str) {
        let expected = self.papers.len() * self.channels.len();
        let quiet = eventually(async || {
            let Ok(counts) = self.store().outbox_counts().await else { return false };
            let all: u64 = counts.values().sum();
            let open: u64 = counts.iter().filter(|((_, state), _)| !state.is_final()).map(|(_, n)| n).sum();
            usize::try_from(all).unwrap() >= expected && open == 0
        })
        .await;
        if !quiet {
            let counts = self.store().outbox_counts().await;
            panic!("{told}: it never comes to rest with {expected} deliveries: {counts:?}");
        }
    }

    /// Serves until every paper has come to its end, and says what came of it.
    async fn settle(&self, told: &str) -> Report {
        let serve = self.serve();
        self.quiet(told).await;
        serve.kill().await;
        Report::of(self).await
    }
}

/// Waits until something holds, or until patience ends; the processes under test offer no other sign.
async fn eventually(mut holds: impl AsyncFnMut() -> bool) -> bool {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let wait = async {
        while !holds().await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.is_ok()
}

/// The same where nothing can go on without it.
async fn until(what: &str, holds: impl AsyncFnMut() -> bool) {
    assert!(eventually(holds).await, "it never came to this: {what}");
}

/// The server in a PostgreSQL address.
fn server(url: &str) -> SocketAddr {
    let url: url::Url = url.parse().unwrap();
    SocketAddr::from(([127, 0, 0, 1], url.port().unwrap()))
}
