//! Changing a message in a Slack channel, and deleting one.

use serde_json::{Value, json};

use super::limits::Method;
use super::web::Failure;
use super::{MARK, Slack, errors, votes};
use crate::chat::votes::numbered;
use crate::chat::{Edit, Edited};
use crate::domain::{ChannelId, SendOutcome};

/// Slack's codes for a message that cannot be changed, now and later.
const FINAL: [&str; 6] = [
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "channel_not_found",
    "is_inactive",
    "is_archived",
];

/// Slack's codes for a message that is not there, and its channel neither.
const GONE: [&str; 2] = ["message_not_found", "channel_not_found"];
/// Slack's codes for a message that cannot be deleted, now and later.
const UNDELETABLE: [&str; 5] = [
    "cant_delete_message",
    "compliance_exports_prevent_deletion",
    "is_archived",
    "is_inactive",
    "not_in_channel",
];

fn body(edit: Edit<'_>) -> Option<Value> {
    let mut body: Value = serde_json::from_str(edit.body).ok()?;
    if let Some(part) = body.get_mut("blocks") {
        numbered(part, votes::FIELD, edit.delivery);
    }
    let fields = body.as_object_mut()?;
    fields.retain(|name, _| matches!(name.as_str(), "text" | "blocks" | "attachments"));
    fields.insert("channel".to_owned(), json!(edit.channel));
    fields.insert("ts".to_owned(), json!(edit.message_id));
    fields.insert("parse".to_owned(), json!("none"));
    // Without it the message would lose the mark by which it is found.
    fields.insert("metadata".to_owned(), json!({"event_type": MARK, "event_payload": {"d": edit.delivery}}));
    Some(body)
}

impl Slack {
    pub(super) async fn edit_message(&self, edit: Edit<'_>) -> Edited {
        let Some(body) = body(edit) else {
            return Edited::Refused { reason: "it is not a Slack message".to_owned() };
        };
        match self.change(Method::Update, "chat.update", edit.channel, &body).await {
            Ok(()) => Edited::Done,
            Err(Unchanged { code, .. }) if FINAL.contains(&code.as_str()) => {
                Edited::Refused { reason: format!("Slack says {code}") }
            }
            Err(Unchanged { edited, .. }) => edited,
        }
    }

    pub(super) async fn delete_message(&self, channel: &ChannelId, message_id: &str) -> Edited {
        let body = json!({"channel": channel, "ts": message_id});
        match self.change(Method::Delete, "chat.delete", channel, &body).await {
            Ok(()) => Edited::Done,
            Err(Unchanged { code, .. }) if GONE.contains(&code.as_str()) => Edited::Done,
            Err(Unchanged { code, .. }) if UNDELETABLE.contains(&code.as_str()) => {
                Edited::Refused { reason: format!("Slack says {code}") }
            }
            Err(Unchanged { edited, .. }) => edited,
        }
    }

    async fn change(
        &self,
        method: Method,
        name: &str,
        channel: &ChannelId,
        body: &Value,
    ) -> Result<(), Unchanged> {
        let later =
            |after, reason| Unchanged { code: String::new(), edited: Edited::Later { after, reason } };
        if let Some(reason) = self.limits.refused() {
            return Err(later(None, reason));
        }
        let taken = self.limits.take(method, channel);
        taken.map_err(|full| later(Some(full.after), full.reason.to_owned()))?;
        let Err(failure) = self.web.post::<Value>(name, body).await else { return Ok(()) };
        let code = failure.code();
        let outcome = match failure {
            Failure::Client(error) => errors::outcome(&error),
            Failure::Late => SendOutcome::Lost { reason: "Slack did not answer in time".to_owned() },
        };
        self.limits.learn(method, &outcome);
        Err(Unchanged { code, edited: Edited::from(outcome) })
    }
}

/// Why a message is as it was.
struct Unchanged {
    /// Slack's word for it, if it said one.
    code: String,
    edited: Edited,
}
