//! Where papers come from: one file or folder per source, and the one HTTP client they share.
//!
//! A source turns bytes into [`Listing`]s and decides nothing: what is new, what is posted and when to
//! ask again is the poller's business.

pub mod archive;
pub mod arxiv;
pub mod biorxiv;
pub mod dump;
pub mod feed;
pub mod fetch;
pub mod huggingface;
mod rows;

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::{Listing, SourceName};

pub use archive::{Archive, Page};
pub use arxiv::Arxiv;
pub use feed::Feed;
pub use fetch::{FetchConfig, FetchError, Fetcher, RateLimit, Validators};
pub use huggingface::HuggingFace;
pub use rows::{BadRow, Rows};

/// A place that lists papers by day.
#[async_trait]
pub trait Source: Send + Sync {
    /// The name that configuration, the store and `src:` use.
    fn name(&self) -> SourceName;

    /// Tells whether the source can answer for `day` when it is `today` in UTC.
    ///
    /// A source with an archive answers for every day up to today; one that only announces, such
    /// as an RSS feed, answers for today alone.
    fn serves(&self, day: Date, today: Date) -> bool {
        day <= today
    }

    /// Tells whether a first reading shows what has stood there for long, so that nothing of it is news.
    ///
    /// Then only what later readings bring is posted, by when it was first seen.
    fn starts_silently(&self) -> bool {
        false
    }

    /// True when each answer repeats the items of the earlier ones, as a feed does: when suddenly most of them are
    /// new, something is wrong with it, and they are held for review.
    fn repeats_items(&self) -> bool {
        false
    }

    /// Reads the listings of `day`, which is never taken to be later than `today`.
    ///
    /// `known` are the validators of the last whole answer for the same day, if there are any. An
    /// error means that nothing of this answer may be used: a day is read whole or not at all.
    async fn day(
        &self,
        day: Date,
        today: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, SourceError>;

    /// Where its last answer says that it stands from now on, when it has moved for good.
    fn moved_to(&self) -> Option<String> {
        None
    }

    /// When to poll again after a poll that went well; `None` leaves it to the configured interval.
    async fn next_poll(&self, _now: Timestamp) -> Option<Timestamp> {
        None
    }
}

/// What a source says of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayListings {
    /// The readable rows in the source's own order, each paper once; empty on a quiet day.
    pub listings: Vec<Listing>,
    /// Rows that were there and could not be read.
    pub bad_rows: u32,
    /// True when nothing has changed since `known`; then `listings` is empty and says nothing.
    pub not_modified: bool,
    /// What to hand in as `known` next time; `None` forgets what was kept.
    pub validators: Option<Validators>,
    /// What the source says is left of our budget; at zero it wants no request until the reset.
    pub rate: Option<RateLimit>,
}

/// A day could not be read from a source.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{name} could not be read for {day}: {cause}")]
pub struct SourceError {
    /// Which source.
    pub name: SourceName,
    /// Which day was asked for.
    pub day: Date,
    /// What went wrong.
    pub cause: FetchError,
}

impl SourceError {
    /// True when the same question may well be answered later.
    pub fn is_passing(&self) -> bool {
        self.cause.is_passing()
    }

    /// The wait that the source itself asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.cause.retry_after()
    }
}
