//! What Slack refuses in `chat.postMessage`: the limits of its blocks, and any argument that it does
//! not document.

use serde_json::Value;

const ARGUMENTS: &[&str] = &[
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

type Refusal = (&'static str, String);

/// Says which error Slack would answer, and why.
pub fn body(body: &Value) -> Result<(), Refusal> {
    let Some(arguments) = body.as_object() else { return Err(("json_not_object", String::new())) };
    if let Some(surplus) = arguments.keys().find(|name| !ARGUMENTS.contains(&name.as_str())) {
        return Err(("invalid_arguments", format!("no argument {surplus}")));
    }
    let text = body["text"].as_str().unwrap_or_default();
    let blocks = body["blocks"].as_array().cloned().unwrap_or_default();
    if text.trim().is_empty() && blocks.is_empty() {
        return Err(("no_text", String::new()));
    }
    // Slack itself cuts at 40,000 and advises 4,000; more than advised is a defect of ours.
    if text.chars().count() > 4_000 {
        return Err(("msg_too_long", format!("{} characters", text.chars().count())));
    }
    if blocks.len() > 50 {
        return Err(invalid("more than 50 blocks"));
    }
    let mut total = 0;
    for block in &blocks {
        total += checked(block)?;
    }
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

fn invalid(why: impl Into<String>) -> Refusal {
    ("invalid_blocks", why.into())
}

/// Checks a block and returns its characters.
fn checked(block: &Value) -> Result<usize, Refusal> {
    match block["type"].as_str().unwrap_or_default() {
        "divider" => Ok(0),
        "header" => text(&block["text"], "header", 150),
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
        "rich_text" => {
            known(block, &["type", "block_id", "elements"])?;
            elements(block)?.iter().map(section).sum()
        }
        other => Err(invalid(format!("no block of type {other:?}"))),
    }
}

fn elements(block: &Value) -> Result<&Vec<Value>, Refusal> {
    block["elements"].as_array().filter(|e| !e.is_empty()).ok_or_else(|| invalid("no elements"))
}

fn section(section: &Value) -> Result<usize, Refusal> {
    if section["type"] != "rich_text_section" {
        return Err(invalid(format!("no rich text of type {}", section["type"])));
    }
    known(section, &["type", "elements"])?;
    elements(section)?.iter().map(inline).sum()
}

fn inline(element: &Value) -> Result<usize, Refusal> {
    let words = element["text"].as_str().unwrap_or_default();
    match element["type"].as_str().unwrap_or_default() {
        "text" => {
            known(element, &["type", "text", "style"])?;
            if words.is_empty() { Err(invalid("empty text")) } else { Ok(words.chars().count()) }
        }
        "link" => {
            known(element, &["type", "url", "text", "unsafe", "style"])?;
            let address = element["url"].as_str().unwrap_or_default();
            let ok = url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !ok || address.chars().count() > 3_000 {
                return Err(invalid(format!("{address} is no link")));
            }
            Ok(words.chars().count() + address.chars().count())
        }
        other => Err(invalid(format!("no inline element {other:?}"))),
    }
}

fn text(object: &Value, what: &str, most: usize) -> Result<usize, Refusal> {
    let kind = object["type"].as_str().unwrap_or_default();
    if !matches!(kind, "plain_text" | "mrkdwn") || (what == "header" && kind == "mrkdwn") {
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

fn known(object: &Value, fields: &[&str]) -> Result<(), Refusal> {
    let Some(object) = object.as_object() else { return Err(invalid("not an object")) };
    match object.keys().find(|name| !fields.contains(&name.as_str())) {
        None => Ok(()),
        Some(surplus) => Err(invalid(format!("no field {surplus}"))),
    }
}
