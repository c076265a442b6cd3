//! Discord's interactions over a connection that we open: serenity keeps it, heartbeats and resumes.
//!
//! No intent is asked for: interactions come without any. What serenity lacks is here: it starts a session as often as
//! it likes, though Discord allows 1,000 in 24 hours and then takes the token away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serenity::all::{Context, EventHandler, GatewayIntents, Interaction, Ready, ResumedEvent};
use serenity::client::ClientBuilder;
use serenity::gateway::{ConnectionStage, GatewayError, ShardManager};
use serenity::http::{HttpBuilder, LightMethod, Route};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::interactions::Interactions;
use super::register::register_until_done;
use super::rest::Rest;
use super::{DiscordConfig, errors};
use crate::chat::CommandHandler;
use crate::message::Refusal;

/// A session that is not up for so long is given up for a new one, with our own waits in between.
const LOST_AFTER: Duration = Duration::from_mins(1);
/// How often the session is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// Waits after a session that did not come about; each is twice the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How long closing the connection may take.
const CLOSING: Duration = Duration::from_secs(6);

/// Keeps count of sessions over restarts.
#[async_trait]
pub trait IdentifyBudget: Send + Sync {
    /// Takes one of the sessions that may be started in 24 hours, or says how long to wait for one.
    async fn take(&self) -> Result<(), Duration>;
}

/// Why Discord will never take the connection until somebody changes something.
#[derive(Debug, thiserror::Error)]
pub enum GatewayRefused {
    /// The token is wrong or was taken back.
    #[error("{}", Refusal::DiscordToken)]
    Token,
    /// Discord does not allow what is asked of it.
    #[error(
        "Discord refuses the connection (close code 4013 or 4014): update Paperwire, which asks for no intents"
    )]
    Intents,
    /// The configuration cannot be used.
    #[error(transparent)]
    Configuration(#[from] anyhow::Error),
}

/// Why a session ended.
enum Ended {
    Stopped,
    Lost,
    Wait(Duration),
    Refused(GatewayRefused),
}

/// Takes interactions over the gateway and answers them, until told to stop; interactions that are under way are finished.
pub async fn run_gateway(
    config: &DiscordConfig,
    handler: Arc<dyn CommandHandler>,
    budget: Arc<dyn IdentifyBudget>,
    stop: CancellationToken,
) -> Result<(), GatewayRefused> {
    let rest = Rest::new(config)?;
    let interactions = Interactions::new(config, handler)?;
    // A refusal ends the registration with it, and nothing of the caller's.
    let stop = stop.child_token();
    let gateway = Gateway { config, rest, interactions, budget, stop: stop.clone() };
    let registered = register_until_done(config, &stop);
    let (ended, ()) = tokio::join!(
        async {
            let ended = gateway.keep().await;
            gateway.stop.cancel();
            ended
        },
        registered
    );
    gateway.interactions.finished().await;
    ended
}

struct Gateway<'a> {
    config: &'a DiscordConfig,
    rest: Rest,
    interactions: Interactions,
    budget: Arc<dyn IdentifyBudget>,
    stop: CancellationToken,
}

