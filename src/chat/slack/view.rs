//! Windows: a form as a modal view, the app's own page, and what comes back from their fields; no I/O.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::arrive::Place;
use super::controls::{options, plain};
use super::payload::{Acted, State};
use super::reply::{VIEW_BLOCKS_MAX, blocks};
use crate::domain::ChannelId;
use crate::message::replies::platform;
use crate::message::{Block, Field, Form, Input};

/// The longest title and the longest words of a window's buttons.
const TITLE_MAX: usize = 24;
const LABEL_MAX: usize = 75;
/// Slack takes 3,000 characters in a field.
const VALUE_MAX: usize = 3_000;
/// Slack takes 3,000 characters of metadata; a longer address for late answers is left out.
const META_MAX: usize = 2_900;

/// What a window carries so that its contents find their way: it survives a restart, as Slack keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meta {
    /// The control's id.
    #[serde(rename = "c")]
    pub control: String,
    /// Where it was opened.
    #[serde(rename = "h")]
    pub channel: String,
    /// How to answer there.
    #[serde(rename = "p", default)]
    pub place: Place,
}

impl Meta {
    /// Reads what a window of ours carries.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    fn write(&self) -> String {
        let written = serde_json::to_string(self).unwrap_or_default();
        if written.chars().count() <= META_MAX {
            return written;
        }
        let bare = Self { place: Place::default(), ..self.clone() };
        serde_json::to_string(&bare).unwrap_or_default()
    }
}

/// A form as a window.
pub(super) fn modal(form: &Form, channel: &ChannelId, place: &Place) -> Value {
    let meta = Meta { control: form.control.clone(), channel: channel.to_string(), place: place.clone() };
    let mut parts = blocks(&form.blocks, VIEW_BLOCKS_MAX);
    parts.extend(form.fields.iter().filter_map(field));
    let mut view = window(&form.title, &parts);
    view["private_metadata"] = json!(meta.write());
    view["submit"] =
        plain(&form.submit, TITLE_MAX).unwrap_or_else(|| json!({"type": "plain_text", "text": "OK"}));
    view
}

/// A window that only says something.
pub(super) fn notice(said: &[Block]) -> Value {
    window("Paperwire", &blocks(said, VIEW_BLOCKS_MAX))
}

/// The app's own page of one person.
pub(super) fn home(page: &[Block]) -> Value {
    let mut parts = blocks(page, VIEW_BLOCKS_MAX);
    if parts.is_empty() {
        parts = blocks(&[Block::Text { line: platform::empty_page() }], VIEW_BLOCKS_MAX);
    }
    json!({"type": "home", "blocks": parts})
}

fn window(title: &str, blocks: &[Value]) -> Value {
    let named = |text: &str| plain(text, TITLE_MAX);
    json!({
        "type": "modal",
        "title": named(title).or_else(|| named("Paperwire")),
        "close": named(platform::CLOSE),
        "blocks": blocks,
    })
}

fn field(field: &Field) -> Option<Value> {
    let element = match &field.input {
        Input::Text { max, long, live } => {
            let most = usize::from(*max).clamp(1, VALUE_MAX);
            let mut element = json!({
                "type": "plain_text_input",
                "action_id": field.name,
                "multiline": long,
                "max_length": most,
            });
            let initial: String = field.value.chars().take(most).collect();
            if !initial.is_empty() {
                element["initial_value"] = json!(initial);
            }
            if *live {
                element["dispatch_action_config"] = json!({"trigger_actions_on": ["on_character_entered"]});
            }
            element
        }
        Input::One(choices) => {
            let options = options(choices);
            let initial = options.iter().find(|option| option["value"] == json!(field.value)).cloned();
            if options.is_empty() {
                return None;
            }
            let mut element = json!({"type": "static_select", "action_id": field.name, "options": options});
            if let Some(initial) = initial {
                element["initial_option"] = initial;
            }
            element
        }
    };
    let mut block = json!({
        "type": "input",
        "block_id": field.name,
        "label": plain(&field.label, LABEL_MAX).or_else(|| plain(&field.name, LABEL_MAX))?,
        "element": element,
        "optional": !field.required,
    });
    if matches!(field.input, Input::Text { live: true, .. }) {
        block["dispatch_action"] = json!(true);
    }
    Some(block)
}

/// Names and values of a window's fields; one that was left empty has an empty value.
pub(super) fn values(state: Option<State>) -> Vec<(String, String)> {
    let blocks = state.and_then(|state| state.values).unwrap_or_default();
    let value = |(name, elements): (String, BTreeMap<String, Acted>)| {
        let content = elements.values().find_map(|element| element.content().map(str::to_owned));
        (name, content.unwrap_or_default())
    };
    blocks.into_iter().map(value).collect()
}
