//! How a day is read in several requests, and what of it need not be asked for again.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use reqwest::StatusCode;
use tracing::warn;

use super::categories::oai_set;
use super::client::{Client, Harvest};
use super::{Announcements, Arxiv};
use crate::domain::query::Announcement;
use crate::domain::{Listing, PaperId};
use crate::sources::DayListings;
use crate::sources::fetch::{FetchError, Validators};
use crate::sources::rows::Rows;

/// Categories that are asked for together: even four of the largest stay below half of [`RSS_LIMIT`].
const SET: usize = 4;
/// The most items of a feed. On overflow arXiv cuts off what is new, so a full feed is asked for in halves.
const RSS_LIMIT: usize = 2_000;
/// Pages after which a harvest is taken to be endless; a page has more than a thousand records.
const MAX_PAGES: usize = 500;
/// How long a harvest answers for the days behind its first one, and how long one that failed is put off.
const HARVEST_LASTS: Duration = Duration::from_hours(1);

/// What a source keeps between two questions.
#[derive(Default)]
pub(super) struct Memory {
    /// The day in New York that is being read, and the sets that have come.
    today: Option<(Date, HashMap<String, Announcements>)>,
    /// The first day of the last harvest, and when it was made.
    harvested: Option<(Date, Timestamp)>,
    /// When the last harvest failed, until one succeeds.
    harvest_failed: Option<Timestamp>,
    last_read: Option<Date>,
}

/// The announcements of a day for all categories together.
pub(super) struct Read {
    pub rows: Rows,
    /// False when a feed is still that of an earlier day.
    pub is_current: bool,
}

impl Memory {
    /// True while `today` has not been read whole, or a harvest is owed.
    pub fn is_wanting(&self, today: Date) -> bool {
        self.last_read != Some(today) || self.harvest_failed.is_some()
    }

    /// True for some time after a harvest has failed.
    pub fn is_harvest_put_off(&self, now: Timestamp) -> bool {
        self.harvest_failed.is_some_and(|at| now.duration_since(at).unsigned_abs() < HARVEST_LASTS)
    }

    /// Remembers that a day has been read whole.
    pub fn note(&mut self, day: Date) {
        self.last_read = self.last_read.max(Some(day));
    }

    /// Reads the announcements of today, set by set; sets that came before a failure are not asked for again.
    pub async fn announced(
        &mut self,
        client: &Client,
        day: Date,
        all: &[String],
    ) -> Result<Read, FetchError> {
        if self.today.as_ref().is_none_or(|(of, _)| *of != day) {
            self.today = Some((day, HashMap::new()));
        }
        let kept = self.today.as_mut().map(|(_, kept)| kept);
        let mut kept = kept.map(std::mem::take).unwrap_or_default();
        let read = Self::sets(client, day, all, &mut kept).await;
        if read.is_err() {
            self.today = Some((day, kept));
        } else {
            self.today = None;
        }
        read
    }

    async fn sets(
        client: &Client,
        day: Date,
        all: &[String],
        kept: &mut HashMap<String, Announcements>,
    ) -> Result<Read, FetchError> {
        let mut sets: VecDeque<&[String]> = all.chunks(SET).collect();
        let (mut merged, mut is_current) = (Merged::default(), true);
        while let Some(set) = sets.pop_front() {
            let key = set.join("+");
            let read = match kept.get(&key) {
                Some(read) => read.clone(),
                None => match client.announcements(set, day).await {
                    Ok(read) => read,
                    Err(FetchError::Rejected { status: StatusCode::BAD_REQUEST, .. }) => {
                        split(set, &mut sets, "arXiv does not know it");
                        continue;
                    }
                    Err(error) => return Err(error),
                },
            };
            kept.insert(key.clone(), read.clone());
            if read.rows.count() >= RSS_LIMIT && set.len() > 1 {
                split(set, &mut sets, "");
                continue;
            }
            if read.rows.count() >= RSS_LIMIT {
                warn!(source = %Arxiv::NAME, %day, "The feed of {key} is full: some of its papers may be missing");
            }
            read.rows.warn(Arxiv::NAME, &format!("{key} on {day}"));
            is_current &= read.day.is_none_or(|of| of >= day);
            merged.take(read.rows);
        }
        Ok(Read { rows: merged.rows, is_current })
    }

