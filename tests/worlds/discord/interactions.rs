//! The interactions that people have begun, and what they see of the answers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

use super::super::loopback::{Answer, Plug};
use super::payload::{self, Does, Person};
use super::{Discord, Inner, Posted, State, check, error, message_object};

/// First of the ids that are given out here; they grow by one.
const FIRST_ID: u64 = 1_400_000_000_000_000_000;

/// How long Discord waits for the first response.
const FIRST_WITHIN: Duration = Duration::from_secs(3);
/// How long an interaction can be answered further.
const LIFETIME: Duration = Duration::from_mins(15);
const EPHEMERAL: u64 = 64;

/// An interaction, and all that its person and others see of it.
#[derive(Debug, Clone)]
pub struct Interaction {
    pub id: u64,
    /// As it was sent.
    pub sent: Value,
    pub does: Does,
    /// Type of the first response.
    pub response: Option<u64>,
    /// What a modal or the choices hold.
    pub data: Value,
    /// The message that was made or changed; `None` while it is only promised.
    pub message: Option<Value>,
    /// Only the person sees it.
    pub ephemeral: bool,
    /// It was taken back.
    pub deleted: bool,
    /// Further messages, each with whether only the person sees it.
    pub follow_ups: Vec<(Value, bool)>,
    /// Responses that were refused.
    pub refused: Vec<u64>,
    who: Person,
    token: String,
    /// By the world's clock, which stands still until a test moves it: a slow machine is no late answer.
    at: Duration,
}

impl Interaction {
    /// What the message says: titles and descriptions of its embeds.
    pub fn words(&self) -> String {
        self.message.as_ref().map(words).unwrap_or_default()
    }

    /// The ids of what can be pressed.
    pub fn controls(&self) -> Vec<String> {
        let rows = self.message.as_ref().and_then(|message| message["components"].as_array()).cloned();
        let parts = rows
            .unwrap_or_default()
            .into_iter()
            .flat_map(|row| row["components"].as_array().cloned().unwrap());
        parts.filter_map(|part| part["custom_id"].as_str().map(str::to_owned)).collect()
    }
}

