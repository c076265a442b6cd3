//! Changing a message in a Discord channel, and deleting one.

use std::num::NonZeroU64;

use reqwest::StatusCode;
use serde_json::Value;
use serenity::http::{LightMethod, Route};

use super::asking::Ask;
use super::buckets::Lane;
use super::{Discord, errors, votes};
use crate::chat::votes::numbered;
use crate::chat::{Edit, Edited};
use crate::domain::ChannelId;

/// What Discord takes of a message in an edit; more may be refused.
const FIELDS: [&str; 5] = ["content", "embeds", "components", "allowed_mentions", "flags"];
/// “Cannot edit a message authored by another user”: the token is of another bot than the one that posted it.
const OF_ANOTHER: u64 = 50005;

fn body(edit: &Edit<'_>) -> Option<Vec<u8>> {
    let mut body: Value = serde_json::from_str(edit.body).ok()?;
    if let Some(part) = body.get_mut("components") {
        numbered(part, votes::FIELD, edit.delivery);
    }
    body.as_object_mut()?.retain(|field, _| FIELDS.contains(&field.as_str()));
    serde_json::to_vec(&body).ok()
}

fn refused(reason: &str) -> Edited {
    Edited::Refused { reason: reason.to_owned() }
}

/// A request about one message.
fn about(
    channel: &ChannelId,
    message: &str,
    method: LightMethod,
    body: Option<Vec<u8>>,
) -> Option<Ask<'static>> {
    let channel = channel.as_str().parse::<NonZeroU64>().ok()?.get();
    let message = message.parse::<NonZeroU64>().ok()?.get();
    let route = if body.is_some() { "PATCH message" } else { "DELETE message" };
    Some(Ask {
        lane: Lane { route, major: channel },
        route: Route::ChannelMessage { channel_id: channel.into(), message_id: message.into() },
        method,
        params: None,
        body,
    })
}

impl Discord {
    pub(super) async fn edit_message(&self, edit: Edit<'_>) -> Edited {
        let Some(body) = body(&edit) else { return refused("it is not a Discord message") };
        let Some(ask) = about(edit.channel, edit.message_id, LightMethod::Patch, Some(body)) else {
            return refused("its id is none of Discord's");
        };
        match self.ask(ask).await {
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => {
                refused("it is not in its channel any more")
            }
            Ok(answer) if answer.status.is_success() => Edited::Done,
            Ok(answer) if errors::code(&answer) == OF_ANOTHER => {
                refused("it was posted by another bot, so this one may not change it")
            }
            Ok(answer) => Edited::from(errors::outcome(&answer)),
            Err(why) => why.into(),
        }
    }

    pub(super) async fn delete_message(&self, channel: &ChannelId, message_id: &str) -> Edited {
        let Some(ask) = about(channel, message_id, LightMethod::Delete, None) else {
            return refused("its id is none of Discord's");
        };
        match self.ask(ask).await {
            // Without its channel it is gone as well.
            Ok(answer) if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND => {
                Edited::Done
            }
            Ok(answer) => Edited::from(errors::outcome(&answer)),
            Err(why) => why.into(),
        }
    }
}
