//! What the bot answers to a person, before a platform renders it: words without mark-up, and what can be pressed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PaperCard;
use crate::domain::{ChannelId, UserId};

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// What is read, from top to bottom.
    pub blocks: Vec<Block>,
    /// Who sees it.
    pub audience: Audience,
    /// What can be pressed below it; at most five.
    pub buttons: Vec<Button>,
    /// A list to choose from below it.
    pub menu: Option<Menu>,
}

/// Who sees an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Only who asked.
    #[default]
    Asker,
    /// Everybody in the channel.
    Channel,
}

/// A part of an answer; a platform leaves out the last ones when they do not fit and says how many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "lowercase")]
pub enum Block {
    /// What the answer is about: `4 papers for “diffusion”`.
    Heading {
        /// One line.
        text: String,
    },
    /// A paragraph.
    Text {
        /// Its pieces; a line break is a `\n` in a [`Piece::Plain`].
        line: Line,
    },
    /// A paper in a list.
    Entry(Box<Entry>),
    /// One paper in full width.
    Paper {
        /// The card; its text may be the whole abstract.
        card: Box<PaperCard>,
    },
    /// Names and what stands beside them.
    Facts {
        /// `("Last poll", …)`.
        rows: Vec<(String, Line)>,
    },
    /// Text of fixed width, where columns and carets have to stand under one another.
    Code {
        /// The lines.
        text: String,
    },
    /// Small print.
    Note {
        /// Its pieces.
        line: Line,
    },
}

/// A paper in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number in the list.
    pub number: Option<u32>,
    /// Title, address, byline, facts, why.
    pub card: PaperCard,
    /// The title with what was found marked; empty: the card's title as it is.
    pub title: Line,
    /// A short text with what was found marked; empty: none is shown.
    pub text: Line,
    /// What is said of it in this list: `+41 votes`, `posted here 12 days ago`.
    pub remark: Line,
}

/// A line of text in pieces.
pub type Line = Vec<Piece>;

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Piece {
    /// As it is; a platform escapes it.
    Plain(String),
    /// Stressed.
    Strong(String),
    /// What was found in somebody's text; shown stressed.
    Mark(String),
    /// Something to type: a command, a query.
    Code(String),
    /// A link.
    Link {
        /// Its words.
        text: String,
        /// Its address.
        url: String,
    },
    /// A person, who is named and not notified.
    User(UserId),
    /// A channel of the platform.
    Channel(ChannelId),
    /// A message of ours: a link to it where the platform has such, else its words alone.
    Message {
        /// Its words.
        text: String,
        /// The channel it stands in.
        channel: ChannelId,
        /// The platform's id of the message.
        message: String,
    },
    /// A moment, as date and time where the reader is.
    Moment(Timestamp),
    /// A moment, as “3 days ago” or “in 2 hours”.
    Relative(Timestamp),
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// Its words; at most 40 characters.
    pub label: String,
    /// How it looks.
    pub look: Look,
    /// What it does.
    pub press: Press,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// Like any other.
    #[default]
    Plain,
    /// What most people want.
    Primary,
    /// What cannot be taken back.
    Danger,
}

/// What a button does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Press {
    /// Asks the bot: a control's id, opaque, at most 80 characters of `A-Z a-z 0-9 : . _ -`.
    Control(String),
    /// Opens a page.
    Link(String),
}

/// A list to choose one from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// A control's id, as for a button.
    pub control: String,
    /// What stands in it before something is chosen.
    pub placeholder: String,
    /// At most 25.
    pub choices: Vec<Choice>,
}

/// One of several to choose from, also while something is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is read; at most 75 characters.
    pub label: String,
    /// What is given back; at most 100 characters.
    pub value: String,
}

/// Something to fill in, in a window of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// A control's id, as for a button; the filled-in form comes back under it.
    pub control: String,
    /// At most 24 characters.
    pub title: String,
    /// What is said above the fields, where the platform can show it.
    pub blocks: Vec<Block>,
    /// At most five.
    pub fields: Vec<Field>,
    /// The words of the button that sends it; at most 24 characters.
    pub submit: String,
}

/// One thing to fill in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name in the filled-in form.
    pub name: String,
    /// Its words; at most 45 characters.
    pub label: String,
    /// What stands in it at first.
    pub value: String,
    /// How it is filled in.
    pub input: Input,
    /// False when it may be left empty.
    pub required: bool,
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Input {
    /// Text of at most so many characters; `live` asks the bot while it is written, where the platform can.
    Text {
        /// Characters.
        max: u16,
        /// Several lines.
        long: bool,
        /// Each change comes back as an edit of the form.
        live: bool,
    },
    /// One of these; as text where the platform has no list in forms.
    One(Vec<Choice>),
}

impl Reply {
    /// An answer of one paragraph, for who asked.
    pub fn text(line: impl Into<Line>) -> Self {
        Self { blocks: vec![Block::Text { line: line.into() }], ..Self::default() }
    }
}

impl From<&str> for Piece {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

impl From<String> for Piece {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl From<Piece> for Line {
    fn from(piece: Piece) -> Self {
        vec![piece]
    }
}
