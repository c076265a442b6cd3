//! Takes what arrived to the bot and its answer back: at once where Slack is still waiting, else by another way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use super::arrive::{Arrival, Asked, Kind, Linked, Who};
use super::deliver::{Delivery, Outcome, Shown};
use super::rights::{Managers, Rights, Unknown};
use super::urls::ResponseUrls;
use super::web::Web;
use super::{SlackConfig, controls, reply, view};
use crate::chat::{Action, Answer, Asker, CommandHandler, Completion, Request};
use crate::command::{Command, Topic};
use crate::domain::{ChannelId, PaperId, Platform, UserId};
use crate::message::replies::platform;
use crate::message::{Block, Piece, Reply};

/// Names are forgotten when this many people are known.
const PEOPLE_KEPT: usize = 4_096;
/// Windows are forgotten when this many have been edited.
const WINDOWS_KEPT: usize = 1_024;
/// The longest that stopping waits for answers on their way.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// How long Slack may be kept waiting, and whether it shows what is answered at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For the answer of a command, which Slack shows itself; zero where it does not.
    pub command: Duration,
    /// For what can only be answered at once: windows and completions.
    pub window: Duration,
}

/// What Slack is told at once.
#[derive(Debug, PartialEq)]
pub(super) enum Ack {
    Empty,
    Text(String),
    Json(Value),
}

/// What both ways to Slack share.
pub(super) struct Desk {
    pub web: Web,
    pub urls: ResponseUrls,
    handler: Arc<dyn CommandHandler>,
    rights: Rights,
    pub tasks: TaskTracker,
    names: Mutex<HashMap<UserId, String>>,
    /// The latest edit of each open window.
    edits: Mutex<HashMap<String, u64>>,
    /// What has been shown, so that a request that Slack sends again is not answered twice.
    pub shown: Shown,
}

impl Desk {
    pub fn new(
        config: &SlackConfig,
        managers: Managers,
        handler: Arc<dyn CommandHandler>,
    ) -> anyhow::Result<Arc<Self>> {
        Ok(Arc::new(Self {
            web: Web::new(config)?,
            urls: ResponseUrls::new(&config.api_base, config.timeout)?,
            handler,
            rights: Rights::new(managers),
            tasks: TaskTracker::new(),
            names: Mutex::default(),
            edits: Mutex::default(),
            shown: Shown::default(),
        }))
    }

    /// Takes what arrived, and says what to tell Slack within `patience`.
    pub async fn take(self: &Arc<Self>, arrival: Arrival, patience: Patience) -> Ack {
        match arrival {
            Arrival::Asked(asked) => self.ask(*asked, patience).await,
            Arrival::Half { who, topic, text } => {
                let choices = tokio::time::timeout(patience.window, self.complete(who, topic, text)).await;
                Ack::Json(json!({"options": choices.unwrap_or_default()}))
            }
            Arrival::Home { who } => {
                let desk = Arc::clone(self);
                self.tasks.spawn(async move { desk.home(who).await });
                Ack::Empty
            }
            Arrival::Links { who, links, message } => {
                let desk = Arc::clone(self);
                self.tasks.spawn(async move { desk.unfurl(who, links, message).await });
                Ack::Empty
            }
            Arrival::Challenge(challenge) => Ack::Text(challenge),
            Arrival::Lost { what, workspace } => {
                warn!(
                    workspace = %workspace,
                    "{what} in the Slack workspace {workspace}: nothing can be posted or answered there until \
                     it is installed again and the new token is set"
                );
                Ack::Empty
            }
            Arrival::Other(what) => {
                debug!("Slack sent {what}");
                Ack::Empty
            }
        }
    }

