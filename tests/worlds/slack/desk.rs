//! What people see of answers: windows, the app's page, previews of links, and the addresses for late answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{State, check, seen::Posted};

const TRIGGER: Duration = Duration::from_secs(3);
const ADDRESS: Duration = Duration::from_mins(30);
const ADDRESS_USES: u32 = 5;

/// What the world keeps of it.
#[derive(Default)]
pub struct Desk {
    pub triggers: BTreeMap<String, (Timestamp, bool)>,
    pub addresses: BTreeMap<String, Address>,
    /// The stack of windows of everybody, the topmost last.
    pub views: Vec<Open>,
    pub homes: BTreeMap<String, Value>,
    pub unfurls: Vec<Value>,
    pub admins: BTreeSet<String>,
    /// Every call with the error that it was answered; empty where it was done.
    pub calls: Vec<(String, String)>,
    pub number: u64,
}

/// An address for late answers.
pub struct Address {
    pub channel: String,
    pub user: String,
    pub uses: u32,
    pub since: Timestamp,
    /// The message that was pressed.
    pub original: Option<String>,
}

/// An open window.
#[derive(Debug, Clone)]
pub struct Open {
    pub id: String,
    pub user: String,
    pub view: Value,
    /// How often it has been changed.
    pub changes: u32,
}

type Done = Result<Value, &'static str>;

impl Desk {
    pub fn number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }
}

/// Makes a trigger, which opens one window within three seconds.
pub fn trigger(state: &mut State, user: &str, now: Timestamp) -> String {
    let number = state.desk.number();
    let id = format!("{number}.{user}.fa4e");
    state.desk.triggers.insert(id.clone(), (now, false));
    id
}

/// Makes an address for late answers.
pub fn address(
    state: &mut State,
    channel: &str,
    user: &str,
    original: Option<&str>,
    now: Timestamp,
) -> String {
    let name = format!("r{}", state.desk.number());
    let (channel, user, original) = (channel.to_owned(), user.to_owned(), original.map(str::to_owned));
    state.desk.addresses.insert(name.clone(), Address { channel, user, uses: 0, since: now, original });
    name
}

/// Does one call of the Web API.
pub fn call(state: &mut State, method: &str, body: &Value, now: Timestamp) -> Done {
    match method {
        "chat.postEphemeral" => {
            checked(state, check::message(body, check::EPHEMERAL))?;
            let channel = channel(state, body)?;
            let user = body["user"].as_str().ok_or("user_not_in_channel")?.to_owned();
            show(state, &channel, Some(&user), body, now);
            Ok(json!({"message_ts": "1.1"}))
        }
        "chat.update" => {
            checked(state, check::message(body, check::UPDATE))?;
            let channel = channel(state, body)?;
            let ts = body["ts"].as_str().unwrap_or_default();
            let known =
                state.messages.iter_mut().find(|m| m.channel == channel && m.ts == ts && m.only.is_none());
            known.ok_or("message_not_found")?.replace(body);
            Ok(json!({"ts": ts}))
        }
        "chat.delete" => {
            let channel = channel(state, body)?;
            let ts = body["ts"].as_str().unwrap_or_default().to_owned();
            let at =
                state.messages.iter().position(|m| m.channel == channel && m.ts == ts && m.only.is_none());
            state.messages.remove(at.ok_or("message_not_found")?);
            state.history.deletions.push(ts.clone());
            Ok(json!({"ts": ts}))
        }
        "chat.unfurl" => unfurl(state, body),
        "views.open" | "views.push" => open(state, body, now),
        "views.update" => update(state, body),
        "views.publish" => {
            checked(state, check::view(&body["view"], "home"))?;
            let user = body["user_id"].as_str().ok_or("user_not_found")?;
            state.desk.homes.insert(user.to_owned(), body["view"].clone());
            Ok(json!({"view": {"id": "VH"}}))
        }
        "users.info" => {
            let user = body["user"].as_str().ok_or("user_not_found")?;
            let admin = state.desk.admins.contains(user);
            Ok(
                json!({"user": {"id": user, "name": "ada", "is_admin": admin, "is_owner": false, "deleted": false}}),
            )
        }
        _ => Err("unknown_method"),
    }
}

