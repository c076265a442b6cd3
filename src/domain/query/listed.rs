//! The days on which a paper was listed: `listed:2026-08-01..2026-08-07`, `listed>=7d`.

use std::fmt;
use std::str::FromStr;

use jiff::{ToSpan as _, civil::Date};

use super::compare;

/// The most days that a query can look back.
pub const MAX_DAYS_BACK: u16 = 3_650;

/// A range of listing days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Listed {
    /// The first day; `None` is the beginning of time.
    pub from: Option<Day>,
    /// The last day; `None` is today and later.
    pub to: Option<Day>,
}

/// A day of the calendar, or one counted back from the day on which is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Day {
    /// `2026-08-01`
    On(Date),
    /// `7d`: seven days before today.
    Back(u16),
}

impl Day {
    /// The day of the calendar.
    pub fn date(self, today: Date) -> Date {
        match self {
            Self::On(date) => date,
            Self::Back(days) => today.saturating_sub(i64::from(days).days()),
        }
    }
}

impl Listed {
    /// The range in days of the calendar, both ends included.
    pub fn dates(&self, today: Date) -> (Option<Date>, Option<Date>) {
        (self.from.map(|day| day.date(today)), self.to.map(|day| day.date(today)))
    }

    /// True when a paper of this listing day is in the range.
    pub fn holds(&self, day: Date, today: Date) -> bool {
        let (from, to) = self.dates(today);
        from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
    }

    /// True when a day is counted back from today.
    pub fn is_relative(&self) -> bool {
        [self.from, self.to].iter().any(|day| matches!(day, Some(Day::Back(_))))
    }
}

impl FromStr for Day {
    type Err = String;

    /// Reads a day as a query writes it, or says what to write instead.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        compare::day(text)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(date) => date.fmt(f),
            Self::Back(days) => write!(f, "{days}d"),
        }
    }
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(Day::On(from)), Some(Day::On(to))) if from == to => write!(f, "listed:{from}"),
            (Some(from), Some(to)) if from == to => write!(f, "listed={from}"),
            (Some(from), Some(to)) => write!(f, "listed:{from}..{to}"),
            (Some(from), None) => write!(f, "listed>={from}"),
            (None, Some(to)) => write!(f, "listed<={to}"),
            (None, None) => f.write_str("listed:.."),
        }
    }
}