    async fn ask(self: &Arc<Self>, asked: Asked, patience: Patience) -> Ack {
        self.remember(&asked.who);
        if let Some(url) = &asked.place.response_url {
            self.urls.seen(url);
        }
        let edit = asked.view.as_ref().filter(|_| asked.kind == Kind::Edit).map(|view| self.edited(view));
        let wait = match asked.kind {
            Kind::Command => patience.command,
            Kind::Submit => patience.window,
            Kind::Press | Kind::Shortcut | Kind::Edit => Duration::ZERO,
        };
        let Asked { id, who, action, kind, place, view } = asked;
        let delivery = Delivery { id, who, kind, place, view };
        let (answered, waiting) = oneshot::channel();
        let (desk, late) = (Arc::clone(self), delivery.clone());
        self.tasks.spawn(async move {
            let outcome = desk.outcome(&late, action).await;
            if let Some(edit) = edit
                && !desk.is_latest(late.view.as_deref(), edit)
            {
                return;
            }
            if let Err(outcome) = answered.send(outcome) {
                desk.deliver(late, outcome, true).await;
            }
        });
        match in_time(waiting, wait).await {
            Some(outcome) => self.acknowledge(delivery, outcome),
            None if kind == Kind::Submit => {
                let working = [Block::Text { line: platform::working() }];
                Ack::Json(json!({"response_action": "update", "view": view::notice(&working)}))
            }
            None => Ack::Empty,
        }
    }

    /// What to tell Slack when the answer is there in time.
    fn acknowledge(self: &Arc<Self>, delivery: Delivery, outcome: Outcome) -> Ack {
        let ack = match (delivery.kind, &outcome) {
            (Kind::Command, Outcome::Answer(Answer::Reply { reply } | Answer::Replace { reply })) => {
                return Ack::Json(self.body(reply));
            }
            (Kind::Submit, Outcome::Answer(Answer::Form { form })) => {
                let view = view::modal(form, &delivery.who.channel, &delivery.place);
                return Ack::Json(json!({"response_action": "update", "view": view}));
            }
            (Kind::Submit, Outcome::Mistake { field, sentence }) => {
                return Ack::Json(json!({"response_action": "errors", "errors": {field.as_str(): sentence}}));
            }
            (Kind::Submit, Outcome::Answer(Answer::Reply { .. } | Answer::Replace { .. })) => {
                Ack::Json(json!({"response_action": "clear"}))
            }
            _ => Ack::Empty,
        };
        let desk = Arc::clone(self);
        self.tasks.spawn(async move { desk.deliver(delivery, outcome, false).await });
        ack
    }

    async fn outcome(&self, delivery: &Delivery, action: Action) -> Outcome {
        let who = &delivery.who;
        let (asker, sure) = self.asker(who).await;
        let refused = match &action {
            Action::Command(Ok(command)) if !sure && command.spec().changes => Some(platform::RIGHTS_UNKNOWN),
            Action::Command(Ok(command)) if asker.may_manage && names_another(command, &who.channel) => {
                match self.rights.may_manage_another(&self.web, &who.user).await {
                    Ok(true) => None,
                    Ok(false) => Some(platform::ANOTHER_CHANNEL),
                    Err(Unknown) => Some(platform::RIGHTS_UNKNOWN),
                }
            }
            _ => None,
        };
        if let Some(sentence) = refused {
            return Outcome::Answer(Answer::Reply { reply: Reply::text(Piece::from(sentence)) });
        }
        if let Action::Submit { values, .. } = &action
            && let Some((field, _)) = values.first().filter(|_| !sure)
        {
            return Outcome::Mistake { field: field.clone(), sentence: platform::RIGHTS_UNKNOWN };
        }
        let request = Request { id: delivery.id.clone(), asker, action };
        Outcome::Answer(self.handler.answer(request).await)
    }

    /// Who asks, and whether Slack said what they may; they may nothing when it did not.
    async fn asker(&self, who: &Who) -> (Asker, bool) {
        let may = self.rights.may_manage(&self.web, &who.user).await;
        let asker = Asker {
            platform: Platform::Slack,
            workspace: who.workspace.clone(),
            channel: who.channel.clone(),
            user: who.user.clone(),
            name: self.name(&who.user),
            // Where somebody may not write Slack takes no command either.
            may_post: true,
            may_manage: may == Ok(true),
        };
        (asker, may != Err(Unknown))
    }

