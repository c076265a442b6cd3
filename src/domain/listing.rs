//! A paper as one source shows it on one day.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{PaperId, query::Announcement};

/// The short name of a source, as configuration and `src:` use it: `huggingface`, `arxiv`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct SourceName(pub &'static str);

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A paper as a source lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Which paper this is, by the best id that the source gives: arXiv id, else DOI, else address.
    pub paper: PaperId,
    /// Further ids that the source gives of the same paper: the DOI beside an arXiv id.
    pub also: Vec<PaperId>,
    /// How the source announces it; `None` when it makes no difference between new and old.
    pub announced: Option<Announcement>,
    /// The source's own day for it (UTC), never in the future.
    pub day: Date,
    /// What the source says of it.
    pub facts: Facts,
    /// The numbers that move.
    pub counters: Counters,
}

/// What is known of a paper apart from its moving numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// One line, white space collapsed; may hold LaTeX.
    pub title: String,
    /// The whole abstract; paragraphs stay apart as blank lines.
    pub abstract_text: String,
    /// Names as printed, in order.
    pub authors: Vec<String>,
    /// arXiv categories, the primary one first; empty when the source has none.
    pub categories: Vec<String>,
    /// When the first version appeared.
    pub published_at: Option<Timestamp>,
    /// Who put it on the source's list (a login name).
    pub submitter: Option<String>,
    /// Address of the code.
    pub repository: Option<String>,
    /// Address of the project's page.
    pub project_page: Option<String>,
    /// Address of a picture of it.
    pub thumbnail: Option<String>,
    /// The laboratory or company behind it.
    pub organization: Option<Organization>,
    /// The source's own short summary.
    pub summary: Option<SourceSummary>,
    /// The source's keywords.
    pub keywords: Vec<String>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// The authors' remark: `12 pages, 3 figures, accepted at ICML`.
    pub comment: Option<String>,
    /// Where it appeared, as the source prints it: `Phys. Rev. D 12 (2026) 345`.
    pub journal: Option<String>,
    /// Its DOI, in lower case, when the paper's own id is another.
    pub doi: Option<String>,
    /// The newest version that a source has shown, from 1.
    pub version: Option<u16>,
}

/// A laboratory or company, by login name and by full name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Login name at the source.
    pub name: String,
    /// Name as people write it.
    pub full_name: String,
}

/// A short summary that the source made itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSummary {
    /// The text.
    pub text: String,
    /// The language model that wrote it, when the source names one.
    pub model: Option<String>,
}

/// The numbers that move from poll to poll; `None` is "the source does not say".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Votes on the source's page.
    pub upvotes: Option<u32>,
    /// Comments on the source's page.
    pub comments: Option<u32>,
    /// Stars of the code repository.
    pub stars: Option<u32>,
}
