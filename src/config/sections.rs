//! One plain struct for each section of the configuration.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use url::Url;

use crate::domain::{AllowedHost, RetryPolicy};

use super::reader::Reader;
use super::value::{
    allowed_hosts, boolean, categories, duration, durations, listen_address, log_filter, networks, number,
    one_of, optional_web_url, public_key, slack_managers, snowflake, web_url,
};

const MOMENT: Duration = Duration::from_millis(1);
const MINUTE: Duration = Duration::from_mins(1);
const WEEK: Duration = Duration::from_hours(7 * 24);

/// The health page and the web pages.
#[derive(Debug, Clone)]
pub struct WebConfig {
    /// Where to listen; `None` is no web server.
    pub listen: Option<SocketAddr>,
    /// The address that people use.
    pub public_url: Option<Url>,
    /// Whether people may subscribe by e-mail.
    pub subscribe: bool,
    /// Proxies whose word about who asks is taken.
    pub trusted_proxies: Vec<IpNet>,
}

impl WebConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            listen: reader.read("web.listen", listen_address),
            public_url: reader.read("web.public_url", optional_web_url),
            subscribe: reader.read("web.subscribe", boolean),
            trusted_proxies: reader.read("web.trusted_proxies", networks),
        }
    }
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Levels, as `tracing_subscriber::EnvFilter` reads them.
    pub filter: String,
    /// For whom.
    pub format: LogFormat,
}

/// For whom log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs, one JSON object on each line.
    Json,
}

impl LogConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            filter: reader.read("log.filter", log_filter),
            format: reader
                .read("log.format", one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)])),
        }
    }
}

/// Where papers come from.
#[derive(Debug, Clone)]
pub struct SourcesConfig {
    /// Hosts that may be fetched from although they are not on the public web.
    pub allow: Vec<AllowedHost>,
    /// Hugging Face's daily papers.
    pub huggingface: HuggingFaceConfig,
    /// arXiv's announcements.
    pub arxiv: ArxivConfig,
    /// Feeds that people add.
    pub feeds: FeedsConfig,
    /// bioRxiv.
    pub biorxiv: RxivConfig,
    /// medRxiv.
    pub medrxiv: RxivConfig,
}

/// Feeds that people add.
#[derive(Debug, Clone)]
pub struct FeedsConfig {
    /// Whether they are polled.
    pub enabled: bool,
    /// Time between two polls of a feed.
    pub interval: Duration,
}

/// One of the preprint servers bioRxiv and medRxiv.
#[derive(Debug, Clone)]
pub struct RxivConfig {
    /// Whether it is polled.
    pub enabled: bool,
    /// Where its API is served.
    pub base_url: Url,
    /// Time between two polls.
    pub interval: Duration,
    /// Days before today whose papers a fresh installation posts as well.
    pub backlog_days: u16,
    /// Days before today that each poll reads again.
    pub reread_days: u16,
}

impl RxivConfig {
    fn read(reader: &mut Reader, server: &str) -> Self {
        let key = |name: &str| format!("sources.{server}.{name}");
        Self {
            enabled: reader.read(&key("enabled"), boolean),
            base_url: reader.read(&key("base_url"), web_url),
            interval: reader.read(&key("interval"), duration(Duration::from_secs(1)..=WEEK)),
            backlog_days: reader.read(&key("backlog_days"), number(0..=365)),
            reread_days: reader.read(&key("reread_days"), number(0..=60)),
        }
    }
}

/// Hugging Face's daily papers.
#[derive(Debug, Clone)]
pub struct HuggingFaceConfig {
    /// Whether it is polled.
    pub enabled: bool,
    /// Where the listing is served.
    pub base_url: Url,
    /// Time between two polls.
    pub interval: Duration,
    /// Days before today whose papers a fresh installation posts as well.
    pub backlog_days: u16,
    /// Days before today that each poll reads again.
    pub reread_days: u16,
}

/// arXiv's announcements.
#[derive(Debug, Clone)]
pub struct ArxivConfig {
    /// Whether it is polled.
    pub enabled: bool,
    /// Where the announcements of the day are served.
    pub rss_url: Url,
    /// Where single papers are looked up.
    pub api_url: Url,
    /// Where missed days are harvested.
    pub oai_url: Url,
    /// Categories and archives that are read whoever follows them.
    pub categories: Vec<String>,
    /// Days before today whose papers a fresh installation posts as well.
    pub backlog_days: u16,
}

