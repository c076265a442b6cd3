//! The methods of the Web API beside posts, and the addresses for late answers, as requests.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::super::loopback::{Answer, Plug};
use super::{APP_TOKEN, Inner, authorised, desk, refused};

pub async fn open_connection(Extract(world): Extract<Arc<Inner>>, headers: HeaderMap) -> Response {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if token != format!("Bearer {APP_TOKEN}") {
        return refused("invalid_auth").into_response();
    }
    Answer::json(200, &json!({"ok": true, "url": world.socket.url()})).into_response()
}

pub async fn ask(
    world: Extract<Arc<Inner>>,
    plug: ConnectInfo<Plug>,
    method: Path<String>,
    Query(question): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let body = serde_json::to_vec(&question).unwrap();
    call(world, plug, method, headers, body.into()).await
}

pub async fn call(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = world.now();
    let effect = || {
        let mut state = world.state.lock().unwrap();
        let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
        let done = match authorised(&state, &headers) {
            Ok(()) => desk::call(&mut state, &method, &parsed, now).map_err(refused),
            Err(refusal) => Err(refusal),
        };
        let code = done.as_ref().err().and_then(|answer| serde_json::from_str::<Value>(&answer.body).ok());
        let code = code.and_then(|code| code["error"].as_str().map(str::to_owned)).unwrap_or_default();
        state.desk.calls.push((method.clone(), code));
        let done = done.map(|mut done| {
            done["ok"] = json!(true);
            Answer::json(200, &done)
        });
        done.unwrap_or_else(|refusal| refusal).into_response()
    };
    let response = world.faults.answer(&method, &plug, effect).await;
    world.changed.notify_waiters();
    response
}

pub async fn respond(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = world.now();
    let effect = || {
        let mut state = world.state.lock().unwrap();
        if headers.contains_key("authorization") {
            state.refusals.push("a token was sent to an address for late answers".to_owned());
        }
        let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
        let (status, said) = desk::respond(&mut state, &name, &parsed, now);
        let code = said["error"].as_str().unwrap_or_default().to_owned();
        state.desk.calls.push(("response_url".to_owned(), code));
        Answer::json(status, &said).into_response()
    };
    let response = world.faults.answer("response_url", &plug, effect).await;
    world.changed.notify_waiters();
    response
}

pub async fn auth_test(Extract(world): Extract<Arc<Inner>>, headers: HeaderMap) -> Response {
    let known = authorised(&world.state.lock().unwrap(), &headers);
    let who = json!({"ok": true, "team": "Fake", "team_id": "T1", "user": "paperwire", "user_id": "U1"});
    known.map_or_else(|refusal| refusal, |()| Answer::json(200, &who)).into_response()
}
