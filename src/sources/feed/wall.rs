//! The wall around the parser: what a stranger's body may cost, and what happens when it breaks something.

use std::collections::HashSet;

use jiff::civil::Date;
use tokio::sync::Semaphore;
use url::Url;

use super::identity::Scope;
use super::raw::{Pace, RawFeed};
use super::{NotAFeed, decode, html, item, json, xml};
use crate::sources::Rows;
use crate::sources::huggingface::fields::one_line;

/// The most items; the largest feeds on record have some 1,500.
pub(super) const MOST_ITEMS: usize = 2_000;
/// The longest title of a feed in characters.
const TITLE: usize = 200;
/// Bodies that are parsed at the same time: memory is bounded by them.
static TWO_AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// What a feed says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// Its name, one line; empty when it has none.
    pub title: String,
    /// How often it wants to be asked.
    pub pace: Pace,
    /// Its items as listings, each paper once, and those that are none.
    pub rows: Rows,
}

/// Reads a body as the feed at `url`, on this day.
///
/// A pure function: the same body gives the same listings, whenever and wherever it is read.
pub fn parse(bytes: &[u8], content_type: Option<&str>, url: &Url, today: Date) -> Result<Parsed, NotAFeed> {
    let text = decode::text(bytes, content_type)?;
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    let raw = match text.as_bytes().first() {
        None => Err(NotAFeed::Empty),
        Some(b'<') => read_xml(text),
        Some(b'{') => json::read(text),
        Some(_) => Err(NotAFeed::Unknown),
    }?;
    Ok(listings(&raw, url, today))
}

/// Does [`parse`] apart from the async threads, not more than twice at a time; a panic is an error like others.
pub(super) async fn parse_apart(
    bytes: Vec<u8>,
    content_type: Option<String>,
    url: Url,
    today: Date,
) -> Result<Parsed, NotAFeed> {
    let _place = TWO_AT_A_TIME.acquire().await.map_err(|_| NotAFeed::Failed)?;
    let parsed =
        tokio::task::spawn_blocking(move || parse(&bytes, content_type.as_deref(), &url, today)).await;
    parsed.unwrap_or(Err(NotAFeed::Failed))
}

fn read_xml(text: &str) -> Result<RawFeed, NotAFeed> {
    // A login page is seldom XML: it is known by its first words, not by the parser's complaint.
    if html::is_page(text) {
        return Err(NotAFeed::WebPage { feed: html::feed_of_page(text) });
    }
    // Before the parse, since a million empty items are what would cost.
    if text.matches("<item").chain(text.matches("<entry")).take(MOST_ITEMS + 1).count() > MOST_ITEMS {
        return Err(NotAFeed::TooManyItems { limit: MOST_ITEMS });
    }
    xml::read(text)
}

fn listings(raw: &RawFeed, url: &Url, today: Date) -> Parsed {
    let scope = Scope::of(raw, url);
    let (mut rows, mut seen) = (Rows::default(), HashSet::new());
    for (index, item) in raw.items.iter().enumerate() {
        let row = item::listing(item, &scope, today);
        if row.as_ref().is_ok_and(|listing| !seen.insert(listing.paper.clone())) {
            continue;
        }
        rows.push(index, row);
    }
    let title = one_line(&html::plain(&raw.title), TITLE).unwrap_or_default();
    Parsed { title, pace: raw.pace.clone(), rows }
}
