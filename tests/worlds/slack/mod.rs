//! A Slack of our own: the Web API calls that Paperwire makes, refusing what the real one refuses, with
//! a ledger of what a person would see in each channel.

mod api;
mod check;
mod desk;
mod element;
mod history;
mod people;
mod seen;
mod sending;
mod socket;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use paperwire::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use super::loopback::{Answer, Faults, Loopback, Plug};
pub use desk::Open;
pub use people::{ADA, BEN};
pub use seen::Posted;
pub use sending::{Sort, Via, sign};
pub use socket::{APP_TOKEN, Socket};
use tokio::sync::Notify;

/// The token that the world takes; not of a form that any scanner knows.
pub const TOKEN: &str = "a-token-of-the-fake-slack";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Open,
    NotInvited,
    Archived,
}

#[derive(Default)]
struct State {
    revoked: bool,
    /// Messages that are still taken before the token is revoked.
    last_posts: Option<usize>,
    channels: HashMap<String, Access>,
    messages: Vec<Posted>,
    /// The `error` of every post that met no fault; empty when it was taken.
    requests: Vec<String>,
    refusals: Vec<String>,
    /// The last post of each channel, when the rate is limited.
    last: Option<HashMap<String, Timestamp>>,
    /// How far the world's clock runs ahead.
    ahead: Duration,
    /// True when the app has the scope to read history.
    reads_history: bool,
    history: history::History,
    /// What people see of answers.
    desk: desk::Desk,
}

struct Inner {
    state: Mutex<State>,
    faults: Faults,
    clock: Arc<dyn Clock>,
    changed: Notify,
    socket: Socket,
    /// Sends what people do to apps over HTTP.
    client: reqwest::Client,
}

/// The world, until it is dropped.
pub struct Slack {
    inner: Arc<Inner>,
    server: Loopback,
}

impl Slack {
    /// Starts with these channels, the bot being a member of each.
    pub async fn start(channels: &[&str]) -> Self {
        Self::at(channels, Arc::new(SystemClock)).await
    }

    /// Starts with these channels and tells the time by this clock.
    pub async fn at(channels: &[&str], clock: Arc<dyn Clock>) -> Self {
        let inner = Arc::new(Inner {
            state: Mutex::default(),
            faults: Faults::default(),
            clock,
            changed: Notify::new(),
            socket: Socket::start().await,
            client: reqwest::Client::builder().timeout(socket::ACK_WITHIN).build().unwrap(),
        });
        let app = Router::new()
            .route("/api/chat.postMessage", post(post_message))
            .route("/api/conversations.history", get(history::read))
            .route("/api/auth.test", post(api::auth_test))
            .route("/api/apps.connections.open", post(api::open_connection))
            .route("/api/{method}", post(api::call).get(api::ask))
            .route("/response/{name}", post(api::respond))
            .with_state(Arc::clone(&inner));
        let world = Self { inner, server: Loopback::start(app).await };
        for channel in channels {
            world.open(channel);
        }
        world
    }

