//! What an answer of Slack means for a post: the one table of its error codes.
//!
//! Sources: the error tables of `chat.postMessage` and “Rate limits”. The library's errors print
//! whole answers, so none of them is ever shown: only codes are.

use std::error::Error;
use std::time::Duration;

use serde::Deserialize;
use slack_morphism::errors::SlackClientError;

use crate::domain::SendOutcome;
use crate::message::{Refusal, clean, cut};

/// Waits when Slack limits the rate and does not say for how long.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);
/// Waits while Slack works on the workspace or on itself.
const SERVICE_WAIT: Duration = Duration::from_mins(10);
/// Waits when a workspace has used up its messages.
const QUOTA_WAIT: Duration = Duration::from_hours(6);

#[derive(Debug, Clone, Copy)]
enum Meaning {
    Wait(Duration),
    Lost,
    Payload,
    Channel(Refusal),
    Account(Refusal),
}

/// Slack's error codes; one that ends in `*` stands for all that begin so.
const CODES: &[(&str, Meaning)] = &[
    ("ratelimited", Meaning::Wait(DEFAULT_WAIT)),
    ("rate_limited", Meaning::Wait(DEFAULT_WAIT)),
    ("message_limit_exceeded", Meaning::Wait(QUOTA_WAIT)),
    ("service_unavailable", Meaning::Wait(SERVICE_WAIT)),
    ("team_added_to_org", Meaning::Wait(SERVICE_WAIT)),
    ("org_login_required", Meaning::Wait(SERVICE_WAIT)),
    // “It's possible some aspect of the operation succeeded before the error was raised.”
    ("internal_error", Meaning::Lost),
    ("fatal_error", Meaning::Lost),
    ("request_timeout", Meaning::Lost),
    ("duplicate_message_not_found", Meaning::Lost),
    ("duplicate_channel_not_found", Meaning::Lost),
    ("channel_not_found", Meaning::Channel(Refusal::SlackChannelGone)),
    ("not_in_channel", Meaning::Channel(Refusal::SlackNotInChannel)),
    ("is_archived", Meaning::Channel(Refusal::SlackArchived)),
    ("no_permission", Meaning::Channel(Refusal::SlackRestricted)),
    ("restricted_action*", Meaning::Channel(Refusal::SlackRestricted)),
    ("messages_tab_disabled", Meaning::Channel(Refusal::SlackRestricted)),
    ("ekm_access_denied", Meaning::Channel(Refusal::SlackRestricted)),
    ("access_denied", Meaning::Channel(Refusal::SlackRestricted)),
    ("accesslimited", Meaning::Channel(Refusal::SlackRestricted)),
    ("cannot_reply_to_message", Meaning::Channel(Refusal::SlackRestricted)),
    ("token_expired", Meaning::Account(Refusal::SlackToken)),
    ("token_revoked", Meaning::Account(Refusal::SlackToken)),
    ("account_inactive", Meaning::Account(Refusal::SlackToken)),
    ("invalid_auth", Meaning::Account(Refusal::SlackToken)),
    ("not_authed", Meaning::Account(Refusal::SlackToken)),
    ("team_access_not_granted", Meaning::Account(Refusal::SlackToken)),
    ("two_factor_setup_required", Meaning::Account(Refusal::SlackToken)),
    ("not_allowed_token_type", Meaning::Account(Refusal::SlackToken)),
    ("missing_scope", Meaning::Account(Refusal::SlackScope)),
    ("msg_too_long", Meaning::Payload),
    ("msg_blocks_too_long", Meaning::Payload),
    ("invalid_blocks*", Meaning::Payload),
    ("no_text", Meaning::Payload),
    ("too_many_attachments", Meaning::Payload),
    ("metadata_too_large", Meaning::Payload),
    ("invalid_metadata_*", Meaning::Payload),
    ("markdown_text_conflict", Meaning::Payload),
    ("invalid_arguments", Meaning::Payload),
    ("invalid_arg_name", Meaning::Payload),
    ("invalid_json*", Meaning::Payload),
    ("json_not_object", Meaning::Payload),
];

/// Says what a failed call means for the post.
pub(super) fn outcome(error: &SlackClientError) -> SendOutcome {
    match error {
        SlackClientError::ApiError(error) => by_code(&error.code),
        SlackClientError::RateLimitError(error) => SendOutcome::Wait {
            after: error.retry_after.unwrap_or(DEFAULT_WAIT),
            reason: "Slack answered HTTP 429: too many messages".to_owned(),
        },
        SlackClientError::HttpError(error) => {
            by_status(error.status_code.as_u16(), error.http_response_body.as_deref())
        }
        SlackClientError::HttpProtocolError(error) => by_cause(error.cause.as_deref()),
        SlackClientError::ProtocolError(_) => lost("Slack's answer could not be read"),
        SlackClientError::EndOfStream(_)
        | SlackClientError::SystemError(_)
        | SlackClientError::SocketModeProtocolError(_) => broken(),
    }
}