    /// Reads what has changed since an earlier day, all of it with the first day that is asked for.
    ///
    /// The days behind it have come along. Only the first day itself is harvested again when it is asked for twice:
    /// then its records have not been kept.
    pub async fn harvest(
        &mut self,
        client: &Client,
        day: Date,
        now: Timestamp,
        categories: &[String],
    ) -> Result<Rows, FetchError> {
        let lasts = |at: Timestamp| now.duration_since(at).unsigned_abs() < HARVEST_LASTS;
        if self.harvested.is_some_and(|(from, at)| from < day && lasts(at)) {
            return Ok(Rows::default());
        }
        self.harvested = None;
        self.harvest_failed = Some(now);
        let mut merged = Merged::default();
        for category in categories {
            let set = oai_set(category);
            let mut token: Option<String> = None;
            for _ in 0..MAX_PAGES {
                let ask = match &token {
                    None => Harvest::Since { from: day, set: Some(&set) },
                    Some(token) => Harvest::Next(token),
                };
                let records = client.records(&ask, utc(now)).await?;
                records.rows.warn(Arxiv::NAME, &format!("{set} since {day}"));
                merged.take(records.rows);
                let repeated = records.next.is_some() && records.next == token;
                token = records.next.filter(|_| !repeated);
                if token.is_none() {
                    break;
                }
            }
        }
        merged.relate(categories);
        (self.harvested, self.harvest_failed) = (Some((day, now)), None);
        Ok(merged.rows)
    }
}

/// The latest day that a listing can have.
fn utc(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Asks for the halves of a set; a single category is given up.
fn split<'a>(set: &'a [String], sets: &mut VecDeque<&'a [String]>, why: &str) {
    if let [only] = set {
        warn!(source = %Arxiv::NAME, "The category {only} is left out: {why}");
        return;
    }
    let (first, second) = set.split_at(set.len() / 2);
    sets.push_front(second);
    sets.push_front(first);
}

/// Rows of several bodies, each paper once.
#[derive(Default)]
struct Merged {
    rows: Rows,
    at: HashMap<PaperId, usize>,
}

impl Merged {
    /// Takes in the rows of a further body. A paper that is new in one of its categories is new, whatever it is in
    /// the others: how arXiv announces it depends on what is asked for together.
    fn take(&mut self, rows: Rows) {
        for listing in rows.listings {
            if let Some(at) = self.at.get(&listing.paper) {
                let known = &mut self.rows.listings[*at];
                known.announced = stronger(known.announced, listing.announced);
            } else {
                self.at.insert(listing.paper.clone(), self.rows.listings.len());
                self.rows.listings.push(listing);
            }
        }
        self.rows.bad.extend(rows.bad);
    }

    /// Says of harvested papers whether their primary category is one of those that are read.
    fn relate(&mut self, categories: &[String]) {
        let read = |listing: &Listing| {
            listing.facts.categories.first().is_none_or(|first| categories.contains(first))
        };
        for listing in &mut self.rows.listings {
            let known = read(listing);
            listing.announced = match listing.announced {
                Some(Announcement::New) if !known => Some(Announcement::Cross),
                Some(Announcement::Replace) if !known => Some(Announcement::ReplaceCross),
                as_it_is => as_it_is,
            };
        }
    }
}

/// The announcement that says more; they are declared in that order.
fn stronger(one: Option<Announcement>, other: Option<Announcement>) -> Option<Announcement> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// What is noted of a day that has been read whole for these categories.
pub(super) fn mark(day: Date, categories: &[String]) -> String {
    let digest = blake3::hash(categories.join("+").as_bytes()).to_hex();
    format!("{day} {}", &digest[..16])
}

/// True when a mark is one of this day, for whatever categories.
pub(super) fn is_of(mark: &str, day: Date) -> bool {
    mark.split_once(' ').is_some_and(|(of, _)| of == day.to_string())
}

/// The answer for a day on which there is nothing to ask for.
pub(super) fn quiet() -> DayListings {
    listings(Rows::default(), None)
}

/// The answer that rows make, with the mark of a day that is read whole.
pub(super) fn listings(rows: Rows, mark: Option<String>) -> DayListings {
    DayListings {
        bad_rows: rows.bad_count(),
        listings: rows.listings,
        not_modified: false,
        validators: mark.map(|mark| Validators { etag: Some(mark), last_modified: None }),
        rate: None,
    }
}
