//! What happens to a paper after it was first listed.

use std::str::FromStr;

use jiff::Timestamp;

/// Something that people care for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// A newer version appeared.
    Version,
    /// The address of its code became known.
    Code,
    /// It entered Hugging Face's Daily Papers after another source had listed it.
    Daily,
    /// It was withdrawn.
    Withdrawn,
}

impl EventKind {
    /// Every kind, in the order in which messages show them.
    pub const ALL: [Self; 4] = [Self::Version, Self::Code, Self::Daily, Self::Withdrawn];

    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Code => "code",
            Self::Daily => "daily",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl FromStr for EventKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| format!("“{text}” is no kind of event"))
    }
}

/// That something happened to a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// Which version appeared, for [`EventKind::Version`].
    pub version: Option<u16>,
    /// The short name of the source that told it.
    pub source: String,
    /// When Paperwire saw it.
    pub at: Timestamp,
}
