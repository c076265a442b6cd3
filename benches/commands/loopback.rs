//! The platforms' own requests over HTTP: signed, sent over loopback to the web server, and answered in the response.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use paperwire::chat::discord::{self, DiscordConfig, Interactions};
use paperwire::chat::slack::{Door, HttpCommands, Managers, SlackConfig};
use paperwire::chat::{CommandHandler, Incoming, Outgoing, Webhook};
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::web;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::shop::Shop;
use payload::Does;

#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "the fake Discord's requests, of which two kinds are sent here"
)]
#[path = "../../tests/worlds/discord/payload.rs"]
mod payload;

/// The application of the requests.
pub const APPLICATION: u64 = 1;
const SECRET: &str = "a-signing-secret-of-the-bench";

/// A web server with both platforms' addresses, and a client with a connection to it.
pub struct Loopback {
    address: String,
    client: reqwest::Client,
    key: SigningKey,
}

/// A request, ready to be signed.
pub struct Sent {
    path: &'static str,
    body: String,
    /// What every good answer holds.
    holds: &'static str,
}

struct Discord(discord::Webhook);
struct Slack(HttpCommands);

#[async_trait]
impl Webhook for Discord {
    fn paths(&self) -> &'static [&'static str] {
        &["/discord/interactions"]
    }

    fn max_body(&self) -> usize {
        discord::Webhook::body_max()
    }

    async fn receive(&self, request: Incoming<'_>) -> Outgoing {
        let received = self.0.receive(request.headers, request.body, SystemClock.now()).await;
        Outgoing { status: received.status, content_type: "application/json", body: received.body }
    }
}

#[async_trait]
impl Webhook for Slack {
    fn paths(&self) -> &'static [&'static str] {
        &["/slack/commands", "/slack/interactions"]
    }

    fn max_body(&self) -> usize {
        HttpCommands::body_max()
    }

    async fn receive(&self, request: Incoming<'_>) -> Outgoing {
        let door = if request.path == "/slack/commands" { Door::Commands } else { Door::Interactions };
        let answer = self.0.receive(door, request.headers, request.body, SystemClock.now()).await;
        Outgoing { status: answer.status, content_type: answer.content_type, body: answer.body.into_bytes() }
    }
}

impl Loopback {
    pub async fn start(shop: &Shop) -> Self {
        paperwire::chat::install_tls_provider();
        let handler: Arc<dyn CommandHandler> = Arc::new(shop.bot.clone());
        let timeout = Duration::from_secs(5);
        // Every answer is in time for its response, so that nothing is asked of these.
        let nobody = || "http://127.0.0.1:9/".parse().expect("an address");
        let token = || "a-token-of-the-bench".into();
        let discord =
            DiscordConfig { api_base: nobody(), token: token(), application_id: Some(APPLICATION), timeout };
        let slack = SlackConfig { api_base: nobody(), token: token(), timeout };
        let key = SigningKey::from_bytes(&[7; 32]);
        let interactions = Interactions::new(&discord, handler.clone()).expect("the way to Discord");
        let discord = discord::Webhook::new(key.verifying_key().to_bytes(), interactions).expect("a key");
        let slack = HttpCommands::new(&slack, SECRET.into(), Managers::Members, handler).expect("a secret");
        let webhooks: Vec<Arc<dyn Webhook>> = vec![Arc::new(Discord(discord)), Arc::new(Slack(slack))];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let client = reqwest::Client::builder().timeout(timeout).build().expect("a client");
        let pages = Arc::new(web::Pages::default());
        pages.show(shop.store.clone());
        pages.take(webhooks);
        tokio::spawn(web::serve(listener, pages, CancellationToken::new()));
        Self { address, client, key }
    }

    /// Sends a request and returns the seconds until its answer was there, whole.
    pub async fn send(&self, asked: Sent) -> f64 {
        let stamp = SystemClock.now().as_second().to_string();
        let mut headers = HeaderMap::new();
        let mut set = |name: &'static str, value: String| headers.insert(name, value.parse().expect("ASCII"));
        if asked.path.starts_with("/discord") {
            let signature = self.key.sign(format!("{stamp}{}", asked.body).as_bytes());
            set("x-signature-ed25519", data_encoding::HEXLOWER.encode(&signature.to_bytes()));
            set("x-signature-timestamp", stamp);
        } else {
            let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key of any length");
            mac.update(format!("v0:{stamp}:{}", asked.body).as_bytes());
            let signature = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
            set("x-slack-signature", format!("v0={signature}"));
            set("x-slack-request-timestamp", stamp);
            set(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded".to_owned());
        }
        let request =
            self.client.post(format!("{}{}", self.address, asked.path)).headers(headers).body(asked.body);
        let start = Instant::now();
        let answer = request.send().await.expect("an answer");
        let (status, body) = (answer.status(), answer.text().await.expect("a body"));
        let time = start.elapsed().as_secs_f64();
        assert!(status == 200 && body.contains(asked.holds), "{status}: {body}");
        time
    }
}

/// `/papers search` with a query, on Discord.
pub fn discord_search(number: u64, query: &str) -> Sent {
    discord(number, &Does::Slash("search", vec![payload::text("query", query)]), "\"type\":4")
}

/// A half-written query on Discord.
pub fn discord_complete(number: u64, text: &str) -> Sent {
    discord(number, &Does::Writes("search", vec![payload::text("query", text)]), "\"choices\"")
}

fn discord(number: u64, does: &Does, holds: &'static str) -> Sent {
    let body = payload::interaction(number, "a-token", payload::ADA, does).to_string();
    Sent { path: "/discord/interactions", body, holds }
}

/// `/papers search` with a query, on Slack.
pub fn slack_search(number: u64, query: &str) -> Sent {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("team_id", "T1")
        .append_pair("channel_id", "C1")
        .append_pair("user_id", "U1")
        .append_pair("command", "/papers")
        .append_pair("text", &format!("search {query}"))
        .append_pair("trigger_id", &number.to_string())
        .finish();
    Sent { path: "/slack/commands", body, holds: "\"blocks\"" }
}

/// A half-written query on Slack, which numbers only what is done.
pub fn slack_complete(_: u64, text: &str) -> Sent {
    let payload: Value = json!({
        "type": "block_suggestion", "action_id": "complete:query", "value": text,
        "team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "C1"},
    });
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload.to_string())
        .finish();
    Sent { path: "/slack/interactions", body, holds: "\"options\"" }
}
