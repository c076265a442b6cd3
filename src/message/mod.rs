//! Neutral messages and every sentence that a person can see.

mod card;

pub use card::{PaperCard, paper_card};

/// A message, before a platform renders it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// One paper.
    Paper(PaperCard),
}
