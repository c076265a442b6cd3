//! `conversations.history`: the channel as an app with the scope reads it; and `chat.delete`.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Access, Answer, Inner, Slack, State, authorised, refused};

const KNOWN: [&str; 6] = ["channel", "oldest", "latest", "inclusive", "include_all_metadata", "limit"];
/// What the real method allows at most.
const LIMIT_MAX: usize = 999;

#[derive(Default)]
pub struct History {
    /// Reads in a minute and messages in a read, where they are limited.
    limited: Option<(usize, usize)>,
    /// How late a message is seen there.
    lag: Duration,
    /// When it was read within the last minute.
    recent: VecDeque<Timestamp>,
    reads: usize,
    /// Reads that ran into the limit.
    limits_met: usize,
    pub deletions: Vec<String>,
}

impl Slack {
    /// Allows so many reads of history in a minute, each of so many messages.
    pub fn limit_history(&self, per_minute: usize, messages: usize) {
        self.state(|state| state.history.limited = Some((per_minute, messages)));
    }

    /// Shows messages in the history only when they are so old.
    pub fn lag_history(&self, lag: Duration) {
        self.state(|state| state.history.lag = lag);
    }

    /// How often history was read, and how many reads ran into the limit.
    pub fn reads(&self) -> (usize, usize) {
        self.state(|state| (state.history.reads, state.history.limits_met))
    }

    /// The messages that the app has deleted.
    pub fn deletions(&self) -> Vec<String> {
        self.state(|state| state.history.deletions.clone())
    }

    /// Somebody else writes into the channel.
    pub fn chatter(&self, channel: &str, text: &str) {
        let now = self.now();
        self.state(|state| super::desk::show(state, channel, None, &json!({"text": text}), now));
    }
}

pub async fn read(
    Extract(world): Extract<Arc<Inner>>,
    Query(question): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let now = world.now();
    let mut state = world.state.lock().unwrap();
    state.history.reads += 1;
    page(&mut state, &question, &headers, now).unwrap_or_else(|refusal| refusal).into_response()
}

fn page(
    state: &mut State,
    question: &BTreeMap<String, String>,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Answer, Answer> {
    authorised(state, headers)?;
    let history = &mut state.history;
    if let Some((most, _)) = history.limited {
        let minute = Duration::from_mins(1);
        while history.recent.front().is_some_and(|&at| at + minute <= now) {
            history.recent.pop_front();
        }
        if history.recent.len() >= most {
            history.limits_met += 1;
            let wait = (history.recent[0] + minute).duration_since(now).as_secs_f64().ceil();
            let answer = Answer::json(429, &json!({"ok": false, "error": "ratelimited"}));
            return Err(answer.header("retry-after", &wait.to_string()));
        }
        history.recent.push_back(now);
    }
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
    let limit = state.history.limited.map_or(limit, |(_, messages)| limit.min(messages));
    let visible = now - state.history.lag;
    let seen = |ts: &str| {
        ts.split('.').next().is_some_and(|s| s.parse::<i64>().is_ok_and(|s| s <= visible.as_second()))
    };
    let inside = |ts: &str| ts.parse::<f64>().is_ok_and(|ts| (oldest..=latest).contains(&ts));
    let mut messages: Vec<Value> = state
        .messages
        .iter()
        .filter(|message| message.channel == asked("channel") && inside(&message.ts) && seen(&message.ts))
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
