//! What can be pressed below an answer, and what a press comes back as; no I/O.

use serde_json::{Value, json};

use super::line::address;
use super::payload::Acted;
use super::text::entities;
use crate::message::{Button, Choice, Look, Menu, Press, Reply};

/// Slack takes 75 characters in buttons and choices.
const LABEL_MAX: usize = 75;
const CHOICES_MAX: usize = 100;
/// What the action ids of controls start with; buttons for pages have another.
pub(super) const PRESS: &str = "press:";
const MENU: &str = "menu:";

/// The actions block; `None` when nothing can be pressed.
pub(super) fn controls(reply: &Reply) -> Option<Value> {
    let mut elements: Vec<Value> = reply.menu.iter().filter_map(menu).collect();
    elements.extend(reply.buttons.iter().enumerate().filter_map(|(at, one)| button(at, one)));
    (!elements.is_empty()).then(|| json!({"type": "actions", "elements": elements}))
}

fn button(at: usize, button: &Button) -> Option<Value> {
    let mut element = json!({"type": "button", "text": label(&button.label)?});
    match &button.press {
        // The place keeps the id unique when two buttons do the same.
        Press::Control(control) => {
            element["action_id"] = json!(format!("{PRESS}{at}"));
            element["value"] = json!(control);
        }
        Press::Link(url) => {
            element["action_id"] = json!(format!("link:{at}"));
            element["url"] = json!(address(url)?);
        }
    }
    match button.look {
        Look::Plain => {}
        Look::Primary => element["style"] = json!("primary"),
        Look::Danger => element["style"] = json!("danger"),
    }
    Some(element)
}

fn menu(menu: &Menu) -> Option<Value> {
    let options = options(&menu.choices);
    let placeholder = label(&menu.placeholder);
    (!options.is_empty()).then(|| {
        let mut element = json!({
            "type": "static_select",
            "action_id": format!("{MENU}{}", menu.control),
            "options": options,
        });
        if let Some(placeholder) = placeholder {
            element["placeholder"] = placeholder;
        }
        element
    })
}

/// The options of a list; those without words are left out.
pub(super) fn options(choices: &[Choice]) -> Vec<Value> {
    let option = |choice: &Choice| {
        Some(
            json!({"text": label(&choice.label)?, "value": choice.value.chars().take(100).collect::<String>()}),
        )
    };
    choices.iter().filter_map(option).take(CHOICES_MAX).collect()
}

fn label(text: &str) -> Option<Value> {
    plain(text, LABEL_MAX)
}

/// A plain text object; `None` when nothing of it would be seen.
pub(super) fn plain(text: &str, most: usize) -> Option<Value> {
    let text = entities(text, most);
    (!text.is_empty()).then(|| json!({"type": "plain_text", "text": text, "emoji": false}))
}

/// What a pressed or chosen element stands for: a control's id, and what was chosen.
pub(super) fn pressed(acted: &Acted) -> Option<(String, Option<String>)> {
    let action = acted.action_id.as_deref()?;
    match acted.kind.as_deref()? {
        "button" if action.starts_with(PRESS) => Some((acted.content()?.to_owned(), None)),
        "static_select" => Some((action.strip_prefix(MENU)?.to_owned(), Some(acted.content()?.to_owned()))),
        _ => None,
    }
}
