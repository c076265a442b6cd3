//! bioRxiv and medRxiv: what their servers list of a day.
//!
//! `GET /details/{server}/{from}/{to}/{cursor}` answers with `{"messages": [{"status", "cursor", "count", "total"}],
//! "collection": [{…}]}`, a page at a time. Every version of a paper is listed on the day on which it appeared.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::{civil::Date, tz::TimeZone};
use serde_json::Value;
use url::Url;

use super::feed::{html, names};
use super::fetch::{FetchError, Fetched, Fetcher, Validators};
use super::huggingface::fields::{line, one_line, paragraphs, text};
use super::{DayListings, Rows, Source, SourceError};
use crate::domain::query::Announcement;
use crate::domain::{Counters, Facts, Listing, PaperId, SourceName};

/// Pages after which a day is taken to be endless; a full day fills ten of thirty rows.
const MAX_PAGES: usize = 60;
/// The most entries of one page; the API gives 30, and millions of empty ones would fit below the cap of a body.
const MOST_ENTRIES: usize = 2_000;
/// The longest title in characters.
const TITLE: usize = 1_000;
/// The longest abstract in characters.
const ABSTRACT: usize = 10_000;
/// The longest category or institution in characters.
const NAME: usize = 200;

/// Which of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// Biology.
    BioRxiv,
    /// Medicine.
    MedRxiv,
}

impl Server {
    /// Its name as a source, and in the addresses of the API.
    pub fn name(self) -> SourceName {
        match self {
            Self::BioRxiv => SourceName("biorxiv"),
            Self::MedRxiv => SourceName("medrxiv"),
        }
    }
}

/// The API of one of the two servers.
#[derive(Debug, Clone)]
pub struct Rxiv {
    fetcher: Fetcher,
    base_url: Url,
    server: Server,
}

/// A page of the API.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// What it lists; the newest version of each paper.
    pub rows: Rows,
    /// Entries of the collection, readable or not.
    pub count: usize,
    /// Entries that the whole interval has.
    pub total: usize,
}

impl Rxiv {
    /// Asks the API at `base_url` for what this server lists.
    pub fn new(fetcher: Fetcher, base_url: Url, server: Server) -> Self {
        let fetcher = fetcher.trusting(&base_url);
        Self { fetcher, base_url, server }
    }

    fn page_url(&self, day: Date, cursor: usize) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            let (day, cursor) = (day.to_string(), cursor.to_string());
            path.pop_if_empty().extend(["details", self.server.name().0, &day, &day, &cursor]);
        }
        url
    }

    async fn read_day(&self, day: Date, known: Option<&Validators>) -> Result<DayListings, FetchError> {
        let mut whole = Page::default();
        let (mut validators, mut rate) = (None, None);
        for page in 0..MAX_PAGES {
            let url = self.page_url(day, whole.count);
            // The first page says nothing of the others: only a day of one page is asked for with conditions.
            let document = match self.fetcher.get(&url, known.filter(|_| page == 0)).await? {
                Fetched::Body(document) => document,
                Fetched::NotModified { rate } => return Ok(unchanged(known, rate)),
            };
            rate = document.rate;
            let read = parse(document.json_bytes()?, day).map_err(|what| document.not_the_api(what))?;
            if read.count == 0 && whole.count < read.total.max(whole.total) {
                return Err(document.not_the_api("a page is empty although more was promised"));
            }
            whole.take(read);
            if whole.count >= whole.total {
                let single = page == 0 && !document.validators.is_empty();
                validators = single.then(|| document.validators.clone());
                break;
            }
        }
        whole.rows.warn(self.server.name(), &day.to_string());
        let bad_rows = whole.rows.bad_count();
        let listings = newest(whole.rows.listings);
        Ok(DayListings { listings, bad_rows, not_modified: false, validators, rate })
    }
}

impl Page {
    fn take(&mut self, mut next: Self) {
        next.rows.bad.iter_mut().for_each(|bad| bad.index += self.count);
        self.rows.listings.append(&mut next.rows.listings);
        self.rows.bad.append(&mut next.rows.bad);
        self.count += next.count;
        self.total = self.total.max(next.total);
    }
}

fn unchanged(known: Option<&Validators>, rate: Option<super::RateLimit>) -> DayListings {
    DayListings { listings: Vec::new(), bad_rows: 0, not_modified: true, validators: known.cloned(), rate }
}

