//! Takes what people do to an app, over HTTP with a signature or over Socket Mode, and does what its acknowledgement
//! says, as Slack does.

use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::socket::ACK_WITHIN;
use super::{Slack, desk};

/// How an app is told.
#[derive(Debug, Clone)]
pub enum Via {
    /// Requests to its address, signed with this secret.
    Http {
        address: String,
        secret: String,
    },
    Socket,
}

/// What it is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Command,
    Interaction,
    Event,
}

/// What it said.
#[derive(Debug)]
pub struct Acked {
    pub status: u16,
    pub body: Value,
    pub after: Duration,
}

/// Slack's signature of a body.
pub fn sign(secret: &str, stamp: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{stamp}:{body}").as_bytes());
    format!("v0={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
}

impl Sort {
    /// The path of its address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Command => "/slack/commands",
            Self::Interaction => "/slack/interactions",
            Self::Event => "/slack/events",
        }
    }

    /// Its body over HTTP.
    pub fn body(self, payload: &Value) -> String {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        match self {
            Self::Event => return payload.to_string(),
            Self::Interaction => drop(form.append_pair("payload", &payload.to_string())),
            Self::Command => {
                for (name, value) in payload.as_object().into_iter().flatten() {
                    form.append_pair(name, value.as_str().unwrap_or_default());
                }
            }
        }
        form.finish()
    }

    fn envelope(self) -> &'static str {
        match self {
            Self::Command => "slash_commands",
            Self::Interaction => "interactive",
            Self::Event => "events_api",
        }
    }
}

impl Slack {
    /// Tells the app and does what it says; fails the test when it is not acknowledged in time.
    pub async fn tell(&self, via: &Via, sort: Sort, payload: &Value) -> Acked {
        let acked = match via {
            Via::Http { address, secret } => self.request(address, secret, sort, &sort.body(payload)).await,
            Via::Socket => {
                let (frame, after) =
                    self.socket().send(sort.envelope(), payload).await.expect("an acknowledgement in time");
                Acked { status: 200, body: frame["payload"].clone(), after }
            }
        };
        assert!(acked.after < ACK_WITHIN, "acknowledged after {:?}", acked.after);
        if acked.status == 200 {
            self.settle(sort, payload, &acked.body);
        }
        acked
    }

    /// Sends a signed request, as it stands.
    pub async fn request(&self, address: &str, secret: &str, sort: Sort, body: &str) -> Acked {
        let stamp = self.inner.clock.now().as_second();
        self.send_raw(address, sort, (stamp, &sign(secret, stamp, body)), body).await
    }

    /// Sends a request with a time and a signature of the test's own.
    pub async fn send_raw(&self, address: &str, sort: Sort, signed: (i64, &str), body: &str) -> Acked {
        let kind = if sort == Sort::Event { "application/json" } else { "application/x-www-form-urlencoded" };
        let since = Instant::now();
        let response = self
            .inner
            .client
            .post(format!("{address}{}", sort.path()))
            .header("content-type", kind)
            .header("x-slack-request-timestamp", signed.0.to_string())
            .header("x-slack-signature", signed.1)
            .body(body.to_owned())
            .send()
            .await
            .expect("an answer in time");
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body =
            serde_json::from_str(&text).unwrap_or(if text.is_empty() { Value::Null } else { json!(text) });
        Acked { status, body, after: since.elapsed() }
    }

    /// Does what an acknowledgement says.
    fn settle(&self, sort: Sort, payload: &Value, said: &Value) {
        let now = self.now();
        self.state(|state| match (sort, payload["type"].as_str()) {
            (Sort::Command, _) if said.is_object() => {
                let user = payload["user_id"].as_str().unwrap_or_default();
                let channel = payload["channel_id"].as_str().unwrap_or_default();
                if let Err((code, why)) = super::check::message(said, super::check::RESPONSE) {
                    state.refusals.push(format!("{code}: {why}"));
                    return;
                }
                desk::show(state, channel, desk::only(said, user), said, now);
            }
            (Sort::Interaction, Some("view_submission")) => {
                let id = payload["view"]["id"].as_str().unwrap_or_default();
                if let Err(why) = desk::submitted(state, id, said) {
                    state.refusals.push(why);
                }
            }
            (Sort::Interaction, Some("block_suggestion")) => {
                let options = said["options"].as_array().cloned().unwrap_or_default();
                for option in &options {
                    if let Err((_, why)) = super::element::option(option) {
                        state.refusals.push(why);
                    }
                }
            }
            (_, _) if !said.is_null() && !said.is_string() => {
                state.refusals.push(format!("nothing reads {said}"));
            }
            _ => {}
        });
        self.inner.changed.notify_waiters();
    }
}
