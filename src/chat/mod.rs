//! The border to the chat platforms: a folder for each translates, and nothing above knows which.

mod commands;
pub mod discord;
mod edit;
pub mod email;
mod gate;
mod letter;
pub mod sandbox;
pub mod slack;
mod votes;
mod webhook;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::{ChannelId, DeliveryId, Found, Platform, SendOutcome};
use crate::message::Message;

pub use commands::{Action, Answer, Asker, CommandHandler, Completion, Request, Unfurled};
pub use edit::{Edit, Edited};
pub use letter::{Letter, Letters};
pub use votes::pressed as pressed_vote;
pub use webhook::{Incoming, Outgoing, Webhook};

/// A message in a platform's own bytes, made once and stored, so that every try sends the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The card.
    pub rich: String,
    /// The same in plain words, for a platform that refuses the card.
    pub plain: String,
}

/// One message on its way.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// The channel it goes to.
    pub channel: &'a ChannelId,
    /// The delivery, from which a platform makes its idempotency key.
    pub delivery: DeliveryId,
    /// What [`ChatPlatform::render`] made of the message.
    pub body: &'a str,
    /// True when `body` is the plain rendering; the two never share an idempotency key.
    pub plain: bool,
}

/// A chat platform that messages can be posted to.
#[async_trait]
pub trait ChatPlatform: Send + Sync {
    /// Which one.
    fn platform(&self) -> Platform;

    /// True when the platform drops a second post of the same delivery inside the nonce window.
    fn enforces_nonce(&self) -> bool;

    /// After which time the very bytes may go once more when an answer was lost, on a platform where nobody can
    /// look and readers can tell that both are the same message; `None` is never.
    fn repeats_after(&self) -> Option<Duration> {
        None
    }

    /// How long a channel takes no further post after one; asked after a post went out.
    fn rest(&self, _channel: &ChannelId) -> Duration {
        Duration::ZERO
    }

    /// How many posts of its account the platform takes in any one second, from all processes together;
    /// `None` is as many as there are.
    fn per_second(&self) -> Option<u32> {
        None
    }

    /// Translates a message into the platform's bytes, within all of its limits.
    fn render(&self, message: &Message) -> Rendered;

    /// Posts once, without any retry of its own, and says what came of it.
    async fn send(&self, post: Post<'_>) -> SendOutcome;

    /// Changes a posted message once, without any retry of its own, and says what came of it.
    async fn edit(&self, edit: Edit<'_>) -> Edited;

    /// Looks whether a post that may have been made `since` a time is in its channel; of several the earliest counts.
    async fn find(&self, post: Post<'_>, since: Timestamp) -> Found;

    /// Deletes a message of ours once, without any retry of its own; one that is gone already is done.
    async fn delete(&self, _channel: &ChannelId, _message_id: &str) -> Edited {
        Edited::Refused { reason: "messages of this platform cannot be deleted".to_owned() }
    }
}

/// Chooses the process's TLS provider; call it before the first connection, as often as you like.
///
/// Several libraries bring rustls along, and it panics at the first handshake when nobody has chosen.
pub fn install_tls_provider() {
    // The error only says that one is installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
