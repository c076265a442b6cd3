//! The chat platforms: all of them can render, those with credentials can send.

use std::sync::Arc;

use url::Url;

use crate::chat::{ChatPlatform, discord, sandbox::Sandbox, slack};
use crate::config::{Config, SlackManagers};
use crate::domain::{Platform, UserId};
use crate::signup::SignUp;

use super::discord::discord_config;
use super::mail;
use super::sandbox::Ledger;

/// Every platform, and which of them this process can post to.
pub struct Platforms {
    /// All, so that papers are queued for a platform that is connected later.
    pub all: Vec<Arc<dyn ChatPlatform>>,
    /// Those with credentials.
    pub connected: Vec<Arc<dyn ChatPlatform>>,
}

impl Platforms {
    /// Builds the adapters from the configuration.
    pub fn new(config: &Config, ledger: Ledger, sign_up: Option<Arc<SignUp>>) -> anyhow::Result<Self> {
        let book = mail::Subscribers { store: ledger.store.clone(), clock: ledger.clock.clone(), sign_up };
        let all: Vec<Arc<dyn ChatPlatform>> = vec![
            Arc::new(
                discord::Discord::new(&discord_config(config))?.with_per_second(config.discord.per_second),
            ),
            Arc::new(
                slack::Slack::new(&slack_config(config))?
                    .with_history_per_minute(config.slack.history_per_minute),
            ),
            Arc::new(mail::email(config, Arc::new(book))?),
            Arc::new(Sandbox::new(Arc::new(ledger))),
        ];
        let connected = all.iter().filter(|p| is_connected(config, p.platform())).cloned().collect();
        Ok(Self { all, connected })
    }
}

/// How to reach Slack, for posting and for commands.
pub(super) fn slack_config(config: &Config) -> slack::SlackConfig {
    slack::SlackConfig {
        api_base: config.slack.api_base.clone(),
        token: config.slack.bot_token.clone().unwrap_or_default(),
        timeout: config.slack.timeout,
    }
}

/// Who may change a Slack channel.
pub(super) fn slack_managers(rule: &SlackManagers) -> slack::Managers {
    match rule {
        SlackManagers::Members => slack::Managers::Members,
        SlackManagers::Admins => slack::Managers::Admins,
        SlackManagers::Users(ids) => slack::Managers::Users(ids.iter().cloned().map(UserId).collect()),
    }
}

/// The manifest of the Slack app: for HTTP under a public address, else for Socket Mode.
pub fn slack_manifest(public_url: Option<&Url>) -> serde_json::Value {
    slack::manifest(public_url)
}

/// True when this configuration can post to a platform.
pub fn is_connected(config: &Config, platform: Platform) -> bool {
    match platform {
        Platform::Discord => config.discord.token.is_some(),
        Platform::Slack => config.slack.bot_token.is_some(),
        // Without a server letters become files.
        Platform::Email | Platform::Sandbox => true,
    }
}

/// Says how to connect a platform that is not connected.
pub fn not_connected(config: &Config, platform: Platform) -> Option<String> {
    if is_connected(config, platform) {
        return None;
    }
    let variable = match platform {
        Platform::Discord => "PAPERWIRE__DISCORD__TOKEN",
        Platform::Slack | Platform::Email | Platform::Sandbox => "PAPERWIRE__SLACK__BOT_TOKEN",
    };
    Some(format!(
        "{} is not connected yet: set {variable} where `paperwire serve` runs. Until then papers wait in the queue.",
        platform.title()
    ))
}
