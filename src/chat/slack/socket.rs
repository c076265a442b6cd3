//! Socket Mode: connections that Paperwire opens, so that it needs no public address.
//!
//! slack-morphism opens them, answers pings and reconnects. Its own reading of envelopes is passed by: it refuses
//! what an organisation-wide installation sends, so the frames come here raw. It reads one frame at a time and
//! acknowledges it after the callback, so everything is only put on its way here.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::{Value, json};
use slack_morphism::clients_manager::{
    SlackSocketModeClientsManager, SlackSocketModeClientsManagerFactory as _,
};
use slack_morphism::prelude::*;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::arrive::{self, Unreadable};
use super::desk::{Ack, Desk, Patience};
use super::payload::Envelope;
use super::rights::Managers;
use super::{SlackConfig, event, web};
use crate::chat::CommandHandler;

/// Slack sends each envelope to one of them; while one is renewed the other goes on.
const CONNECTIONS: u32 = 2;
/// After a connection could not be opened.
const RETRY_SECONDS: u64 = 5;
/// Without any connection for so long, all of them are opened anew: a call for an address can hang for ever.
const SILENCE: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// A connection that ends sooner than this was no use, and the next one waits.
const SHORT: Duration = Duration::from_secs(5);
/// Windows and completions are answered in their acknowledgement, behind which the next frame waits.
const PATIENCE: Patience = Patience { command: Duration::ZERO, window: Duration::from_millis(700) };

type Manager = dyn SlackSocketModeClientsManager + Send + Sync;

/// Takes commands and all else that people do over Socket Mode, until told to stop.
pub async fn run_socket(
    config: SlackConfig,
    app_token: SecretString,
    managers: Managers,
    handler: Arc<dyn CommandHandler>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let desk = Desk::new(&config, managers, handler)?;
    while !stop.is_cancelled() {
        let line = Arc::new(Line::new(Arc::clone(&desk), stop.clone()));
        let manager = line.connect(&app_token).await?;
        line.watch().await;
        manager.shutdown().await;
    }
    desk.finish().await;
    Ok(())
}

/// One set of connections.
struct Line {
    desk: Arc<Desk>,
    stop: CancellationToken,
    state: Mutex<State>,
}

struct State {
    manager: Option<Weak<Manager>>,
    /// Those that Slack has greeted.
    up: HashSet<String>,
    /// When the last one went down, or the first was asked for.
    down_since: Instant,
    /// When each connection was last greeted; it may be told to go at once.
    greeted: Option<Instant>,
}

impl Line {
    fn new(desk: Arc<Desk>, stop: CancellationToken) -> Self {
        let state = State { manager: None, up: HashSet::new(), down_since: Instant::now(), greeted: None };
        Self { desk, stop, state: Mutex::new(state) }
    }

    async fn connect(self: &Arc<Self>, app_token: &SecretString) -> anyhow::Result<Arc<Manager>> {
        let client = self.desk.web.client();
        let environment = Arc::new(SlackClientEventsListenerEnvironment::new(Arc::clone(&client)));
        let manager = client.http_api.connector.new_clients_manager(environment);
        self.lock().manager = Some(Arc::downgrade(&manager));
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(CONNECTIONS)
            .with_initial_backoff_in_seconds(1)
            .with_reconnect_timeout_in_seconds(RETRY_SECONDS);
        let listener: Arc<dyn SlackSocketModeClientListener + Send + Sync> = self.clone();
        manager.register_new_token(&config, web::api_token(app_token), listener).await?;
        manager.start().await;
        Ok(manager)
    }

    /// Returns when told to stop, or when there has been no connection for too long.
    async fn watch(&self) {
        let mut told = false;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let (up, silent) = {
                let state = self.lock();
                (!state.up.is_empty(), state.down_since.elapsed())
            };
            if up {
                told = false;
            } else if silent >= SILENCE {
                warn!("No connection to Slack for {} s: all are opened anew", silent.as_secs());
                return;
            } else if !told {
                told = true;
                warn!(
                    "No connection to Slack for commands: check PAPERWIRE__SLACK__APP_TOKEN (xapp-…, scope \
                     connections:write) and that Socket Mode is on in the app's settings; it is tried again"
                );
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn greeted(&self, id: &SlackSocketModeWssClientId) {
        let first = {
            let mut state = self.lock();
            let first = state.up.is_empty();
            state.up.insert(id.to_string());
            state.greeted = Some(Instant::now());
            first
        };
        if first {
            info!("Connected to Slack for commands");
        }
    }

    /// Opens a connection anew, later when it was of no use.
    async fn renew(&self, id: &SlackSocketModeWssClientId) {
        let (manager, short) = {
            let mut state = self.lock();
            if state.up.remove(&id.to_string()) && state.up.is_empty() {
                state.down_since = Instant::now();
            }
            (state.manager.clone(), state.greeted.is_none_or(|at| at.elapsed() < SHORT))
        };
        if short {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
        }
        if let Some(manager) = manager.and_then(|manager| manager.upgrade())
            && !self.stop.is_cancelled()
        {
            manager.restart_client(id).await;
        }
    }

    /// Puts an envelope on its way and returns its acknowledgement.
    async fn envelope(&self, kind: &str, envelope: Envelope) -> Option<String> {
        let id = envelope.id?;
        let payload = envelope.payload.unwrap_or_default();
        let arrival = match kind {
            "slash_commands" => arrive::command(payload),
            "interactive" => arrive::interaction(payload),
            "events_api" => event::event(payload),
            _ => Err(Unreadable),
        };
        let ack = match arrival {
            Ok(arrival) => self.desk.take(arrival, PATIENCE).await,
            Err(unreadable) => {
                // It would read no better when sent again.
                warn!("Slack sent an envelope of type {kind:?} that is {unreadable}");
                Ack::Empty
            }
        };
        let mut frame = json!({"envelope_id": id});
        if let Ack::Json(payload) = ack
            && envelope.accepts_response_payload.unwrap_or_default()
        {
            frame["payload"] = payload;
        }
        Some(frame.to_string())
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Line {
    async fn on_message(&self, id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let frame = serde_json::from_str::<Value>(&body).ok();
        let Some(envelope) = frame.and_then(|frame| serde_json::from_value::<Envelope>(frame).ok()) else {
            warn!("Slack sent a frame that cannot be read");
            return None;
        };
        match envelope.kind.clone().unwrap_or_default().as_str() {
            "hello" => {
                self.greeted(id);
                None
            }
            "disconnect" => {
                debug!("Slack closes a connection: {}", envelope.reason.unwrap_or_default());
                self.renew(id).await;
                None
            }
            kind => self.envelope(kind, envelope).await,
        }
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {
        // Its text may hold whole frames.
        debug!("A connection to Slack broke");
    }

    async fn on_disconnect(&self, id: &SlackSocketModeWssClientId) {
        self.renew(id).await;
    }
}
