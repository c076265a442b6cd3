//! Changing a message in a Slack channel.

use serde_json::{Value, json};

use super::web::Failure;
use super::{MARK, Slack, errors};
use crate::chat::{Edit, Edited};

/// Slack's codes for a message that cannot be changed, now and later.
const FINAL: [&str; 6] = [
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "channel_not_found",
    "is_inactive",
    "is_archived",
];

fn body(edit: Edit<'_>) -> Option<Value> {
    let mut body: Value = serde_json::from_str(edit.body).ok()?;
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
        if let Some(after) = self.gate.wait(edit.channel) {
            let reason = "Slack takes one message a second in a channel".to_owned();
            return Edited::Later { after: Some(after), reason };
        }
        let Err(failure) = self.web.post::<Value>("chat.update", &body).await else { return Edited::Done };
        let code = failure.code();
        if FINAL.contains(&code.as_str()) {
            return Edited::Refused { reason: format!("Slack says {code}") };
        }
        match failure {
            Failure::Client(error) => Edited::from(errors::outcome(&error)),
            Failure::Late => Edited::Later { after: None, reason: "Slack did not answer in time".to_owned() },
        }
    }
}
