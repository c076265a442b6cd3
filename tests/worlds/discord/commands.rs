//! The commands that Discord lists, with its own additions and limits.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::loopback::Answer;
use super::{Discord, Inner, authorised, check, error};

impl Discord {
    /// The commands as Discord lists them.
    pub fn commands(&self) -> Vec<Value> {
        self.state(|state| state.commands.clone())
    }

    /// How often they were written.
    pub fn registrations(&self) -> usize {
        self.state(|state| state.registrations)
    }
}

pub(super) async fn read(
    Extract(world): Extract<Arc<Inner>>,
    Path(_): Path<u64>,
    headers: HeaderMap,
) -> Response {
    let state = world.state.lock().unwrap();
    let answer = authorised(&state, &headers).map(|()| Answer::json(200, &json!(state.commands)));
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

pub(super) async fn write(
    Extract(world): Extract<Arc<Inner>>,
    Path(application): Path<u64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = {
        let mut state = world.state.lock().unwrap();
        authorised(&state, &headers).and_then(|()| {
            let wanted = check::commands(&body).map_err(|refused| {
                state.refusals.push(refused.message.clone());
                error(400, refused.code, &refused.message)
            })?;
            state.commands =
                wanted.into_iter().enumerate().map(|(n, one)| listed(application, n, one)).collect();
            state.registrations += 1;
            Ok(Answer::json(200, &json!(state.commands)))
        })
    };
    world.changed();
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

/// A command with what Discord adds to it.
fn listed(application: u64, number: usize, mut command: Value) -> Value {
    let fields = command.as_object_mut().unwrap();
    fields.insert("id".to_owned(), json!((5_001 + number).to_string()));
    fields.insert("application_id".to_owned(), json!(application.to_string()));
    fields.insert("version".to_owned(), json!("1"));
    for (name, value) in [
        ("type", json!(1)),
        ("description", json!("")),
        ("nsfw", json!(false)),
        ("dm_permission", json!(true)),
        ("default_member_permissions", Value::Null),
        ("name_localizations", Value::Null),
        ("description_localizations", Value::Null),
    ] {
        fields.entry(name).or_insert(value);
    }
    if command.get("options").is_some() {
        tidy(&mut command);
    }
    command
}

/// Discord leaves out what says nothing.
fn tidy(value: &mut Value) {
    for option in value["options"].as_array_mut().into_iter().flatten() {
        let fields = option.as_object_mut().unwrap();
        fields.retain(|_, value| *value != json!(false) && *value != json!([]));
        if fields.contains_key("options") {
            tidy(option);
        }
    }
}
