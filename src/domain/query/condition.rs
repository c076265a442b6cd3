//! What a query asks of a paper beside its words.

use std::fmt;

use super::{Listed, Number};
use crate::domain::PaperId;

/// A leaf that looks at no text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Condition {
    /// `upvotes>=50`, `stars+24h>=100`
    Number(Number),
    /// `has:code`
    Has(Extra),
    /// `src:arxiv`: this source lists it; the source's short name.
    Source(String),
    /// `type:new`
    Type(Announcement),
    /// `id:2608.01234`
    Id(PaperId),
    /// `listed:2026-08-01..2026-08-07`; refused in a subscription.
    Listed(Listed),
}

/// What can come with a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extra {
    /// The address of its code.
    Code,
    /// A short summary by the source.
    Summary,
    /// A model published with it.
    Model,
    /// A project page.
    Project,
}

impl Extra {
    /// Every extra, in the order in which they are listed to people.
    pub const ALL: [Self; 4] = [Self::Code, Self::Summary, Self::Model, Self::Project];

    /// The word after `has:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Summary => "summary",
            Self::Model => "model",
            Self::Project => "project",
        }
    }

    /// What it is, in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Code => "the address of its code",
            Self::Summary => "a short summary by the source",
            Self::Model => "a model published with it",
            Self::Project => "a project page",
        }
    }
}

/// How a source announces a paper, in arXiv's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Announcement {
    /// Its first version.
    New,
    /// Now also in a further category.
    Cross,
    /// A newer version.
    Replace,
    /// A newer version of a paper of another category.
    ReplaceCross,
}

impl Announcement {
    /// Every kind, in the order in which they are listed to people.
    pub const ALL: [Self; 4] = [Self::New, Self::Cross, Self::Replace, Self::ReplaceCross];

    /// The word after `type:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Cross => "cross",
            Self::Replace => "replace",
            Self::ReplaceCross => "replace-cross",
        }
    }

    /// What it is, in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::New => "a paper that is new",
            Self::Cross => "a paper that is also put into a further category",
            Self::Replace => "a newer version of a paper",
            Self::ReplaceCross => "a newer version of a paper of another category",
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Has(extra) => write!(f, "has:{}", extra.name()),
            Self::Source(name) => write!(f, "src:{name}"),
            Self::Type(kind) => write!(f, "type:{}", kind.name()),
            Self::Id(id) => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b"./:-_?=&%+#~".contains(&b);
                let quote = if id.as_str().bytes().all(plain) { "" } else { "\"" };
                write!(f, "id:{quote}{id}{quote}")
            }
            Self::Listed(listed) => listed.fmt(f),
        }
    }
}
