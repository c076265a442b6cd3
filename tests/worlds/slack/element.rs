//! What Slack refuses in elements that people press, choose from or write in.

use serde_json::Value;

use super::check::{invalid, known, plain, web, within};

type Refusal = (&'static str, String);

/// Checks an element and returns its characters.
pub fn checked(element: &Value) -> Result<usize, Refusal> {
    match element["action_id"].as_str() {
        Some(id) if !id.is_empty() => within(&element["action_id"], "action_id", 255)?,
        _ => return Err(invalid("an element without action_id")),
    }
    match element["type"].as_str().unwrap_or_default() {
        "button" => button(element),
        "static_select" => select(element),
        "plain_text_input" => input(element),
        other => Err(invalid(format!("no element of type {other:?}"))),
    }
}

fn button(element: &Value) -> Result<usize, Refusal> {
    known(element, &["type", "action_id", "text", "value", "url", "style", "confirm"])?;
    within(&element["value"], "value", 2_000)?;
    if let Some(address) = element["url"].as_str() {
        web(address, 3_000)?;
    }
    if !matches!(element["style"].as_str(), None | Some("primary" | "danger")) {
        return Err(invalid(format!("no style {}", element["style"])));
    }
    plain(&element["text"], "button", 75)
}

fn select(element: &Value) -> Result<usize, Refusal> {
    known(element, &["type", "action_id", "options", "initial_option", "placeholder", "focus_on_load"])?;
    if !element["placeholder"].is_null() {
        plain(&element["placeholder"], "placeholder", 150)?;
    }
    let options = element["options"].as_array().cloned().unwrap_or_default();
    if options.is_empty() || options.len() > 100 {
        return Err(invalid(format!("{} options", options.len())));
    }
    if !element["initial_option"].is_null() && !options.contains(&element["initial_option"]) {
        return Err(invalid("the first choice is none of the options"));
    }
    options.iter().map(option).sum()
}

/// Checks an option and returns its characters.
pub fn option(option: &Value) -> Result<usize, Refusal> {
    known(option, &["text", "value", "description"])?;
    if option["value"].as_str().is_none_or(str::is_empty) {
        return Err(invalid("an option without value"));
    }
    within(&option["value"], "option value", 150)?;
    plain(&option["text"], "option", 75)
}

fn input(element: &Value) -> Result<usize, Refusal> {
    known(
        element,
        &[
            "type",
            "action_id",
            "multiline",
            "max_length",
            "min_length",
            "initial_value",
            "placeholder",
            "dispatch_action_config",
        ],
    )?;
    let most = element["max_length"].as_u64().unwrap_or(3_000);
    if !(1..=3_000).contains(&most) {
        return Err(invalid(format!("max_length {most}")));
    }
    within(&element["initial_value"], "initial_value", usize::try_from(most).unwrap())?;
    let on = element["dispatch_action_config"]["trigger_actions_on"].as_array().cloned().unwrap_or_default();
    let both = ["on_character_entered", "on_enter_pressed"];
    match on.iter().find(|one| !both.iter().any(|known| *one == known)) {
        None => Ok(0),
        Some(other) => Err(invalid(format!("no trigger {other}"))),
    }
}
