//! Looking up a paper that is not known yet: what the bot asks for, and whoever builds it knows where to look.

use async_trait::async_trait;

use crate::domain::{Listing, PaperId, SourceName};

/// What came of looking a paper up.
#[derive(Debug, Clone)]
pub enum Finding {
    /// A source knows it.
    Found {
        /// Which.
        source: SourceName,
        /// What it says.
        listing: Box<Listing>,
    },
    /// Every source that could know it says that there is none.
    Nowhere,
    /// No source can be asked for an id of this kind.
    NotAsked,
    /// A source that may know it could not be asked now.
    Unreachable,
}

/// Looks papers up.
#[async_trait]
pub trait Finder: Send + Sync {
    /// Looks one up by its id; takes a few seconds at most times.
    async fn find(&self, paper: &PaperId) -> Finding;
}
