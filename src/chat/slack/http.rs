//! The way over HTTP: three addresses, whose requests count only with Slack's signature.
//!
//! The signature is checked here and not by slack-morphism's verifier, which reads the machine's clock itself and
//! wants the body as text. Source: “Verifying requests from Slack”.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use tracing::{debug, warn};

use super::desk::{Ack, Desk, Patience};
use super::rights::Managers;
use super::{SlackConfig, arrive, event};
use crate::chat::CommandHandler;

/// The longest request that is looked at.
pub const BODY_MAX: usize = 1024 * 1024;
/// A request whose time is further from ours is refused.
const WINDOW: Duration = Duration::from_mins(5);
/// Slack waits three seconds; the way there takes a part of them.
const PATIENCE: Patience =
    Patience { command: Duration::from_millis(1_500), window: Duration::from_millis(1_500) };

/// The address at which a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `/slack/commands`.
    Commands,
    /// `/slack/interactions`.
    Interactions,
    /// `/slack/events`.
    Events,
}

/// What to answer over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// 200, 400, 401 or 413.
    pub status: u16,
    /// The type of the body; empty without one.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// Commands and all else that people do, over HTTP.
pub struct HttpCommands {
    desk: Arc<Desk>,
    secret: SecretString,
}

impl HttpCommands {
    /// Prepares it; nothing is sent yet.
    pub fn new(
        config: &SlackConfig,
        signing_secret: SecretString,
        managers: Managers,
        handler: Arc<dyn CommandHandler>,
    ) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !signing_secret.expose_secret().trim().is_empty(),
            "slack.signing_secret is empty: set PAPERWIRE__SLACK__SIGNING_SECRET"
        );
        let desk = Desk::new(config, managers, handler).context("cannot prepare the way to Slack")?;
        Ok(Self { desk, secret: signing_secret })
    }

    /// The longest body that is worth reading, in bytes.
    pub fn body_max() -> usize {
        BODY_MAX
    }

    /// Answers one request within two seconds; nothing of it is parsed before its signature is right.
    pub async fn receive(&self, door: Door, headers: &HeaderMap, body: &[u8], now: Timestamp) -> HttpAnswer {
        if body.len() > BODY_MAX {
            return refused(413, "too large");
        }
        if let Err(why) = signed(&self.secret, headers, body, now) {
            warn!("A request to Slack's address {door:?} was refused: {why}");
            return refused(401, "not signed by Slack");
        }
        let arrival = std::str::from_utf8(body).map_err(|_| arrive::Unreadable).and_then(|text| match door {
            Door::Commands => arrive::command_form(text),
            Door::Interactions => arrive::interaction_form(text),
            Door::Events => event::event_body(text),
        });
        let Ok(arrival) = arrival else {
            debug!("A signed request to Slack's address {door:?} cannot be read");
            return refused(400, "cannot be read");
        };
        match self.desk.take(arrival, PATIENCE).await {
            Ack::Empty => HttpAnswer { status: 200, content_type: "", body: String::new() },
            Ack::Text(body) => HttpAnswer { status: 200, content_type: "text/plain; charset=utf-8", body },
            Ack::Json(body) => HttpAnswer {
                status: 200,
                content_type: "application/json; charset=utf-8",
                body: body.to_string(),
            },
        }
    }

    /// Waits until every answer on its way has been shown.
    pub async fn finish(&self) {
        self.desk.finish().await;
    }
}

fn refused(status: u16, why: &str) -> HttpAnswer {
    HttpAnswer { status, content_type: "text/plain; charset=utf-8", body: why.to_owned() }
}

/// Checks time and signature of a request.
fn signed(
    secret: &SecretString,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<(), &'static str> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let stamp = header("x-slack-request-timestamp").ok_or("no time")?;
    let seconds: i64 = stamp.parse().map_err(|_| "its time cannot be read")?;
    let signature = header("x-slack-signature").ok_or("no signature")?;
    let signature = signature.strip_prefix("v0=").ok_or("a signature of another kind")?;
    let signature = data_encoding::HEXLOWER.decode(signature.as_bytes()).map_err(|_| "no signature")?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().trim().as_bytes())
        .expect("HMAC takes a key of any length");
    for part in [b"v0:", stamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    // In constant time.
    mac.verify_slice(&signature).map_err(|_| "a wrong signature")?;
    let apart = now.as_second().abs_diff(seconds);
    if apart <= WINDOW.as_secs() { Ok(()) } else { Err("its time is more than five minutes from ours") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's own documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const STAMP: &str = "1531420618";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn check(stamp: &str, signature: &str, body: &str, now: i64) -> Result<(), &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert("x-slack-request-timestamp", stamp.parse().unwrap());
        headers.insert("x-slack-signature", signature.parse().unwrap());
        signed(&SECRET.into(), &headers, body.as_bytes(), Timestamp::from_second(now).unwrap())
    }

    #[test]
    fn the_example_of_slacks_documentation_is_right_for_five_minutes_either_way() {
        for now in [1_531_420_618, 1_531_420_918, 1_531_420_318] {
            assert_eq!(check(STAMP, SIGNATURE, BODY, now), Ok(()));
        }
        for now in [1_531_420_919, 1_531_420_317] {
            assert_eq!(
                check(STAMP, SIGNATURE, BODY, now),
                Err("its time is more than five minutes from ours")
            );
        }
    }

    #[test]
    fn a_request_that_differs_in_one_byte_is_refused() {
        let now = 1_531_420_618;
        assert_eq!(check(STAMP, SIGNATURE, &BODY.replace("foobar", "foobaz"), now), Err("a wrong signature"));
        assert_eq!(check("1531420619", SIGNATURE, BODY, now), Err("a wrong signature"));
        assert_eq!(check(STAMP, &SIGNATURE[..66], BODY, now), Err("no signature"));
        assert_eq!(check(STAMP, &SIGNATURE[..65], BODY, now), Err("a wrong signature"));
        assert_eq!(
            check(STAMP, &SIGNATURE.replace("v0=", "v1="), BODY, now),
            Err("a signature of another kind")
        );
        assert_eq!(check("soon", SIGNATURE, BODY, now), Err("its time cannot be read"));
        assert_eq!(signed(&SECRET.into(), &HeaderMap::new(), b"", Timestamp::UNIX_EPOCH), Err("no time"));
    }
}
