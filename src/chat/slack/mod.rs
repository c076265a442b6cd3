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
mod limits;
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
mod votes;
mod web;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::votes::numbered;
use super::{ChatPlatform, Edit, Edited, Post, Rendered};
use crate::domain::{ChannelId, Found, Platform, SendOutcome};
use crate::message::Message;
use history::Reader;
use limits::{CHANNEL_PAUSE, Limits, Method, POSTS_PER_SECOND, TIER_3};
use web::{Failure, Web};

pub use http::{Door, HttpAnswer, HttpCommands};
pub use manifest::manifest;
pub use rights::Managers;
pub use socket::run_socket;

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
    limits: Limits,
    reader: Reader,
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
        Ok(Self {
            web: Web::new(config)?,
            timeout: config.timeout,
            limits: Limits::new(TIER_3),
            reader: Reader::new(TIER_3),
        })
    }

    /// Reads history only so often in a minute: Slack allows an app that is handed out beside its Marketplace one read.
    #[must_use]
    pub fn with_history_per_minute(mut self, reads: u32) -> Self {
        self.limits = Limits::new(reads);
        self.reader = Reader::new(reads);
        self
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
    if let Some(part) = body.get_mut("blocks") {
        numbered(part, votes::FIELD, post.delivery);
    }
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
        if let Some(reason) = self.limits.refused() {
            return SendOutcome::AccountRefused { reason };
        }
        if let Err(full) = self.limits.take(Method::Post, post.channel) {
            return SendOutcome::Wait { after: full.after, reason: full.reason.to_owned() };
        }
        let outcome = self.post(&body).await;
        if matches!(outcome, SendOutcome::Sent { .. } | SendOutcome::Lost { .. }) {
            self.limits.rest(post.channel);
        }
        self.limits.learn(Method::Post, &outcome);
        outcome
    }

    async fn edit(&self, edit: Edit<'_>) -> Edited {
        self.edit_message(edit).await
    }

    async fn find(&self, post: Post<'_>, since: Timestamp) -> Found {
        self.look(post.channel, post.delivery, since).await
    }

    async fn delete(&self, channel: &ChannelId, message_id: &str) -> Edited {
        self.delete_message(channel, message_id).await
    }

    fn rest(&self, _: &ChannelId) -> Duration {
        CHANNEL_PAUSE
    }

    fn per_second(&self) -> Option<u32> {
        Some(POSTS_PER_SECOND)
    }
}
