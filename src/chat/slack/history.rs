//! Looks in a channel's history for a message that may have been posted.
//!
//! Needs a `*:history` scope, which an installation may lack: then nobody can tell. Some apps get one read in a minute
//! and 15 messages at a time, so that a look may take several reads; what has been read of it is remembered. A channel
//! has one message in doubt at a time, since the next is posted after it. Source: `conversations.history`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use slack_morphism::errors::SlackClientError;

use super::errors;
use super::limits::Method;
use super::web::Failure;
use super::{MARK, Slack};
use crate::domain::{ChannelId, DeliveryId, Found, SendOutcome};

/// Slack's clock and ours may differ by this much.
const CLOCK_SLACK: Duration = Duration::from_secs(5);
/// The longest that a post may have taken to appear.
const POSTED_WITHIN: Duration = Duration::from_mins(3);
/// Messages of one read.
const PAGE: u32 = 100;
/// The same for an app that Slack limits to fewer.
const SMALL_PAGE: u32 = 15;
/// With fewer reads in a minute the app is taken for one of those.
const FEW_READS: u32 = 20;
/// More messages than these pages hold are too many to tell.
const PAGES_MAX: u32 = 10;
/// Waits when Slack limits the reads and does not say for how long.
const DEFAULT_WAIT: Duration = Duration::from_mins(1);
/// Unfinished looks that are remembered.
const KEPT: usize = 256;

/// Reads history page by page, the newest messages first, over several looks where it must.
#[derive(Debug)]
pub(super) struct Reader {
    page: u32,
    unfinished: Mutex<HashMap<DeliveryId, Place>>,
}

/// Where a look goes on.
#[derive(Debug, Clone, Copy)]
struct Place {
    latest: Timestamp,
    pages: u32,
}

impl Reader {
    /// Prepares to read so often in a minute.
    pub fn new(reads_per_minute: u32) -> Self {
        let page = if reads_per_minute < FEW_READS { SMALL_PAGE } else { PAGE };
        Self { page, unfinished: Mutex::default() }
    }

    fn take(&self, delivery: DeliveryId) -> Option<Place> {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).remove(&delivery)
    }

    fn keep(&self, delivery: DeliveryId, place: Place) {
        let mut unfinished = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        if unfinished.len() >= KEPT {
            unfinished.clear();
        }
        unfinished.insert(delivery, place);
    }
}

impl Slack {
    /// Looks for a delivery that may have been posted `since` a time.
    pub(super) async fn look(&self, channel: &ChannelId, delivery: DeliveryId, since: Timestamp) -> Found {
        let later = |after, reason: &str| Found::Later { after, reason: reason.to_owned() };
        if let Some(reason) = self.limits.refused() {
            return later(DEFAULT_WAIT, &reason);
        }
        let begin = Place { latest: since + POSTED_WITHIN, pages: 0 };
        let mut place = self.reader.take(delivery).unwrap_or(begin);
        while place.pages < PAGES_MAX {
            if let Err(full) = self.limits.take(Method::History, channel) {
                self.reader.keep(delivery, place);
                return later(full.after, "Slack limits how often its history is read");
            }
            let question = question(channel.as_str(), since, place.latest, self.reader.page);
            let history: History = match self.web.get("conversations.history", &question).await {
                Ok(history) => history,
                Err(Failure::Late) => {
                    self.reader.keep(delivery, place);
                    return later(self.timeout, "Slack did not answer in time");
                }
                Err(Failure::Client(error)) => {
                    self.reader.keep(delivery, place);
                    let found = unanswered(&error);
                    if let (Found::Later { after, .. }, SendOutcome::Wait { .. }) =
                        (&found, errors::outcome(&error))
                    {
                        self.limits.hold(Method::History, *after);
                    }
                    return found;
                }
            };
            let oldest = history.messages.iter().filter_map(|message| time(&message.ts)).min();
            match (found(&history, delivery), oldest) {
                (Found::Absent, Some(oldest)) if history.has_more => {
                    place = Place { latest: oldest - Duration::from_micros(1), pages: place.pages + 1 };
                }
                (Found::Absent, None) if history.has_more => break,
                (found, _) => return found,
            }
        }
        Found::CannotTell { reason: "the channel holds too many messages of these minutes".to_owned() }
    }
}

/// A page of history; all that is read of it.
#[derive(Debug, Deserialize)]
struct History {
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

/// The question for the minutes from `since` to `latest`.
fn question(
    channel: &str,
    since: Timestamp,
    latest: Timestamp,
    page: u32,
) -> Vec<(&'static str, Option<String>)> {
    let seconds = |at: Timestamp| format!("{}.{:06}", at.as_second(), at.subsec_microsecond());
    [
        ("channel", channel.to_owned()),
        ("oldest", seconds(since - CLOCK_SLACK)),
        ("latest", seconds(latest)),
        ("inclusive", "true".to_owned()),
        ("include_all_metadata", "true".to_owned()),
        ("limit", page.to_string()),
    ]
    .map(|(name, value)| (name, Some(value)))
    .to_vec()
}

/// Reads the answer; of several messages the earliest counts.
fn found(history: &History, delivery: DeliveryId) -> Found {
    let delivery = delivery.to_string();
    let ours = |message: &&Message| {
        message.metadata.as_ref().is_some_and(|m| m.event_type == MARK && m.event_payload.d == delivery)
    };
    let first = history.messages.iter().filter(ours).min_by_key(|message| time(&message.ts));
    first.map_or(Found::Absent, |message| Found::Posted { message_id: message.ts.clone() })
}

/// Reads Slack's name of a message, which is its time: seconds and six digits.
fn time(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros: i64 = micros.parse().ok()?;
    Timestamp::from_microsecond(seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)?)
        .ok()
}

/// Reads why there was no answer.
fn unanswered(error: &SlackClientError) -> Found {
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
        found(&serde_json::from_value(history).unwrap(), DeliveryId(Uuid::nil()))
    }

    #[test]
    fn our_message_is_known_by_its_mark_alone_and_of_two_the_earlier_counts() {
        let mark = |d: &str| json!({"event_type": "paperwire_delivery", "event_payload": {"d": d}});
        let nil = Uuid::nil().to_string();
        let other = json!({"ts": "1.1", "text": "x", "metadata": mark("another")});
        let ours = json!({"ts": "12.000002", "metadata": mark(&nil)});
        let earlier = json!({"ts": "9.000002", "metadata": mark(&nil)});
        let history = json!({"ok": true, "messages": [{"ts": "0.1"}, other, ours, earlier]});
        assert_eq!(read(history), Found::Posted { message_id: "9.000002".to_owned() });
        assert_eq!(read(json!({"messages": []})), Found::Absent);
    }

    #[test]
    fn the_question_covers_the_minutes_around_the_post() {
        let second = |s| Timestamp::from_second(s).unwrap();
        let asked = question("C1", second(100), second(280), 15);
        assert!(asked.contains(&("oldest", Some("95.000000".to_owned()))), "{asked:?}");
        assert!(asked.contains(&("latest", Some("280.000000".to_owned()))), "{asked:?}");
        assert_eq!(time("280.000001"), Some(second(280) + Duration::from_micros(1)));
        assert_eq!(time("soon"), None);
    }
}
