//! A Discord of our own: the REST calls that Paperwire makes, refusing what the real one refuses, with
//! a ledger of what a person would see in each channel.

mod check;
mod commands;
mod edits;
mod gateway;
mod history;
mod interactions;
mod limits;
pub mod payload;
mod schema;
mod seen;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, get, patch, post as post_to};
use jiff::Timestamp;
use paperwire::clock::{Clock, SystemClock};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::loopback::{Answer, Faults, Loopback, Plug};
pub use gateway::Order;
pub use interactions::{Interaction, words};
pub use seen::{Posted, seen};

/// The token that the world takes; not of a form that any scanner knows.
pub const TOKEN: &str = "a-token-of-the-fake-discord";
/// How long a nonce is remembered, unless a test says otherwise.
const NONCE_WINDOW: Duration = Duration::from_mins(2);
/// Discord's ids count milliseconds from the beginning of 2015, above 22 other bits.
const ID_EPOCH: i64 = 1_420_070_400_000;
const BOT: u64 = 4_242;
/// The id of Paperwire's application.
pub const APPLICATION: u64 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Open,
    /// The bot lacks a permission.
    Forbidden,
    /// The bot does not even see it.
    Hidden,
    /// A forum: it takes threads, not messages.
    Forum,
}

struct Stored {
    posted: Posted,
    object: Value,
    at: Instant,
    deleted: bool,
}

struct State {
    clock: Arc<dyn Clock>,
    /// When the world began, by the machine and by the clock.
    began: (Instant, Timestamp),
    revoked: bool,
    /// Messages that are still taken before the token is revoked.
    last_posts: Option<usize>,
    channels: HashMap<String, Access>,
    messages: Vec<Stored>,
    requests: Vec<(String, u16)>,
    refusals: Vec<String>,
    edits: Vec<(String, u16)>,
    limits: limits::Limits,
    history: history::History,
    nonce_window: Duration,
    /// How far the world's clock runs ahead.
    ahead: Duration,
    interactions: Vec<Interaction>,
    /// Answers to interactions that everybody sees.
    public: Vec<Posted>,
    commands: Vec<Value>,
    registrations: usize,
    gateway: gateway::Gateway,
}

impl State {
    fn now(&self) -> Instant {
        let (instant, time) = self.began;
        let passed = self.clock.now().duration_since(time);
        instant + Duration::try_from(passed).unwrap_or_default() + self.ahead
    }

    fn time(&self) -> Timestamp {
        self.clock.now() + self.ahead
    }

    fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            began: (Instant::now(), clock.now()),
            clock,
            revoked: false,
            last_posts: None,
            channels: HashMap::new(),
            messages: Vec::new(),
            requests: Vec::new(),
            refusals: Vec::new(),
            edits: Vec::new(),
            limits: limits::Limits::default(),
            history: history::History::default(),
            nonce_window: NONCE_WINDOW,
            ahead: Duration::ZERO,
            interactions: Vec::new(),
            public: Vec::new(),
            commands: Vec::new(),
            registrations: 0,
            gateway: gateway::Gateway::default(),
        }
    }
}

struct Inner {
    state: Mutex<State>,
    faults: Faults,
    /// Counts what has happened, for those who wait.
    changes: watch::Sender<u64>,
}

impl Inner {
    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }
}

/// The world, until it is dropped.
pub struct Discord {
    inner: Arc<Inner>,
    server: Loopback,
    gateway: JoinHandle<()>,
}

impl Drop for Discord {
    fn drop(&mut self) {
        self.gateway.abort();
    }
}

impl Discord {
    /// Starts with these channels open to the bot.
    pub async fn start(channels: &[&str]) -> Self {
        Self::at(channels, Arc::new(SystemClock)).await
    }

