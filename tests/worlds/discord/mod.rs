//! A Discord of our own: the REST calls that Paperwire makes, refusing what the real one refuses, with
//! a ledger of what a person would see in each channel.

mod check;
mod commands;
mod edits;
mod gateway;
mod interactions;
pub mod payload;
mod schema;
mod seen;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, patch, post as post_to};
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
/// How long a nonce is remembered.
const NONCE_WINDOW: Duration = Duration::from_mins(2);
/// First of the ids that the world gives out; they grow by one.
const FIRST_ID: u64 = 1_400_000_000_000_000_000;
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
}

struct Stored {
    posted: Posted,
    object: Value,
    at: Instant,
    deleted: bool,
}

#[derive(Default)]
struct State {
    revoked: bool,
    channels: HashMap<String, Access>,
    messages: Vec<Stored>,
    requests: Vec<(String, u16)>,
    refusals: Vec<String>,
    edits: Vec<(String, u16)>,
    /// Requests of the last second.
    recent: VecDeque<Instant>,
    buckets: Option<HashMap<String, VecDeque<Instant>>>,
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
        Instant::now() + self.ahead
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
        let (changes, _) = watch::channel(0);
        let inner = Arc::new(Inner { state: Mutex::default(), faults: Faults::default(), changes });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        inner.state.lock().unwrap().gateway.url = format!("ws://{}", listener.local_addr().unwrap());
        let sockets = tokio::spawn(gateway::serve(Arc::clone(&inner), listener));
        let app = Router::new()
            .route("/api/v10/channels/{channel}/messages", get(read).post(create))
            .route("/api/v10/channels/{channel}/messages/{id}", patch(edits::edit))
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

    pub fn restore_token(&self) {
        self.state(|state| state.revoked = false);
    }

    /// Enforces five posts in five seconds per channel and says so in headers, as the real one does.
    pub fn limit_channels(&self) {
        self.state(|state| state.buckets = Some(HashMap::new()));
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

fn limited(wait: Duration, global: bool) -> Answer {
    let seconds = wait.as_secs_f64();
    let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": global});
    let answer = Answer::json(429, &body)
        .header("retry-after", &wait.as_secs_f64().ceil().to_string())
        .header("x-ratelimit-scope", if global { "global" } else { "user" });
    if global { answer.header("x-ratelimit-global", "true") } else { answer }
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
        answer.into_response()
    };
    world.faults.answer(&channel, &plug, effect).await
}

async fn read(
    Extract(world): Extract<Arc<Inner>>,
    Path(channel): Path<String>,
    headers: HeaderMap,
) -> Response {
    let state = world.state.lock().unwrap();
    let answer = authorised(&state, &headers).and_then(|()| may_post(&state, &channel)).map(|()| {
        let there = |m: &&Stored| m.posted.channel == channel && !m.deleted;
        let newest_first: Vec<&Value> =
            state.messages.iter().rev().filter(there).take(50).map(|m| &m.object).collect();
        Answer::json(200, &json!(newest_first))
    });
    answer.unwrap_or_else(|refusal| refusal).into_response()
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
        Some(Access::Forbidden) => Err(error(403, 50013, "Missing Permissions")),
        Some(Access::Hidden) => Err(error(403, 50001, "Missing Access")),
        None => Err(error(404, 10003, "Unknown Channel")),
    }
}

fn post(state: &mut State, channel: &str, headers: &HeaderMap, body: &[u8]) -> Result<Answer, Answer> {
    let now = state.now();
    authorised(state, headers)?;
    within(&mut state.recent, now, 50, Duration::from_secs(1)).map_err(|wait| limited(wait, true))?;
    may_post(state, channel)?;
    if headers.get("content-type").is_none_or(|kind| kind != "application/json") {
        return Err(error(400, 50035, "Invalid Form Body: Content-Type must be application/json"));
    }
    let left = match &mut state.buckets {
        None => None,
        Some(buckets) => {
            let bucket = buckets.entry(channel.to_owned()).or_default();
            let window = Duration::from_secs(5);
            within(bucket, now, 5, window).map_err(|wait| limited(wait, false))?;
            Some((5 - bucket.len(), window.saturating_sub(now - bucket[0])))
        }
    };
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

/// Counts a request into its window, or says how long the window is full.
fn within(seen: &mut VecDeque<Instant>, now: Instant, most: usize, window: Duration) -> Result<(), Duration> {
    while seen.front().is_some_and(|&at| now - at >= window) {
        seen.pop_front();
    }
    if seen.len() >= most {
        return Err(window.saturating_sub(now - seen[0]));
    }
    seen.push_back(now);
    Ok(())
}

/// Keeps the message, or finds the one that was posted with the same enforced nonce.
fn stored(state: &mut State, channel: &str, body: &Value, now: Instant) -> Result<Value, Answer> {
    let nonce = body["nonce"].as_str().map(str::to_owned);
    if body["enforce_nonce"] == true && nonce.is_some() {
        // Discord's scope is the author, not the channel.
        let earlier = state.messages.iter().find(|m| m.posted.nonce == nonce && now - m.at < NONCE_WINDOW);
        match earlier {
            Some(message) if message.deleted => return Err(error(404, 10008, "Unknown Message")),
            Some(message) => return Ok(message.object.clone()),
            None => {}
        }
    }
    let id = (FIRST_ID + state.messages.len() as u64).to_string();
    let object = message_object(&id, channel, body);
    let posted = Posted::of(&id, channel, body);
    state.messages.push(Stored { posted, object: object.clone(), at: now, deleted: false });
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
