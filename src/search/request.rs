//! What is asked of the search, and its answer.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::domain::{PaperKey, Query};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub enum Ask<'a> {
    /// A query: what does not match it is not found.
    Query(&'a Query),
    /// Free text, without operators: the more of its words a paper holds, and the rarer, the earlier it comes.
    Words(&'a str),
}

/// The order of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// The best first: BM25, where title and keywords weigh more, and newer papers a little.
    #[default]
    Relevance,
    /// The newest listing day first.
    Date,
    /// The most votes first.
    Upvotes,
}

/// A question to the search.
#[derive(Debug, Clone, Copy)]
pub struct SearchRequest<'a> {
    /// What is looked for.
    pub ask: Ask<'a>,
    /// In which order.
    pub sort: Sort,
    /// At most so many papers.
    pub limit: usize,
    /// Where the page before ended; the question must be the same.
    pub cursor: Option<Cursor>,
    /// The present day, from which the age of a paper counts.
    pub today: Date,
}

/// A paper that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Which paper.
    pub key: PaperKey,
    /// How well it fits; to be compared within one answer only, and 0 in the other orders.
    pub score: f32,
}

/// One page of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchPage {
    /// The papers in order.
    pub hits: Vec<Hit>,
    /// How many papers there are on all pages.
    pub total: u64,
    /// True when no paper holds all that was asked, and these hold a part of it.
    pub relaxed: bool,
    /// Asks for the next page, when there is one.
    pub next: Option<Cursor>,
}

/// The place after the last paper of a page; its text fits into a button's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub(super) place: Place,
    pub(super) relaxed: bool,
    /// The day that the first page was asked on: ages count from it on all pages.
    pub(super) today: Date,
}

/// Where a paper stands in the order; greater comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub rank: u64,
    pub key: i64,
}

/// A paper as the answer shows it.
pub(super) fn hit(place: Place, sort: Sort) -> Hit {
    let score = match sort {
        Sort::Relevance => u32::try_from(place.rank).map_or(0.0, f32::from_bits),
        Sort::Date | Sort::Upvotes => 0.0,
    };
    Hit { key: PaperKey(place.key), score }
}

/// The text is no place in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this page cannot be continued: search again")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.relaxed { 'r' } else { 'a' };
        write!(f, "{kind}.{:x}.{:x}.{}", self.place.rank, self.place.key, self.today.strftime("%Y%m%d"))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;
    fn from_str(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.split('.');
        let mut part = || parts.next().ok_or(CursorError);
        let relaxed = match part()? {
            "r" => true,
            "a" => false,
            _ => return Err(CursorError),
        };
        let rank = u64::from_str_radix(part()?, 16).map_err(|_| CursorError)?;
        let key = i64::from_str_radix(part()?, 16).map_err(|_| CursorError)?;
        let today = Date::strptime("%Y%m%d", part()?).map_err(|_| CursorError)?;
        if parts.next().is_some() {
            return Err(CursorError);
        }
        Ok(Self { place: Place { rank, key }, relaxed, today })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_goes_through_its_text() {
        let today = jiff::civil::date(2026, 8, 3);
        let cursor = Cursor { place: Place { rank: 0x3f80_0000, key: 42 }, relaxed: true, today };
        assert_eq!(cursor.to_string(), "r.3f800000.2a.20260803");
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for wrong in ["", "r.1.2", "x.1.2.20260803", "r.z.2.20260803", "r.1.2.20260803.4"] {
            assert_eq!(wrong.parse::<Cursor>(), Err(CursorError), "{wrong}");
        }
    }
}