    /// Starts with these channels and tells the time by this clock.
    pub async fn at(channels: &[&str], clock: Arc<dyn Clock>) -> Self {
        let (changes, _) = watch::channel(0);
        let state = Mutex::new(State::new(clock));
        let inner = Arc::new(Inner { state, faults: Faults::default(), changes });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        inner.state.lock().unwrap().gateway.url = format!("ws://{}", listener.local_addr().unwrap());
        let sockets = tokio::spawn(gateway::serve(Arc::clone(&inner), listener));
        let app = Router::new()
            .route("/api/v10/channels/{channel}", get(history::channel))
            .route("/api/v10/channels/{channel}/messages", get(history::read).post(create))
            .route(
                "/api/v10/channels/{channel}/messages/{message}",
                delete(history::delete).patch(edits::edit),
            )
            .route("/api/v10/guilds/{guild}", get(history::guild))
            .route("/api/v10/guilds/{guild}/members/{user}", get(history::member))
            .route("/api/v10/users/@me", get(history::me))
            .route("/api/v10/interactions/{id}/{token}/callback", post_to(interactions::callback))
            .route("/api/v10/webhooks/{application}/{token}", post_to(interactions::follow_up))
            .route(
                "/api/v10/webhooks/{application}/{token}/messages/@original",
                patch(interactions::edit).delete(interactions::delete),
            )
            .route("/api/v10/applications/{id}/commands", get(commands::read).put(commands::write))
            .route("/api/v10/oauth2/applications/@me", get(interactions::application))
            .route("/api/v10/gateway", get(gateway::url))
            .route("/api/v10/gateway/bot", get(gateway::bot))
            .with_state(Arc::clone(&inner));
        let world = Self { inner, server: Loopback::start(app).await, gateway: sockets };
        for channel in channels {
            world.open(channel);
        }
        world
    }

    /// What `discord.api_base` is set to.
    pub fn base_url(&self) -> String {
        format!("{}/api/v10", self.server.url())
    }

    pub async fn stop(&self) {
        self.server.stop().await;
    }

    pub async fn restart(&self) {
        self.server.restart().await;
    }

    pub fn faults(&self) -> &Faults {
        &self.inner.faults
    }

    /// Makes a channel that the bot may post in.
    pub fn open(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::Open));
    }

    /// Takes the right to post in the channel away.
    pub fn forbid(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::Forbidden));
    }

    /// Takes the right to see the channel away.
    pub fn hide(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::Hidden));
    }

    pub fn delete_channel(&self, channel: &str) {
        self.state(|state| state.channels.remove(channel));
    }

    pub fn delete_message(&self, id: &str) {
        self.state(|state| {
            for message in state.messages.iter_mut().filter(|message| message.posted.id == id) {
                message.deleted = true;
            }
        });
    }

    pub fn revoke_token(&self) {
        self.state(|state| state.revoked = true);
    }

    /// Takes so many more messages and then revokes the token.
    pub fn revoke_after(&self, posts: usize) {
        self.state(|state| state.last_posts = Some(posts));
    }

    pub fn restore_token(&self) {
        self.state(|state| state.revoked = false);
    }

    /// Makes a forum, which takes threads and no messages.
    pub fn forum(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::Forum));
    }

    /// Remembers nonces for so long.
    pub fn remember_nonces(&self, window: Duration) {
        self.state(|state| state.nonce_window = window);
    }

    /// Moves the world's clock.
    pub fn advance(&self, by: Duration) {
        self.state(|state| state.ahead += by);
    }

    /// What a person sees in the channel, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Posted> {
        self.all().into_iter().filter(|posted| posted.channel == channel).collect()
    }

    /// What people see anywhere, in the order in which it was posted.
    pub fn all(&self) -> Vec<Posted> {
        self.state(|state| state.messages.iter().filter(|m| !m.deleted).map(|m| m.posted.clone()).collect())
    }

    /// The status of every post that reached the world and met no fault.
    pub fn requests(&self) -> Vec<u16> {
        self.state(|state| state.requests.iter().map(|(_, status)| *status).collect())
    }

    /// Why contents were refused; empty in a world where all is well.
    pub fn refusals(&self) -> Vec<String> {
        self.state(|state| state.refusals.clone())
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.inner.state.lock().unwrap())
    }
}

fn error(status: u16, code: u64, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message, "code": code}))
}

async fn create(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path(channel): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let effect = || {
        let mut state = world.state.lock().unwrap();
        let answer = post(&mut state, &channel, &headers, &body).unwrap_or_else(|refusal| refusal);
        if answer.status == 400 {
            state.refusals.push(format!("{}\n{}", answer.body, String::from_utf8_lossy(&body)));
        }
        state.requests.push((channel.clone(), answer.status));
        limits::count(&mut state, &answer);
        answer.into_response()
    };
    world.faults.answer(&channel, &plug, effect).await
}

