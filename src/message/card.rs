//! One paper as people see it in a channel.

use jiff::civil::Date;

use crate::domain::{Paper, ShortText, Why};

/// A paper made ready for people: plain text everywhere, no platform's mark-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperCard {
    /// The title, one line, LaTeX turned into Unicode.
    pub title: String,
    /// Where the title leads.
    pub url: String,
    /// The byline: `Ada Lovelace, Charles Babbage and 3 more`.
    pub byline: String,
    /// The category, when the sources know one: `cs.CL`.
    pub category: Option<String>,
    /// The listing day.
    pub day: Date,
    /// The short text.
    pub text: String,
    /// Who wrote the short text, when it was a language model: `Summary by Qwen2.5-Coder-32B-Instruct`.
    pub text_credit: Option<String>,
    /// Why it is posted here, a sentence.
    pub why: String,
    /// Picture of the paper.
    pub thumbnail: Option<String>,
    /// Address of the code.
    pub repository: Option<String>,
    /// Address of the project page.
    pub project_page: Option<String>,
    /// Votes at the source.
    pub upvotes: Option<u32>,
    /// Stars of the repository.
    pub stars: Option<u32>,
    /// True when the paper was withdrawn.
    pub withdrawn: bool,
}

/// Makes the card of a paper for one channel; `why` holds one entry for each subscription that asked.
pub fn paper_card(_paper: &Paper, _short: &ShortText, _why: &[Why]) -> PaperCard {
    unreachable!("replaced by the message module's own work")
}
