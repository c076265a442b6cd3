//! Discord, over its REST interface: posting a message and reading the answer.
//!
//! Requests are serenity's, the loop around them is ours: serenity's own rate limiter ignores the
//! configured address, retries without end and throws `Retry-After` away.

mod asking;
mod buckets;
mod components;
mod edit;
mod errors;
mod format;
mod gateway;
mod group;
mod history;
mod interactions;
mod invite;
mod markdown;
mod read;
mod register;
mod reply;
mod respond;
mod rest;
mod rights;
mod roundup;
mod votes;
mod webhook;
mod words;

use std::num::NonZeroU64;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use serenity::http::{LightMethod, Route};
use url::Url;

pub use self::gateway::{GatewayRefused, IdentifyBudget, run_gateway};
pub use self::interactions::Interactions;
pub use self::invite::{Invite, application_id, invite};
pub use self::register::{Registered, register, register_until_done};
pub use self::webhook::{Received, Webhook};

use self::asking::Ask;
use self::buckets::{Buckets, Lane};
use self::rest::{Rest, Unasked};
use self::rights::Rights;
use super::gate::Pace;
use super::votes::numbered;
use super::{ChatPlatform, Edit, Edited, Post, Rendered};
use crate::domain::{ChannelId, Found, Platform, SendOutcome};
use crate::message::{Message, Refusal};

/// Requests that Discord allows a bot in a second.
const PER_SECOND: u32 = 50;
/// Discord takes 25; 24 characters of base32 are 120 bits.
const NONCE_LENGTH: usize = 24;

/// How to reach Discord.
#[derive(Debug, Clone)]
pub struct DiscordConfig {
    /// `https://discord.com`, with or without `/api/v10`.
    pub api_base: Url,
    /// The bot token.
    pub token: SecretString,
    /// The application's id, when it is known.
    pub application_id: Option<u64>,
    /// How long one request may take from connecting to the last byte of the answer.
    pub timeout: Duration,
}

/// Discord as a platform to post to.
#[derive(Debug)]
pub struct Discord {
    rest: Rest,
    application_id: Option<u64>,
    buckets: Buckets,
    pace: Pace,
    per_second: u32,
    rights: Rights,
    /// Set once Discord has refused the account: 10,000 refused requests in ten minutes ban the address.
    refused: OnceLock<String>,
}

impl Discord {
    /// Prepares the client; nothing is sent yet.
    pub fn new(config: &DiscordConfig) -> anyhow::Result<Self> {
        Ok(Self {
            rest: Rest::new(config)?,
            application_id: config.application_id,
            buckets: Buckets::default(),
            pace: Pace::per_second(PER_SECOND),
            per_second: PER_SECOND,
            rights: Rights::default(),
            refused: OnceLock::new(),
        })
    }

    /// Keeps to so many requests in a second instead of the 50 that Discord allows.
    #[must_use]
    pub fn with_per_second(mut self, requests: u32) -> Self {
        self.pace = Pace::per_second(requests);
        self.per_second = requests;
        self
    }

    /// The idempotency key: the same for every try of one rendering of one delivery.
    fn nonce(&self, post: Post<'_>) -> String {
        let mut hash = blake3::Hasher::new();
        let application = self.application_id.map(|id| id.to_string()).unwrap_or_default();
        let kind = if post.plain { "plain" } else { "rich" };
        for part in ["v1", &application, post.channel.as_str(), &post.delivery.to_string(), kind] {
            hash.update(part.as_bytes());
            hash.update(&[0]);
        }
        let mut nonce = BASE32_NOPAD.encode(hash.finalize().as_bytes());
        nonce.truncate(NONCE_LENGTH);
        nonce
    }

    fn with_nonce(&self, post: Post<'_>) -> Option<Vec<u8>> {
        let mut body: Value = serde_json::from_str(post.body).ok()?;
        if let Some(part) = body.get_mut("components") {
            numbered(part, votes::FIELD, post.delivery);
        }
        let fields = body.as_object_mut()?;
        fields.insert("nonce".to_owned(), self.nonce(post).into());
        fields.insert("enforce_nonce".to_owned(), true.into());
        serde_json::to_vec(&body).ok()
    }
}