fn authorised(state: &State, headers: &HeaderMap) -> Result<(), Answer> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if state.revoked || header("authorization") != format!("Bot {TOKEN}") {
        return Err(error(401, 0, "401: Unauthorized"));
    }
    if !header("user-agent").starts_with("DiscordBot (") {
        return Err(error(403, 40333, "internal network error"));
    }
    Ok(())
}

fn may_post(state: &State, channel: &str) -> Result<(), Answer> {
    match state.channels.get(channel) {
        Some(Access::Open) => Ok(()),
        Some(Access::Forum) => Err(error(400, 50008, "Cannot send messages in a non-text channel")),
        Some(Access::Forbidden) => Err(error(403, 50013, "Missing Permissions")),
        Some(Access::Hidden) => Err(error(403, 50001, "Missing Access")),
        None => Err(error(404, 10003, "Unknown Channel")),
    }
}

fn post(state: &mut State, channel: &str, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Answer> {
    let now = state.now();
    authorised(state, headers)?;
    limits::everywhere(state, now)?;
    may_post(state, channel)?;
    if headers.get("content-type").is_none_or(|kind| kind != "application/json") {
        return Err(error(400, 50035, "Invalid Form Body: Content-Type must be application/json"));
    }
    let left = limits::in_channel(state, channel, now)?;
    let body = check::body(body).map_err(|refusal| error(400, refusal.code, &refusal.message))?;
    let answer = Answer::json(200, &stored(state, channel, &body, now)?);
    Ok(match left {
        None => answer,
        Some((left, reset)) => answer
            .header("x-ratelimit-bucket", "messages")
            .header("x-ratelimit-limit", "5")
            .header("x-ratelimit-remaining", &left.to_string())
            .header("x-ratelimit-reset-after", &reset.as_secs_f64().to_string()),
    })
}

/// Keeps the message, or finds the one that was posted with the same enforced nonce.
fn stored(state: &mut State, channel: &str, body: &Value, now: Instant) -> Result<Value, Answer> {
    let nonce = body["nonce"].as_str().map(str::to_owned);
    if body["enforce_nonce"] == true && nonce.is_some() {
        // Discord's scope is the author, not the channel.
        let earlier =
            state.messages.iter().find(|m| m.posted.nonce == nonce && now - m.at < state.nonce_window);
        match earlier {
            Some(message) if message.deleted => return Err(error(404, 10008, "Unknown Message")),
            Some(message) => return Ok(message.object.clone()),
            None => {}
        }
    }
    let millis = u64::try_from(state.time().as_millisecond() - ID_EPOCH).unwrap();
    let id = (millis << 22 | state.messages.len() as u64).to_string();
    let object = message_object(&id, channel, body);
    let posted = Posted::of(&id, channel, body);
    state.messages.push(Stored { posted, object: object.clone(), at: now, deleted: false });
    state.last_posts = state.last_posts.map(|left| left - 1);
    if state.last_posts == Some(0) {
        (state.revoked, state.last_posts) = (true, None);
    }
    Ok(object)
}

fn message_object(id: &str, channel: &str, body: &Value) -> Value {
    let author = json!({
        "id": BOT.to_string(), "username": "paperwire", "discriminator": "0", "global_name": null,
        "avatar": null, "bot": true, "public_flags": 0,
    });
    json!({
        "id": id, "channel_id": channel, "author": author, "type": 0, "tts": false, "pinned": false,
        "content": body.get("content").cloned().unwrap_or_else(|| json!("")),
        "timestamp": "2026-08-04T06:00:00.000000+00:00", "edited_timestamp": null,
        "flags": body.get("flags").cloned().unwrap_or_else(|| json!(0)),
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [],
        "embeds": body.get("embeds").cloned().unwrap_or_else(|| json!([])),
        "components": [], "nonce": body["nonce"],
    })
}

/// Says whether Discord would take a rendering, without a request.
pub fn taken(body: &str) -> Result<(), String> {
    check::body(body.as_bytes()).map(drop).map_err(|refusal| refusal.message)
}
