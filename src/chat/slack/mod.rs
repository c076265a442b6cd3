//! Slack, over its Web API: posting a message and reading the answer.
//!
//! Requests are slack-morphism's; its rate control is left off, because it counts a workspace where
//! Slack counts channels, and the waits belong to the outbox.

mod errors;
mod format;
mod history;
mod roundup;
mod text;

use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use hyper_util::client::legacy::connect::HttpConnector;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use slack_morphism::prelude::*;
use url::Url;

use super::gate::Gate;
use super::{ChatPlatform, Post, Rendered};
use crate::domain::{ChannelId, DeliveryId, Found, Platform, SendOutcome};
use crate::message::Message;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Slack takes about one message a second in each channel.
const CHANNEL_PAUSE: Duration = Duration::from_secs(1);
/// The event type of the mark by which a message can be found again.
const MARK: &str = "paperwire_delivery";

/// How to reach Slack.
#[derive(Debug)]
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
    client: SlackHyperClient,
    token: SecretString,
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
    pub fn new(config: SlackConfig) -> anyhow::Result<Self> {
        let mut http = HttpConnector::new();
        // The wrapped connector sees https addresses as well.
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT.min(config.timeout)));
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .context("no CA certificates found: install the package ca-certificates")?
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(http);
        let connector = SlackClientHyperConnector::with_connector(https)
            .with_slack_api_url(config.api_base.as_str().trim_end_matches('/'));
        Ok(Self {
            client: SlackClient::new(connector),
            token: config.token,
            timeout: config.timeout,
            gate: Gate::default(),
        })
    }

    async fn post(&self, body: &Value) -> SendOutcome {
        let token = SlackApiToken::new(self.token.expose_secret().trim().into());
        let session = self.client.open_session(&token);
        let call = session.http_session_api.http_post::<_, Posted>("chat.postMessage", body, None);
        match tokio::time::timeout(self.timeout, call).await {
            Ok(Ok(Posted { ok: true, ts: Some(message_id) })) => SendOutcome::Sent { message_id },
            Ok(Ok(_)) => {
                SendOutcome::Lost { reason: "Slack accepted the message without naming it".to_owned() }
            }
            Ok(Err(error)) => errors::outcome(&error),
            Err(_) => SendOutcome::Lost { reason: "Slack did not answer in time".to_owned() },
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

    async fn find(&self, channel: &ChannelId, delivery: DeliveryId, since: Timestamp) -> Found {
        let token = SlackApiToken::new(self.token.expose_secret().trim().into());
        let session = self.client.open_session(&token);
        let question = history::question(channel.as_str(), since);
        let call = session.http_session_api.http_get("conversations.history", &question, None);
        match tokio::time::timeout(self.timeout, call).await {
            Ok(Ok(history)) => history::found(history, delivery),
            Ok(Err(error)) => history::unanswered(&error),
            Err(_) => Found::Later { after: self.timeout, reason: "Slack did not answer in time".to_owned() },
        }
    }
}
