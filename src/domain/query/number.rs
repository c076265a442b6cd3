//! Numbers that move, and how much they rise: `upvotes>=50`, `stars+24h>=100`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::Counters;

/// The longest time over which a rise is asked for, in hours: 30 days.
pub const MAX_SPAN_HOURS: u16 = 30 * 24;

/// A number that a query can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counter {
    /// Votes on the source's page.
    Upvotes,
    /// Comments on the source's page.
    Comments,
    /// Stars of the code repository.
    Stars,
}

impl Counter {
    /// Every counter, in the order in which they are listed to people.
    pub const ALL: [Self; 3] = [Self::Upvotes, Self::Comments, Self::Stars];

    /// The name in a query.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upvotes => "upvotes",
            Self::Comments => "comments",
            Self::Stars => "stars",
        }
    }

    /// What it counts, in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Upvotes => "votes on the source’s page",
            Self::Comments => "comments on the source’s page",
            Self::Stars => "stars of the code repository",
        }
    }

    /// The number of a paper, when a source says it.
    pub fn of(self, counters: &Counters) -> Option<u32> {
        match self {
            Self::Upvotes => counters.upvotes,
            Self::Comments => counters.comments,
            Self::Stars => counters.stars,
        }
    }
}

/// A length of time in whole hours: `24h`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span {
    /// How many hours; at least 1 and at most `MAX_SPAN_HOURS` in a query.
    pub hours: u16,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hours {
            hours if hours > 24 && hours % 24 == 0 => write!(f, "{}d", hours / 24),
            hours => write!(f, "{hours}h"),
        }
    }
}

/// How a number is compared. The numbers are whole, so `>100` is `>=101` and `<=9` is `<10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparison {
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `=`
    Exactly,
}

impl Comparison {
    /// The sign in a query.
    pub fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::Exactly => "=",
        }
    }
}

/// A condition on a counter, or on how much it rose in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// Which counter.
    pub counter: Counter,
    /// The time in which the rise is asked for; `None` asks for the number itself.
    pub rise: Option<Span>,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub value: u32,
}

/// How much a counter of one paper rose: its number now less its number one span ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rise {
    /// Which counter.
    pub counter: Counter,
    /// In which time.
    pub span: Span,
    /// By how much; below zero when it fell.
    pub by: i64,
}

impl Number {
    /// What is compared of a paper; `None` when it is not known, and then the condition does not hold.
    pub fn known(&self, counters: &Counters, rises: &[Rise]) -> Option<i64> {
        match self.rise {
            None => self.counter.of(counters).map(i64::from),
            Some(span) => rises
                .iter()
                .find(|rise| (rise.counter, rise.span) == (self.counter, span))
                .map(|rise| rise.by),
        }
    }

    /// True when a number is as asked.
    pub fn admits(&self, number: i64) -> bool {
        let value = i64::from(self.value);
        match self.comparison {
            Comparison::AtLeast => number >= value,
            Comparison::Below => number < value,
            Comparison::Exactly => number == value,
        }
    }

    /// True when a paper's numbers are known and as asked.
    pub fn holds(&self, counters: &Counters, rises: &[Rise]) -> bool {
        self.known(counters, rises).is_some_and(|number| self.admits(number))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.counter.name())?;
        if let Some(span) = self.rise {
            write!(f, "+{span}")?;
        }
        write!(f, "{}{}", self.comparison.sign(), self.value)
    }
}
