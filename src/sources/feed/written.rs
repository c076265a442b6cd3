//! One field of a channel or an item: gathers its text, then puts it where it belongs.

use std::time::Duration;

use jiff::civil::Weekday;
use quick_xml::escape::partial_escape;

use super::namespaces::Ns;
use super::raw::{RawFeed, RawItem, RawLink};

/// The most of a field that is kept, in bytes; the abstract that is made of it is far shorter.
const LONGEST: usize = 100_000;
/// The most categories, authors, links or identifiers of an item.
const MOST: usize = 2_000;

/// The attributes that mean something in a feed.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    href: String,
    rel: String,
    title: String,
    kind: String,
    term: String,
    /// `rdf:about`, the id of an item in RDF.
    pub about: Option<String>,
}

impl Attributes {
    pub(super) fn take(&mut self, name: &str, value: &str) {
        let value = value.to_owned();
        match name {
            "href" => self.href = value,
            "rel" => self.rel = value.to_ascii_lowercase(),
            "title" => self.title = value.to_ascii_lowercase(),
            "type" => self.kind = value.to_ascii_lowercase(),
            "term" => self.term = value,
            "rdf:about" => self.about = Some(value),
            _ => {}
        }
    }
}

/// A field that is being read.
#[derive(Debug)]
pub(super) struct Field {
    ns: Ns,
    local: String,
    attributes: Attributes,
    /// The text alone.
    plain: String,
    /// The text with the elements in it, as HTML.
    markup: String,
    /// Elements that are open in it.
    open: Vec<String>,
    has_elements: bool,
}

impl Field {
    pub(super) fn new(ns: Ns, local: String, attributes: Attributes) -> Self {
        let (plain, markup) = (String::new(), String::new());
        Self { ns, local, attributes, plain, markup, open: Vec::new(), has_elements: false }
    }

    /// An element inside the field begins.
    pub(super) fn open(&mut self, local: &str) {
        self.has_elements = true;
        self.mark("<", local);
        self.open.push(local.to_owned());
    }

    /// The last element inside the field ends.
    pub(super) fn shut(&mut self) {
        if let Some(local) = self.open.pop() {
            self.mark("</", &local);
        }
    }