impl Gateway<'_> {
    async fn keep(&self) -> Result<(), GatewayRefused> {
        let mut wait = FIRST_WAIT;
        while !self.stop.is_cancelled() {
            let up = Arc::new(AtomicBool::new(false));
            let allowed = tokio::select! {
                allowed = self.allowed() => allowed,
                () = self.stop.cancelled() => break,
            };
            let ended = match allowed {
                Ok(()) => self.session(&up).await,
                Err(ended) => ended,
            };
            let pause = match ended {
                Ended::Stopped => break,
                Ended::Refused(refused) => return Err(refused),
                Ended::Wait(pause) => {
                    warn!("Discord allows no new session for {}; waiting", rounded(pause));
                    pause
                }
                Ended::Lost => {
                    wait = if up.load(Ordering::Relaxed) { FIRST_WAIT } else { (wait * 2).min(LONGEST_WAIT) };
                    // Half of it by chance, so that many bots do not come back at once.
                    let pause = wait.mul_f64(0.5 + fastrand::f64() / 2.0);
                    warn!("The connection to Discord is lost; connecting anew in {}", rounded(pause));
                    pause
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.stop.cancelled() => break,
            }
        }
        Ok(())
    }

    /// Whether Discord and our own count allow a session now.
    async fn allowed(&self) -> Result<(), Ended> {
        #[derive(Deserialize)]
        struct Bot {
            session_start_limit: Limit,
        }
        #[derive(Deserialize)]
        struct Limit {
            remaining: u64,
            /// Milliseconds.
            reset_after: u64,
        }
        let answer = self.rest.ask(Route::GatewayBot, LightMethod::Get, None).await.map_err(|failure| {
            warn!("Discord's gateway cannot be asked for: {failure}");
            Ended::Lost
        })?;
        if answer.status == 401 {
            return Err(Ended::Refused(GatewayRefused::Token));
        }
        if let Some(hold) = errors::hold(&answer).filter(|_| answer.status == 429) {
            return Err(Ended::Wait(hold.wait));
        }
        let bot: Bot = serde_json::from_slice(&answer.body).map_err(|_| {
            warn!("Discord's gateway cannot be asked for: {}", errors::words(&answer));
            Ended::Lost
        })?;
        if bot.session_start_limit.remaining == 0 {
            return Err(Ended::Wait(Duration::from_millis(bot.session_start_limit.reset_after)));
        }
        self.budget.take().await.map_err(Ended::Wait)
    }

    async fn session(&self, up: &Arc<AtomicBool>) -> Ended {
        let http = HttpBuilder::new(self.config.token.expose_secret().trim())
            .client(self.rest.client().clone())
            // The limiter would leave the configured address out.
            .ratelimiter_disabled(true)
            .proxy(self.rest.base())
            .build();
        let (overdrawn, mut overdraft) = mpsc::channel(1);
        let events = Events {
            interactions: self.interactions.clone(),
            budget: Arc::clone(&self.budget),
            up: Arc::clone(up),
            overdrawn,
        };
        // No intent: interactions come without any.
        let builder = ClientBuilder::new_with_http(http, GatewayIntents::empty()).event_handler(events);
        let built = tokio::select! {
            built = builder => built,
            () = self.stop.cancelled() => return Ended::Stopped,
        };
        let mut client = match built {
            Ok(client) => client,
            Err(error) => {
                warn!("The connection to Discord cannot be prepared: {error}");
                return Ended::Lost;
            }
        };
        let manager = Arc::clone(&client.shard_manager);
        let ended = tokio::select! {
            ended = client.start() => match ended {
                Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication)) => {
                    return Ended::Refused(GatewayRefused::Token);
                }
                Err(serenity::Error::Gateway(GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents)) => {
                    return Ended::Refused(GatewayRefused::Intents);
                }
                Err(error) => {
                    warn!("The connection to Discord ended: {error}");
                    return Ended::Lost;
                }
                Ok(()) => return Ended::Lost,
            },
            () = self.stop.cancelled() => Ended::Stopped,
            Some(wait) = overdraft.recv() => Ended::Wait(wait),
            () = lost(&manager) => Ended::Lost,
        };
        // A connection that is gone takes no farewell.
        let _ = tokio::time::timeout(CLOSING, manager.shutdown_all()).await;
        ended
    }
}

/// Ends when the session has not been up for too long.
async fn lost(manager: &ShardManager) {
    let mut seen = Instant::now();
    loop {
        tokio::time::sleep(LOOK).await;
        let up =
            manager.runners.lock().await.values().any(|runner| runner.stage == ConnectionStage::Connected);
        if up {
            seen = Instant::now();
        } else if seen.elapsed() >= LOST_AFTER {
            return;
        }
    }
}

struct Events {
    interactions: Interactions,
    budget: Arc<dyn IdentifyBudget>,
    /// Set once the session has stood; its start is paid for before it is tried.
    up: Arc<AtomicBool>,
    overdrawn: mpsc::Sender<Duration>,
}

#[async_trait]
impl EventHandler for Events {
    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        self.interactions.handle(&interaction).await;
    }

    async fn ready(&self, _: Context, _: Ready) {
        info!("Connected to Discord");
        // serenity starts sessions of its own when Discord has ended one.
        if self.up.swap(true, Ordering::Relaxed)
            && let Err(wait) = self.budget.take().await
        {
            // A full channel says the same already.
            let _ = self.overdrawn.try_send(wait);
        }
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        info!("The connection to Discord is back");
    }
}

fn rounded(wait: Duration) -> String {
    format!("{} s", wait.as_secs().max(1))
}
