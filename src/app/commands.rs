//! The bot, and the ways in which people reach it.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use super::alone::alone;
use super::discord::discord_config;
use super::finder::Lookup;
use super::platforms::{Platforms, slack_config, slack_managers};
use super::{feed_desk, polled};
use crate::bot::{Bot, BotSettings, Submitting};
use crate::chat::discord::{self, IdentifyBudget, Interactions, run_gateway};
use crate::chat::slack::{Door, HttpCommands, run_socket};
use crate::chat::{CommandHandler, Incoming, Outgoing, Webhook};
use crate::clock::Clock;
use crate::config::{Config, DiscordMode, Role, SlackMode};
use crate::pipeline::Turn;
use crate::search::Search;
use crate::signup::SignUp;
use crate::store::Store;

/// Sessions that Discord lets a bot start in a day are 1,000; an allowance may be drawn twice within one.
const SESSIONS: u32 = 500;
const DAY: Duration = Duration::from_hours(24);
/// Processes with connections to Slack: each opens two, and Slack allows ten of an app.
const SLACK_SOCKETS: usize = 4;

/// What the ways to the bot are built from.
pub struct Commands<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Where everything is kept.
    pub store: &'a Store,
    /// The platforms that papers are rendered for.
    pub platforms: &'a Platforms,
    /// The search index, when it can be used.
    pub search: Option<Arc<Search>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Subscribing by e-mail, where people elsewhere can reach the pages for it.
    pub sign_up: Option<Arc<SignUp>>,
    /// For what only one process does.
    pub turn: Turn,
    /// Where the work runs.
    pub tasks: &'a TaskTracker,
    /// Ends it.
    pub stop: &'a CancellationToken,
}

impl Commands<'_> {
    /// Opens every way that the configuration has; those over HTTP come back, to be mounted.
    pub fn start(&self) -> anyhow::Result<Vec<Arc<dyn Webhook>>> {
        if !self.has(Role::Commands) && !self.has(Role::Web) {
            return Ok(Vec::new());
        }
        let handler = self.handler()?;
        let mut webhooks = Vec::new();
        webhooks.extend(self.discord(&handler)?);
        webhooks.extend(self.slack(&handler)?);
        if !webhooks.is_empty() && self.config.web.listen.is_none() {
            warn!("Commands cannot arrive over HTTP: web.listen is empty");
        }
        Ok(webhooks)
    }

    /// Starts what only so many processes do as there are leases.
    fn alone<F>(&self, leases: Vec<String>, work: impl Fn(CancellationToken) -> F + Send + Sync + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let work = Box::new(move |stop| -> Pin<Box<dyn Future<Output = ()> + Send>> { Box::pin(work(stop)) });
        self.tasks.spawn(alone(self.turn.clone(), leases, self.stop.clone(), work));
    }

    fn has(&self, role: Role) -> bool {
        self.config.serve.has(role)
    }

    fn handler(&self) -> anyhow::Result<Arc<dyn CommandHandler>> {
        let commands = &self.config.commands;
        let settings = BotSettings {
            per_user: commands.per_user,
            per_workspace: commands.per_workspace,
            short_text: self.config.delivery.short_text,
        };
        let bot = Bot::new(self.store.clone(), self.search.clone(), self.clock.clone(), settings);
        let (desk, rules) = feed_desk::desk(self.config, &self.clock)?;
        let bot = bot.polling(polled(self.config)).following(desk, rules);
        let submitting = Submitting {
            finder: Arc::new(Lookup::new(self.config, self.store, self.clock.clone())?),
            platforms: self.platforms.all.clone(),
            max_age: self.config.delivery.max_age,
        };
        Ok(Arc::new(bot.mailing(self.sign_up.clone()).submitting(submitting)))
    }

    fn discord(&self, handler: &Arc<dyn CommandHandler>) -> anyhow::Result<Option<Arc<dyn Webhook>>> {
        if self.config.discord.token.is_none() {
            return Ok(None);
        }
        let config = discord_config(self.config);
        if self.config.discord.mode == DiscordMode::Gateway {
            if !self.has(Role::Commands) {
                return Ok(None);
            }
            let budget = Arc::new(Sessions { store: self.store.clone(), clock: self.clock.clone() });
            let handler = handler.clone();
            // Discord sends everything to every connection of a shard, so that one is enough.
            self.alone(vec!["discord gateway".to_owned()], move |stop| {
                let (config, handler, budget) = (config.clone(), handler.clone(), budget.clone());
                async move {
                    if let Err(refused) = run_gateway(&config, handler, budget, stop).await {
                        error!("Slash commands on Discord have ended: {refused}");
                    }
                }
            });
            return Ok(None);
        }
        if !self.has(Role::Web) {
            return Ok(None);
        }
        let Some(key) = self.config.discord.public_key else {
            warn!("Slash commands on Discord are off: discord.mode is http, which needs discord.public_key");
            return Ok(None);
        };
        let webhook = discord::Webhook::new(key, Interactions::new(&config, handler.clone())?)?;
        let door = Arc::new(DiscordDoor { webhook, clock: self.clock.clone() });
        self.tasks.spawn({
            let (door, stop) = (door.clone(), self.stop.clone());
            async move {
                stop.cancelled().await;
                door.webhook.finished().await;
            }
        });
        self.alone(vec!["discord commands".to_owned()], move |stop| {
            let config = config.clone();
            async move { discord::register_until_done(&config, &stop).await }
        });
        Ok(Some(door))
    }

    fn slack(&self, handler: &Arc<dyn CommandHandler>) -> anyhow::Result<Option<Arc<dyn Webhook>>> {
        let slack = &self.config.slack;
        if slack.bot_token.is_none() {
            return Ok(None);
        }
        let (config, managers) = (slack_config(self.config), slack_managers(&slack.managers));
        if slack.mode == SlackMode::Socket {
            if !self.has(Role::Commands) {
                return Ok(None);
            }
            let Some(app_token) = slack.app_token.clone() else {
                info!("Slash commands on Slack are off: set PAPERWIRE__SLACK__APP_TOKEN to switch them on");
                return Ok(None);
            };
            let handler = handler.clone();
            let places = (1..=SLACK_SOCKETS).map(|n| format!("slack socket {n}")).collect();
            self.alone(places, move |stop| {
                let (config, managers) = (config.clone(), managers.clone());
                let (app_token, handler) = (app_token.clone(), handler.clone());
                async move {
                    if let Err(error) = run_socket(config, app_token, managers, handler, stop).await {
                        error!("Slash commands on Slack have ended: {error:#}");
                    }
                }
            });
            return Ok(None);
        }
        if !self.has(Role::Web) {
            return Ok(None);
        }
        let Some(secret) = slack.signing_secret.clone() else {
            warn!("Slash commands on Slack are off: slack.mode is http, which needs slack.signing_secret");
            return Ok(None);
        };
        let commands = HttpCommands::new(&config, secret, managers, handler.clone())?;
        let door = Arc::new(SlackDoor { commands, clock: self.clock.clone() });
        let (waiting, stop) = (door.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            stop.cancelled().await;
            waiting.commands.finish().await;
        });
        Ok(Some(door))
    }
}

