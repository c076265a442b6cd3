//! What an answer of Discord means for a post: the one table of its statuses and codes.
//!
//! Sources: Discord's “Opcodes and Status Codes” and “Rate Limits”.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::domain::SendOutcome;
use crate::message::{Refusal, clean, cut};

/// Waits when Discord asks to wait and does not say how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(5);
/// The longest wait that is taken at its word.
const LONGEST_WAIT: Duration = Duration::from_hours(24);
/// The longest part of Discord's own words in a reason, in characters.
const WORDS_MAX: usize = 200;

/// An answer as it came over the wire.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// What could be read of the body.
    pub body: Vec<u8>,
}

/// What Discord asks to hold back, for all posts or for the channel of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub everything: bool,
    pub wait: Duration,
}

#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// The nonce is known and its message was deleted since.
    PostedAndDeleted,
    Wait,
    Lost,
    Payload,
    Channel(Refusal),
    Account(Refusal),
}

/// Discord's JSON error codes.
const CODES: &[(u64, Meaning)] = &[
    (10003, Meaning::Channel(Refusal::DiscordChannelGone)),
    (10004, Meaning::Channel(Refusal::DiscordChannelGone)),
    (10008, Meaning::PostedAndDeleted),
    (20016, Meaning::Wait),
    (20022, Meaning::Wait),
    (20028, Meaning::Wait),
    (30033, Meaning::Channel(Refusal::DiscordThreadClosed)),
    (40001, Meaning::Account(Refusal::DiscordToken)),
    (40004, Meaning::Lost),
    (40005, Meaning::Payload),
    (40006, Meaning::Lost),
    (40012, Meaning::Account(Refusal::DiscordToken)),
    (40058, Meaning::Channel(Refusal::DiscordChannelKind)),
    (40062, Meaning::Wait),
    (40067, Meaning::Channel(Refusal::DiscordChannelKind)),
    (40333, Meaning::Account(Refusal::DiscordClient)),
    (50001, Meaning::Channel(Refusal::DiscordPermissions)),
    (50006, Meaning::Payload),
    (50007, Meaning::Channel(Refusal::DiscordDirectMessages)),
    (50008, Meaning::Channel(Refusal::DiscordChannelKind)),
    (50013, Meaning::Channel(Refusal::DiscordPermissions)),
    (50014, Meaning::Account(Refusal::DiscordToken)),
    (50024, Meaning::Channel(Refusal::DiscordChannelKind)),
    (50027, Meaning::Payload),
    (50035, Meaning::Payload),
    (50083, Meaning::Channel(Refusal::DiscordThreadClosed)),
    (50109, Meaning::Payload),
    (50278, Meaning::Channel(Refusal::DiscordDirectMessages)),
    (60003, Meaning::Channel(Refusal::DiscordTwoFactor)),
    (130_000, Meaning::Lost),
    (160_005, Meaning::Channel(Refusal::DiscordThreadClosed)),
    (160_006, Meaning::Channel(Refusal::DiscordThreadClosed)),
];

#[derive(Debug, Default, Deserialize)]
struct Body {
    #[serde(default)]
    code: u64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    retry_after: Option<f64>,
    #[serde(default)]
    global: bool,
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

/// Says what came of a post.
pub(super) fn outcome(answer: &Answer) -> SendOutcome {
    if answer.status.is_success() {
        // Only the id is read: a strange field elsewhere must not make a posted message look lost.
        return match serde_json::from_slice::<Created>(&answer.body) {
            Ok(created) => SendOutcome::Sent { message_id: created.id },
            Err(_) => {
                SendOutcome::Lost { reason: "Discord accepted the message without naming it".to_owned() }
            }
        };
    }
    let body = body(answer);
    let reason = in_words(answer.status, &body);
    match meaning(answer.status, body.code) {
        None => SendOutcome::NotSent { reason },
        Some(Meaning::Wait) => SendOutcome::Wait { after: retry_after(answer, &body), reason },
        Some(Meaning::Lost) => SendOutcome::Lost { reason },
        Some(Meaning::Payload) => SendOutcome::BadPayload { reason },
        Some(Meaning::PostedAndDeleted) => SendOutcome::Sent { message_id: "deleted".to_owned() },
        Some(Meaning::Channel(refusal)) => SendOutcome::ChannelRefused { reason: refusal.to_string() },
        Some(Meaning::Account(refusal)) => SendOutcome::AccountRefused { reason: refusal.to_string() },
    }
}

/// Says what to hold back after this answer.
pub(super) fn hold(answer: &Answer) -> Option<Hold> {
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        let read = serde_json::from_slice::<Body>(&answer.body);
        // The gate before Discord limits an address, and answers in no JSON.
        let gate = read.is_err() && !answer.headers.contains_key("x-ratelimit-scope");
        let body = read.unwrap_or_default();
        let global = answer.headers.contains_key("x-ratelimit-global") || scope(answer) == "global";
        return Some(Hold { everything: gate || global || body.global, wait: retry_after(answer, &body) });
    }
    let (left, wait) = level(answer)?;
    (left == 0).then_some(Hold { everything: false, wait })
}

