//! What Discord refuses in the body of a message: its documented limits, the official schema where it
//! is at hand, and any field that it does not document.

use serde_json::{Value, json};

use super::schema;

const FIELDS: &[&str] = &[
    "content",
    "nonce",
    "tts",
    "embeds",
    "allowed_mentions",
    "message_reference",
    "components",
    "sticker_ids",
    "attachments",
    "flags",
    "enforce_nonce",
    "poll",
];
const EMBED_FIELDS: &[&str] = &[
    "title",
    "type",
    "description",
    "url",
    "timestamp",
    "color",
    "footer",
    "image",
    "thumbnail",
    "author",
    "fields",
];

pub struct Refusal {
    pub code: u64,
    pub message: String,
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal { code: 50035, message: format!("Invalid Form Body: {}", message.into()) }
}

/// Reads a body, or says why Discord would not.
pub fn body(bytes: &[u8]) -> Result<Value, Refusal> {
    let body = parsed(bytes)?;
    known("message", &body, FIELDS)?;
    let embeds = body["embeds"].as_array().cloned().unwrap_or_default();
    if length(&body["content"]) == 0 && embeds.is_empty() {
        return Err(Refusal { code: 50006, message: "Cannot send an empty message".to_owned() });
    }
    at_most("content", &body["content"], 2_000)?;
    at_most("nonce", &body["nonce"], 25)?;
    if embeds.len() > 10 {
        return Err(invalid("embeds: at most 10"));
    }
    let mut total = 0;
    for embed in &embeds {
        total += checked_embed(embed)?;
    }
    if total > 6_000 {
        return Err(invalid("embeds: at most 6000 characters in all"));
    }
    against_schema("message", &body)?;
    Ok(body)
}

/// Checks one embed and returns its share of the total.
fn checked_embed(embed: &Value) -> Result<usize, Refusal> {
    known("embed", embed, EMBED_FIELDS)?;
    let mut total = 0;
    for (name, value, most) in [
        ("title", &embed["title"], 256),
        ("description", &embed["description"], 4_096),
        ("footer.text", &embed["footer"]["text"], 2_048),
        ("author.name", &embed["author"]["name"], 256),
    ] {
        at_most(name, value, most)?;
        if value.is_string() && length(value) == 0 {
            return Err(invalid(format!("{name}: this field is required")));
        }
        total += length(value);
    }
    let fields = embed["fields"].as_array().cloned().unwrap_or_default();
    if fields.len() > 25 {
        return Err(invalid("fields: at most 25"));
    }
    for field in &fields {
        at_most("field.name", &field["name"], 256)?;
        at_most("field.value", &field["value"], 1_024)?;
        if length(&field["name"]) == 0 || length(&field["value"]) == 0 {
            return Err(invalid("field: name and value are required"));
        }
        total += length(&field["name"]) + length(&field["value"]);
    }
    for address in [&embed["url"], &embed["thumbnail"]["url"], &embed["image"]["url"]] {
        if let Some(text) = address.as_str() {
            let ok = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if !ok || text.chars().count() > 2_048 {
                return Err(invalid(format!("{text}: not a well formed URL")));
            }
        }
    }
    if total == 0 {
        return Err(Refusal { code: 50006, message: "Cannot send an empty message".to_owned() });
    }
    Ok(total)
}

/// Discord counts code points, without white space at the ends.
fn length(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.trim().chars().count())
}

fn at_most(name: &str, text: &Value, most: usize) -> Result<(), Refusal> {
    let is_text = text.is_string() || text.is_null();
    if is_text && length(text) <= most { Ok(()) } else { Err(invalid(format!("{name}: at most {most}"))) }
}

fn known(what: &str, object: &Value, fields: &[&str]) -> Result<(), Refusal> {
    let Some(object) = object.as_object() else { return Err(invalid(format!("{what}: not an object"))) };
    match object.keys().find(|key| !fields.contains(&key.as_str())) {
        None => Ok(()),
        Some(surplus) => Err(invalid(format!("{what}: no field {surplus}"))),
    }
}

fn against_schema(kind: &'static str, body: &Value) -> Result<(), Refusal> {
    schema::complies(kind, body).map_err(invalid)
}

/// Reads the first response to an interaction, or says why Discord would not.
pub fn response(bytes: &[u8]) -> Result<Value, Refusal> {
    let body = parsed(bytes)?;
    known("response", &body, &["type", "data"])?;
    match body["type"].as_u64() {
        Some(4 | 7) => message(&body["data"])?,
        Some(9) => modal(&body["data"])?,
        Some(5 | 6 | 8) => {}
        _ => return Err(invalid("type: not one of those that answer")),
    }
    against_schema("response", &body)?;
    Ok(body)
}

/// Reads a message that belongs to an interaction: an `edit` or a `follow-up`.
pub fn interaction_message(kind: &'static str, bytes: &[u8]) -> Result<Value, Refusal> {
    let body = parsed(bytes)?;
    message(&body)?;
    if kind == "edit" && body.get("flags").is_some() {
        return Err(invalid("flags: who sees a message is settled when it is made"));
    }
    against_schema(kind, &body)?;
    Ok(body)
}