    /// What `slack.api_base` is set to.
    pub fn base_url(&self) -> String {
        format!("{}/api/", self.server.url())
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

    /// Makes a channel with the bot in it.
    pub fn open(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::Open));
    }

    /// Takes the bot out of the channel.
    pub fn remove_bot(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::NotInvited));
    }

    pub fn archive(&self, channel: &str) {
        self.state(|state| state.channels.insert(channel.to_owned(), Access::Archived));
    }

    pub fn delete_channel(&self, channel: &str) {
        self.state(|state| state.channels.remove(channel));
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

    /// Gives the app the scope `channels:history`.
    pub fn grant_history(&self) {
        self.state(|state| state.reads_history = true);
    }

    /// Enforces one message a second in each channel.
    pub fn limit_channels(&self) {
        self.state(|state| state.last = Some(HashMap::new()));
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
        self.state(|state| state.messages.clone())
    }

    /// The `error` of every post that met no fault, empty where it was taken.
    pub fn requests(&self) -> Vec<String> {
        self.state(|state| state.requests.clone())
    }

    /// Why contents were refused; empty in a world where all is well.
    pub fn refusals(&self) -> Vec<String> {
        self.state(|state| state.refusals.clone())
    }

    /// The server of Socket Mode.
    pub fn socket(&self) -> &Socket {
        &self.inner.socket
    }

    /// Makes somebody an admin of the workspace.
    pub fn promote(&self, user: &str) {
        self.state(|state| state.desk.admins.insert(user.to_owned()));
    }

    /// The open windows, the topmost last.
    pub fn windows(&self) -> Vec<Open> {
        self.state(|state| state.desk.views.clone())
    }

    /// Closes the topmost window, as a person does.
    pub fn close_window(&self) {
        self.state(|state| state.desk.views.pop());
    }

    /// The app's page as somebody sees it.
    pub fn home(&self, user: &str) -> Option<Value> {
        self.state(|state| state.desk.homes.get(user).cloned())
    }

    /// The previews of links that were set.
    pub fn unfurls(&self) -> Vec<Value> {
        self.state(|state| state.desk.unfurls.clone())
    }

    /// Every call beside posts with the error that it was answered; empty where it was done.
    pub fn calls(&self) -> Vec<(String, String)> {
        self.state(|state| state.desk.calls.clone())
    }

    /// Waits until something is to be seen.
    pub async fn until<T>(&self, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let wait = async {
            loop {
                let changed = self.inner.changed.notified();
                if let Some(seen) = look(self) {
                    return seen;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it is seen in time")
    }

    /// Waits until a channel holds so many messages, and returns the last one.
    pub async fn message(&self, channel: &str, count: usize) -> Posted {
        self.until(|world| {
            let messages = world.messages(channel);
            (messages.len() >= count).then(|| messages.last().cloned()).flatten()
        })
        .await
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn response_base(&self) -> String {
        format!("{}/response/", self.server.url())
    }

    fn state<T>(&self, with: impl FnOnce(&mut State) -> T) -> T {
        with(&mut self.inner.state.lock().unwrap())
    }
}

impl State {
    /// How many messages have been named so far.
    fn named(&self) -> usize {
        self.messages.len() + self.history.deletions.len()
    }
}

impl Inner {
    fn now(&self) -> Timestamp {
        self.clock.now() + self.state.lock().unwrap().ahead
    }
}

/// Slack says no with HTTP 200.
fn refused(code: &str) -> Answer {
    Answer::json(200, &json!({"ok": false, "error": code}))
}

fn authorised(state: &State, headers: &HeaderMap) -> Result<(), Answer> {
    match headers.get("authorization").and_then(|value| value.to_str().ok()) {
        None => Err(refused("not_authed")),
        Some(_) if state.revoked => Err(refused("token_revoked")),
        Some(token) if token == format!("Bearer {TOKEN}") => Ok(()),
        Some(_) => Err(refused("invalid_auth")),
    }
}

async fn post_message(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let channel = parsed["channel"].as_str().unwrap_or_default().to_owned();
    let now = world.now();
    let effect = || {
        let mut state = world.state.lock().unwrap();
        match admitted(&mut state, &channel, &headers, &parsed, now) {
            Ok(answer) => {
                state.requests.push(String::new());
                answer.into_response()
            }
            Err(answer) => {
                let code: Value = serde_json::from_str(&answer.body).unwrap_or_default();
                state.requests.push(code["error"].as_str().unwrap_or_default().to_owned());
                answer.into_response()
            }
        }
    };
    let response = world.faults.answer(&channel, &plug, effect).await;
    world.changed.notify_waiters();
    response
}

fn admitted(
    state: &mut State,
    channel: &str,
    headers: &HeaderMap,
    body: &Value,
    now: Timestamp,
) -> Result<Answer, Answer> {
    authorised(state, headers)?;
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err(refused("invalid_form_data"));
    }
    if let Err((code, why)) = check::body(body) {
        state.refusals.push(format!("{code}: {why}\n{body}"));
        return Err(refused(code));
    }
    match state.channels.get(channel) {
        Some(Access::Open) => {}
        Some(Access::NotInvited) => return Err(refused("not_in_channel")),
        Some(Access::Archived) => return Err(refused("is_archived")),
        None => return Err(refused("channel_not_found")),
    }
    if let Some(last) = &mut state.last {
        let early = last.get(channel).is_some_and(|&at| now < at + Duration::from_secs(1));
        if early {
            let answer = Answer::json(429, &json!({"ok": false, "error": "ratelimited"}));
            return Err(answer.header("retry-after", "1"));
        }
        last.insert(channel.to_owned(), now);
    }
    // Slack's name of a message is its time, unique in its channel.
    let ts = format!("{}.{:06}", now.as_second(), state.named() + 100);
    state.messages.push(Posted::of(&ts, channel, body));
    state.last_posts = state.last_posts.map(|left| left - 1);
    if state.last_posts == Some(0) {
        (state.revoked, state.last_posts) = (true, None);
    }
    Ok(Answer::json(
        200,
        &json!({"ok": true, "channel": channel, "ts": ts, "message": {"ts": ts, "type": "message"}}),
    ))
}

/// Says whether Slack would take a rendering, without a request.
pub fn taken(body: &str) -> Result<(), String> {
    let body = serde_json::from_str(body).map_err(|error| error.to_string())?;
    check::body(&body).map_err(|(code, why)| format!("{code}: {why}"))
}
