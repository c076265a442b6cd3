//! Changing or deleting a message where it stands; doing it twice is as good as once.

use std::time::Duration;

use crate::domain::{ChannelId, DeliveryId, SendOutcome};

/// A posted message and what it shall be.
#[derive(Debug, Clone, Copy)]
pub struct Edit<'a> {
    /// The channel it stands in.
    pub channel: &'a ChannelId,
    /// The delivery that brought it.
    pub delivery: DeliveryId,
    /// The platform's id of the message.
    pub message_id: &'a str,
    /// What [`super::ChatPlatform::render`] made of the message as it shall be.
    pub body: &'a str,
}

/// What came of an edit or a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// The message is as it shall be, or gone as it shall be.
    Done,
    /// It cannot be changed, now and later.
    Refused {
        /// Why, in words.
        reason: String,
    },
    /// It was not changed, or nobody knows; it may be tried again.
    Later {
        /// The wait that the platform names.
        after: Option<Duration>,
        /// Why, in words.
        reason: String,
    },
}

/// What an answer to an edit means, when it is read as one to a post.
impl From<SendOutcome> for Edited {
    fn from(outcome: SendOutcome) -> Self {
        match outcome {
            SendOutcome::Sent { .. } => Self::Done,
            SendOutcome::Wait { after, reason } => Self::Later { after: Some(after), reason },
            SendOutcome::NotSent { reason }
            | SendOutcome::Lost { reason }
            | SendOutcome::AccountRefused { reason } => Self::Later { after: None, reason },
            SendOutcome::BadPayload { reason }
            | SendOutcome::Refused { reason }
            | SendOutcome::ChannelRefused { reason } => Self::Refused { reason },
        }
    }
}
