//! Hugging Face Daily Papers: what its community puts on the list of a day.
//!
//! `GET /api/daily_papers?date=D&limit=N&p=P` answers with a bare array, most votes first. Votes
//! move while we turn pages, so a row can appear on two pages; it counts once, and one that slips
//! between two pages is found by the next poll.

pub(super) mod fields;
mod row;
mod rows;

use std::collections::HashSet;

use async_trait::async_trait;
use jiff::civil::Date;
use serde_json::Value;
use tracing::warn;
use url::Url;

use super::fetch::{FetchError, Fetched, Fetcher, RateLimit, Validators};
use super::{DayListings, Rows, Source, SourceError};
use crate::domain::{Listing, PaperId, SourceName};

/// The most rows that the API gives per page.
pub const MAX_PAGE_LIMIT: usize = 100;

/// Pages after which a day is taken to be endless; the fullest day on record fills one.
const MAX_PAGES: usize = 20;

/// Bad rows of a page that are named in the log; more of them fail for the same cause.
const NAMED_BAD_ROWS: usize = 5;

/// The Daily Papers API of one server.
#[derive(Debug, Clone)]
pub struct HuggingFace {
    fetcher: Fetcher,
    base_url: Url,
    page_limit: usize,
}

/// What the pages of a day have brought so far.
#[derive(Default)]
struct Day {
    listings: Vec<Listing>,
    seen: HashSet<String>,
    bad_rows: u32,
}

impl HuggingFace {
    /// The source's name.
    pub const NAME: SourceName = SourceName("huggingface");

    /// Speaks to the server at `base_url`, asking for `page_limit` rows at a time (1 to 100).
    pub fn new(fetcher: Fetcher, base_url: Url, page_limit: usize) -> Self {
        let fetcher = fetcher.trusting(&base_url);
        Self { fetcher, base_url, page_limit: page_limit.clamp(1, MAX_PAGE_LIMIT) }
    }

    /// Looks a paper up by its arXiv id; `None` when nobody has put it there.
    pub async fn paper(&self, id: &PaperId, today: Date) -> Result<Option<Listing>, FetchError> {
        let mut url = self.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "papers", id.as_str()]);
        }
        let document = match self.fetcher.get(&url, None).await {
            Ok(Fetched::Body(document)) => document,
            Ok(Fetched::NotModified { .. }) => {
                return Err(FetchError::refused(&url, "it answered 304 to a plain question"));
            }
            Err(FetchError::Rejected { status, .. }) if status.as_u16() == 404 => return Ok(None),
            Err(error) => return Err(error),
        };
        let paper: Value = serde_json::from_slice(document.json_bytes()?)
            .map_err(|_| document.not_the_api("it is not valid JSON"))?;
        let listing = row::listing(&serde_json::json!({ "paper": paper }), today, today);
        let listing = listing.map_err(|what| document.not_the_api(&what))?;
        Ok(Some(listing).filter(|listing| listing.paper == *id))
    }

    fn page_url(&self, day: Date, page: usize) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "daily_papers"]);
        }
        url.query_pairs_mut()
            .append_pair("date", &day.to_string())
            .append_pair("limit", &self.page_limit.to_string())
            .append_pair("p", &page.to_string());
        url
    }

    async fn read_day(
        &self,
        day: Date,
        today: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, FetchError> {
        let mut read = Day::default();
        let (mut validators, mut rate) = (None, None);
        for page in 0..MAX_PAGES {
            let url = self.page_url(day, page);
            refuse_an_empty_budget(&url, rate)?;
            // The first page says nothing of the others, so validators are only kept, and only
            // asked with, while it is the whole day.
            let document = match self.fetcher.get(&url, known.filter(|_| page == 0)).await? {
                Fetched::Body(document) => document,
                Fetched::NotModified { rate } => return Ok(DayListings::unchanged(known, rate)),
            };
            rate = document.rate;
            let rows = rows::split(document.json_bytes()?).map_err(|what| document.not_the_api(what))?;
            let repeated = read.take(&rows, day, today);
            if page == 0 && rows.len() < self.page_limit && !document.validators.is_empty() {
                validators = Some(document.validators.clone());
            }
            if rows.len() < self.page_limit {
                break;
            }
            if repeated {
                warn!(source = %Self::NAME, %day, page, "Page {page} of {day} only repeats earlier pages");
                break;
            }
        }
        let Day { listings, bad_rows, .. } = read;
        Ok(DayListings { listings, bad_rows, not_modified: false, validators, rate })
    }
}

impl Day {
    /// Takes in a page; true when it had readable rows and all of them were there before.
    fn take(&mut self, rows: &[&[u8]], day: Date, today: Date) -> bool {
        let (before, mut repeated) = (self.listings.len(), 0_usize);
        let mut faults = Vec::new();
        for (index, bytes) in rows.iter().enumerate() {
            match parsed(bytes, day, today) {
                Ok(listing) if self.seen.insert(listing.paper.to_string()) => self.listings.push(listing),
                Ok(_) => repeated += 1,
                Err(cause) => faults.push(format!("row {index}: {cause}")),
            }
        }
        if !faults.is_empty() {
            self.bad_rows = self.bad_rows.saturating_add(u32::try_from(faults.len()).unwrap_or(u32::MAX));
            let (bad, all) = (faults.len(), rows.len());
            faults.truncate(NAMED_BAD_ROWS);
            let named = faults.join("; ");
            warn!(source = %HuggingFace::NAME, %day, bad, all, "Left out {bad} of {all} rows of {day}: {named}");
        }
        repeated > 0 && self.listings.len() == before
    }
}

/// Reads the rows of an answer to a question for the day `asked`; an error says why it is no answer.
pub fn parse(body: &[u8], asked: Date, today: Date) -> Result<Rows, &'static str> {
    let mut read = Rows::default();
    for (index, bytes) in rows::split(body)?.into_iter().enumerate() {
        read.push(index, parsed(bytes, asked, today));
    }
    Ok(read)
}

fn parsed(row: &[u8], asked: Date, today: Date) -> Result<Listing, String> {
    let row = serde_json::from_slice::<Value>(row).map_err(|_| "it is not valid JSON".to_owned())?;
    row::listing(&row, asked, today)
}

impl DayListings {
    pub(super) fn unchanged(known: Option<&Validators>, rate: Option<RateLimit>) -> Self {
        Self { listings: Vec::new(), bad_rows: 0, not_modified: true, validators: known.cloned(), rate }
    }
}

/// Stops before a request that the last answer has said would be one too many.
fn refuse_an_empty_budget(url: &Url, rate: Option<RateLimit>) -> Result<(), FetchError> {
    match rate {
        Some(RateLimit { remaining: 0, reset }) => Err(FetchError::busy(url, reset)),
        _ => Ok(()),
    }
}

#[async_trait]
impl Source for HuggingFace {
    fn name(&self) -> SourceName {
        Self::NAME
    }

    async fn day(
        &self,
        day: Date,
        today: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, SourceError> {
        // The API answers 400 for a day that has not begun in UTC.
        let day = day.min(today);
        let read = self.read_day(day, today, known).await;
        read.map_err(|cause| SourceError { name: Self::NAME, day, cause })
    }
}