fn checked(state: &mut State, result: Result<(), (&'static str, String)>) -> Result<(), &'static str> {
    result.map_err(|(code, why)| {
        state.refusals.push(format!("{code}: {why}"));
        code
    })
}

fn channel(state: &State, body: &Value) -> Result<String, &'static str> {
    let channel = body["channel"].as_str().unwrap_or_default();
    match state.channels.get(channel) {
        Some(super::Access::Open) => Ok(channel.to_owned()),
        Some(super::Access::NotInvited) => Err("not_in_channel"),
        Some(super::Access::Archived) => Err("is_archived"),
        None => Err("channel_not_found"),
    }
}

/// Shows a message to everybody in a channel, or to one person alone.
pub fn show(state: &mut State, channel: &str, only: Option<&str>, body: &Value, now: Timestamp) {
    let ts = format!("{}.{:06}", now.as_second(), state.named() + 100);
    let mut posted = Posted::of(&ts, channel, body);
    posted.only = only.map(str::to_owned);
    state.messages.push(posted);
}

fn unfurl(state: &mut State, body: &Value) -> Done {
    let here = body["channel"].is_string() && body["ts"].is_string();
    let by_id = body["unfurl_id"].is_string() && body["source"].is_string();
    let unfurls = body["unfurls"].as_object().ok_or("cannot_parse_attachment")?;
    if here == by_id || unfurls.is_empty() {
        return Err("missing_unfurls");
    }
    for one in unfurls.values() {
        let blocks = one["blocks"].as_array().cloned().unwrap_or_default();
        checked(state, check::blocks(&blocks, 50, false).map(drop))?;
    }
    state.desk.unfurls.push(body.clone());
    Ok(json!({}))
}

fn open(state: &mut State, body: &Value, now: Timestamp) -> Done {
    let id = body["trigger_id"].as_str().unwrap_or_default();
    let (since, used) = state.desk.triggers.get_mut(id).ok_or("invalid_trigger_id")?;
    if std::mem::replace(used, true) {
        return Err("exchanged_trigger_id");
    }
    if now.duration_since(*since) >= jiff::SignedDuration::try_from(TRIGGER).unwrap() {
        return Err("expired_trigger_id");
    }
    checked(state, check::view(&body["view"], "modal"))?;
    let person = id.split('.').nth(1).unwrap_or_default().to_owned();
    let id = format!("V{}", state.desk.number());
    state.desk.views.push(Open { id: id.clone(), user: person, view: body["view"].clone(), changes: 0 });
    Ok(json!({"view": {"id": id}}))
}

fn update(state: &mut State, body: &Value) -> Done {
    checked(state, check::view(&body["view"], "modal"))?;
    let id = body["view_id"].as_str().unwrap_or_default();
    let open = state.desk.views.iter_mut().find(|open| open.id == id).ok_or("not_found")?;
    open.view = body["view"].clone();
    open.changes += 1;
    Ok(json!({"view": {"id": id}}))
}

/// What an address for late answers answers: status and body.
pub fn respond(state: &mut State, name: &str, body: &Value, now: Timestamp) -> (u16, Value) {
    let refused = |code: &str| (404, json!({"ok": false, "error": code}));
    let Some(address) = state.desk.addresses.get_mut(name) else { return refused("expired_url") };
    if now.duration_since(address.since) >= jiff::SignedDuration::try_from(ADDRESS).unwrap() {
        return refused("expired_url");
    }
    if address.uses >= ADDRESS_USES {
        return refused("used_url");
    }
    address.uses += 1;
    let (channel, user, original) = (address.channel.clone(), address.user.clone(), address.original.clone());
    if let Err(code) = checked(state, check::message(body, check::RESPONSE)) {
        return (200, json!({"ok": false, "error": code}));
    }
    if body["replace_original"] == true {
        let known = state.messages.iter_mut().find(|message| Some(&message.ts) == original.as_ref());
        let Some(message) = known else { return refused("no_original") };
        message.replace(body);
    } else {
        show(state, &channel, only(body, &user), body, now);
    }
    (200, json!({"ok": true}))
}

/// Who sees an answer: one person, unless it says that all do.
pub fn only<'a>(body: &Value, user: &'a str) -> Option<&'a str> {
    (body["response_type"] != "in_channel").then_some(user)
}

/// Does what the acknowledgement of a window that was sent says.
pub fn submitted(state: &mut State, id: &str, said: &Value) -> Result<(), String> {
    let at = state.desk.views.iter().position(|open| open.id == id).ok_or("no such window")?;
    match said["response_action"].as_str() {
        None => {
            state.desk.views.remove(at);
        }
        Some("clear") => {
            let user = state.desk.views[at].user.clone();
            state.desk.views.retain(|open| open.user != user);
        }
        Some("update") => {
            check::view(&said["view"], "modal").map_err(|(code, why)| format!("{code}: {why}"))?;
            state.desk.views[at].view = said["view"].clone();
            state.desk.views[at].changes += 1;
        }
        Some("errors") => {
            let errors = said["errors"].as_object().filter(|e| !e.is_empty()).ok_or("no errors")?;
            let blocks = state.desk.views[at].view["blocks"].as_array().cloned().unwrap_or_default();
            let field = |name: &String| {
                blocks.iter().any(|b| b["type"] == "input" && b["block_id"].as_str() == Some(name))
            };
            if let Some(name) = errors.keys().find(|name| !field(name)) {
                return Err(format!("no field {name}"));
            }
            state.desk.views[at].view["errors"] = said["errors"].clone();
        }
        Some(other) => return Err(format!("no response_action {other}")),
    }
    Ok(())
}