#[async_trait]
impl ChatPlatform for Discord {
    fn platform(&self) -> Platform {
        Platform::Discord
    }

    fn enforces_nonce(&self) -> bool {
        true
    }

    fn render(&self, message: &Message) -> Rendered {
        format::render(message)
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        let Ok(channel) = post.channel.as_str().parse::<NonZeroU64>() else {
            return SendOutcome::ChannelRefused { reason: Refusal::DiscordChannelGone.to_string() };
        };
        let Some(body) = self.with_nonce(post) else {
            return SendOutcome::BadPayload {
                reason: "the stored message is not a Discord message".to_owned(),
            };
        };
        let ask = Ask {
            lane: posting(channel.get()),
            route: Route::ChannelMessages { channel_id: channel.get().into() },
            method: LightMethod::Post,
            params: None,
            body: Some(body),
        };
        match self.ask(ask).await {
            Ok(answer) => errors::outcome(&answer),
            Err(why) => why.into(),
        }
    }

    async fn edit(&self, edit: Edit<'_>) -> Edited {
        self.edit_message(edit).await
    }

    async fn find(&self, post: Post<'_>, since: Timestamp) -> Found {
        self.look(post, since).await
    }

    async fn delete(&self, channel: &ChannelId, message_id: &str) -> Edited {
        self.delete_message(channel, message_id).await
    }

    fn rest(&self, channel: &ChannelId) -> Duration {
        let full = channel.as_str().parse().ok().and_then(|channel| self.buckets.full(posting(channel)));
        full.map_or(Duration::ZERO, |full| full.wait)
    }

    fn per_second(&self) -> Option<u32> {
        Some(self.per_second)
    }
}

/// What a post into a channel counts against.
fn posting(channel: u64) -> Lane {
    Lane { route: "POST messages", major: channel }
}

/// What a request that got no answer means: only before the connection stood is it surely unsent.
fn unasked(failure: &Unasked) -> SendOutcome {
    let reason = failure.to_string();
    match failure {
        Unasked::Transport(error) if !error.is_connect() && !error.is_builder() => {
            SendOutcome::Lost { reason }
        }
        _ => SendOutcome::NotSent { reason },
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::DeliveryId;

    fn discord(base: &str, token: &str) -> anyhow::Result<Discord> {
        Discord::new(&DiscordConfig {
            api_base: base.parse().unwrap(),
            token: token.into(),
            application_id: Some(1),
            timeout: Duration::from_secs(15),
        })
    }

    #[test]
    fn the_base_may_name_the_version_or_not() {
        for base in [
            "https://discord.com",
            "https://discord.com/",
            "https://discord.com/api/v10",
            "https://discord.com/api/v10/",
        ] {
            assert_eq!(discord(base, "t").unwrap().rest.base(), "https://discord.com");
        }
        assert_eq!(discord("http://127.0.0.1:9/api/v10", "t").unwrap().rest.base(), "http://127.0.0.1:9");
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_without_being_shown() {
        let error = discord("https://discord.com", "geh\u{1}eim").unwrap_err().to_string();
        assert!(error.contains("developer portal") && !error.contains("eim"), "{error}");
        assert!(!format!("{:?}", discord("https://discord.com", "geheim").unwrap()).contains("geheim"));
    }

    #[test]
    fn a_nonce_belongs_to_one_rendering_of_one_delivery_in_one_channel() {
        let discord = discord("https://discord.com", "t").unwrap();
        let channel = |id: &str| ChannelId::parse(Platform::Discord, id).unwrap();
        let (one, two) = (channel("1"), channel("11"));
        let post = Post { channel: &one, delivery: DeliveryId(Uuid::nil()), body: "{}", plain: false };
        let nonce = discord.nonce(post);
        assert_eq!(nonce.len(), NONCE_LENGTH);
        assert_eq!(discord.nonce(post), nonce);
        for other in [
            Post { plain: true, ..post },
            Post { channel: &two, ..post },
            Post { delivery: DeliveryId(Uuid::max()), ..post },
        ] {
            assert_ne!(discord.nonce(other), nonce);
        }
    }
}