/// How many requests are left in this answer's bucket, and for how long.
pub(super) fn level(answer: &Answer) -> Option<(u32, Duration)> {
    let left = answer.headers.get("x-ratelimit-remaining")?.to_str().ok()?.trim().parse().ok()?;
    Some((left, seconds(header(answer, "x-ratelimit-reset-after")?)?))
}

/// True when Discord counts the request as refused; 10,000 in ten minutes shut an address out.
pub(super) fn counts_as_refused(answer: &Answer) -> bool {
    match answer.status.as_u16() {
        401 | 403 => true,
        429 => scope(answer) != "shared",
        _ => false,
    }
}

fn scope(answer: &Answer) -> &str {
    answer.headers.get("x-ratelimit-scope").and_then(|scope| scope.to_str().ok()).unwrap_or_default()
}

/// Discord's own number of an error; 0 without one.
pub(super) fn code(answer: &Answer) -> u64 {
    body(answer).code
}

/// An error in Discord's words, on one short line.
pub(super) fn words(answer: &Answer) -> String {
    in_words(answer.status, &body(answer))
}

fn meaning(status: StatusCode, code: u64) -> Option<Meaning> {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return Some(Meaning::Wait);
    }
    if let Some((_, meaning)) = CODES.iter().find(|(known, _)| *known == code) {
        return Some(*meaning);
    }
    match status.as_u16() {
        401 => Some(Meaning::Account(Refusal::DiscordToken)),
        413 => Some(Meaning::Payload),
        // The server gave up on a request that it may have read.
        408 | 500..=599 => Some(Meaning::Lost),
        _ => None,
    }
}

