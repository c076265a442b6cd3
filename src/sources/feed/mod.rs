//! Any feed that a channel or the operator adds: RSS, Atom, RDF or JSON Feed.
//!
//! ```text
//! bytes → decode (text) → wall (what it may cost) → xml | json (a feed as written)
//!       → identity (which paper) + item (its facts) → listings
//! ```
//! Feeds come from strangers: a body is refused whole when it is not a whole feed, and one feed's trouble is never
//! another's. A feed only announces, so it answers for today alone.

mod authors;
mod dates;
mod decode;
mod error;
pub(super) mod html;
mod identity;
mod item;
mod json;
mod namespaces;
mod raw;
mod wall;
mod written;
mod xml;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use url::Url;

use super::fetch::{Document, FetchError, Fetched, Fetcher, Validators};
use super::{DayListings, Source, SourceError};
use crate::clock::Clock;
use crate::domain::SourceName;

pub(super) use authors::names;
pub use error::NotAFeed;
pub use raw::Pace;
pub use wall::{Parsed, parse};

/// The longest that a feed's own word keeps us away.
const LONGEST_REST: Duration = Duration::from_hours(24);

/// One feed.
pub struct Feed {
    name: SourceName,
    fetcher: Fetcher,
    url: Url,
    clock: Arc<dyn Clock>,
    /// When it was read last, and how often it wants to be.
    pace: Mutex<Option<(Timestamp, Pace)>>,
    /// How often it is polled, when that is known.
    interval: Option<Duration>,
    told: Mutex<Told>,
}

/// What the last whole answer said beside the feed.
#[derive(Debug, Default)]
struct Told {
    /// Until when the answer stays what it is.
    fresh_until: Option<Timestamp>,
    /// Where the feed stands from now on.
    moved: Option<Url>,
}

impl Feed {
    /// The feed at `url`, which is the store's feed number `number`.
    pub fn new(number: i64, fetcher: Fetcher, url: Url, clock: Arc<dyn Clock>) -> Self {
        let (pace, told) = (Mutex::default(), Mutex::default());
        Self { name: name_of(number), fetcher, url, clock, pace, interval: None, told }
    }

    /// The same feed, polled so often unless it says that nothing changes for longer.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = Some(interval);
        self
    }

    async fn read(&self, today: Date, known: Option<&Validators>) -> Result<DayListings, FetchError> {
        if known.is_some() && self.is_resting() {
            return Ok(unchanged(known));
        }
        let document = match self.fetcher.get(&self.url, known).await? {
            Fetched::NotModified { rate } => return Ok(DayListings { rate, ..unchanged(known) }),
            Fetched::Body(document) => document,
        };
        let (validators, rate) = (document.validators.clone(), document.rate);
        let told = Told {
            fresh_until: document.fresh_for.map(|span| self.clock.now() + span.min(LONGEST_REST)),
            moved: document.moved.clone(),
        };
        let parsed = self.parsed(*document, today).await?;
        *self.told() = told;
        *self.pace.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.clock.now(), parsed.pace));
        parsed.rows.warn(self.name, "the feed");
        Ok(DayListings {
            bad_rows: parsed.rows.bad_count(),
            listings: parsed.rows.listings,
            not_modified: false,
            validators: (!validators.is_empty()).then_some(validators),
            rate,
        })
    }

    async fn parsed(&self, document: Document, today: Date) -> Result<Parsed, FetchError> {
        read(document, &self.url, today)
            .await
            .map_err(|(document, why)| document.not_the_api(&why.to_string()))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True while the feed's `ttl`, `skipDays` and `skipHours` say that nothing new can be there.
    fn is_resting(&self) -> bool {
        let pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.as_ref().is_some_and(|(read_at, pace)| pace.rests(*read_at, self.clock.now()))
    }
}

impl Pace {
    /// True when a feed that was read at `read_at` wants no question at `now`.
    pub fn rests(&self, read_at: Timestamp, now: Timestamp) -> bool {
        let since = Duration::try_from(now.duration_since(read_at)).unwrap_or(LONGEST_REST);
        if since >= LONGEST_REST {
            return false;
        }
        let at = now.to_zoned(TimeZone::UTC);
        self.ttl.is_some_and(|ttl| since < ttl)
            || self.skip_days.contains(&at.weekday())
            || self.skip_hours.contains(&at.hour())
    }
}

/// What somebody sees before adding a feed, or why it is none.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// It cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It was fetched and is no feed.
    #[error("{url} was read, but {why}")]
    NotAFeed {
        /// The address that answered.
        url: Url,
        /// What is wrong with it.
        why: NotAFeed,
    },
}

/// Reads a feed once, whoever it belongs to; also tells the address behind all redirects.
pub async fn look(fetcher: &Fetcher, url: &Url, today: Date) -> Result<(Url, Parsed), LookError> {
    let Fetched::Body(document) = fetcher.get(url, None).await? else {
        return Err(FetchError::refused(url, "it answers 304 to a question without conditions").into());
    };
    let found = document.url.clone();
    match read(*document, url, today).await {
        Ok(parsed) => Ok((found, parsed)),
        Err((_, why)) => Err(LookError::NotAFeed { url: found, why }),
    }
}

/// True for arXiv, which is a source of its own with one gate for all its addresses.
pub fn is_arxiv(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "arxiv.org" || host.ends_with(".arxiv.org"))
}

/// Parses a document apart; gives it back, without its body, when it is no feed.
async fn read(mut document: Document, url: &Url, today: Date) -> Result<Parsed, (Document, NotAFeed)> {
    let bytes = std::mem::take(&mut document.bytes);
    let parsed = wall::parse_apart(bytes, document.content_type.clone(), url.clone(), today).await;
    parsed.map_err(|why| (document, why))
}

fn unchanged(known: Option<&Validators>) -> DayListings {
    DayListings {
        listings: Vec::new(),
        bad_rows: 0,
        not_modified: true,
        validators: known.cloned(),
        rate: None,
    }
}

/// The name of the store's feed with this number: `feed-7`.
///
/// Source names live as long as the program, so each is made once; there are as many as feeds were followed.
pub fn name_of(number: i64) -> SourceName {
    static NAMES: Mutex<BTreeMap<i64, &str>> = Mutex::new(BTreeMap::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    SourceName(names.entry(number).or_insert_with(|| Box::leak(format!("feed-{number}").into_boxed_str())))
}

#[async_trait]
impl Source for Feed {
    fn name(&self) -> SourceName {
        self.name
    }

    fn serves(&self, day: Date, today: Date) -> bool {
        day == today
    }

    fn starts_silently(&self) -> bool {
        true
    }

    fn repeats_items(&self) -> bool {
        true
    }

    fn moved_to(&self) -> Option<String> {
        self.told().moved.as_ref().map(ToString::to_string)
    }

    async fn next_poll(&self, now: Timestamp) -> Option<Timestamp> {
        let fresh_until = self.told().fresh_until?;
        let longer = fresh_until > now.saturating_add(self.interval?).unwrap_or(Timestamp::MAX);
        longer.then(|| fresh_until + Duration::from_secs(fastrand::u64(1..=60)))
    }

    async fn day(
        &self,
        day: Date,
        today: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, SourceError> {
        let read = self.read(today, known).await;
        read.map_err(|cause| SourceError { name: self.name, day, cause })
    }
}
