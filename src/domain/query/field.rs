//! The parts of a paper that a query names, with arXiv's own prefixes where it has them.

use serde::{Deserialize, Serialize};

/// A part of a paper that a query can ask for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// `ti:` the title.
    Title,
    /// `abs:` the abstract.
    Abstract,
    /// `au:` an author.
    Author,
    /// `cat:` an arXiv category.
    Category,
    /// `kw:` a keyword of the source.
    Keyword,
    /// `org:` the laboratory or company.
    Organization,
}

impl Field {
    /// Every field, in the order in which they are listed to people.
    pub const ALL: [Self; 6] =
        [Self::Title, Self::Abstract, Self::Author, Self::Category, Self::Keyword, Self::Organization];

    /// The prefix in a query, without its colon.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Title => "ti",
            Self::Abstract => "abs",
            Self::Author => "au",
            Self::Category => "cat",
            Self::Keyword => "kw",
            Self::Organization => "org",
        }
    }

    /// The name in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Abstract => "abstract",
            Self::Author => "authors",
            Self::Category => "categories",
            Self::Keyword => "keywords",
            Self::Organization => "organization",
        }
    }
}
