//! `conversations.history`: the channel as an app with the scope reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Access, Answer, Inner, State, authorised, refused};

const KNOWN: [&str; 6] = ["channel", "oldest", "latest", "inclusive", "include_all_metadata", "limit"];
/// What the real method allows at most.
const LIMIT_MAX: usize = 999;

pub async fn read(
    Extract(world): Extract<Arc<Inner>>,
    Query(question): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let state = world.state.lock().unwrap();
    page(&state, &question, &headers).unwrap_or_else(|refusal| refusal).into_response()
}

fn page(state: &State, question: &BTreeMap<String, String>, headers: &HeaderMap) -> Result<Answer, Answer> {
    authorised(state, headers)?;
    if !state.reads_history {
        return Err(refused("missing_scope"));
    }
    if question.keys().any(|name| !KNOWN.contains(&name.as_str())) {
        return Err(refused("invalid_arguments"));
    }
    let asked = |name: &str| question.get(name).map(String::as_str).unwrap_or_default();
    match state.channels.get(asked("channel")) {
        Some(Access::Open | Access::Archived) => {}
        Some(Access::NotInvited) => return Err(refused("not_in_channel")),
        None => return Err(refused("channel_not_found")),
    }
    let time = |name: &str| asked(name).parse::<f64>().map_err(|_| refused("invalid_ts_oldest"));
    let (oldest, latest) = (time("oldest")?, time("latest")?);
    let limit = asked("limit").parse::<usize>().unwrap_or(100).clamp(1, LIMIT_MAX);
    let inside = |ts: &str| ts.parse::<f64>().is_ok_and(|ts| (oldest..=latest).contains(&ts));
    let mut messages: Vec<Value> = state
        .messages
        .iter()
        .filter(|message| message.channel == asked("channel") && inside(&message.ts))
        .map(|message| {
            let mut told =
                json!({"type": "message", "ts": message.ts, "bot_id": "B1", "text": message.fallback});
            if asked("include_all_metadata") == "true" {
                told["metadata"] = message.raw["metadata"].clone();
            }
            told
        })
        .rev()
        .collect();
    let has_more = messages.len() > limit;
    messages.truncate(limit);
    Ok(Answer::json(200, &json!({"ok": true, "messages": messages, "has_more": has_more})))
}
