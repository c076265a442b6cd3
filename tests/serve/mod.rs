//! The real binary, driven as an operator would, between a Hugging Face, a Discord and a Slack on loopback.

mod commands;
mod feeds;
pub mod oracle;
pub mod process;
mod recorded;
mod troubles;

use std::path::PathBuf;
use std::time::Duration;

use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::DeliveryState;
use paperwire::store::Store;
use tempfile::TempDir;

use crate::worlds::discord::Discord;
use crate::worlds::hub::{Hub, days::Days};
use crate::worlds::slack::Slack;
use crate::worlds::{discord, postgres, slack};
use process::Serve;

/// The channels of these tests, open on their platforms.
pub const DISCORD: [&str; 2] = ["100000000000000001", "100000000000000002"];
const SLACK: [&str; 2] = ["C0ROBOTS01", "C0VIDEOS02"];

/// What it takes to see a whole run; long, because a busy machine is no failure.
const PATIENCE: Duration = Duration::from_mins(2);

/// Which database a run works on.
#[derive(Debug, Clone, Copy)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// The outside of one installation, and its folder and database.
pub struct Site {
    pub hub: Hub,
    pub discord: Discord,
    pub slack: Slack,
    pub store_url: String,
    pub folder: TempDir,
}

impl Site {
    pub async fn new(database: Database, days: Days) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store_url = match database {
            Database::Sqlite => format!("sqlite://{}", folder.path().join("paperwire.db").display()),
            Database::Postgres => postgres::database().await,
        };
        Self {
            hub: Hub::serving(days, SystemClock.today()).await,
            discord: Discord::start(&DISCORD).await,
            slack: Slack::start(&SLACK).await,
            store_url,
            folder,
        }
    }

    /// The settings of this site as environment variables.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PAPERWIRE__CONTACT", "test@paperwire.example".to_owned()),
            ("PAPERWIRE__DATA_DIR", self.folder.path().display().to_string()),
            ("PAPERWIRE__STORE__URL", self.store_url.clone()),
            ("PAPERWIRE__WEB__LISTEN", String::new()),
            ("PAPERWIRE__SOURCES__ARXIV__ENABLED", "false".to_owned()),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL", self.hub.base_url().to_string()),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__INTERVAL", "2s".to_owned()),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__BACKLOG_DAYS", "20".to_owned()),
            ("PAPERWIRE__DELIVERY__RETRY", r#"["200ms", "400ms", "800ms"]"#.to_owned()),
            ("PAPERWIRE__DISCORD__API_BASE", self.discord.base_url()),
            ("PAPERWIRE__DISCORD__TOKEN", discord::TOKEN.to_owned()),
            ("PAPERWIRE__SLACK__API_BASE", self.slack.base_url()),
            ("PAPERWIRE__SLACK__BOT_TOKEN", slack::TOKEN.to_owned()),
        ]
    }

    fn serve(&self) -> Serve {
        self.serve_with(&[])
    }

    /// Serves with some settings of its own.
    pub fn serve_with(&self, settings: &[(&'static str, String)]) -> Serve {
        Serve::start([self.environment().as_slice(), settings].concat())
    }

    /// Runs a command of the binary and returns what it printed.
    pub async fn run(&self, arguments: &[&str]) -> String {
        process::run(self.environment(), arguments).await
    }

    pub async fn subscribe(&self, platform: &str, channel: &str, query: &str) {
        let add = ["subscriptions", "add", "--platform", platform, "--channel", channel, "--query", query];
        self.run(&add).await;
    }

    /// The addresses that people see in a channel, in order.
    pub fn seen(&self, channel: &str) -> Vec<String> {
        let discord = self.discord.messages(channel).into_iter().map(|message| message.url);
        let slack = self.slack.messages(channel).into_iter().map(|message| message.url);
        discord.chain(slack).map(|url| url.expect("a card links its title")).collect()
    }

    fn total_seen(&self) -> usize {
        self.discord.all().len() + self.slack.all().len()
    }

    /// Deliveries that are in another state than “sent”.
    async fn unsent(&self) -> u64 {
        let store = Store::open(&self.store_url).await.unwrap();
        let counts = store.outbox_counts().await.unwrap();
        store.close().await;
        counts.iter().filter(|((_, state), _)| *state != DeliveryState::Sent).map(|(_, n)| n).sum()
    }
}

/// Waits until something holds; the process under test offers no other sign.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    let wait = async {
        while !holds().await {
            ticks.tick().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "it never came to this: {what}");
}

/// The folder of recorded answers, when there is one.
fn recorded_days() -> Option<PathBuf> {
    let folder = std::env::var_os("PAPERWIRE_RECORDED")?;
    Some(PathBuf::from(folder).join("huggingface"))
}
