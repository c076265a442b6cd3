//! Discord's interactions as signed HTTP requests: refused before they are read unless Discord has signed them just now.

use anyhow::Context;
use data_encoding::HEXLOWER_PERMISSIVE;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use serenity::all::Interaction;
use tracing::{debug, warn};

use super::interactions::{First, Interactions, unreadable};
use super::read::arrived;

/// Discord's own limit of an interaction is far below.
const BODY_MAX: usize = 256 * 1024;
/// How far the time of a request may be from ours.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
const SIGNATURE: &str = "x-signature-ed25519";
const TIMESTAMP: &str = "x-signature-timestamp";

/// Where Discord sends its interactions in mode `http`.
pub struct Webhook {
    key: VerifyingKey,
    interactions: Interactions,
}

/// What the web server answers, always with the content type `application/json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The HTTP status.
    pub status: u16,
    /// The body; may be empty.
    pub body: Vec<u8>,
}

impl Webhook {
    /// Takes the application's public key.
    pub fn new(public_key: [u8; 32], interactions: Interactions) -> anyhow::Result<Self> {
        let key = VerifyingKey::from_bytes(&public_key).context(
            "discord.public_key is no key: copy “Public Key” from “General Information” in Discord's developer portal",
        )?;
        anyhow::ensure!(!key.is_weak(), "discord.public_key is no key that anybody can sign with");
        Ok(Self { key, interactions })
    }

    /// The longest body that is worth reading, in bytes.
    pub fn body_max() -> usize {
        BODY_MAX
    }

    /// Receives one request; `now` is the time by our clock.
    pub async fn receive(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Received {
        if body.len() > BODY_MAX {
            return refused(413, "request body too large");
        }
        if let Err(reason) = self.verify(headers, body, now) {
            // Discord itself sends wrong ones, to see that they are refused.
            debug!("Refused a request as not from Discord: {reason}");
            return refused(401, "invalid request signature");
        }
        match serde_json::from_slice::<Interaction>(body) {
            Ok(interaction) => match self.interactions.as_body(arrived(&interaction)).await {
                First::Response(response) => answered(&response),
                First::Silence => Received { status: 202, body: Vec::new() },
            },
            Err(error) => not_understood(body, &error),
        }
    }

    /// Waits until every interaction that has arrived is answered.
    pub async fn finished(&self) {
        self.interactions.finished().await;
    }

    fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), &'static str> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let signature = header(SIGNATURE).ok_or("no signature")?;
        let signature =
            HEXLOWER_PERMISSIVE.decode(signature.as_bytes()).map_err(|_| "no hexadecimal signature")?;
        let signature = Signature::from_slice(&signature).map_err(|_| "a signature of another length")?;
        let timestamp = header(TIMESTAMP).ok_or("no time")?;
        let seconds = timestamp.parse().map_err(|_| "no time in seconds")?;
        let at = Timestamp::from_second(seconds).map_err(|_| "no time in seconds")?;
        if now.duration_since(at).abs() > WINDOW {
            return Err("an old time, or one to come");
        }
        let signed = [timestamp.as_bytes(), body].concat();
        self.key.verify_strict(&signed, &signature).map_err(|_| "a wrong signature")
    }
}

/// Says so to the person where Discord sends something that is not understood.
fn not_understood(body: &[u8], error: &serde_json::Error) -> Received {
    let kind = serde_json::from_slice::<Value>(body).ok().and_then(|value| value["type"].as_u64());
    warn!("A signed interaction could not be read: {error}");
    match kind {
        Some(4) => answered(&json!({"type": 8, "data": {"choices": []}})),
        Some(2 | 3 | 5) => answered(&unreadable()),
        _ => refused(400, "no interaction"),
    }
}

fn answered(response: &Value) -> Received {
    Received { status: 200, body: response.to_string().into_bytes() }
}

fn refused(status: u16, error: &str) -> Received {
    Received { status, body: json!({"error": error}).to_string().into_bytes() }
}
