//! What a query writes before a colon: the one table of it.

use super::{Announcement, Extra, Field};

/// What stands before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// A part of the paper's text.
    Field(Field),
    /// `id:`
    Id,
    /// `src:`
    Source,
    /// `type:`
    Type,
    /// `has:`
    Has,
    /// `listed:`
    Listed,
}

impl Prefix {
    /// Every prefix, in the order in which they are listed to people.
    pub const ALL: [Self; 11] = [
        Self::Field(Field::Title),
        Self::Field(Field::Abstract),
        Self::Field(Field::Author),
        Self::Field(Field::Category),
        Self::Field(Field::Keyword),
        Self::Field(Field::Organization),
        Self::Id,
        Self::Source,
        Self::Type,
        Self::Has,
        Self::Listed,
    ];

    /// The prefix in a query, without its colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Field(field) => field.prefix(),
            Self::Id => "id",
            Self::Source => "src",
            Self::Type => "type",
            Self::Has => "has",
            Self::Listed => "listed",
        }
    }

    /// What it looks at, for the table of prefixes.
    pub fn looks_at(self) -> &'static str {
        match self {
            Self::Field(Field::Title) => "the title",
            Self::Field(Field::Abstract) => "the abstract",
            Self::Field(Field::Author) => "one author’s name",
            Self::Field(Field::Category) => "the arXiv categories, or a whole archive",
            Self::Field(Field::Keyword) => "one of the source’s keywords",
            Self::Field(Field::Organization) => "the laboratory or company, by login name or full name",
            Self::Id => "the paper’s id: arXiv id, DOI or address",
            Self::Source => "the sources that list it",
            Self::Type => "how the source announces it",
            Self::Has => "what comes with it",
            Self::Listed => "the day on which it was first listed (search only)",
        }
    }

    /// Queries that show it.
    pub fn examples(self) -> &'static [&'static str] {
        match self {
            Self::Field(Field::Title) => &["ti:attention"],
            Self::Field(Field::Abstract) => &["abs:\"ablation study\""],
            Self::Field(Field::Author) => &["au:hinton", "au:\"Geoffrey Hinton\"", "au:\"Hinton, G\""],
            Self::Field(Field::Category) => &["cat:cs.CL", "cat:cs", "cat:cs.*"],
            Self::Field(Field::Keyword) => &["kw:\"reinforcement learning\""],
            Self::Field(Field::Organization) => &["org:deepmind"],
            Self::Id => &["id:2608.01234"],
            Self::Source => &["src:arxiv", "src:huggingface"],
            Self::Type => &["type:new", "type:cross", "type:replace"],
            Self::Has => &["has:code", "has:summary", "has:model", "has:project"],
            Self::Listed => &["listed:2026-08-01", "listed:2026-08-01..2026-08-07"],
        }
    }

    /// The prefix of this name, whatever its case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| prefix.name().eq_ignore_ascii_case(name))
    }

    /// The prefix that a person writes out in full: `author`.
    pub(super) fn of_long_name(name: &str) -> Option<Self> {
        let found = LONG_NAMES.iter().find(|(long, _)| long.eq_ignore_ascii_case(name));
        found.map(|(_, prefix)| *prefix)
    }

    /// The prefix that a mistyped one most likely means.
    pub(super) fn near(name: &str) -> Option<Self> {
        let spellings = Self::ALL.into_iter().map(|prefix| (prefix.name(), prefix));
        nearest(name, spellings.chain(LONG_NAMES.iter().copied()))
    }
}

/// The value whose spelling is nearest to a mistyped one, if one is near.
pub(super) fn nearest<T: Copy>(
    name: &str,
    spellings: impl IntoIterator<Item = (&'static str, T)>,
) -> Option<T> {
    let name = name.to_ascii_lowercase();
    let near = spellings.into_iter().map(|(known, value)| {
        let slips = strsim::osa_distance(&name, known);
        (slips, value, slips <= (known.len() / 3).max(1))
    });
    near.filter(|(.., close)| *close).min_by_key(|(slips, ..)| *slips).map(|(_, value, _)| value)
}

/// Every `has:` as `nearest` wants it.
pub(super) fn extras() -> impl Iterator<Item = (&'static str, Extra)> {
    Extra::ALL.into_iter().map(|extra| (extra.name(), extra)).chain(EXTRA_NAMES.iter().copied())
}

/// Every `type:` as `nearest` wants it.
pub(super) fn announcements() -> impl Iterator<Item = (&'static str, Announcement)> {
    let kinds = Announcement::ALL.into_iter().map(|kind| (kind.name(), kind));
    kinds.chain([("crosslist", Announcement::Cross), ("replacement", Announcement::Replace)])
}

const EXTRA_NAMES: &[(&str, Extra)] = &[
    ("repository", Extra::Code),
    ("repo", Extra::Code),
    ("github", Extra::Code),
    ("tldr", Extra::Summary),
    ("homepage", Extra::Project),
    ("website", Extra::Project),
];

/// Prefixes that people try before they have read the manual.
const LONG_NAMES: &[(&str, Prefix)] = &[
    ("title", Prefix::Field(Field::Title)),
    ("abstract", Prefix::Field(Field::Abstract)),
    ("author", Prefix::Field(Field::Author)),
    ("authors", Prefix::Field(Field::Author)),
    ("category", Prefix::Field(Field::Category)),
    ("categories", Prefix::Field(Field::Category)),
    ("keyword", Prefix::Field(Field::Keyword)),
    ("keywords", Prefix::Field(Field::Keyword)),
    ("organization", Prefix::Field(Field::Organization)),
    ("organisation", Prefix::Field(Field::Organization)),
    ("source", Prefix::Source),
    ("arxiv", Prefix::Id),
    ("doi", Prefix::Id),
    ("date", Prefix::Listed),
];
