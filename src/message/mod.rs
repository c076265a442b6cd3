//! Neutral messages and every sentence that a person can see.

mod badges;
mod card;
mod group;
mod plain;
mod quiet;
mod refusal;
pub mod replies;
mod reply;
mod roundup;
mod spike;
mod state;
mod why;

use serde::{Deserialize, Serialize};

pub use badges::badges;
pub use card::{PaperCard, paper_card};
pub use group::{GROUP_MAX, GroupCard, GroupPaper, group};
pub use plain::{clean, cut, join_within, web_link};
pub use quiet::{LateSource, QuietReason, late_note, quiet_card};
pub use refusal::Refusal;
pub use reply::{
    Audience, Block, Button, Choice, Entry, Field, Form, Input, Line, Look, Menu, Piece, Press, Reply,
};
pub use roundup::{
    ALSO_MATCHED, DETAILS, POSTED, PostedAt, RoundupCard, RoundupLine, RoundupPaper, RoundupSection,
    catch_up, details_control, details_of, roundup, trending_roundup,
};
pub use spike::spike_notice;
pub use state::state_words;
pub use why::why_sentence;

/// A message, before a platform renders it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Message {
    /// One paper.
    Paper(PaperCard),
    /// One paper in a line: title and byline.
    Line(PaperCard),
    /// Many papers in one message.
    Roundup(RoundupCard),
    /// A few papers in one message, each with all that it says alone.
    Group(GroupCard),
}
