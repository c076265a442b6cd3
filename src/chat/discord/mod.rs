//! Discord, over its REST interface: posting a message and reading the answer.
//!
//! Requests are serenity's, the loop around them is ours: serenity's own rate limiter ignores the
//! configured address, retries without end and throws `Retry-After` away.

mod components;
mod edit;
mod errors;
mod format;
mod gateway;
mod group;
mod interactions;
mod invite;
mod markdown;
mod read;
mod register;
mod reply;
mod respond;
mod rest;
mod roundup;
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

use self::errors::Answer;
use self::rest::{Rest, Unasked};
use super::gate::{Gate, Pace};
use super::{ChatPlatform, Edit, Edited, Post, Rendered};
use crate::domain::{ChannelId, DeliveryId, Found, Platform, SendOutcome};
use crate::message::{Message, Refusal};

/// Discord allows 50 requests in a second: 10 at once and 40 spread over it.
const BURST: u32 = 10;
const INTERVAL: Duration = Duration::from_millis(25);
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
    gate: Gate,
    pace: Pace,
    /// Set once Discord has refused the account: 10,000 refused requests in ten minutes ban the address.
    refused: OnceLock<String>,
}

impl Discord {
    /// Prepares the client; nothing is sent yet.
    pub fn new(config: &DiscordConfig) -> anyhow::Result<Self> {
        Ok(Self {
            rest: Rest::new(config)?,
            application_id: config.application_id,
            gate: Gate::default(),
            pace: Pace::new(BURST, INTERVAL),
            refused: OnceLock::new(),
        })
    }

    async fn ask(&self, channel: NonZeroU64, body: Vec<u8>) -> Result<Answer, SendOutcome> {
        let route = Route::ChannelMessages { channel_id: channel.get().into() };
        let asked = self.rest.ask(route, LightMethod::Post, Some(body)).await;
        asked.map_err(|failure| unasked(&failure))
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
        if let Some(reason) = self.refused.get() {
            return SendOutcome::AccountRefused { reason: reason.clone() };
        }
        let Ok(channel) = post.channel.as_str().parse::<NonZeroU64>() else {
            return SendOutcome::ChannelRefused { reason: Refusal::DiscordChannelGone.to_string() };
        };
        let Some(body) = self.with_nonce(post) else {
            return SendOutcome::BadPayload {
                reason: "the stored message is not a Discord message".to_owned(),
            };
        };
        if let Some(after) = self.gate.wait(post.channel) {
            return SendOutcome::Wait {
                after,
                reason: "Discord's rate limit for this channel is used up".to_owned(),
            };
        }
        self.pace.turn().await;
        let answer = match self.ask(channel, body).await {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        match errors::hold(&answer) {
            Some(hold) if hold.everything => self.gate.hold_everything(hold.wait),
            Some(hold) => self.gate.hold(post.channel, hold.wait),
            None => {}
        }
        let outcome = errors::outcome(&answer);
        if let SendOutcome::AccountRefused { reason } = &outcome {
            // Another task may have set it first, to the same end.
            let _ = self.refused.set(reason.clone());
        }
        outcome
    }

    async fn edit(&self, edit: Edit<'_>) -> Edited {
        self.edit_message(edit).await
    }

    /// The nonce is all that Paperwire asks for: reading history takes a right that posting does not need.
    async fn find(&self, _: &ChannelId, _: DeliveryId, _: Timestamp) -> Found {
        let reason = "Discord's answer was lost, and it is too late to ask again under the same nonce";
        Found::CannotTell { reason: reason.to_owned() }
    }
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
    use crate::domain::{ChannelId, DeliveryId};

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
