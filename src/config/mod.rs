//! The configuration: embedded defaults, then a file, then the environment, parsed into plain structs.
//!
//! Whatever is wrong is told in one error that names place, setting, value and what is allowed. Secrets come
//! from the environment or from files of their own, live in secret types and are never printed.

mod effective;
mod error;
mod layers;
mod mail;
mod nearest;
mod place;
mod reader;
mod redact;
mod roles;
mod sections;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

pub use error::{ConfigError, Fault};
pub use mail::{MailConfig, SmtpSecurity, SmtpServer};
pub use place::StoreConfig;
pub use roles::{Role, ServeConfig};
pub use sections::{
    ArxivConfig, CommandsConfig, DeliveryConfig, DiscordConfig, DiscordMode, FeedAdders, FeedsConfig,
    HuggingFaceConfig, LogConfig, LogFormat, RxivConfig, SlackConfig, SlackManagers, SlackMode,
    SourcesConfig, WebConfig,
};

use effective::Derived;
use reader::Reader;

/// The settings that are secrets; each has a `…_file` beside it.
pub const SECRETS: [&str; 6] = [
    "discord.token",
    "slack.bot_token",
    "slack.app_token",
    "slack.signing_secret",
    "mail.smtp_password",
    "store.url",
];

/// Everything that an operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder for everything that is kept.
    pub data_dir: PathBuf,
    /// The operator's address, told to sources; may be empty.
    pub contact: String,
    /// Where papers, subscriptions and the outbox are kept.
    pub store: StoreConfig,
    /// The health page and the web pages.
    pub web: WebConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// What of all the work a process does.
    pub serve: ServeConfig,
    /// Where papers come from.
    pub sources: SourcesConfig,
    /// How messages are sent.
    pub delivery: DeliveryConfig,
    /// How often people may ask.
    pub commands: CommandsConfig,
    /// The way to Discord.
    pub discord: DiscordConfig,
    /// The way to Slack.
    pub slack: SlackConfig,
    /// How letters leave.
    pub mail: MailConfig,
    effective: String,
}

impl Config {
    /// Reads the configuration from `file` (else the file that `PAPERWIRE_CONFIG` names) and the environment.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let environment: BTreeMap<String, String> = env.collect();
        let named = environment.get("PAPERWIRE_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
        let file = file.map(Path::to_path_buf).or(named);
        let mut reader = Reader::new(file.as_deref(), environment);
        let config = Self::read(&mut reader);
        if reader.faults.is_empty() { Ok(config) } else { Err(ConfigError { faults: reader.faults }) }
    }

    fn read(reader: &mut Reader) -> Self {
        let data_dir = place::data_dir(reader);
        let mut config = Self {
            contact: reader.read("contact", value::header_text),
            store: StoreConfig::read(reader, &data_dir),
            web: WebConfig::read(reader),
            log: LogConfig::read(reader),
            serve: ServeConfig::read(reader),
            sources: SourcesConfig::read(reader),
            delivery: DeliveryConfig::read(reader),
            commands: CommandsConfig::read(reader),
            discord: DiscordConfig::read(reader),
            slack: SlackConfig::read(reader),
            mail: MailConfig::read(reader),
            effective: String::new(),
            data_dir,
        };
        config.check_lease(reader);
        config.effective = config.describe(reader);
        config
    }

    /// A lease that ends while the request is under way would let a second sender post the same message.
    fn check_lease(&self, reader: &mut Reader) {
        for (name, timeout) in
            [("discord.timeout", self.discord.timeout), ("slack.timeout", self.slack.timeout)]
        {
            if self.delivery.lease <= timeout {
                reader.fault(
                    "delivery.lease",
                    None,
                    format!("must be longer than {name}, which is {timeout:?}"),
                );
            }
        }
    }

    /// The whole configuration in force as TOML: secrets redacted, and where each changed value comes from.
    pub fn effective(&self) -> String {
        self.effective.clone()
    }

    fn describe(&self, reader: &Reader) -> String {
        let url_in_file = reader.layers.value("store.url_file").as_str().is_some_and(|path| !path.is_empty());
        let derived = [
            Derived {
                key: "data_dir",
                shown: self.data_dir.display().to_string(),
                origin: place::xdg_data_home(reader).map(|_| "XDG_DATA_HOME".to_owned()),
            },
            Derived {
                key: "store.url",
                shown: self.store.url.expose_secret().to_owned(),
                origin: url_in_file.then(|| "store.url_file".to_owned()),
            },
            Derived::secret("discord.token", self.discord.token.is_some()),
            Derived::secret("slack.bot_token", self.slack.bot_token.is_some()),
            Derived::secret("slack.app_token", self.slack.app_token.is_some()),
            Derived::secret("slack.signing_secret", self.slack.signing_secret.is_some()),
            Derived::secret("mail.smtp_password", self.mail.password.is_some()),
        ];
        effective::effective(reader, &derived)
    }
}

/// The environment of this process; variables that are not UTF-8 are left out, none of Paperwire's is.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}