impl ArxivConfig {
    fn read(reader: &mut Reader) -> Self {
        Self {
            enabled: reader.read("sources.arxiv.enabled", boolean),
            rss_url: reader.read("sources.arxiv.rss_url", web_url),
            api_url: reader.read("sources.arxiv.api_url", web_url),
            oai_url: reader.read("sources.arxiv.oai_url", web_url),
            categories: reader.read("sources.arxiv.categories", categories),
            backlog_days: reader.read("sources.arxiv.backlog_days", number(0..=30)),
        }
    }
}

impl SourcesConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let huggingface = HuggingFaceConfig {
            enabled: reader.read("sources.huggingface.enabled", boolean),
            base_url: reader.read("sources.huggingface.base_url", web_url),
            interval: reader.read("sources.huggingface.interval", duration(Duration::from_secs(1)..=WEEK)),
            backlog_days: reader.read("sources.huggingface.backlog_days", number(0..=365)),
            reread_days: reader.read("sources.huggingface.reread_days", number(0..=60)),
        };
        let feeds = FeedsConfig {
            enabled: reader.read("sources.feeds.enabled", boolean),
            interval: reader.read("sources.feeds.interval", duration(Duration::from_secs(1)..=WEEK)),
        };
        Self {
            allow: reader.read("sources.allow", allowed_hosts),
            huggingface,
            arxiv: ArxivConfig::read(reader),
            feeds,
            biorxiv: RxivConfig::read(reader, "biorxiv"),
            medrxiv: RxivConfig::read(reader, "medrxiv"),
        }
    }
}

/// How messages are sent.
#[derive(Debug, Clone)]
pub struct DeliveryConfig {
    /// How long a sender holds a message before another may take it over.
    pub lease: Duration,
    /// A message that could not be posted for this long is given up.
    pub max_age: Duration,
    /// Waits after the first, second, … failed try; the last one repeats.
    pub retry: Vec<Duration>,
    /// The longest wait that a platform may ask for.
    pub max_wait: Duration,
    /// How long after a lost answer the same nonce may be sent again.
    pub nonce_window: Duration,
    /// How long after a lost answer it is settled.
    pub settle_after: Duration,
    /// How long a channel's history may lag behind its posts.
    pub history_lag: Duration,
    /// Between the two looks into a channel's history that prove that a message is not there.
    pub between_looks: Duration,
    /// Messages on their way at the same time.
    pub concurrency: usize,
    /// Papers of a channel that go out as one message when they wait together.
    pub group: usize,
    /// The longest short text of a paper, in characters.
    pub short_text: usize,
    /// Whether posted messages are edited when something happens to their paper.
    pub living_cards: bool,
    /// For so long a roundup waits for a source that is late.
    pub wait_for_sources: Duration,
}

impl DeliveryConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            lease: reader.read("delivery.lease", duration(Duration::from_secs(1)..=10 * MINUTE)),
            max_age: reader
                .read("delivery.max_age", duration(Duration::from_secs(1)..=30 * 24 * 60 * MINUTE)),
            retry: reader.read("delivery.retry", durations(MOMENT..=WEEK)),
            max_wait: reader.read("delivery.max_wait", duration(Duration::from_secs(1)..=WEEK)),
            // Discord promises no more than “a few minutes”; beyond two, a repeat could become a second message.
            nonce_window: reader.read("delivery.nonce_window", duration(Duration::ZERO..=2 * MINUTE)),
            settle_after: reader.read("delivery.settle_after", duration(MOMENT..=10 * MINUTE)),
            history_lag: reader.read("delivery.history_lag", duration(MOMENT..=10 * MINUTE)),
            between_looks: reader.read("delivery.between_looks", duration(MOMENT..=10 * MINUTE)),
            concurrency: reader.read("delivery.concurrency", number(1..=256)),
            group: reader.read("delivery.group", number(1..=10)),
            short_text: reader.read("delivery.short_text", number(80..=2000)),
            living_cards: reader.read("delivery.living_cards", boolean),
            wait_for_sources: reader
                .read("delivery.wait_for_sources", duration(Duration::ZERO..=6 * 60 * MINUTE)),
        }
    }

    /// How often and how long a delivery is tried.
    pub fn retry_policy(&self) -> RetryPolicy {
        RetryPolicy {
            schedule: self.retry.clone(),
            max_wait: self.max_wait,
            nonce_window: self.nonce_window,
            settle_after: self.settle_after,
            history_lag: self.history_lag,
            between_looks: self.between_looks,
        }
    }
}