/// The sessions started on Discord, counted in the store so that restarts do not use them up.
struct Sessions {
    store: Store,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl IdentifyBudget for Sessions {
    async fn take(&self) -> Result<(), Duration> {
        match self.store.allow("discord sessions", SESSIONS, DAY, self.clock.now()).await {
            Ok(allowed) => allowed,
            Err(error) => {
                warn!("Cannot count the sessions on Discord: {error:#}");
                Err(Duration::from_secs(10))
            }
        }
    }
}

struct DiscordDoor {
    webhook: discord::Webhook,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Webhook for DiscordDoor {
    fn paths(&self) -> &'static [&'static str] {
        &["/discord/interactions"]
    }

    fn max_body(&self) -> usize {
        discord::Webhook::body_max()
    }

    async fn receive(&self, request: Incoming<'_>) -> Outgoing {
        let received = self.webhook.receive(request.headers, request.body, self.clock.now()).await;
        Outgoing { status: received.status, content_type: "application/json", body: received.body }
    }
}

struct SlackDoor {
    commands: HttpCommands,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl Webhook for SlackDoor {
    fn paths(&self) -> &'static [&'static str] {
        &["/slack/commands", "/slack/interactions", "/slack/events"]
    }

    fn max_body(&self) -> usize {
        HttpCommands::body_max()
    }

    async fn receive(&self, request: Incoming<'_>) -> Outgoing {
        let door = match request.path {
            "/slack/commands" => Door::Commands,
            "/slack/interactions" => Door::Interactions,
            _ => Door::Events,
        };
        let answer = self.commands.receive(door, request.headers, request.body, self.clock.now()).await;
        Outgoing { status: answer.status, content_type: answer.content_type, body: answer.body.into_bytes() }
    }
}
