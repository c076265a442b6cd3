//! Bodies against Discord's official schema, where it is at hand; unknown fields are refused.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::{Value, json};

/// Checks a body of one kind: `message`, `response`, `follow-up`, `edit`,
/// `edited message` or `commands`.
pub fn complies(kind: &'static str, body: &Value) -> Result<(), String> {
    static VALIDATORS: Mutex<Option<HashMap<&'static str, Arc<Validator>>>> = Mutex::new(None);
    let Some(components) = COMPONENTS.as_ref() else { return Ok(()) };
    let validator = {
        let mut validators = VALIDATORS.lock().unwrap();
        let validators = validators.get_or_insert_default();
        Arc::clone(validators.entry(kind).or_insert_with(|| Arc::new(validator(components, kind))))
    };
    match validator.iter_errors(body).next() {
        None => Ok(()),
        Some(error) => Err(format!("{} at {}", error, error.instance_path())),
    }
}

static COMPONENTS: LazyLock<Option<Value>> = LazyLock::new(|| {
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
    Some(document["components"].take())
});

fn validator(components: &Value, kind: &str) -> Validator {
    let of = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let mut schema = match kind {
        "message" => of("MessageCreateRequest"),
        "response" => json!({"anyOf": [
            of("ApplicationCommandAutocompleteCallbackRequest"),
            of("CreateMessageInteractionCallbackRequest"),
            of("ModalInteractionCallbackRequest"),
            of("PongInteractionCallbackRequest"),
            of("UpdateMessageInteractionCallbackRequest"),
        ]}),
        "follow-up" => of("IncomingWebhookRequestPartial"),
        "edited message" => of("MessageEditRequestPartial"),
        "edit" => of("IncomingWebhookUpdateRequestPartial"),
        "commands" => {
            json!({"type": "array", "items": of("ApplicationCommandUpdateRequest"), "maxItems": 130})
        }
        other => panic!("no schema for {other}"),
    };
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["components"] = components.clone();
    jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{kind}: {error}"))
}
