//! Slack: posting a message and reading the answer, and what people do there, over Socket Mode or HTTP.
//!
//! The waits that Slack asks for belong to the outbox.

mod arrive;
mod controls;
mod deliver;
mod desk;
mod edit;
mod errors;
mod event;
mod format;
mod group;
mod history;
mod http;
mod line;
mod manifest;
mod payload;
mod reply;
mod rights;
mod roundup;
mod socket;
mod text;
mod urls;
mod view;
mod web;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::gate::Gate;
use super::{ChatPlatform, Edit, Edited, Post, Rendered};
use crate::domain::{ChannelId, DeliveryId, Found, Platform, SendOutcome};
use crate::message::Message;
use web::{Failure, Web};

pub use http::{Door, HttpAnswer, HttpCommands};
pub use manifest::manifest;
pub use rights::Managers;
pub use socket::run_socket;

/// Slack takes about one message a second in each channel.
const CHANNEL_PAUSE: Duration = Duration::from_secs(1);
/// The event type of the mark by which a message can be found again.
const MARK: &str = "paperwire_delivery";

/// How to reach Slack.
#[derive(Debug, Clone)]
pub struct SlackConfig {
    /// `https://slack.com/api/`.
    pub api_base: Url,
    /// The bot token (`xoxb-…`).
    pub token: SecretString,
    /// How long one request may take from connecting to the last byte of the answer.
    pub timeout: Duration,
}

/// Slack as a platform to post to.
#[derive(Debug)]
pub struct Slack {
    web: Web,
    timeout: Duration,
    gate: Gate,
}

/// Only the name of the message is read of an answer.
#[derive(Deserialize)]
struct Posted {
    ok: bool,
    ts: Option<String>,
}

impl Slack {
    /// Prepares the client; nothing is sent yet.
    pub fn new(config: &SlackConfig) -> anyhow::Result<Self> {
        Ok(Self { web: Web::new(config)?, timeout: config.timeout, gate: Gate::default() })
    }

    async fn post(&self, body: &Value) -> SendOutcome {
        match self.web.post("chat.postMessage", body).await {
            Ok(Posted { ok: true, ts: Some(message_id) }) => SendOutcome::Sent { message_id },
            Ok(_) => SendOutcome::Lost { reason: "Slack accepted the message without naming it".to_owned() },
            Err(Failure::Client(error)) => errors::outcome(&error),
            Err(Failure::Late) => SendOutcome::Lost { reason: "Slack did not answer in time".to_owned() },
        }
    }
}

/// The stored rendering with its address, its mark, and every automatism of Slack off.
fn addressed(post: Post<'_>) -> Option<Value> {
    let mut body: Value = serde_json::from_str(post.body).ok()?;
    let fields = body.as_object_mut()?;
    let own = json!({
        "channel": post.channel,
        "unfurl_links": false,
        "unfurl_media": false,
        "parse": "none",
        "metadata": {"event_type": MARK, "event_payload": {"d": post.delivery}},
    });
    for (name, value) in own.as_object().into_iter().flatten() {
        fields.insert(name.clone(), value.clone());
    }
    Some(body)
}

#[async_trait]
impl ChatPlatform for Slack {
    fn platform(&self) -> Platform {
        Platform::Slack
    }

    fn enforces_nonce(&self) -> bool {
        false
    }

    fn render(&self, message: &Message) -> Rendered {
        format::render(message)
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        let Some(body) = addressed(post) else {
            return SendOutcome::BadPayload {
                reason: "the stored message is not a Slack message".to_owned(),
            };
        };
        if let Some(after) = self.gate.wait(post.channel) {
            return SendOutcome::Wait {
                after,
                reason: "Slack takes one message a second in a channel".to_owned(),
            };
        }
        let outcome = self.post(&body).await;
        match &outcome {
            SendOutcome::Sent { .. } | SendOutcome::Lost { .. } => {
                self.gate.hold(post.channel, CHANNEL_PAUSE);
            }
            // Slack limits the method for the whole workspace.
            SendOutcome::Wait { after, .. } => self.gate.hold_everything(*after),
            _ => {}
        }
        outcome
    }

    async fn edit(&self, edit: Edit<'_>) -> Edited {
        self.edit_message(edit).await
    }

    async fn find(&self, channel: &ChannelId, delivery: DeliveryId, since: Timestamp) -> Found {
        let question = history::question(channel.as_str(), since);
        match self.web.get("conversations.history", &question).await {
            Ok(history) => history::found(history, delivery),
            Err(Failure::Client(error)) => history::unanswered(&error),
            Err(Failure::Late) => {
                Found::Later { after: self.timeout, reason: "Slack did not answer in time".to_owned() }
            }
        }
    }
}
