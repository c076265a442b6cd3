//! What the bot may read and take away: the channel's history, who it is, what its roles allow, its own messages.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Access, Answer, BOT, Discord, Inner, State, authorised, error, limits, may_post};

/// The one server of the world.
const GUILD: u64 = 900;
const OWNER: u64 = 4_243;
const VIEW_CHANNEL: u64 = 1 << 10;
const READ_MESSAGE_HISTORY: u64 = 1 << 16;

#[derive(Default)]
pub struct History {
    /// True when the bot's role lets it read.
    granted: bool,
    /// How late a message is seen there.
    lag: Duration,
    reads: usize,
    /// Everything here that was asked, with whatever answer.
    asked: usize,
    deletions: Vec<String>,
}

impl Discord {
    /// Gives the bot the permission Read Message History.
    pub fn grant_history(&self) {
        self.state(|state| state.history.granted = true);
    }

    /// Shows messages in the history only when they are so old.
    pub fn lag_history(&self, lag: Duration) {
        self.state(|state| state.history.lag = lag);
    }

    /// How often history was read.
    pub fn reads(&self) -> usize {
        self.state(|state| state.history.reads)
    }

    /// How often anything but posts was asked for.
    pub fn asked(&self) -> usize {
        self.state(|state| state.history.asked)
    }

    /// The messages that the bot has deleted.
    pub fn deletions(&self) -> Vec<String> {
        self.state(|state| state.history.deletions.clone())
    }

    /// Somebody else writes into the channel.
    pub fn chatter(&self, channel: &str, content: &str) {
        self.state(|state| {
            let now = state.now();
            let mut object = super::stored(state, channel, &json!({"content": content}), now).unwrap();
            object["author"]["id"] = json!("77");
            state.messages.last_mut().unwrap().object = object;
        });
    }

    /// Takes the embeds from a message, as a moderator can.
    pub fn suppress_embeds(&self, id: &str) {
        self.state(|state| {
            for message in state.messages.iter_mut().filter(|message| message.posted.id == id) {
                message.object["embeds"] = json!([]);
            }
        });
    }
}

fn answered(
    world: &Inner,
    headers: &HeaderMap,
    with: impl FnOnce(&mut State) -> Result<Answer, Answer>,
) -> Response {
    let mut state = world.state.lock().unwrap();
    let now = state.now();
    state.history.asked += 1;
    let answer = authorised(&state, headers)
        .and_then(|()| limits::everywhere(&mut state, now))
        .and_then(|()| with(&mut state))
        .unwrap_or_else(|refusal| refusal);
    limits::count(&mut state, &answer);
    answer.into_response()
}

pub async fn me(Extract(world): Extract<Arc<Inner>>, headers: HeaderMap) -> Response {
    let me = json!({"id": BOT.to_string(), "username": "paperwire", "discriminator": "0", "bot": true});
    answered(&world, &headers, |_| Ok(Answer::json(200, &me)))
}

pub async fn channel(
    Extract(world): Extract<Arc<Inner>>,
    Path(channel): Path<String>,
    headers: HeaderMap,
) -> Response {
    answered(&world, &headers, |state| {
        let forum = state.channels.get(&channel) == Some(&Access::Forum);
        if !forum {
            may_post(state, &channel)?;
        }
        let kind = if forum { 15 } else { 0 };
        Ok(Answer::json(
            200,
            &json!({"id": channel, "type": kind, "guild_id": GUILD.to_string(), "name": "papers",
                "permission_overwrites": [], "parent_id": null}),
        ))
    })
}

pub async fn guild(Extract(world): Extract<Arc<Inner>>, headers: HeaderMap) -> Response {
    answered(&world, &headers, |state| {
        let read = if state.history.granted { READ_MESSAGE_HISTORY } else { 0 };
        let role =
            |id: u64, bits: u64| json!({"id": id.to_string(), "permissions": bits.to_string(), "name": "r"});
        let guild = json!({"id": GUILD.to_string(), "owner_id": OWNER.to_string(), "name": "g",
            "roles": [role(GUILD, VIEW_CHANNEL), role(901, read)]});
        Ok(Answer::json(200, &guild))
    })
}

pub async fn member(Extract(world): Extract<Arc<Inner>>, headers: HeaderMap) -> Response {
    let member = json!({"user": {"id": BOT.to_string()}, "roles": ["901"], "deaf": false, "mute": false});
    answered(&world, &headers, |_| Ok(Answer::json(200, &member)))
}

pub async fn read(
    Extract(world): Extract<Arc<Inner>>,
    Path(channel): Path<String>,
    Query(question): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    answered(&world, &headers, |state| {
        may_post(state, &channel)?;
        state.history.reads += 1;
        let number = |name: &str| question.get(name).map(|value| value.parse::<u64>().unwrap());
        let (after, limit) = (number("after"), number("limit").unwrap_or(50));
        if limit > 100 {
            return Err(error(400, 50035, "Invalid Form Body: limit"));
        }
        let (now, lag, granted) = (state.now(), state.history.lag, state.history.granted);
        // Without the permission the list is empty, and no error.
        let there =
            |m: &&super::Stored| granted && m.posted.channel == channel && !m.deleted && now - m.at >= lag;
        let messages = state.messages.iter().filter(there);
        let limit = usize::try_from(limit).unwrap();
        let mut shown: Vec<&super::Stored> = if let Some(after) = after {
            // Those that follow the id most closely.
            messages.filter(|m| m.posted.id.parse::<u64>().unwrap() > after).take(limit).collect()
        } else {
            let all: Vec<_> = messages.collect();
            all[all.len().saturating_sub(limit)..].to_vec()
        };
        // The newest first, in any case.
        shown.reverse();
        let shown: Vec<Value> = shown.into_iter().map(|message| without_nonce(&message.object)).collect();
        Ok(Answer::json(200, &json!(shown)))
    })
}

/// The history does not keep nonces.
fn without_nonce(message: &Value) -> Value {
    let mut message = message.clone();
    message.as_object_mut().unwrap().remove("nonce");
    message
}

pub async fn delete(
    Extract(world): Extract<Arc<Inner>>,
    Path((channel, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    answered(&world, &headers, |state| {
        may_post(state, &channel)?;
        let own = |m: &&mut super::Stored| m.posted.id == id && m.posted.channel == channel && !m.deleted;
        let Some(message) = state.messages.iter_mut().find(own) else {
            return Err(error(404, 10008, "Unknown Message"));
        };
        if message.object["author"]["id"].as_str() != Some(&*BOT.to_string()) {
            return Err(error(403, 50003, "Cannot execute action on this message"));
        }
        message.deleted = true;
        state.history.deletions.push(id.clone());
        Ok(Answer { status: 204, headers: Vec::new(), body: String::new() })
    })
}
