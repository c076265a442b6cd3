//! What a parser makes of a body: listings, and the rows that are none, with their reasons.

use crate::domain::{Listing, SourceName};
use tracing::warn;

/// Bad rows that are named in the log; more of them fail for the same cause.
const NAMED_BAD_ROWS: usize = 5;

/// The rows of one body.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// The readable ones, in the body's order.
    pub listings: Vec<Listing>,
    /// Those that were there and could not be read.
    pub bad: Vec<BadRow>,
}

/// A row that is no listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its place in the body, counted from 0.
    pub index: usize,
    /// Why it cannot be read.
    pub reason: String,
}

impl Rows {
    /// Takes in what became of the row at `index`.
    pub(super) fn push(&mut self, index: usize, row: Result<Listing, String>) {
        match row {
            Ok(listing) => self.listings.push(listing),
            Err(reason) => self.bad.push(BadRow { index, reason }),
        }
    }

    /// All rows, readable or not.
    pub fn count(&self) -> usize {
        self.listings.len() + self.bad.len()
    }

    /// The number of unreadable rows.
    pub(super) fn bad_count(&self) -> u32 {
        u32::try_from(self.bad.len()).unwrap_or(u32::MAX)
    }

    /// Names the unreadable rows in the log; `of` says what they are rows of.
    pub(super) fn warn(&self, source: SourceName, of: &str) {
        if self.bad.is_empty() {
            return;
        }
        let (bad, all) = (self.bad.len(), self.count());
        let named: Vec<_> = self.bad.iter().take(NAMED_BAD_ROWS).map(ToString::to_string).collect();
        warn!(source = %source, bad, all, "Left out {bad} of {all} rows of {of}: {}", named.join("; "));
    }
}

impl std::fmt::Display for BadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}: {}", self.index, self.reason)
    }
}
