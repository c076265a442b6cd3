//! Changing a message in a Discord channel.

use std::num::NonZeroU64;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use serenity::http::{LightMethod, Route};

use super::{Discord, errors};
use crate::chat::{Edit, Edited};
use crate::domain::SendOutcome;

/// What Discord takes of a message in an edit; more may be refused.
const FIELDS: [&str; 5] = ["content", "embeds", "components", "allowed_mentions", "flags"];
/// “Cannot edit a message authored by another user”: the token is of another bot than the one that posted it.
const OF_ANOTHER: u64 = 50005;
/// An account that is refused is asked no more than this often.
const ACCOUNT_PAUSE: Duration = Duration::from_hours(1);

fn body(stored: &str) -> Option<Vec<u8>> {
    let mut body: Value = serde_json::from_str(stored).ok()?;
    body.as_object_mut()?.retain(|field, _| FIELDS.contains(&field.as_str()));
    serde_json::to_vec(&body).ok()
}

impl Discord {
    pub(super) async fn edit_message(&self, edit: Edit<'_>) -> Edited {
        let refused = |reason: &str| Edited::Refused { reason: reason.to_owned() };
        if let Some(reason) = self.refused.get() {
            return Edited::Later { after: Some(ACCOUNT_PAUSE), reason: reason.clone() };
        }
        let ids = (edit.channel.as_str().parse::<NonZeroU64>(), edit.message_id.parse::<NonZeroU64>());
        let (Ok(channel), Ok(message)) = ids else { return refused("its id is none of Discord's") };
        let Some(body) = body(edit.body) else { return refused("it is not a Discord message") };
        if let Some(after) = self.gate.wait(edit.channel) {
            return Edited::Later {
                after: Some(after),
                reason: "Discord's rate limit is used up".to_owned(),
            };
        }
        self.pace.turn().await;
        let route =
            Route::ChannelMessage { channel_id: channel.get().into(), message_id: message.get().into() };
        let answer = match self.rest.ask(route, LightMethod::Patch, Some(body)).await {
            Ok(answer) => answer,
            Err(failure) => return Edited::Later { after: None, reason: failure.to_string() },
        };
        match errors::hold(&answer) {
            Some(hold) if hold.everything => self.gate.hold_everything(hold.wait),
            Some(hold) => self.gate.hold(edit.channel, hold.wait),
            None => {}
        }
        if answer.status == StatusCode::NOT_FOUND {
            return refused("it is not in its channel any more");
        }
        if errors::code(&answer) == OF_ANOTHER {
            return refused("it was posted by another bot, so this one may not change it");
        }
        if answer.status.is_success() {
            return Edited::Done;
        }
        let outcome = errors::outcome(&answer);
        if let SendOutcome::AccountRefused { reason } = &outcome {
            // Another task may have set it first, to the same end.
            let _ = self.refused.set(reason.clone());
        }
        Edited::from(outcome)
    }
}
