//! A source's past, read day by day: what back-filling asks for.

use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;

use super::{HuggingFace, RateLimit, Source as _, SourceError};
use crate::domain::{Listing, SourceName};

/// The pause between two pages when the source says nothing of its budget.
const PAUSE: Duration = Duration::from_millis(600);
/// The part of a budget that back-filling leaves to the polls beside it, as a divisor.
const SHARE: u32 = 2;

/// A part of an archive's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The readable papers.
    pub listings: Vec<Listing>,
    /// Rows that were there and could not be read.
    pub bad_rows: u32,
    /// What to ask for next in the same day, in the source's own words; `None` when the day is read.
    pub next: Option<String>,
    /// How long to wait before the next question.
    pub pause: Duration,
}

/// A source that can tell what it listed on past days.
#[async_trait]
pub trait Archive: Send + Sync {
    /// The name that the store uses.
    fn name(&self) -> SourceName;

    /// A category in the source's own spelling, to ask for it alone; else why that cannot be, for people.
    fn category(&self, name: &str) -> Result<String, String>;

    /// The last day that is read back; later ones are left to the polls.
    fn last_day(&self, today: Date) -> Date {
        today
    }

    /// Reads a page of a day: the first one, or the one that the page before it named.
    ///
    /// A page that the source knows no longer (its name has expired) is answered with the day's first page; papers
    /// that come twice do no harm.
    async fn page(
        &self,
        day: Date,
        category: Option<&str>,
        page: Option<&str>,
        today: Date,
    ) -> Result<Page, SourceError>;
}

#[async_trait]
impl Archive for HuggingFace {
    fn name(&self) -> SourceName {
        Self::NAME
    }

    fn category(&self, _name: &str) -> Result<String, String> {
        Err("huggingface has no categories: leave --category out".to_owned())
    }

    async fn page(
        &self,
        day: Date,
        _category: Option<&str>,
        _page: Option<&str>,
        today: Date,
    ) -> Result<Page, SourceError> {
        // The pages of a day move with the votes, so a day is read whole.
        let read = self.day(day, today, None).await?;
        let pause = read.rate.map_or(PAUSE, spread);
        Ok(Page { listings: read.listings, bad_rows: read.bad_rows, next: None, pause })
    }
}

/// Spreads half of what is left of a budget over the time until it is full again.
fn spread(rate: RateLimit) -> Duration {
    let left = u32::try_from(rate.remaining).unwrap_or(u32::MAX) / SHARE;
    rate.reset.checked_div(left).unwrap_or(rate.reset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_a_budget_is_spread_over_its_window_and_an_empty_one_waited_out() {
        let of = |remaining| spread(RateLimit { remaining, reset: Duration::from_mins(5) });
        assert_eq!(of(500), Duration::from_millis(1_200));
        assert_eq!((of(1), of(0)), (Duration::from_mins(5), Duration::from_mins(5)));
        assert_eq!(of(u64::MAX), Duration::from_mins(5) / (u32::MAX / 2));
    }
}