/// Of several versions on one day the newest, in the place of the first.
fn newest(listings: Vec<Listing>) -> Vec<Listing> {
    let mut kept: Vec<Listing> = Vec::new();
    let mut places: HashMap<PaperId, usize> = HashMap::new();
    for listing in listings {
        match places.get(&listing.paper).map(|place| &mut kept[*place]) {
            Some(known) if known.facts.version < listing.facts.version => *known = listing,
            Some(_) => {}
            None => {
                places.insert(listing.paper.clone(), kept.len());
                kept.push(listing);
            }
        }
    }
    kept
}

/// Reads a page of the API; an error says why it is none.
pub fn parse(body: &[u8], asked: Date) -> Result<Page, &'static str> {
    let page: Value = serde_json::from_slice(body).map_err(|_| "its JSON is broken or cut off")?;
    let message = page.get("messages").and_then(|messages| messages.get(0)).ok_or("it has no messages")?;
    let status = text(message, "status").ok_or("its message has no status")?;
    let empty = Vec::new();
    let collection = match page.get("collection").and_then(Value::as_array) {
        Some(collection) => collection,
        None if status.starts_with("no posts") => &empty,
        None => return Err("it has no collection"),
    };
    if collection.len() > MOST_ENTRIES {
        return Err("its collection has more than 2000 entries");
    }
    // “ok”, or “no posts found” beside an empty collection; anything else is an error in words.
    if status != "ok" && !status.starts_with("no posts") {
        return Err("it reports an error");
    }
    let mut rows = Rows::default();
    for (index, entry) in collection.iter().enumerate() {
        rows.push(index, listing(entry, asked));
    }
    let total = number(message, "total").unwrap_or(collection.len());
    Ok(Page { rows, count: collection.len(), total })
}

fn listing(entry: &Value, asked: Date) -> Result<Listing, String> {
    let doi = text(entry, "doi").ok_or("it has no DOI")?;
    let paper: PaperId = doi.parse().map_err(|_| "its DOI is none")?;
    if !paper.is_doi() {
        return Err("its DOI is none".to_owned());
    }
    let title = text(entry, "title").and_then(|title| one_line(&html::plain(title), TITLE));
    let title = title.ok_or_else(|| format!("{paper} has no title"))?;
    let day = text(entry, "date").and_then(|date| date.parse::<Date>().ok()).unwrap_or(asked).min(asked);
    let version = number(entry, "version").and_then(|version| u16::try_from(version).ok());
    let midnight = day.to_zoned(TimeZone::UTC).ok().map(|at| at.timestamp());
    let first = version.is_none_or(|version| version <= 1);
    // The journal's DOI, once there is one; until then “NA”.
    let published = text(entry, "published").and_then(|doi| doi.parse::<PaperId>().ok());
    let published = published.filter(|doi| doi.is_doi() && *doi != paper);
    let withdrawn = text(entry, "type").is_some_and(|kind| kind.to_ascii_lowercase().contains("withdraw"));
    Ok(Listing {
        also: published.clone().into_iter().collect(),
        announced: Some(if first { Announcement::New } else { Announcement::Replace }),
        day,
        facts: Facts {
            title,
            abstract_text: paragraphs(&html::plain(text(entry, "abstract").unwrap_or_default()), ABSTRACT),
            authors: names(&[text(entry, "authors").unwrap_or_default().to_owned()]),
            keywords: line(entry, "category", NAME).into_iter().collect(),
            published_at: midnight.filter(|_| first),
            withdrawn_at: withdrawn.then_some(midnight).flatten(),
            doi: published.map(|doi| doi.to_string()),
            version,
            ..Facts::default()
        },
        paper,
        counters: Counters::default(),
    })
}

/// A whole number, which the API writes with and without quotes.
fn number(object: &Value, key: &str) -> Option<usize> {
    let value = object.get(key)?;
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    usize::try_from(number).ok()
}

#[async_trait]
impl Source for Rxiv {
    fn name(&self) -> SourceName {
        self.server.name()
    }

    async fn day(
        &self,
        day: Date,
        today: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, SourceError> {
        let day = day.min(today);
        let read = self.read_day(day, known).await;
        read.map_err(|cause| SourceError { name: self.name(), day, cause })
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};
    use serde_json::json;

    use super::*;

    const DAY: Date = date(2026, 11, 20);

    fn entry() -> Value {
        json!({"doi": "10.1101/2026.01.02.123456", "title": "A <i>fine</i> title", "authors": "Lovelace, A.; Turing, A. M.",
            "author_corresponding": "Ada Lovelace", "author_corresponding_institution": "London", "date": "2026-11-20",
            "version": "2", "type": "new results", "license": "cc_by", "category": "neuroscience",
            "jatsxml": "https://x", "abstract": "We show.", "published": "10.1038/S1", "server": "bioRxiv"})
    }

    fn page(entries: &[Value]) -> Result<Page, &'static str> {
        let message =
            json!({"status": "ok", "cursor": 0, "count": entries.len(), "total": entries.len().to_string()});
        parse(json!({"messages": [message], "collection": entries}).to_string().as_bytes(), DAY)
    }

