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

    /// The field of a prefix, whatever its case.
    pub(super) fn of_prefix(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.prefix().eq_ignore_ascii_case(name))
    }

    /// The field that a person writes out in full: `author`.
    pub(super) fn of_long_name(name: &str) -> Option<Self> {
        let found = LONG_NAMES.iter().find(|(long, _)| long.eq_ignore_ascii_case(name));
        found.map(|(_, field)| *field)
    }

    /// The field that a mistyped prefix most likely means.
    pub(super) fn near(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let spellings = Self::ALL.map(|field| (field.prefix(), field));
        let near = spellings.iter().chain(LONG_NAMES).map(|(known, field)| {
            let slips = strsim::osa_distance(&name, known);
            (slips, *field, slips <= (known.len() / 3).max(1))
        });
        near.filter(|(.., close)| *close).min_by_key(|(slips, ..)| *slips).map(|(_, field, _)| field)
    }
}

/// Prefixes that people try before they have read the manual.
const LONG_NAMES: &[(&str, Field)] = &[
    ("title", Field::Title),
    ("abstract", Field::Abstract),
    ("author", Field::Author),
    ("authors", Field::Author),
    ("category", Field::Category),
    ("categories", Field::Category),
    ("keyword", Field::Keyword),
    ("keywords", Field::Keyword),
    ("organization", Field::Organization),
    ("organisation", Field::Organization),
];
