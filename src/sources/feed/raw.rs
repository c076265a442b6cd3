//! A feed as it is written, before anything is made of it.

use std::time::Duration;

use jiff::civil::Weekday;

/// A feed of whatever format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RawFeed {
    /// HTML.
    pub title: String,
    /// The site that it belongs to.
    pub home: Option<String>,
    pub pace: Pace,
    pub items: Vec<RawItem>,
}

/// How often a feed wants to be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// How long it stays what it is, by its own word.
    pub ttl: Option<Duration>,
    /// Days (UTC) on which nothing comes.
    pub skip_days: Vec<Weekday>,
    /// Hours (UTC) in which nothing comes.
    pub skip_hours: Vec<i8>,
}

/// An item of a feed; texts that can be marked up are HTML.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RawItem {
    /// The feed's own id of it.
    pub guid: Option<String>,
    pub links: Vec<RawLink>,
    pub title: String,
    pub summary: String,
    pub content: String,
    /// One for each element; each may hold several names.
    pub authors: Vec<String>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub categories: Vec<String>,
    /// What names the paper: `dc:identifier`, `prism:doi`, …
    pub identifiers: Vec<String>,
    /// arXiv's word for how it announces it.
    pub announced: Option<String>,
    pub journal: Option<String>,
    pub volume: Option<String>,
    pub number: Option<String>,
}

/// An address of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawLink {
    /// `alternate` when nothing is said.
    pub rel: String,
    pub title: String,
    pub href: String,
}
