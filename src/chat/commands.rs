//! The border in the other direction: what a person does on a platform, and what they are answered.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::command::{Command, Mistake, Topic};
use crate::domain::{ChannelId, PaperId, Platform, UserId};
use crate::message::{Block, Choice, Form, Reply};

/// Who asks, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// The platform.
    pub platform: Platform,
    /// The server or workspace; `None` in a direct message on Discord.
    pub workspace: Option<String>,
    /// The channel.
    pub channel: ChannelId,
    /// The person.
    pub user: UserId,
    /// How the platform names the person, when it says so.
    pub name: Option<String>,
    /// True when the person may write in the channel.
    pub may_post: bool,
    /// True when the person may change what is posted in the channel, and in every other channel that the request
    /// names, by the platform's rights or the operator's rule.
    pub may_manage: bool,
}

/// One thing that a person did.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The platform's own id of it; the same id again is the same deed, done once and answered alike.
    pub id: String,
    /// Who did it.
    pub asker: Asker,
    /// What.
    pub action: Action,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Gave a command, well or badly.
    Command(Result<Command, Mistake>),
    /// Pressed a button, or chose from a menu.
    Press {
        /// The control's id.
        control: String,
        /// What was chosen; `None` for a button.
        choice: Option<String>,
    },
    /// Sent a form.
    Submit {
        /// The control's id.
        control: String,
        /// Names and values of the fields.
        values: Vec<(String, String)>,
    },
    /// Changed a live field of an open form; answered by the form as it is to be now.
    Edit {
        /// The control's id.
        control: String,
        /// Names and values of the fields.
        values: Vec<(String, String)>,
    },
    /// Asked about a message of somebody by the entry in its menu.
    About {
        /// The message with its links, as the platform gives it.
        text: String,
    },
}

/// What the platform is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "lowercase")]
pub enum Answer {
    /// Show it, below what was there.
    Reply {
        /// What.
        reply: Reply,
    },
    /// Show it in the place of the message that was pressed; after a command, like `Reply`.
    Replace {
        /// What.
        reply: Reply,
    },
    /// Open a form, or put it in the place of the open one.
    Form {
        /// Which.
        form: Box<Form>,
    },
    /// Nothing: the same request is being answered already.
    Nothing,
}

/// A half-written option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// Who writes.
    pub asker: Asker,
    /// What kind of thing is written.
    pub topic: Topic,
    /// As far as it is written.
    pub text: String,
}

/// A link that somebody put into a message, and what is known of the paper behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Unfurled {
    /// The link as it stands in the message.
    pub link: String,
    /// The paper, with when and where it was posted in this channel.
    pub blocks: Vec<Block>,
}

/// Does what people ask for; the same for every platform.
#[async_trait]
pub trait CommandHandler: Send + Sync {
    /// Does it, once for each request id, and says what to show. Never fails: what goes wrong is told in the answer.
    async fn answer(&self, request: Request) -> Answer;

    /// At most 25 ways to go on writing; empty when it cannot help in time.
    async fn complete(&self, completion: Completion) -> Vec<Choice>;

    /// What a person's own page shows: their subscriptions on this platform, each with its channel.
    async fn home(&self, asker: &Asker) -> Vec<Block>;

    /// What is known of papers behind links in a message; only links to papers that are known come back.
    async fn unfurl(&self, asker: &Asker, links: &[(String, PaperId)]) -> Vec<Unfurled>;
}
