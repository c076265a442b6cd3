//! What Slack sends, as far as it is read: everything may be absent or null, and what is more is passed over.
//!
//! One shape for both ways: the form fields of a request and the JSON of a Socket Mode envelope have the same names.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A slash command.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SlashCommand {
    pub team_id: Option<String>,
    pub enterprise_id: Option<String>,
    pub channel_id: Option<String>,
    pub user_id: Option<String>,
    pub user_name: Option<String>,
    pub text: Option<String>,
    pub response_url: Option<String>,
    pub trigger_id: Option<String>,
    /// Slack looks whether the address answers; there is no command.
    pub ssl_check: Option<String>,
}

/// Something pressed, chosen, typed or sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Interaction {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Null when the app is installed for a whole organisation.
    pub team: Option<Named>,
    pub enterprise: Option<Named>,
    pub user: Option<Named>,
    pub channel: Option<Named>,
    pub container: Option<Container>,
    pub message: Option<Value>,
    pub trigger_id: Option<String>,
    pub response_url: Option<String>,
    pub callback_id: Option<String>,
    pub actions: Option<Vec<Acted>>,
    pub view: Option<View>,
    pub action_id: Option<String>,
    pub value: Option<Value>,
}

/// A team, a person or a channel.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

/// Where something was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Container {
    pub channel_id: Option<String>,
    pub message_ts: Option<String>,
    pub thread_ts: Option<String>,
    pub is_ephemeral: Option<bool>,
}

/// What was pressed or changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Acted {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub action_id: Option<String>,
    pub block_id: Option<String>,
    pub value: Option<Value>,
    pub selected_option: Option<Chosen>,
}

/// A choice of a menu.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    pub value: Option<String>,
}

/// An open window.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct View {
    pub id: Option<String>,
    pub private_metadata: Option<String>,
    pub state: Option<State>,
}

/// What stands in the fields of a window.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct State {
    pub values: Option<BTreeMap<String, BTreeMap<String, Acted>>>,
}

/// The wrapper of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wrapper {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub challenge: Option<String>,
    pub team_id: Option<String>,
    pub enterprise_id: Option<String>,
    pub event: Option<Event>,
    pub authorizations: Option<Vec<Authorization>>,
}

/// For whom Slack sends an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Authorization {
    pub user_id: Option<String>,
}

/// An event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Event {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// An id, but an object in some events that are not read here.
    pub user: Option<Value>,
    /// As for the user.
    pub channel: Option<Value>,
    pub tab: Option<String>,
    pub message_ts: Option<String>,
    pub unfurl_id: Option<String>,
    pub source: Option<String>,
    pub links: Option<Vec<Link>>,
    /// Set when an app wrote the message.
    pub bot_id: Option<String>,
}

/// A link in a message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Link {
    pub url: Option<String>,
}

/// The frame of everything that comes over Socket Mode.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope {
    #[serde(rename = "type")]
    pub kind: Option<String>,
    #[serde(rename = "envelope_id")]
    pub id: Option<String>,
    pub payload: Option<Value>,
    pub accepts_response_payload: Option<bool>,
    pub reason: Option<String>,
}

impl Acted {
    /// What is in a field: typed or chosen.
    pub fn content(&self) -> Option<&str> {
        let chosen = self.selected_option.as_ref().and_then(|option| option.value.as_deref());
        chosen.or_else(|| self.value.as_ref().and_then(Value::as_str))
    }
}