/// The words of a message.
pub fn words(message: &Value) -> String {
    let embeds = message["embeds"].as_array().cloned().unwrap_or_default();
    let parts = embeds.iter().flat_map(|embed| [&embed["title"], &embed["description"]]);
    parts.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

impl Discord {
    /// A person does something; nothing is sent yet.
    pub fn begins(&self, who: Person, does: Does) -> Interaction {
        self.state(|state| {
            let id = FIRST_ID + 500_000 + state.interactions.len() as u64;
            let token = format!("token-of-{id}");
            let begun = Interaction {
                id,
                sent: payload::interaction(id, &token, who, &does),
                does,
                response: None,
                data: Value::Null,
                message: None,
                ephemeral: false,
                deleted: false,
                follow_ups: Vec::new(),
                refused: Vec::new(),
                who,
                token,
                at: state.ahead,
            };
            state.interactions.push(begun.clone());
            begun
        })
    }

    /// How an interaction stands.
    pub fn interaction(&self, id: u64) -> Interaction {
        self.state(|state| state.interactions.iter().find(|one| one.id == id).unwrap().clone())
    }

    /// Waits until an interaction stands so.
    pub async fn until(&self, id: u64, so: impl Fn(&Interaction) -> bool) -> Interaction {
        let mut changes = self.inner.changes.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(40), async {
            loop {
                changes.borrow_and_update();
                let now = self.interaction(id);
                if so(&now) {
                    return now;
                }
                changes.changed().await.unwrap();
            }
        });
        waited.await.unwrap_or_else(|_| panic!("never so: {:#?}", self.interaction(id)))
    }

    /// The public key of the application.
    pub fn public_key() -> [u8; 32] {
        key().verifying_key().to_bytes()
    }

    /// The headers of a request in mode `http`.
    pub fn signed(body: &[u8], at: jiff::Timestamp) -> HeaderMap {
        let timestamp = at.as_second().to_string();
        let signature = key().sign(&[timestamp.as_bytes(), body].concat());
        let mut headers = HeaderMap::new();
        let hex = data_encoding::HEXLOWER.encode(&signature.to_bytes());
        headers.insert("x-signature-ed25519", hex.parse().unwrap());
        headers.insert("x-signature-timestamp", timestamp.parse().unwrap());
        headers
    }

    /// Takes the body of an answer in mode `http` as the first response.
    pub fn takes(&self, id: u64, status: u16, body: &[u8]) {
        if status == 200 {
            let answer =
                self.state(|state| responded(state, id, None, body)).unwrap_or_else(|refusal| refusal);
            assert!(
                answer.status < 300,
                "Discord refuses the body: {}\n{}",
                answer.body,
                String::from_utf8_lossy(body)
            );
            self.inner.changed();
        }
    }

    /// Forgets what it knows of interactions, as a peer does of tokens that are not its own.
    pub fn expire(&self) {
        self.advance(LIFETIME + Duration::from_secs(1));
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) async fn callback(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path((id, token)): Path<(u64, String)>,
    body: Bytes,
) -> Response {
    let effect = || {
        let mut state = world.state.lock().unwrap();
        let answer = responded(&mut state, id, Some(&token), &body).unwrap_or_else(|refusal| refusal);
        noted(&mut state, &answer, &body);
        answer.into_response()
    };
    let response = world.faults.answer("callback", &plug, effect).await;
    world.changed();
    response
}

pub(super) async fn edit(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path((_, token)): Path<(u64, String)>,
    body: Bytes,
) -> Response {
    let effect = || {
        let mut state = world.state.lock().unwrap();
        let answer = edited(&mut state, &token, &body).unwrap_or_else(|refusal| refusal);
        noted(&mut state, &answer, &body);
        answer.into_response()
    };
    let response = world.faults.answer("edit", &plug, effect).await;
    world.changed();
    response
}

pub(super) async fn delete(
    Extract(world): Extract<Arc<Inner>>,
    Path((_, token)): Path<(u64, String)>,
) -> Response {
    let answer = {
        let mut state = world.state.lock().unwrap();
        alive(&mut state, &token).map(|interaction| {
            interaction.deleted = true;
            Answer { status: 204, headers: Vec::new(), body: String::new() }
        })
    };
    world.changed();
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

pub(super) async fn follow_up(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path((_, token)): Path<(u64, String)>,
    body: Bytes,
) -> Response {
    let effect = || {
        let mut state = world.state.lock().unwrap();
        let answer = followed(&mut state, &token, &body).unwrap_or_else(|refusal| refusal);
        noted(&mut state, &answer, &body);
        answer.into_response()
    };
    let response = world.faults.answer("follow-up", &plug, effect).await;
    world.changed();
    response
}

fn noted(state: &mut State, answer: &Answer, body: &[u8]) {
    if answer.status == 400 {
        state.refusals.push(format!("{}\n{}", answer.body, String::from_utf8_lossy(body)));
    }
}

fn refusal(refused: &check::Refusal) -> Answer {
    error(400, refused.code, &refused.message)
}

/// The first response; `token` is `None` when it came as the body of an answer.
fn responded(state: &mut State, id: u64, token: Option<&str>, body: &[u8]) -> Result<Answer, Answer> {
    let now = state.ahead;
    let unknown = || error(404, 10062, "Unknown interaction");
    let found = state.interactions.iter_mut().find(|one| one.id == id).ok_or_else(unknown)?;
    if token.is_some_and(|token| token != found.token) || now > found.at + FIRST_WITHIN {
        found.refused.push(10062);
        return Err(unknown());
    }
    if found.response.is_some() {
        found.refused.push(40060);
        return Err(error(400, 40060, "Interaction has already been acknowledged."));
    }
    let body = check::response(body).map_err(|refused| refusal(&refused))?;
    let kind = body["type"].as_u64().unwrap();
    let fits = match kind {
        4 | 5 => found.does.kind() != 4,
        6 | 7 => found.does.on_message(),
        8 => found.does.kind() == 4,
        9 => matches!(found.does.kind(), 2 | 3),
        _ => false,
    };
    if !fits {
        return Err(error(400, 50035, "Invalid Form Body: type does not fit this interaction"));
    }
    found.response = Some(kind);
    found.data = body["data"].clone();
    found.ephemeral = body["data"]["flags"].as_u64().unwrap_or(0) & EPHEMERAL > 0;
    if matches!(kind, 4 | 7) {
        found.message = Some(body["data"].clone());
    }
    let posted = (kind == 4 && !found.ephemeral).then_some(found.who.channel);
    if let Some(channel) = posted {
        keep(state, channel, &body["data"]);
    }
    Ok(Answer { status: 204, headers: Vec::new(), body: String::new() })
}

/// The interaction of a token that still gives the right to answer.
fn alive<'a>(state: &'a mut State, token: &str) -> Result<&'a mut Interaction, Answer> {
    let now = state.ahead;
    let found = state.interactions.iter_mut().find(|one| one.token == token);
    let found = found.ok_or_else(|| error(404, 10015, "Unknown Webhook"))?;
    if now > found.at + LIFETIME {
        found.refused.push(50027);
        return Err(error(401, 50027, "Invalid Webhook Token"));
    }
    if found.response.is_none() {
        found.refused.push(10015);
        return Err(error(404, 10015, "Unknown Webhook"));
    }
    Ok(found)
}

fn edited(state: &mut State, token: &str, body: &[u8]) -> Result<Answer, Answer> {
    let found = alive(state, token)?;
    if found.deleted || (found.response == Some(9) || found.response == Some(8)) {
        return Err(error(404, 10008, "Unknown Message"));
    }
    let body = check::interaction_message("edit", body).map_err(|refused| refusal(&refused))?;
    found.message = Some(body.clone());
    let (id, channel) = (found.id, found.who.channel);
    Ok(Answer::json(200, &message_object(&id.to_string(), &channel.to_string(), &body)))
}

fn followed(state: &mut State, token: &str, body: &[u8]) -> Result<Answer, Answer> {
    let found = alive(state, token)?;
    let body = check::interaction_message("follow-up", body).map_err(|refused| refusal(&refused))?;
    let (id, channel) = (found.id, found.who.channel);
    // The first message after a deferral becomes the deferred one, and keeps who sees it.
    if found.response == Some(5) && found.message.is_none() && !found.deleted {
        found.message = Some(body.clone());
    } else {
        let ephemeral = body["flags"].as_u64().unwrap_or(0) & EPHEMERAL > 0;
        found.follow_ups.push((body.clone(), ephemeral));
        if !ephemeral {
            keep(state, channel, &body);
        }
    }
    Ok(Answer::json(200, &message_object(&id.to_string(), &channel.to_string(), &body)))
}

/// Shows a message to everybody in the channel.
fn keep(state: &mut State, channel: u64, body: &Value) {
    let id = (FIRST_ID + 900_000 + state.public.len() as u64).to_string();
    state.public.push(Posted::of(&id, &channel.to_string(), body));
}

impl Discord {
    /// Answers to interactions that everybody sees, oldest first.
    pub fn public(&self) -> Vec<Posted> {
        self.state(|state| state.public.clone())
    }
}

pub(super) async fn application() -> Response {
    Answer::json(200, &json!({"id": super::APPLICATION.to_string(), "name": "Paperwire"})).into_response()
}
