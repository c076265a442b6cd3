//! Looks in a channel's history for a message that may have been posted.
//!
//! Needs a `*:history` scope, which an installation may lack: then nobody can tell.
//! Source: `conversations.history`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use slack_morphism::errors::SlackClientError;

use super::MARK;
use crate::domain::{DeliveryId, Found};

/// Slack's clock and ours may differ by this much.
const CLOCK_SLACK: Duration = Duration::from_secs(5);
/// The longest that a post may have taken to appear.
const POSTED_WITHIN: Duration = Duration::from_mins(3);
/// Messages that are read; more of them in this time are too many to tell.
const LIMIT: &str = "100";
/// Waits when Slack limits the reads and does not say for how long.
const DEFAULT_WAIT: Duration = Duration::from_mins(1);

/// A page of history; all that is read of it.
#[derive(Debug, Deserialize)]
pub(super) struct History {
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default)]
    has_more: bool,
}

#[derive(Debug, Deserialize)]
struct Message {
    ts: String,
    #[serde(default)]
    metadata: Option<Metadata>,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    event_type: String,
    #[serde(default)]
    event_payload: Payload,
}

#[derive(Debug, Default, Deserialize)]
struct Payload {
    #[serde(default)]
    d: String,
}

/// The question for the minutes after `since`.
pub(super) fn question(channel: &str, since: Timestamp) -> Vec<(&'static str, Option<String>)> {
    let seconds = |at: Timestamp| format!("{}.{:06}", at.as_second(), at.subsec_microsecond());
    [
        ("channel", channel.to_owned()),
        ("oldest", seconds(since - CLOCK_SLACK)),
        ("latest", seconds(since + POSTED_WITHIN)),
        ("inclusive", "true".to_owned()),
        ("include_all_metadata", "true".to_owned()),
        ("limit", LIMIT.to_owned()),
    ]
    .map(|(name, value)| (name, Some(value)))
    .to_vec()
}

/// Reads the answer.
pub(super) fn found(history: History, delivery: DeliveryId) -> Found {
    let delivery = delivery.to_string();
    let ours = |message: &Message| {
        message.metadata.as_ref().is_some_and(|m| m.event_type == MARK && m.event_payload.d == delivery)
    };
    match history.messages.into_iter().find(ours) {
        Some(message) => Found::Posted { message_id: message.ts },
        None if history.has_more => {
            Found::CannotTell { reason: "the channel holds too many messages of these minutes".to_owned() }
        }
        None => Found::Absent,
    }
}

/// Reads why there was no answer.
pub(super) fn unanswered(error: &SlackClientError) -> Found {
    match error {
        SlackClientError::RateLimitError(limit) => Found::Later {
            after: limit.retry_after.unwrap_or(DEFAULT_WAIT),
            reason: "Slack limits how often its history is read".to_owned(),
        },
        SlackClientError::ApiError(error) if error.code == "ratelimited" => Found::Later {
            after: DEFAULT_WAIT,
            reason: "Slack limits how often its history is read".to_owned(),
        },
        SlackClientError::ApiError(error) => Found::CannotTell {
            reason: format!(
                "Slack's answer was lost, and its history cannot be read ({}): the scope channels:history \
                 lets Paperwire check",
                crate::message::cut(&crate::message::clean(&error.code), 60)
            ),
        },
        SlackClientError::HttpError(error) if error.status_code.as_u16() < 500 => Found::CannotTell {
            reason: format!(
                "Slack's answer was lost, and its history answers HTTP {}",
                error.status_code.as_u16()
            ),
        },
        _ => Found::Later { after: DEFAULT_WAIT, reason: "Slack's history cannot be reached".to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn read(history: serde_json::Value) -> Found {
        found(serde_json::from_value(history).unwrap(), DeliveryId(Uuid::nil()))
    }

    #[test]
    fn our_message_is_known_by_its_mark_alone() {
        let mark = |d: &str| json!({"event_type": "paperwire_delivery", "event_payload": {"d": d}});
        let other = json!({"ts": "1.1", "text": "x", "metadata": mark("another")});
        let ours = json!({"ts": "2.2", "metadata": mark(&Uuid::nil().to_string())});
        let history = json!({"ok": true, "messages": [{"ts": "0.1"}, other, ours]});
        assert_eq!(read(history), Found::Posted { message_id: "2.2".to_owned() });
    }

    #[test]
    fn an_empty_page_is_absence_and_a_cut_one_is_not() {
        assert_eq!(read(json!({"messages": []})), Found::Absent);
        assert!(matches!(read(json!({"messages": [], "has_more": true})), Found::CannotTell { .. }));
    }

    #[test]
    fn the_question_covers_the_minutes_around_the_post() {
        let asked = question("C1", Timestamp::from_second(100).unwrap());
        assert!(asked.contains(&("oldest", Some("95.000000".to_owned()))), "{asked:?}");
        assert!(asked.contains(&("latest", Some("280.000000".to_owned()))), "{asked:?}");
    }
}