/// How often people may ask.
#[derive(Debug, Clone)]
pub struct CommandsConfig {
    /// Commands that one person may give in a minute.
    pub per_user: u32,
    /// Commands that one server or workspace may give in a minute.
    pub per_workspace: u32,
    /// Who may add feeds to a channel.
    pub sources: FeedAdders,
    /// The most feeds that one channel may follow.
    pub feeds_per_channel: u32,
    /// The most feeds that all channels of one server or workspace may follow together.
    pub feeds_per_workspace: u32,
}

/// Who may add feeds to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedAdders {
    /// Those who may manage the channel.
    Managers,
    /// The operator, on the command line.
    Operator,
}

impl CommandsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            per_user: reader.read("commands.per_user", number(1..=10_000)),
            per_workspace: reader.read("commands.per_workspace", number(1..=100_000)),
            sources: reader.read(
                "commands.sources",
                one_of(&[("managers", FeedAdders::Managers), ("operator", FeedAdders::Operator)]),
            ),
            feeds_per_channel: reader.read("commands.feeds_per_channel", number(1..=1_000)),
            feeds_per_workspace: reader.read("commands.feeds_per_workspace", number(1..=100_000)),
        }
    }
}

/// The way to Discord.
#[derive(Debug, Clone)]
pub struct DiscordConfig {
    /// The REST address.
    pub api_base: Url,
    /// The bot's token; `None` is not connected.
    pub token: Option<SecretString>,
    /// The application's id.
    pub application_id: Option<u64>,
    /// The key that Discord signs its requests with.
    pub public_key: Option<[u8; 32]>,
    /// How slash commands arrive.
    pub mode: DiscordMode,
    /// Requests in a second.
    pub per_second: u32,
    /// The longest that one request may take.
    pub timeout: Duration,
}

/// How Discord's slash commands arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscordMode {
    /// Over a connection that Paperwire opens.
    Gateway,
    /// As requests to the public address.
    Http,
}

impl DiscordConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let modes = &[("gateway", DiscordMode::Gateway), ("http", DiscordMode::Http)];
        Self {
            api_base: reader.read("discord.api_base", web_url),
            token: reader.secret("discord.token", |c| c.is_ascii_graphic()),
            application_id: reader.read("discord.application_id", snowflake),
            public_key: reader.read("discord.public_key", public_key),
            mode: reader.read("discord.mode", one_of(modes)),
            per_second: reader.read("discord.per_second", number(1..=50)),
            timeout: reader.read("discord.timeout", duration(MOMENT..=2 * MINUTE)),
        }
    }
}

/// The way to Slack.
#[derive(Debug, Clone)]
pub struct SlackConfig {
    /// The Web API address.
    pub api_base: Url,
    /// The bot token; `None` is not connected.
    pub bot_token: Option<SecretString>,
    /// The app-level token.
    pub app_token: Option<SecretString>,
    /// The secret that Slack signs its requests with.
    pub signing_secret: Option<SecretString>,
    /// How slash commands arrive.
    pub mode: SlackMode,
    /// Who may change what a channel is subscribed to.
    pub managers: SlackManagers,
    /// Reads of history in a minute.
    pub history_per_minute: u32,
    /// The longest that one request may take.
    pub timeout: Duration,
}

/// Who may change what a Slack channel is subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlackManagers {
    /// Everybody in the channel.
    Members,
    /// The workspace's admins and owners.
    Admins,
    /// These people, by their ids.
    Users(Vec<String>),
}

/// How Slack's slash commands arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlackMode {
    /// Over a connection that Paperwire opens.
    Socket,
    /// As requests to the public address.
    Http,
}

impl SlackConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            api_base: reader.read("slack.api_base", web_url),
            bot_token: reader.secret("slack.bot_token", |c| c.is_ascii_graphic()),
            app_token: reader.secret("slack.app_token", |c| c.is_ascii_graphic()),
            signing_secret: reader.secret("slack.signing_secret", |c| c.is_ascii_graphic()),
            mode: reader
                .read("slack.mode", one_of(&[("socket", SlackMode::Socket), ("http", SlackMode::Http)])),
            managers: reader.read("slack.managers", slack_managers),
            history_per_minute: reader.read("slack.history_per_minute", number(1..=1_000)),
            timeout: reader.read("slack.timeout", duration(MOMENT..=2 * MINUTE)),
        }
    }
}
