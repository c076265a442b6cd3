//! Shows an answer after Slack has been acknowledged: through the address for late answers, a window, or the Web API.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;
use tracing::{debug, error, warn};

use super::arrive::{Kind, Place, Who};
use super::desk::Desk;
use super::urls::Unsent;
use super::{reply, view};
use crate::chat::Answer;
use crate::message::replies::platform;
use crate::message::{Audience, Block, Form, Piece, Reply};

/// Slack must have taken the acknowledgement of a window before the window can change again.
const HEAD_START: Duration = Duration::from_millis(500);
/// For so long a request that Slack sends again is known.
const REMEMBERED: Duration = Duration::from_hours(1);
/// What is too old is forgotten when this many requests are known.
const SHOWN_KEPT: usize = 4_096;

/// Where an answer goes.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub id: String,
    pub who: Who,
    pub kind: Kind,
    pub place: Place,
    pub view: Option<String>,
}

/// What came of a request.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Answer),
    /// A field of the window that was sent gets this sentence, and the window stays open.
    Mistake {
        field: String,
        sentence: &'static str,
    },
}

/// The requests whose answers have been shown by this process.
#[derive(Debug, Default)]
pub(super) struct Shown(Mutex<HashMap<String, Instant>>);

impl Shown {
    fn add(&self, id: &str) {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len() >= SHOWN_KEPT {
            shown.retain(|_, at| at.elapsed() < REMEMBERED);
        }
        shown.insert(id.to_owned(), Instant::now());
    }

    fn has(&self, id: &str) -> bool {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.get(id).is_some_and(|at| at.elapsed() < REMEMBERED)
    }
}

impl Desk {
    /// Shows what came of a request; `late` when its acknowledgement did not wait for it.
    pub async fn deliver(&self, delivery: Delivery, outcome: Outcome, late: bool) {
        if self.shown.has(&delivery.id) {
            debug!("An answer that was shown already is not shown again");
            return;
        }
        let late_window = late && delivery.kind == Kind::Submit;
        if late_window {
            tokio::time::sleep(HEAD_START).await;
        }
        let done = match outcome {
            Outcome::Answer(Answer::Nothing) => return,
            Outcome::Answer(Answer::Form { form }) => self.open(&delivery, &form).await,
            // A window that is being written in is left as it is.
            Outcome::Answer(_) | Outcome::Mistake { .. } if delivery.kind == Kind::Edit => return,
            Outcome::Answer(Answer::Reply { reply }) => self.show(&delivery, reply, false, late_window).await,
            Outcome::Answer(Answer::Replace { reply }) => {
                self.show(&delivery, reply, true, late_window).await
            }
            Outcome::Mistake { sentence, .. } => {
                self.show(&delivery, Reply::text(Piece::from(sentence)), false, late_window).await
            }
        };
        if done {
            self.shown.add(&delivery.id);
        }
    }

    /// The body of a message for a command's own answer and for late ones.
    pub fn body(&self, reply: &Reply) -> Value {
        let public = reply.audience == Audience::Channel;
        let mut body = if public {
            reply::message(&reply::for_everybody(reply.clone(), &|user| self.name(user)))
        } else {
            reply::message(reply)
        };
        body["response_type"] = json!(if public { "in_channel" } else { "ephemeral" });
        (body["unfurl_links"], body["unfurl_media"]) = (json!(false), json!(false));
        body
    }

    async fn show(&self, delivery: &Delivery, reply: Reply, replace: bool, late_window: bool) -> bool {
        let shown = self.show_message(delivery, &reply, replace && delivery.place.pressed).await;
        if let Some(view) = delivery.view.as_ref().filter(|_| late_window && shown) {
            let said = [Block::Text { line: platform::shown_in_channel() }];
            self.update(view, &view::notice(&said)).await;
        }
        shown
    }

    async fn show_message(&self, delivery: &Delivery, reply: &Reply, replace: bool) -> bool {
        let Delivery { who, place, .. } = delivery;
        let public = reply.audience == Audience::Channel;
        let mut body = self.body(reply);
        let mut reason = "Slack gave no address for it";
        if let Some(url) = &place.response_url {
            body["replace_original"] = json!(replace);
            match self.urls.post(url, &body).await {
                Ok(()) => return true,
                Err(Unsent::Perhaps(why)) if public => {
                    error!(channel = %who.channel, "An answer may be missing in {}: {why}", who.channel);
                    return false;
                }
                Err(Unsent::Surely(why) | Unsent::Perhaps(why)) => reason = why,
            }
        }
        self.show_by_api(delivery, body, (public, replace), reason).await
    }

    async fn show_by_api(
        &self,
        delivery: &Delivery,
        mut body: Value,
        (public, replace): (bool, bool),
        reason: &str,
    ) -> bool {
        let Delivery { who, place, .. } = delivery;
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, _| matches!(name.as_str(), "text" | "blocks"));
        }
        body["channel"] = json!(who.channel);
        let method = match &place.message {
            Some(ts) if replace => {
                body["ts"] = json!(ts);
                "chat.update"
            }
            _ if public => {
                (body["unfurl_links"], body["unfurl_media"]) = (json!(false), json!(false));
                "chat.postMessage"
            }
            _ => {
                body["user"] = json!(who.user);
                "chat.postEphemeral"
            }
        };
        if let Some(thread) = place.thread.as_ref().filter(|_| method != "chat.update") {
            body["thread_ts"] = json!(thread);
        }
        match self.web.post::<Value>(method, &body).await {
            Ok(_) => true,
            Err(failure) => {
                error!(
                    channel = %who.channel, user = %who.user,
                    "An answer to {} in {} could not be shown: {reason}, and {method} failed with {}",
                    who.user, who.channel, failure.code()
                );
                false
            }
        }
    }

    /// Opens a window, or changes the one that is open.
    async fn open(&self, delivery: &Delivery, form: &Form) -> bool {
        let modal = view::modal(form, &delivery.who.channel, &delivery.place);
        if let Some(view) = &delivery.view {
            return self.update(view, &modal).await;
        }
        let Some(trigger) = &delivery.place.trigger else { return false };
        let body = json!({"trigger_id": trigger, "view": modal});
        let Err(failure) = self.web.post::<Value>("views.open", &body).await else { return true };
        warn!(user = %delivery.who.user, "A window could not be opened: {}", failure.code());
        self.show_message(delivery, &platform::window_too_late(), false).await
    }

    async fn update(&self, view: &str, changed: &Value) -> bool {
        match self.web.post::<Value>("views.update", &json!({"view_id": view, "view": changed})).await {
            Ok(_) => true,
            Err(failure) => {
                // Mostly closed by the person meanwhile.
                debug!("A window could not be changed: {}", failure.code());
                false
            }
        }
    }
}