    #[test]
    fn every_field_lands_where_it_belongs() {
        let listing = page(&[entry()]).unwrap().rows.listings.remove(0);
        assert_eq!(listing.paper.as_str(), "10.1101/2026.01.02.123456");
        assert_eq!((listing.day, listing.announced), (DAY, Some(Announcement::Replace)));
        assert_eq!(listing.also[0].as_str(), "10.1038/s1");
        assert_eq!(listing.facts.title, "A fine title");
        assert_eq!(listing.facts.authors, ["A. Lovelace", "A. M. Turing"]);
        assert_eq!(listing.facts.keywords, ["neuroscience"]);
        assert_eq!(listing.facts.doi.as_deref(), Some("10.1038/s1"));
        assert_eq!((listing.facts.version, listing.facts.published_at), (Some(2), None));
    }

    #[test]
    fn a_first_version_is_new_and_a_withdrawal_is_kept() {
        let mut first = entry();
        first["version"] = json!(1);
        first["published"] = json!("NA");
        first["type"] = json!("Withdrawn");
        let listing = page(&[first]).unwrap().rows.listings.remove(0);
        assert_eq!((listing.announced, listing.also), (Some(Announcement::New), vec![]));
        let midnight: Option<Timestamp> = "2026-11-20T00:00:00Z".parse().ok();
        assert_eq!((listing.facts.published_at, listing.facts.withdrawn_at), (midnight, midnight));
    }

    #[test]
    fn drift_of_a_field_costs_no_row_but_for_doi_and_title() {
        let names: Vec<String> = entry().as_object().unwrap().keys().cloned().collect();
        for name in names {
            for drift in [json!(null), json!(7), json!([]), json!({"x": 1}), json!(true)] {
                let mut row = entry();
                row[&name] = drift.clone();
                let read = page(&[row, entry()]).unwrap();
                let lost = usize::from(matches!(name.as_str(), "doi" | "title"));
                assert_eq!((read.rows.bad.len(), read.count), (lost, 2), "{name} = {drift}");
            }
        }
    }

    #[test]
    fn an_empty_day_is_an_answer_and_an_error_is_none() {
        let empty = br#"{"messages":[{"status":"no posts found"}],"collection":[]}"#;
        assert_eq!(parse(empty, DAY).unwrap(), Page::default());
        for body in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"messages":[{"status":"ok"}]}"#,
            r#"{"messages":[],"collection":[]}"#,
        ] {
            assert!(parse(body.as_bytes(), DAY).is_err(), "{body}");
        }
        let error = br#"{"messages":[{"status":"error: bad date"}],"collection":[]}"#;
        assert_eq!(parse(error, DAY), Err("it reports an error"));
    }

    #[test]
    fn no_page_has_more_entries_than_a_day_could() {
        let page = |entries: usize| {
            format!(r#"{{"messages":[{{"status":"ok"}}],"collection":[{}]}}"#, vec!["7"; entries].join(","))
        };
        assert_eq!(parse(page(MOST_ENTRIES).as_bytes(), DAY).unwrap().count, MOST_ENTRIES);
        let error = parse(page(5_000).as_bytes(), DAY);
        assert_eq!(error, Err("its collection has more than 2000 entries"));
    }

    #[test]
    fn a_page_cut_anywhere_is_no_page() {
        let message = json!({"status": "ok", "total": 1});
        let whole = json!({"messages": [message], "collection": [entry()]}).to_string();
        assert!((0..whole.len()).all(|end| parse(&whole.as_bytes()[..end], DAY).is_err()));
    }

    #[test]
    fn of_two_versions_on_one_day_the_newest_counts() {
        let mut first = entry();
        first["version"] = json!("1");
        for rows in [[entry(), first.clone()], [first, entry()]] {
            let kept = newest(page(&rows).unwrap().rows.listings);
            assert_eq!((kept.len(), kept[0].facts.version), (1, Some(2)));
        }
    }
}
