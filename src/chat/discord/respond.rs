//! What goes back to Discord for an interaction: the first response, edits of it and follow-ups.

use std::time::Duration;

use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};
use tracing::warn;

use super::errors::{self, Answer};
use super::read::Arrived;
use super::rest::Rest;

/// The longest wait of a 429 that is still worth waiting for: the first response must come within 3 s.
const FIRST_WAIT_MAX: Duration = Duration::from_secs(1);
/// The same for edits and follow-ups, for which there are 15 minutes.
const LATER_WAIT_MAX: Duration = Duration::from_mins(1);
/// How long Discord is given, twice, to read a deferral that was the body of our answer.
const DEFERRAL_READ: Duration = Duration::from_secs(1);
/// The flag of a message that only who asked can see.
const EPHEMERAL: u64 = 64;

/// Discord's codes for an interaction that can no longer be answered.
const GONE: [(u64, &str); 4] = [
    (10062, "Discord no longer knows it: the answer came after more than 3 seconds"),
    (10015, "its 15 minutes are over"),
    (50027, "its 15 minutes are over"),
    (40060, "it was answered already"),
];

/// Answers one interaction.
pub(super) struct Responder<'a> {
    pub rest: &'a Rest,
    pub to: &'a Arrived,
    /// The first response was the body of our HTTP answer, which Discord may still be reading.
    pub after_body: bool,
}

impl Responder<'_> {
    /// Gives the first response; true when Discord took it.
    pub async fn first(&self, response: &Value) -> bool {
        let route = Route::InteractionResponse { interaction_id: self.to.id.into(), token: &self.to.token };
        self.told(route, LightMethod::Post, Some(response), FIRST_WAIT_MAX, "answer").await
    }

    /// Puts a message in the place of the first response.
    pub async fn edit(&self, message: &Value) -> bool {
        self.told(self.original(), LightMethod::Patch, Some(message), LATER_WAIT_MAX, "late answer").await
    }

    /// Takes the first response back.
    pub async fn delete(&self) -> bool {
        self.told(self.original(), LightMethod::Delete, None, LATER_WAIT_MAX, "withdrawal of the answer")
            .await
    }

    /// Adds a message below.
    pub async fn follow_up(&self, message: Value, ephemeral: bool) -> bool {
        let route = Route::WebhookFollowupMessages {
            application_id: self.to.application.into(),
            token: &self.to.token,
        };
        let message = flagged(message, ephemeral);
        self.told(route, LightMethod::Post, Some(&message), LATER_WAIT_MAX, "late answer").await
    }

    fn original(&self) -> Route<'_> {
        Route::WebhookOriginalInteractionResponse {
            application_id: self.to.application.into(),
            token: &self.to.token,
        }
    }

    /// Asks, once more after a short 429, and logs what cannot be told.
    async fn told(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&Value>,
        wait_max: Duration,
        what: &str,
    ) -> bool {
        let mut asked = self.ask(route, method, body).await;
        for _ in 0..2 {
            if self.after_body && asked.as_ref().is_ok_and(|answer| answer.status == 404) {
                tokio::time::sleep(DEFERRAL_READ).await;
                asked = self.ask(route, method, body).await;
            }
        }
        if let Ok(answer) = &asked
            && let Some(hold) = errors::hold(answer).filter(|hold| hold.wait <= wait_max)
            && answer.status == 429
        {
            tokio::time::sleep(hold.wait).await;
            asked = self.ask(route, method, body).await;
        }
        let id = self.to.id;
        match asked {
            Ok(answer) if answer.status.is_success() => return true,
            Ok(answer) => {
                let code = errors::code(&answer);
                let words = || errors::words(&answer);
                let known = GONE.iter().find(|(gone, _)| *gone == code);
                let reason = known.map_or_else(words, |(_, why)| (*why).to_owned());
                warn!(interaction.id = id, code, "The {what} to interaction {id} was not taken: {reason}");
            }
            Err(reason) => {
                warn!(interaction.id = id, "The {what} to interaction {id} did not reach Discord: {reason}");
            }
        }
        false
    }

    async fn ask(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let body = body.map(|body| body.to_string().into_bytes());
        self.rest.ask(route, method, body).await.map_err(|failure| failure.to_string())
    }
}

/// A message with the flag that says who sees it.
pub(super) fn flagged(mut message: Value, ephemeral: bool) -> Value {
    if ephemeral {
        message["flags"] = json!(EPHEMERAL);
    }
    message
}
