//! Reads the archive of a source day by day, as slowly as the source wants it, and can go on after any end.
//!
//! What it stores is found by searching and never posted. After every page the store knows how far it has come, so
//! that the same command goes on where the last one ended, however that ended.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, ToSpan as _, civil::Date};

use super::import::NEVER_POSTED;
use crate::clock::Clock;
use crate::sources::{Archive, SourceError};
use crate::store::{Progress, Recorded, Store};

/// The wait after a first failure; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// Failures in a row after which it gives up.
const MOST_FAILURES: u32 = 6;

/// The days that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// One category alone.
    pub category: Option<String>,
    /// True to read days again that were read before.
    pub again: bool,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// A page was stored.
    Read {
        /// The page's day.
        day: Date,
        /// What it brought.
        recorded: Recorded,
        /// Rows that could not be read.
        bad_rows: u32,
        /// How long to wait before the next step.
        pause: Duration,
    },
    /// The source could not be read now; the same page is asked for again.
    Failed {
        /// Why, in words.
        reason: String,
        /// How long to wait before the next step.
        wait: Duration,
    },
    /// All days are read.
    Done,
}

/// A back-fill on its way; every step is a request and what becomes of it.
pub struct Backfill {
    store: Store,
    clock: Arc<dyn Clock>,
    archive: Arc<dyn Archive>,
    category: Option<String>,
    /// The days that are left, the next one last, each with the page to go on with.
    left: Vec<(Date, Option<String>)>,
    skipped: usize,
    until: Option<Date>,
    failures: u32,
}

impl Backfill {
    /// Looks what is left to do of a span.
    pub async fn begin(
        store: Store,
        clock: Arc<dyn Clock>,
        archive: Arc<dyn Archive>,
        span: Span,
    ) -> anyhow::Result<Self> {
        let category = span.category.as_deref().unwrap_or_default();
        let mut known = HashMap::new();
        if !span.again {
            known = store.backfilled(archive.name(), category, span.from, span.to).await?;
        }
        let last = span.to.min(archive.last_day(clock.today()));
        let mut left: Vec<(Date, Option<String>)> = Vec::new();
        let mut skipped = 0;
        for day in span.from.series(1.day()).take_while(|day| *day <= last) {
            match known.remove(&day) {
                Some(Progress::Done) => skipped += 1,
                Some(Progress::Begun(page)) => left.push((day, Some(page))),
                None => left.push((day, None)),
            }
        }
        left.reverse();
        let until = (last < span.to).then_some(last);
        Ok(Self { store, clock, archive, category: span.category, left, skipped, until, failures: 0 })
    }

    /// How many days are left.
    pub fn days_left(&self) -> usize {
        self.left.len()
    }

    /// How many days of the span had been read before.
    pub fn days_skipped(&self) -> usize {
        self.skipped
    }

    /// The last day that is read, where later ones were wanted.
    pub fn until(&self) -> Option<Date> {
        self.until
    }

    /// Asks for the next page and stores it.
    ///
    /// An error ends it: the source refuses for good, has failed too often, or the store cannot be written.
    pub async fn step(&mut self) -> anyhow::Result<Advance> {
        let Some((day, page)) = self.left.last().cloned() else { return Ok(Advance::Done) };
        let today = self.clock.today();
        let read = self.archive.page(day, self.category.as_deref(), page.as_deref(), today).await;
        let page = match read {
            Ok(page) => page,
            Err(error) => return self.failed(error),
        };
        self.failures = 0;
        let now = self.clock.now();
        let recorded = self.store.record(self.archive.name(), &page.listings, NEVER_POSTED, now).await?;
        self.remember(day, page.next.clone(), today, now).await?;
        if page.next.is_none() {
            self.left.pop();
        } else if let Some(last) = self.left.last_mut() {
            last.1 = page.next;
        }
        Ok(Advance::Read { day, recorded, bad_rows: page.bad_rows, pause: page.pause })
    }

    /// Keeps how far the day has come, now that its papers are stored; a day that goes on is never done.
    async fn remember(
        &self,
        day: Date,
        next: Option<String>,
        today: Date,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let progress = match next {
            Some(page) => Progress::Begun(page),
            None if day < today => Progress::Done,
            None => return Ok(()),
        };
        let category = self.category.as_deref().unwrap_or_default();
        Ok(self.store.put_backfilled(self.archive.name(), category, day, &progress, now).await?)
    }

    fn failed(&mut self, error: SourceError) -> anyhow::Result<Advance> {
        self.failures += 1;
        if !error.is_passing() || self.failures >= MOST_FAILURES {
            return Err(error.into());
        }
        let doubled = FIRST_WAIT * 2_u32.pow(self.failures - 1);
        let wait = error.retry_after().map_or(doubled, |asked| asked.max(doubled));
        Ok(Advance::Failed { reason: error.to_string(), wait })
    }
}