fn by_code(code: &str) -> SendOutcome {
    let known = CODES.iter().find(|(name, _)| match name.strip_suffix('*') {
        Some(start) => code.starts_with(start),
        None => *name == code,
    });
    let reason = format!("Slack answered {}", cut(&clean(code), 60));
    match known.map(|(_, meaning)| *meaning) {
        None => SendOutcome::NotSent { reason },
        Some(Meaning::Wait(after)) => SendOutcome::Wait { after, reason },
        Some(Meaning::Lost) => SendOutcome::Lost { reason },
        Some(Meaning::Payload) => SendOutcome::BadPayload { reason },
        Some(Meaning::Channel(refusal)) => SendOutcome::ChannelRefused { reason: refusal.to_string() },
        Some(Meaning::Account(refusal)) => SendOutcome::AccountRefused { reason: refusal.to_string() },
    }
}

fn by_status(status: u16, body: Option<&str>) -> SendOutcome {
    #[derive(Deserialize)]
    struct Body {
        error: String,
    }
    if let Some(body) = body.and_then(|body| serde_json::from_str::<Body>(body).ok())
        && CODES.iter().any(|(name, _)| *name == body.error)
    {
        return by_code(&body.error);
    }
    let reason = format!("Slack answered HTTP {status}");
    match status {
        408 | 500..=599 => SendOutcome::Lost { reason },
        401 => SendOutcome::AccountRefused { reason: Refusal::SlackToken.to_string() },
        413 => SendOutcome::BadPayload { reason },
        _ => SendOutcome::NotSent { reason },
    }
}

/// Only before the connection stood is a post surely unsent.
fn by_cause(cause: Option<&(dyn Error + Send + Sync + 'static)>) -> SendOutcome {
    let Some(cause) = cause else { return broken() };
    let connecting = cause
        .downcast_ref::<hyper_util::client::legacy::Error>()
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    let unasked = cause.is::<url::ParseError>();
    match (connecting, unasked) {
        (true, _) => SendOutcome::NotSent { reason: "no connection to Slack".to_owned() },
        (_, true) => SendOutcome::NotSent { reason: "slack.api_base makes no valid address".to_owned() },
        _ => broken(),
    }
}

fn broken() -> SendOutcome {
    lost("the connection to Slack broke before the answer")
}

fn lost(reason: &str) -> SendOutcome {
    SendOutcome::Lost { reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use slack_morphism::errors::{
        SlackClientApiError, SlackClientEndOfStreamError, SlackClientHttpError, SlackRateLimitError,
    };

    use super::*;

    fn kind(error: &SlackClientError) -> &'static str {
        match outcome(error) {
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

    fn api(code: &str) -> SlackClientError {
        let body = format!(r#"{{"ok":false,"error":"{code}","access_token":"xoxb-geheim"}}"#);
        SlackClientError::ApiError(SlackClientApiError::new(code.to_owned()).with_http_response_body(body))
    }

    fn http(status: u16, body: &str) -> SlackClientError {
        let error = SlackClientHttpError::new(reqwest::StatusCode::from_u16(status).unwrap());
        SlackClientError::HttpError(error.with_http_response_body(body.to_owned()))
    }

    #[test]
    fn every_row_of_the_table_means_what_slack_says() {
        for (expected, codes) in [
            (
                "wait",
                "ratelimited rate_limited message_limit_exceeded service_unavailable team_added_to_org org_login_required",
            ),
            (
                "lost",
                "internal_error fatal_error request_timeout duplicate_message_not_found duplicate_channel_not_found",
            ),
            (
                "channel",
                "channel_not_found not_in_channel is_archived no_permission restricted_action restricted_action_read_only_channel messages_tab_disabled ekm_access_denied access_denied accesslimited cannot_reply_to_message",
            ),
            (
                "account",
                "token_expired token_revoked account_inactive invalid_auth not_authed team_access_not_granted two_factor_setup_required missing_scope not_allowed_token_type",
            ),
            (
                "payload",
                "msg_too_long msg_blocks_too_long invalid_blocks invalid_blocks_format no_text too_many_attachments metadata_too_large invalid_metadata_format markdown_text_conflict invalid_arguments invalid_json",
            ),
            ("not sent", "a_code_of_tomorrow ratelimited_by_moon"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(kind(&api(code)), expected, "{code}");
            }
        }
    }

    #[test]
    fn a_status_without_a_known_code_is_judged_by_itself() {
        assert_eq!(kind(&http(500, "oops")), "lost");
        assert_eq!(kind(&http(503, r#"{"ok":false,"error":"service_unavailable"}"#)), "wait");
        assert_eq!(kind(&http(401, "")), "account");
        assert_eq!(kind(&http(404, "<html>")), "not sent");
        assert_eq!(kind(&SlackClientError::EndOfStream(SlackClientEndOfStreamError::new())), "lost");
    }

    #[test]
    fn a_rate_limit_keeps_the_wait_that_slack_names() {
        let limited =
            |after| SlackClientError::RateLimitError(SlackRateLimitError::new().opt_retry_after(after));
        let wait = |after| match outcome(&limited(after)) {
            SendOutcome::Wait { after, .. } => after,
            other => panic!("{other:?}"),
        };
        assert_eq!(wait(Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(wait(None), DEFAULT_WAIT);
    }

    #[test]
    fn a_reason_never_shows_the_body_of_an_answer() {
        for error in
            [api("internal_error"), api("unheard_of"), http(500, "xoxb-geheim"), http(418, "xoxb-geheim")]
        {
            assert!(!format!("{:?}", outcome(&error)).contains("geheim"));
        }
    }
}