/// Reads the list of commands.
pub fn commands(bytes: &[u8]) -> Result<Vec<Value>, Refusal> {
    let body = parsed(bytes)?;
    against_schema("commands", &body)?;
    let commands = body.as_array().cloned().ok_or_else(|| invalid("not a list"))?;
    for command in &commands {
        let mut total = 0;
        sized(command, &mut total)?;
        if total > 8_000 {
            return Err(invalid("a command has at most 8000 characters in all"));
        }
    }
    Ok(commands)
}

fn sized(value: &Value, total: &mut usize) -> Result<(), Refusal> {
    for (name, most) in [("name", 32), ("description", 100), ("value", 100)] {
        at_most(name, &value[name], most)?;
        *total += length(&value[name]);
    }
    let options = value["options"].as_array().cloned().unwrap_or_default();
    let choices = value["choices"].as_array().cloned().unwrap_or_default();
    if options.len() > 25 || choices.len() > 25 {
        return Err(invalid("at most 25 options and 25 choices"));
    }
    if !choices.is_empty() && value["autocomplete"] == true {
        return Err(invalid("autocomplete: not with choices"));
    }
    let required: Vec<bool> = options.iter().map(|option| option["required"] == true).collect();
    if required.windows(2).any(|pair| !pair[0] && pair[1]) {
        return Err(invalid("required options come first"));
    }
    options.iter().chain(&choices).try_for_each(|part| sized(part, total))
}

fn parsed(bytes: &[u8]) -> Result<Value, Refusal> {
    let unreadable =
        || Refusal { code: 50109, message: "The request body contains invalid JSON.".to_owned() };
    serde_json::from_slice(bytes).map_err(|_| unreadable())
}

/// Checks a message of an interaction; nobody may be notified by one.
fn message(body: &Value) -> Result<(), Refusal> {
    known("message", body, FIELDS)?;
    at_most("content", &body["content"], 2_000)?;
    let embeds = body["embeds"].as_array().cloned().unwrap_or_default();
    if length(&body["content"]) == 0 && embeds.is_empty() {
        return Err(Refusal { code: 50006, message: "Cannot send an empty message".to_owned() });
    }
    if embeds.len() > 10 {
        return Err(invalid("embeds: at most 10"));
    }
    let mut total = 0;
    for embed in &embeds {
        total += checked_embed(embed)?;
    }
    if total > 6_000 {
        return Err(invalid("embeds: at most 6000 characters in all"));
    }
    assert_eq!(body["allowed_mentions"]["parse"], json!([]), "an answer could notify somebody");
    components(&body["components"])
}

fn components(rows: &Value) -> Result<(), Refusal> {
    let rows = rows.as_array().cloned().unwrap_or_default();
    let mut ids = std::collections::BTreeSet::new();
    if rows.len() > 5 {
        return Err(invalid("components: at most 5 rows"));
    }
    for row in &rows {
        let parts = row["components"].as_array().cloned().unwrap_or_default();
        let most = if parts.iter().any(|part| part["type"] == 3) { 1 } else { 5 };
        if parts.is_empty() || parts.len() > most {
            return Err(invalid("components: 1 to 5 buttons or one menu in a row"));
        }
        for part in &parts {
            at_most("label", &part["label"], 80)?;
            at_most("placeholder", &part["placeholder"], 150)?;
            let link = part["style"] == 5;
            let id = part["custom_id"].as_str().unwrap_or_default();
            if !link && (id.is_empty() || id.chars().count() > 100 || !ids.insert(id.to_owned())) {
                return Err(invalid("custom_id: 1 to 100 characters, each once"));
            }
            if part["type"] == 3 {
                options(&part["options"])?;
            }
        }
    }
    Ok(())
}

fn options(options: &Value) -> Result<(), Refusal> {
    let options = options.as_array().cloned().unwrap_or_default();
    let values: std::collections::BTreeSet<String> =
        options.iter().map(|one| one["value"].to_string()).collect();
    if !(1..=25).contains(&options.len()) || values.len() != options.len() {
        return Err(invalid("options: 1 to 25, each value once"));
    }
    options.iter().try_for_each(|one| {
        at_most("label", &one["label"], 100)?;
        at_most("value", &one["value"], 100)
    })
}

fn modal(modal: &Value) -> Result<(), Refusal> {
    at_most("title", &modal["title"], 45)?;
    at_most("custom_id", &modal["custom_id"], 100)?;
    let rows = modal["components"].as_array().cloned().unwrap_or_default();
    if !(1..=5).contains(&rows.len()) || length(&modal["title"]) == 0 || length(&modal["custom_id"]) == 0 {
        return Err(invalid("a modal has a title, an id and 1 to 5 rows"));
    }
    let mut ids = std::collections::BTreeSet::new();
    for row in &rows {
        let parts = row["components"].as_array().cloned().unwrap_or_default();
        let [input] = &parts[..] else { return Err(invalid("a row of a modal has one input")) };
        at_most("label", &input["label"], 45)?;
        at_most("placeholder", &input["placeholder"], 100)?;
        at_most("custom_id", &input["custom_id"], 100)?;
        at_most(
            "value",
            &input["value"],
            usize::try_from(input["max_length"].as_u64().unwrap_or(4_000)).unwrap(),
        )?;
        if input["type"] != 4 || !ids.insert(input["custom_id"].to_string()) {
            return Err(invalid("a modal has text inputs, each id once"));
        }
    }
    Ok(())
}
