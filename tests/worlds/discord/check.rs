//! What Discord refuses in the body of a message: its documented limits, the official schema where it
//! is at hand, and any field that it does not document.

use std::sync::OnceLock;

use serde_json::{Value, json};

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
    let unreadable =
        || Refusal { code: 50109, message: "The request body contains invalid JSON.".to_owned() };
    let body: Value = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
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
    against_schema(&body)?;
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

fn against_schema(body: &Value) -> Result<(), Refusal> {
    static VALIDATOR: OnceLock<Option<jsonschema::Validator>> = OnceLock::new();
    let Some(validator) = VALIDATOR.get_or_init(official) else { return Ok(()) };
    match validator.iter_errors(body).next() {
        None => Ok(()),
        Some(error) => Err(invalid(format!("{} at {}", error, error.instance_path()))),
    }
}

/// The official schema of a message, with unknown fields refused; `None` when no file is named.
fn official() -> Option<jsonschema::Validator> {
    let Some(file) = std::env::var_os("PAPERWIRE_DISCORD_OPENAPI") else {
        println!("PAPERWIRE_DISCORD_OPENAPI is not set: bodies are not compared with Discord's schema");
        return None;
    };
    let text = std::fs::read_to_string(&file).expect("PAPERWIRE_DISCORD_OPENAPI names a readable file");
    let mut document: Value = serde_json::from_str(&text).expect("the OpenAPI document is JSON");
    let components = document["components"]["schemas"].as_object_mut().expect("the document has schemas");
    for schema in components.values_mut().filter_map(Value::as_object_mut) {
        if schema.contains_key("properties") {
            schema.entry("additionalProperties").or_insert(json!(false));
        }
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/components/schemas/MessageCreateRequest",
        "components": document["components"],
    });
    Some(jsonschema::validator_for(&schema).expect("the schema of a message compiles"))
}