    fn mark(&mut self, opening: &str, local: &str) {
        if self.markup.len() < LONGEST {
            self.markup.extend([opening, local, ">"]);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if self.plain.len() < LONGEST {
            let text = cut(text, LONGEST);
            self.plain.push_str(text);
            self.markup.push_str(&partial_escape(text));
        }
    }

    /// Puts the field into the item, or into the feed when it stands outside all items.
    pub(super) fn close(self, feed: &mut RawFeed, item: Option<&mut RawItem>) {
        match item {
            Some(item) => self.into_item(item),
            None => self.into_feed(feed),
        }
    }

    fn into_feed(self, feed: &mut RawFeed) {
        let word = self.plain.trim();
        match (self.ns, self.local.as_str()) {
            (Ns::Rss | Ns::Atom, "title") if feed.title.is_empty() => feed.title = self.html(),
            (Ns::Rss, "link") if feed.home.is_none() => feed.home = self.word(),
            (Ns::Atom, "link")
                if feed.home.is_none() && matches!(&*self.attributes.rel, "" | "alternate") =>
            {
                feed.home = Some(self.attributes.href);
            }
            (Ns::Rss, "ttl") => feed.pace.ttl = word.parse().ok().map(minutes),
            (Ns::Rss, "skipDays") => feed.pace.skip_days = days(word),
            (Ns::Rss, "skipHours") => {
                // 24 is midnight in feeds that count from 1.
                let hours = words(&self.markup).filter_map(|word| word.parse::<i8>().ok());
                feed.pace.skip_hours = hours.filter(|h| (0..=24).contains(h)).map(|h| h % 24).collect();
            }
            (Ns::Syndication, "updatePeriod") => feed.pace.ttl = feed.pace.ttl.or_else(|| period(word)),
            _ => {}
        }
    }

    fn into_item(self, item: &mut RawItem) {
        let push = |list: &mut Vec<String>, value: Option<String>| {
            list.extend(value.filter(|_| list.len() < MOST));
        };
        match (self.ns, self.local.as_str()) {
            (Ns::Rss | Ns::Atom, "title") => item.title = self.html(),
            (Ns::DublinCore, "title") if item.title.is_empty() => item.title = self.html(),
            // What isPermaLink says is wrong as often as right: the form decides whether it is an address.
            (Ns::Rss, "guid") | (Ns::Atom, "id") => item.guid = self.word(),
            (Ns::Rss | Ns::Atom, "link") if item.links.len() < MOST => {
                let href =
                    if self.attributes.href.is_empty() { self.plain.trim() } else { &self.attributes.href };
                let rel = if self.attributes.rel.is_empty() { "alternate" } else { &self.attributes.rel };
                if !href.is_empty() {
                    let (rel, title, href) = (rel.to_owned(), self.attributes.title.clone(), href.to_owned());
                    item.links.push(RawLink { rel, title, href });
                }
            }
            (Ns::Rss, "description") | (Ns::Atom, "summary") => item.summary = self.html(),
            (Ns::DublinCore, "description" | "abstract") if item.summary.is_empty() => {
                item.summary = self.html();
            }
            (Ns::Content, "encoded") | (Ns::Atom, "content") => item.content = self.html(),
            (Ns::DublinCore, "creator") | (Ns::Rss, "author") | (Ns::Atom, "name") => {
                push(&mut item.authors, Some(self.html()).filter(|name| !name.is_empty()));
            }
            (Ns::Rss, "pubDate") | (Ns::Atom, "published" | "issued") => item.published = self.word(),
            (Ns::DublinCore, "date") | (Ns::Prism, "publicationDate") if item.published.is_none() => {
                item.published = self.word();
            }
            (Ns::Atom, "updated" | "modified") => item.updated = self.word(),
            (Ns::Rss, "category") | (Ns::DublinCore, "subject") => {
                push(&mut item.categories, Some(self.html()));
            }
            (Ns::Atom, "category") => push(&mut item.categories, Some(escaped(&self.attributes.term))),
            (Ns::DublinCore, "identifier") | (Ns::Prism, "doi" | "url") => {
                push(&mut item.identifiers, self.word());
            }
            (Ns::Arxiv, "doi" | "DOI") => push(&mut item.identifiers, self.word()),
            (Ns::Arxiv, "announce_type") => item.announced = self.word(),
            (Ns::Arxiv, "journal_ref" | "journal_reference") | (Ns::Prism, "publicationName") => {
                item.journal = self.word();
            }
            (Ns::Prism, "volume") => item.volume = self.word(),
            (Ns::Prism, "number") => item.number = self.word(),
            _ => {}
        }
    }

    /// The text as HTML: what Atom calls text is escaped, since a “<” in it is one.
    fn html(&self) -> String {
        let is_text = self.ns == Ns::Atom && matches!(&*self.attributes.kind, "" | "text" | "text/plain");
        let html = if is_text || self.has_elements { &self.markup } else { &self.plain };
        html.trim().to_owned()
    }

    /// The text as it is, if there is any.
    fn word(&self) -> Option<String> {
        let word = cut(self.plain.trim(), 2_048);
        (!word.is_empty()).then(|| word.to_owned())
    }
}

/// Text as HTML.
pub(super) fn escaped(text: &str) -> String {
    partial_escape(text).into_owned()
}

/// The start of a text, at most so many bytes.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// True for what begins as a web address.
pub(super) fn is_web(text: &str) -> bool {
    let head = cut(text, 8).to_ascii_lowercase();
    head.starts_with("http://") || head.starts_with("https://")
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(60 * u64::from(count))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

fn days(text: &str) -> Vec<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    let text = text.to_ascii_lowercase();
    DAYS.iter().filter(|(name, _)| text.contains(name)).map(|(_, day)| *day).collect()
}

fn period(word: &str) -> Option<Duration> {
    match word.to_ascii_lowercase().as_str() {
        "hourly" => Some(Duration::from_hours(1)),
        // A feed that is renewed once a day is not renewed a day after we asked.
        "daily" | "weekly" | "monthly" | "yearly" => Some(Duration::from_hours(6)),
        _ => None,
    }
}
