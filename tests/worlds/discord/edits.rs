//! Changing messages where they stand: whose they are, what an edit may hold, and what people see afterwards.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::limits::{limited, within};
use super::{
    Access, Answer, BOT, Discord, ID_EPOCH, Inner, Plug, Posted, State, Stored, authorised, check, error,
    message_object, schema,
};

/// The fields of `PATCH …/messages/{id}`.
const FIELDS: [&str; 7] =
    ["content", "embeds", "flags", "allowed_mentions", "sticker_ids", "components", "attachments"];
/// The one flag of a message without components that an edit may set: `SUPPRESS_EMBEDS`.
const FLAGS: u64 = 4;

impl Discord {
    /// Puts a message there that somebody else wrote.
    pub fn written_by_another(&self, channel: &str, text: &str) -> String {
        self.state(|state| {
            let millis = u64::try_from(state.time().as_millisecond() - ID_EPOCH).unwrap();
            let id = (millis << 22 | state.messages.len() as u64).to_string();
            let body = json!({"content": text});
            let mut object = message_object(&id, channel, &body);
            object["author"]["id"] = json!("9");
            let posted = Posted::of(&id, channel, &body);
            let at = state.now();
            state.messages.push(Stored { posted, object, at, deleted: false });
            id
        })
    }

    /// The message and the status of every edit that reached the world and met no fault.
    pub fn edits(&self) -> Vec<(String, u16)> {
        self.state(|state| state.edits.clone())
    }
}

pub async fn edit(
    Extract(world): Extract<Arc<Inner>>,
    ConnectInfo(plug): ConnectInfo<Plug>,
    Path((channel, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let effect = || {
        let mut state = world.state.lock().unwrap();
        let answer = changed(&mut state, &channel, &id, &headers, &body).unwrap_or_else(|refusal| refusal);
        if answer.status == 400 {
            state.refusals.push(format!("{}\n{}", answer.body, String::from_utf8_lossy(&body)));
        }
        state.edits.push((id.clone(), answer.status));
        answer.into_response()
    };
    world.faults.answer(&channel, &plug, effect).await
}

fn changed(
    state: &mut State,
    channel: &str,
    id: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Answer, Answer> {
    let now = state.now();
    authorised(state, headers)?;
    // One's own message may be edited without the right to post.
    match state.channels.get(channel) {
        Some(Access::Open | Access::Forbidden | Access::Forum) => {}
        Some(Access::Hidden) => return Err(error(403, 50001, "Missing Access")),
        None => return Err(error(404, 10003, "Unknown Channel")),
    }
    if let Some(buckets) = &mut state.limits.buckets {
        let bucket = buckets.entry(format!("edits in {channel}")).or_default();
        within(bucket, now, 5, Duration::from_secs(5)).map_err(|wait| limited(wait, "user"))?;
    }
    if headers.get("content-type").is_none_or(|kind| kind != "application/json") {
        return Err(error(400, 50035, "Invalid Form Body: Content-Type must be application/json"));
    }
    let there = |m: &&mut Stored| m.posted.channel == channel && m.posted.id == id && !m.deleted;
    let message = state.messages.iter_mut().find(there);
    let message = message.ok_or_else(|| error(404, 10008, "Unknown Message"))?;
    if message.object["author"]["id"] != json!(BOT.to_string()) {
        return Err(error(403, 50005, "Cannot edit a message authored by another user"));
    }
    let body = read(body)?;
    let mut whole = message.posted.raw.clone();
    for (field, value) in body.as_object().into_iter().flatten() {
        whole[field] = value.clone();
    }
    let fresh = message_object(id, channel, &whole);
    message.object = fresh;
    message.object["edited_timestamp"] = json!("2026-08-04T07:00:00.000000+00:00");
    message.posted = Posted::of(id, channel, &whole);
    Ok(Answer::json(200, &message.object))
}

/// Reads the body of an edit, or says why Discord would not.
fn read(bytes: &[u8]) -> Result<Value, Answer> {
    let invalid = |what: &str| error(400, 50035, &format!("Invalid Form Body: {what}"));
    let body = check::body(bytes).map_err(|refusal| error(400, refusal.code, &refusal.message))?;
    if let Some(field) = body.as_object().and_then(|body| body.keys().find(|f| !FIELDS.contains(&f.as_str())))
    {
        return Err(invalid(&format!("edit: no field {field}")));
    }
    // Discord lets it be left out, and then reads the mentions anew; that would notify people.
    if !body["allowed_mentions"]["parse"].as_array().is_some_and(Vec::is_empty) {
        return Err(invalid("allowed_mentions: an edit must keep everybody silent"));
    }
    if body["flags"].as_u64().is_some_and(|flags| flags & !FLAGS != 0) {
        return Err(invalid("flags: an edit sets SUPPRESS_EMBEDS alone"));
    }
    schema::complies("edited message", &body).map_err(|said| invalid(&said))?;
    Ok(body)
}