    async fn complete(&self, who: Who, topic: Topic, text: String) -> Vec<Value> {
        let (asker, _) = self.asker(&who).await;
        controls::options(&self.handler.complete(Completion { asker, topic, text }).await)
    }

    async fn home(&self, who: Who) {
        let (asker, _) = self.asker(&who).await;
        let view = view::home(&self.handler.home(&asker).await);
        let body = json!({"user_id": who.user, "view": view});
        if let Err(failure) = self.web.post::<Value>("views.publish", &body).await {
            warn!(user = %who.user, "The page of {} could not be shown: {}", who.user, failure.code());
        }
    }

    async fn unfurl(&self, who: Who, links: Vec<(String, PaperId)>, message: Linked) {
        let (asker, _) = self.asker(&who).await;
        let known = self.handler.unfurl(&asker, &links).await;
        let unfurls: serde_json::Map<String, Value> = known
            .into_iter()
            .map(|one| (one.link, json!({"blocks": reply::blocks(&one.blocks, reply::BLOCKS_MAX)})))
            .collect();
        if unfurls.is_empty() {
            return;
        }
        let mut body = json!({"unfurls": unfurls});
        match (message.unfurl, message.ts) {
            (Some((id, source)), _) => (body["unfurl_id"], body["source"]) = (json!(id), json!(source)),
            (None, Some(ts)) => (body["channel"], body["ts"]) = (json!(who.channel), json!(ts)),
            (None, None) => return,
        }
        if let Err(failure) = self.web.post::<Value>("chat.unfurl", &body).await {
            warn!(channel = %who.channel, "Links in {} could not be unfurled: {}", who.channel, failure.code());
        }
    }

    /// Keeps the handle, by which a person is named where a mention would notify.
    fn remember(&self, who: &Who) {
        let Some(name) = &who.name else { return };
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() >= PEOPLE_KEPT {
            names.clear();
        }
        names.insert(who.user.clone(), name.clone());
    }

    /// The handle of a person, when it is known.
    pub fn name(&self, user: &UserId) -> Option<String> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner).get(user).cloned()
    }

    /// Counts an edit of a window.
    fn edited(&self, view: &str) -> u64 {
        let mut edits = self.edits.lock().unwrap_or_else(PoisonError::into_inner);
        if edits.len() >= WINDOWS_KEPT {
            edits.clear();
        }
        let count = edits.entry(view.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// False when the window has been edited again since.
    fn is_latest(&self, view: Option<&str>, edit: u64) -> bool {
        let edits = self.edits.lock().unwrap_or_else(PoisonError::into_inner);
        view.and_then(|view| edits.get(view)).is_none_or(|latest| *latest == edit)
    }

    /// Waits until every answer on its way has been shown.
    pub async fn finish(&self) {
        self.tasks.close();
        if tokio::time::timeout(STOP_WITHIN, self.tasks.wait()).await.is_err() {
            warn!("Some answers to Slack did not end in {} s", STOP_WITHIN.as_secs());
        }
    }
}

/// True when a command is about another channel than the one in which it was given.
fn names_another(command: &Command, here: &ChannelId) -> bool {
    matches!(command, Command::Subscribe { channel: Some(channel), .. } if channel != here)
}

/// What comes in time; what comes in the last moment is taken, not lost.
async fn in_time<T>(mut waiting: oneshot::Receiver<T>, wait: Duration) -> Option<T> {
    if !wait.is_zero()
        && let Ok(done) = tokio::time::timeout(wait, &mut waiting).await
    {
        return done.ok();
    }
    waiting.close();
    waiting.try_recv().ok()
}
