//! The way of an interaction, the same for both ways of arriving: asked, answered in time or deferred, finished late.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use serenity::all::Interaction;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing::{error, warn};

use super::DiscordConfig;
use super::components::{completions, modal};
use super::read::{Arrived, Ask, arrived};
use super::reply::message;
use super::respond::{Responder, flagged};
use super::rest::Rest;
use crate::chat::{Answer, CommandHandler, Request};
use crate::message::replies::interaction as said;
use crate::message::{Audience, Block, Piece, Reply};

/// Discord waits 3 s for the first response; half of it is kept for the way.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Numbers of Discord's responses.
const PONG: u8 = 1;
const MESSAGE: u8 = 4;
const DEFERRED_MESSAGE: u8 = 5;
const DEFERRED_UPDATE: u8 = 6;
const UPDATE: u8 = 7;
const CHOICES: u8 = 8;
const MODAL: u8 = 9;

/// Answers Discord's interactions.
#[derive(Clone)]
pub struct Interactions {
    inner: Arc<Inner>,
}

struct Inner {
    handler: Arc<dyn CommandHandler>,
    rest: Rest,
    running: TaskTracker,
}

/// What is said first.
pub(super) enum First {
    /// This response.
    Response(Value),
    /// Nothing: another one answers the same interaction.
    Silence,
}

/// What is done after the first response.
type Late = Option<JoinHandle<Answer>>;

impl Interactions {
    /// Prepares; nothing is sent yet.
    pub fn new(config: &DiscordConfig, handler: Arc<dyn CommandHandler>) -> anyhow::Result<Self> {
        let inner = Inner { handler, rest: Rest::new(config)?, running: TaskTracker::new() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Answers an interaction by requests to Discord, also when nobody waits for it any more.
    pub async fn handle(&self, interaction: &Interaction) {
        let this = self.clone();
        let arrived = arrived(interaction);
        let task = self.inner.running.spawn(async move { this.over_rest(arrived).await });
        if let Err(error) = task.await {
            error!("Answering an interaction failed: {error}");
        }
    }

    /// Waits until every interaction that has arrived is answered.
    pub async fn finished(&self) {
        self.inner.running.close();
        self.inner.running.wait().await;
    }

    async fn over_rest(&self, arrived: Arrived) {
        let (first, late) = self.first(&arrived).await;
        let responder = Responder { rest: &self.inner.rest, to: &arrived, after_body: false };
        let First::Response(response) = first else { return };
        // Without its first response an interaction takes no other; what was done stays done and is told when asked again.
        if responder.first(&response).await
            && let Some(late) = late
        {
            finish(&responder, late).await;
        }
    }

    /// The first response as the body of an HTTP answer; the rest follows by requests to Discord.
    pub(super) async fn as_body(&self, arrived: Arrived) -> First {
        let (first, late) = self.first(&arrived).await;
        if let Some(late) = late {
            let rest = self.inner.rest.clone();
            self.inner.running.spawn(async move {
                finish(&Responder { rest: &rest, to: &arrived, after_body: true }, late).await;
            });
        }
        first
    }

    async fn first(&self, arrived: &Arrived) -> (First, Late) {
        let response = match &arrived.ask {
            Ask::Ping => json!({"type": PONG}),
            Ask::Unreadable => {
                warn!(interaction.id = arrived.id, "Interaction {} could not be read", arrived.id);
                unreadable()
            }
            Ask::CompleteNothing => json!({"type": CHOICES, "data": completions(&[])}),
            Ask::Complete(completion) => {
                let asked = self.inner.handler.complete(completion.clone());
                let choices = tokio::time::timeout(PATIENCE, asked).await.unwrap_or_default();
                json!({"type": CHOICES, "data": completions(&choices)})
            }
            Ask::Request(request) => return self.request(arrived, request.as_ref().clone()).await,
        };
        (First::Response(response), None)
    }

    async fn request(&self, arrived: &Arrived, request: Request) -> (First, Late) {
        let handler = Arc::clone(&self.inner.handler);
        // A task of its own, so that a deferral does not stop what has begun.
        let server = request.asker.workspace.clone();
        let mut task =
            self.inner.running.spawn(async move { linked(handler.answer(request).await, server.as_deref()) });
        match tokio::time::timeout(PATIENCE, &mut task).await {
            Ok(answer) => (response(arrived, of(answer)), None),
            Err(_) if arrived.on_message => (First::Response(json!({"type": DEFERRED_UPDATE})), Some(task)),
            Err(_) => {
                let data = flagged(json!({}), true);
                (First::Response(json!({"type": DEFERRED_MESSAGE, "data": data})), Some(task))
            }
        }
    }
}

/// The answer with addresses of our messages, which name the server they stand in; `None` is a direct message.
fn linked(mut answer: Answer, server: Option<&str>) -> Answer {
    let (Answer::Reply { reply } | Answer::Replace { reply }) = &mut answer else { return answer };
    for piece in reply.blocks.iter_mut().flat_map(Block::lines_mut).flatten() {
        if let Piece::Message { text, channel, message } = piece {
            let server = server.unwrap_or("@me");
            let url = format!("https://discord.com/channels/{server}/{channel}/{message}");
            *piece = Piece::Link { text: std::mem::take(text), url };
        }
    }
    answer
}

fn of(answer: Result<Answer, tokio::task::JoinError>) -> Answer {
    answer.unwrap_or_else(|error| {
        error!("Doing what an interaction asked for failed: {error}");
        Answer::Reply { reply: said::failed() }
    })
}

/// An answer in time.
fn response(to: &Arrived, answer: Answer) -> First {
    First::Response(match answer {
        Answer::Nothing => return First::Silence,
        Answer::Replace { reply } if to.on_message => json!({"type": UPDATE, "data": message(&reply)}),
        Answer::Reply { reply } | Answer::Replace { reply } => shown(&reply),
        Answer::Form { form } if to.form_opens => json!({"type": MODAL, "data": modal(&form)}),
        Answer::Form { .. } => shown(&said::form_not_here()),
    })
}

fn shown(reply: &Reply) -> Value {
    json!({"type": MESSAGE, "data": flagged(message(reply), is_private(reply))})
}

/// What a person is told whose interaction is of no known form.
pub(super) fn unreadable() -> Value {
    shown(&said::unreadable())
}

fn is_private(reply: &Reply) -> bool {
    reply.audience == Audience::Asker
}

/// Tells the answer that came after the deferral.
async fn finish(responder: &Responder<'_>, late: JoinHandle<Answer>) {
    let edit = async |reply: &Reply| responder.edit(&message(reply)).await;
    // After a press nothing hangs: the message stands, and what is deferred is its change.
    let hangs = !responder.to.on_message;
    match of(late.await) {
        Answer::Nothing if hangs => drop(responder.delete().await),
        Answer::Nothing => {}
        Answer::Replace { reply } if !hangs => drop(edit(&reply).await),
        Answer::Reply { reply } | Answer::Replace { reply } => match (hangs, is_private(&reply)) {
            (true, true) => drop(edit(&reply).await),
            (false, private) => drop(responder.follow_up(message(&reply), private).await),
            // The first follow-up would only become the deferred answer, which others cannot see.
            (true, false) => {
                if edit(&said::shown_below()).await && !responder.follow_up(message(&reply), false).await {
                    edit(&reply).await;
                }
            }
        },
        Answer::Form { .. } => {
            let reply = said::form_too_late();
            if hangs {
                edit(&reply).await;
            } else {
                responder.follow_up(message(&reply), true).await;
            }
        }
    }
}
