//! What Slack refuses: the limits of its blocks and windows, and any argument or field that it does not document.

use std::collections::BTreeSet;

use serde_json::Value;

const POST: &[&str] = &[
    "channel",
    "text",
    "blocks",
    "attachments",
    "metadata",
    "mrkdwn",
    "parse",
    "link_names",
    "reply_broadcast",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "username",
    "icon_emoji",
    "icon_url",
    "markdown_text",
];
/// `chat.postEphemeral`.
pub const EPHEMERAL: &[&str] = &["channel", "user", "text", "blocks", "thread_ts", "parse", "link_names"];
/// `chat.update`.
pub const UPDATE: &[&str] = &["channel", "ts", "text", "blocks", "parse", "link_names", "metadata"];
/// An address for late answers, and the body of a command's answer.
pub const RESPONSE: &[&str] = &[
    "text",
    "blocks",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
];

type Refusal = (&'static str, String);

/// Says which error `chat.postMessage` would answer, and why.
pub fn body(body: &Value) -> Result<(), Refusal> {
    message(body, POST)
}

/// Says which error a method with these arguments would answer, and why.
pub fn message(body: &Value, arguments: &[&str]) -> Result<(), Refusal> {
    let Some(given) = body.as_object() else { return Err(("json_not_object", String::new())) };
    if let Some(surplus) = given.keys().find(|name| !arguments.contains(&name.as_str())) {
        return Err(("invalid_arguments", format!("no argument {surplus}")));
    }
    let text = body["text"].as_str().unwrap_or_default();
    let parts = body["blocks"].as_array().cloned().unwrap_or_default();
    if text.trim().is_empty() && parts.is_empty() {
        return Err(("no_text", String::new()));
    }
    // Slack itself cuts at 40,000 and advises 4,000; more than advised is a defect of ours.
    if text.chars().count() > 4_000 {
        return Err(("msg_too_long", format!("{} characters", text.chars().count())));
    }
    let total = blocks(&parts, 50, false)?;
    if total > 13_200 {
        return Err(("msg_blocks_too_long", format!("{total} characters")));
    }
    let metadata = &body["metadata"];
    if metadata.is_null() || (metadata["event_type"].is_string() && metadata["event_payload"].is_object()) {
        Ok(())
    } else {
        Err(("invalid_metadata_format", metadata.to_string()))
    }
}

/// Checks a window or the app's page.
pub fn view(view: &Value, kind: &str) -> Result<(), Refusal> {
    if view["type"] != kind {
        return Err(invalid(format!("{} is no {kind}", view["type"])));
    }
    let fields = ["type", "blocks", "private_metadata", "callback_id", "external_id"];
    let parts = view["blocks"].as_array().cloned().unwrap_or_default();
    if kind == "home" {
        known(view, &fields)?;
    } else {
        let more = ["title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"];
        known(view, &[&fields[..], &more[..]].concat())?;
        plain(&view["title"], "title", 24)?;
        for name in ["submit", "close"].into_iter().filter(|name| !view[*name].is_null()) {
            plain(&view[name], name, 24)?;
        }
        if parts.iter().any(|part| part["type"] == "input") && view["submit"].is_null() {
            return Err(invalid("fields without a button that sends them"));
        }
    }
    within(&view["private_metadata"], "private_metadata", 3_000)?;
    within(&view["callback_id"], "callback_id", 255)?;
    if parts.is_empty() {
        return Err(invalid("a view without blocks"));
    }
    blocks(&parts, 100, true)?;
    Ok(())
}

/// Checks blocks and returns their characters.
pub fn blocks(blocks: &[Value], most: usize, fields: bool) -> Result<usize, Refusal> {
    if blocks.len() > most {
        return Err(invalid(format!("more than {most} blocks")));
    }
    let mut ids = BTreeSet::new();
    let (mut actions, mut total) = (BTreeSet::new(), 0);
    for block in blocks {
        within(&block["block_id"], "block_id", 255)?;
        if let Some(id) = block["block_id"].as_str()
            && !ids.insert(id)
        {
            return Err(invalid(format!("two blocks {id}")));
        }
        total += checked(block, fields)?;
        let parts = block["elements"].as_array().into_iter().flatten().chain([&block["element"]]);
        for id in parts.filter_map(|part| part["action_id"].as_str()) {
            if !actions.insert(id) {
                return Err(invalid(format!("two elements {id}")));
            }
        }
    }
    Ok(total)
}

pub fn invalid(why: impl Into<String>) -> Refusal {
    ("invalid_blocks", why.into())
}

/// Checks a block and returns its characters.
fn checked(block: &Value, fields: bool) -> Result<usize, Refusal> {
    match block["type"].as_str().unwrap_or_default() {
        "divider" => Ok(0),
        "header" => {
            known(block, &["type", "block_id", "text"])?;
            plain(&block["text"], "header", 150)
        }
        "section" => {
            known(block, &["type", "block_id", "text", "fields", "accessory", "expand"])?;
            let fields = block["fields"].as_array().cloned().unwrap_or_default();
            if fields.len() > 10 {
                return Err(invalid("more than 10 fields"));
            }
            let mut total = if block["text"].is_null() { 0 } else { text(&block["text"], "section", 3_000)? };
            for field in &fields {
                total += text(field, "field", 2_000)?;
            }
            if total == 0 { Err(invalid("empty section")) } else { Ok(total) }
        }
        "context" => {
            known(block, &["type", "block_id", "elements"])?;
            let elements = elements(block)?;
            if elements.len() > 10 {
                return Err(invalid("more than 10 context elements"));
            }
            elements.iter().map(|element| text(element, "context", 2_000)).sum()
        }
        "actions" => {
            known(block, &["type", "block_id", "elements"])?;
            let elements = elements(block)?;
            if elements.len() > 25 {
                return Err(invalid("more than 25 elements"));
            }
            elements.iter().map(super::element::checked).sum()
        }
        "input" if fields => {
            known(block, &["type", "block_id", "label", "element", "dispatch_action", "hint", "optional"])?;
            Ok(plain(&block["label"], "label", 2_000)? + super::element::checked(&block["element"])?)
        }
        "rich_text" => {
            known(block, &["type", "block_id", "elements"])?;
            let total = elements(block)?.iter().map(section).sum::<Result<usize, Refusal>>()?;
            // Not documented; what is longer than a text may be is a defect of ours.
            if total > 4_000 { Err(invalid(format!("rich text of {total} characters"))) } else { Ok(total) }
        }
        other => Err(invalid(format!("no block of type {other:?}"))),
    }
}

fn elements(block: &Value) -> Result<&Vec<Value>, Refusal> {
    block["elements"].as_array().filter(|e| !e.is_empty()).ok_or_else(|| invalid("no elements"))
}

fn section(section: &Value) -> Result<usize, Refusal> {
    if section["type"] != "rich_text_section" && section["type"] != "rich_text_preformatted" {
        return Err(invalid(format!("no rich text of type {}", section["type"])));
    }
    known(section, &["type", "elements", "border"])?;
    elements(section)?.iter().map(inline).sum()
}

fn inline(element: &Value) -> Result<usize, Refusal> {
    let words = element["text"].as_str().unwrap_or_default();
    if !element["style"].is_null() {
        known(&element["style"], &["bold", "italic", "strike", "code"])?;
    }
    match element["type"].as_str().unwrap_or_default() {
        "text" => {
            known(element, &["type", "text", "style"])?;
            if words.is_empty() { Err(invalid("empty text")) } else { Ok(words.chars().count()) }
        }
        "link" => {
            known(element, &["type", "url", "text", "unsafe", "style"])?;
            let address = element["url"].as_str().unwrap_or_default();
            web(address, 3_000)?;
            Ok(words.chars().count() + address.chars().count())
        }
        "user" => known(element, &["type", "user_id", "style"]).map(|()| 10),
        "channel" => known(element, &["type", "channel_id", "style"]).map(|()| 10),
        "date" => {
            known(element, &["type", "timestamp", "format", "url", "fallback", "style"])?;
            let format = element["format"].as_str().unwrap_or_default();
            let whole = element["timestamp"].is_i64() && format.contains('{');
            if whole { Ok(format.chars().count()) } else { Err(invalid("a date without time or format")) }
        }
        other => Err(invalid(format!("no inline element {other:?}"))),
    }
}

/// A web address of at most so many characters.
pub fn web(address: &str, most: usize) -> Result<(), Refusal> {
    let ok = url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if ok && address.chars().count() <= most { Ok(()) } else { Err(invalid(format!("{address} is no link"))) }
}

/// A `plain_text` object.
pub fn plain(object: &Value, what: &str, most: usize) -> Result<usize, Refusal> {
    if object["type"] == "plain_text" {
        text(object, what, most)
    } else {
        Err(invalid(format!("{what}: no plain text")))
    }
}

fn text(object: &Value, what: &str, most: usize) -> Result<usize, Refusal> {
    let kind = object["type"].as_str().unwrap_or_default();
    if !matches!(kind, "plain_text" | "mrkdwn") {
        return Err(invalid(format!("{what}: no text of type {kind:?}")));
    }
    known(
        object,
        if kind == "plain_text" { &["type", "text", "emoji"] } else { &["type", "text", "verbatim"] },
    )?;
    match object["text"].as_str().map_or(0, |text| text.chars().count()) {
        0 => Err(invalid(format!("{what}: empty text"))),
        long if long > most => Err(invalid(format!("{what}: {long} characters, at most {most}"))),
        length => Ok(length),
    }
}

/// A text of at most so many characters, or none.
pub fn within(value: &Value, what: &str, most: usize) -> Result<(), Refusal> {
    let length = value.as_str().map_or(0, |text| text.chars().count());
    if length > most { Err(invalid(format!("{what}: {length} characters, at most {most}"))) } else { Ok(()) }
}

/// An object with no other fields than these.
pub fn known(object: &Value, fields: &[&str]) -> Result<(), Refusal> {
    let Some(object) = object.as_object() else { return Err(invalid("not an object")) };
    match object.keys().find(|name| !fields.contains(&name.as_str())) {
        None => Ok(()),
        Some(surplus) => Err(invalid(format!("no field {surplus}"))),
    }
}
