//! A paper as the store keeps it: what its listings say together.

use jiff::{Timestamp, civil::Date};

use super::{Counters, Facts, PaperId};

/// The store's own number of a paper; papers are numbered in the order in which they were listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PaperKey(pub i64);

/// One paper, merged from every listing of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// The store's number.
    pub key: PaperKey,
    /// The canonical id.
    pub id: PaperId,
    /// Grows by one with every change; starts at 1.
    pub revision: i64,
    /// The earliest day on which a source listed it (UTC).
    pub day: Date,
    /// When Paperwire first saw it.
    pub first_seen_at: Timestamp,
    /// When its row last changed.
    pub updated_at: Timestamp,
    /// What is known of it.
    pub facts: Facts,
    /// Its numbers as last seen.
    pub counters: Counters,
}

impl Paper {
    /// The title for people: one line, LaTeX turned into Unicode.
    pub fn readable_title(&self) -> String {
        crate::text::readable(&self.facts.title)
    }

    /// The whole abstract for people: one paragraph, LaTeX turned into Unicode.
    pub fn readable_abstract(&self) -> String {
        crate::text::readable(&self.facts.abstract_text)
    }
}

/// The short text that a message shows of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShortText {
    /// One paragraph of plain text.
    pub text: String,
    /// The language model that wrote it; `None` when it is the authors' own words.
    pub model: Option<String>,
}