fn body(answer: &Answer) -> Body {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

fn header(answer: &Answer, name: &str) -> Option<f64> {
    answer.headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn retry_after(answer: &Answer, body: &Body) -> Duration {
    let named = body
        .retry_after
        .or_else(|| header(answer, "retry-after"))
        .or_else(|| header(answer, "x-ratelimit-reset-after"));
    named.and_then(seconds).unwrap_or(DEFAULT_WAIT)
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(LONGEST_WAIT))
}

fn in_words(status: StatusCode, body: &Body) -> String {
    let words = cut(&clean(&body.message), WORDS_MAX);
    match (body.code, words.is_empty()) {
        (0, true) => format!("Discord answered HTTP {}", status.as_u16()),
        (0, false) => format!("Discord answered HTTP {}: {words}", status.as_u16()),
        (code, _) => format!("Discord answered HTTP {} (code {code}): {words}", status.as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (reqwest::header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: body.as_bytes().to_vec() }
    }

    fn kind(status: u16, body: &str) -> &'static str {
        match outcome(&answer(status, &[], body)) {
            SendOutcome::Sent { .. } => "sent",
            SendOutcome::Wait { .. } => "wait",
            SendOutcome::NotSent { .. } => "not sent",
            SendOutcome::Lost { .. } => "lost",
            SendOutcome::BadPayload { .. } => "payload",
            SendOutcome::ChannelRefused { .. } => "channel",
            SendOutcome::AccountRefused { .. } => "account",
            SendOutcome::Refused { .. } => "refused",
        }
    }

    #[test]
    fn every_row_of_the_table_means_what_discord_says() {
        for (status, codes, expected) in [
            (401, &[0, 50014, 40001, 40012][..], "account"),
            (403, &[40333], "account"),
            (403, &[50001, 50013, 60003, 50007, 50278], "channel"),
            (404, &[10003, 10004], "channel"),
            (400, &[50035, 50006, 50109, 50027, 40005], "payload"),
            (413, &[0], "payload"),
            (400, &[50008, 50024, 40058, 40067, 50083, 160_005, 30033, 160_006], "channel"),
            (429, &[0, 20016, 20022, 20028, 40062], "wait"),
            (400, &[20016, 20022, 20028, 40062], "wait"),
            (400, &[40004, 40006, 130_000], "lost"),
            (500, &[0], "lost"),
            (502, &[0], "lost"),
            (503, &[130_000], "lost"),
            (408, &[0], "lost"),
            (404, &[10008], "sent"),
            (400, &[99_999], "not sent"),
            (403, &[0], "not sent"),
            (404, &[0], "not sent"),
            (302, &[0], "not sent"),
        ] {
            for code in codes {
                let body = format!(r#"{{"message":"words","code":{code}}}"#);
                assert_eq!(kind(status, &body), expected, "HTTP {status}, code {code}");
            }
        }
    }

    #[test]
    fn an_answer_that_is_not_json_is_judged_by_its_status() {
        assert_eq!(kind(502, "<html>bad gateway</html>"), "lost");
        assert_eq!(kind(401, ""), "account");
        assert_eq!(kind(429, "error code: 1015"), "wait");
        assert_eq!(kind(403, "<html>"), "not sent");
    }

    #[test]
    fn a_posted_message_is_known_by_its_id_alone() {
        let sent = outcome(&answer(200, &[], r#"{"id":"77","author":7}"#));
        assert_eq!(sent, SendOutcome::Sent { message_id: "77".to_owned() });
        assert_eq!(kind(200, "{\"id\":\"7"), "lost");
        assert_eq!(kind(204, ""), "lost");
    }

    #[test]
    fn the_wait_is_the_bodys_then_the_headers_and_never_absurd() {
        let wait = |headers: &[(&'static str, &str)], body: &str| match outcome(&answer(429, headers, body)) {
            SendOutcome::Wait { after, .. } => after.as_secs_f64(),
            other => panic!("{other:?}"),
        };
        assert!((wait(&[("retry-after", "9")], r#"{"retry_after":0.65}"#) - 0.65).abs() < 1e-9);
        assert!((wait(&[("retry-after", "9")], "") - 9.0).abs() < 1e-9);
        assert!((wait(&[("x-ratelimit-reset-after", "1.5")], "") - 1.5).abs() < 1e-9);
        for absurd in ["-1", "1e300", "NaN", "soon"] {
            assert!(wait(&[("retry-after", absurd)], "") <= LONGEST_WAIT.as_secs_f64(), "{absurd}");
        }
        assert!((wait(&[], "") - DEFAULT_WAIT.as_secs_f64()).abs() < 1e-9);
    }

    #[test]
    fn a_hold_covers_everything_only_when_discord_says_global() {
        let secs = Duration::from_secs;
        let asked =
            |status, headers: &[(&'static str, &str)], body: &str| hold(&answer(status, headers, body));
        let global = asked(429, &[], r#"{"retry_after":2,"global":true}"#);
        assert_eq!(global, Some(Hold { everything: true, wait: secs(2) }));
        let by_header = asked(429, &[("x-ratelimit-global", "true"), ("retry-after", "3")], "");
        assert_eq!(by_header, Some(Hold { everything: true, wait: secs(3) }));
        let shared = asked(429, &[("x-ratelimit-scope", "shared")], r#"{"retry_after":2,"global":false}"#);
        assert_eq!(shared, Some(Hold { everything: false, wait: secs(2) }));
        let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset-after", "4")];
        assert_eq!(asked(200, &spent, "{}"), Some(Hold { everything: false, wait: secs(4) }));
        assert_eq!(
            asked(200, &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset-after", "4")], "{}"),
            None
        );
    }

    #[test]
    fn a_reason_shows_discords_words_on_one_short_line() {
        let body = format!(r#"{{"message":"a\nb\u001b[31m{}","code":50035}}"#, "x".repeat(900));
        let SendOutcome::BadPayload { reason } = outcome(&answer(400, &[], &body)) else { panic!() };
        assert!(reason.starts_with("Discord answered HTTP 400 (code 50035): a b[31mxx"), "{reason}");
        assert!(reason.chars().count() < 260 && !reason.contains(char::is_control));
    }
}
