//! RSS 0.9 to 2.0, RDF and Atom, in one pass over the elements.
//!
//! An own pass over quick-xml (docs/adr/0008-feed-reader.md): what tells papers apart, DOIs and ids that do not
//! change, stands in elements that ready-made feed parsers leave out. A channel and an item hold *fields*, whose
//! text and mark-up are gathered as HTML; everything else is passed over.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion, escape};

use super::NotAFeed;
use super::namespaces::{Names, Ns};
use super::raw::{RawFeed, RawItem};
use super::wall::MOST_ITEMS;
use super::written::{Attributes, Field};

/// The deepest nesting; a long page in XHTML has some thirty levels.
const DEEPEST: usize = 100;
/// The most attributes of an element that are looked at.
const MOST_ATTRIBUTES: usize = 64;

/// Where the reader is.
struct Reading {
    feed: RawFeed,
    names: Names,
    depth: usize,
    /// Depth of the item that is open, and what it holds so far.
    item: Option<(usize, RawItem)>,
    /// Depth of the field that is open, and what it holds so far.
    field: Option<(usize, Field)>,
    /// True once the root has ended.
    over: bool,
}

/// Reads a feed in XML.
pub(super) fn read(text: &str) -> Result<RawFeed, NotAFeed> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut reading = Reading {
        feed: RawFeed::default(),
        names: Names::default(),
        depth: 0,
        item: None,
        field: None,
        over: false,
    };
    while !reading.over {
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(usize::MAX).min(text.len());
            refusal(&error, text.get(..at).unwrap_or(text))
        })?;
        match event {
            Event::Start(start) => reading.start(&start)?,
            Event::End(_) => reading.end(),
            Event::Text(text) => reading.text(&text),
            Event::CData(text) => reading.text(&text),
            Event::GeneralRef(reference) => reading.reference(&reference),
            Event::DocType(doctype) => refuse_doctype(&doctype)?,
            // What follows the root is no longer the feed: some servers append a remark.
            Event::Eof => {
                return Err(if reading.depth == 0 { NotAFeed::Unknown } else { NotAFeed::BrokeOff });
            }
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    Ok(reading.feed)
}

fn refusal(error: &quick_xml::Error, before: &str) -> NotAFeed {
    match error {
        // The parser has come to the end inside a tag, a comment or the like.
        quick_xml::Error::Syntax(_) => NotAFeed::BrokeOff,
        _ => NotAFeed::BrokenXml { line: before.matches('\n').count() + 1 },
    }
}

/// Feeds of 1999 name their DTD, which is never fetched; a DTD inside the body is refused.
fn refuse_doctype(doctype: &str) -> Result<(), NotAFeed> {
    let doctype = doctype.trim_start();
    if doctype.get(..4).is_some_and(|root| root.eq_ignore_ascii_case("html")) {
        return Err(NotAFeed::WebPage { feed: None });
    }
    if doctype.contains('[') { Err(NotAFeed::Entities) } else { Ok(()) }
}

impl Reading {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), NotAFeed> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(NotAFeed::TooComplex);
        }
        let attributes = self.attributes(start)?;
        let (ns, local) = {
            let name = start.name();
            let (ns, local) = self.names.resolve(name.as_ref());
            (ns, local.to_owned())
        };
        if self.depth == 1 {
            if ns == Ns::Rss && local == "feed" {
                // Atom that does not say so.
                self.names.declare(self.depth, "xmlns", "http://www.w3.org/2005/Atom")?;
            }
            return is_feed(&local);
        }
        if let Some((_, field)) = &mut self.field {
            field.open(&local);
        } else if matches!(local.as_str(), "item" | "entry") && self.item.is_none() {
            // A prefix hides items from the count before the parse.
            if self.feed.items.len() == MOST_ITEMS {
                return Err(NotAFeed::TooManyItems { limit: MOST_ITEMS });
            }
            self.item = Some((self.depth, RawItem { guid: attributes.about, ..RawItem::default() }));
        } else if !is_container(ns, &local) {
            self.field = Some((self.depth, Field::new(ns, local, attributes)));
        }
        Ok(())
    }

    fn attributes(&mut self, start: &BytesStart<'_>) -> Result<Attributes, NotAFeed> {
        let mut known = Attributes::default();
        for attribute in start.attributes().with_checks(false).take(MOST_ATTRIBUTES).flatten() {
            let name = attribute.key.as_ref();
            let value = attribute.normalized_value_with(XmlVersion::Explicit1_0, 8, named_entity);
            let value = value.unwrap_or_else(|_| attribute.value.clone());
            if name == "xmlns" || name.starts_with("xmlns:") {
                self.names.declare(self.depth, name, &value)?;
            } else {
                known.take(name, value.trim());
            }
        }
        Ok(known)
    }

    fn end(&mut self) {
        let depth = self.depth;
        if let Some((_, field)) = self.field.take_if(|(at, _)| *at == depth) {
            let in_item = self.item.as_mut().map(|(_, item)| item);
            field.close(&mut self.feed, in_item);
        } else if let Some((_, field)) = &mut self.field {
            field.shut();
        } else if let Some((_, item)) = self.item.take_if(|(at, _)| *at == depth) {
            self.feed.items.push(item);
        }
        self.names.leave(depth);
        self.depth -= 1;
        self.over = self.depth == 0;
    }

    fn text(&mut self, text: &str) {
        if let Some((_, field)) = &mut self.field {
            field.text(text);
        }
    }

    /// Takes in `&amp;`, `&#233;`, and the named entities of HTML; what is none of them stays as it is written.
    fn reference(&mut self, reference: &BytesRef<'_>) {
        if self.field.is_none() {
            return;
        }
        match (reference.resolve_char_ref(), named_entity(reference)) {
            (Ok(Some(character)), _) => self.text(character.encode_utf8(&mut [0; 4])),
            (_, Some(text)) => self.text(text),
            _ => self.text(&format!("&{};", &**reference)),
        }
    }
}

fn named_entity(name: &str) -> Option<&'static str> {
    escape::resolve_html5_entity(name)
}

fn is_feed(root: &str) -> Result<(), NotAFeed> {
    match root.to_ascii_lowercase().as_str() {
        "rss" | "rdf" | "feed" => Ok(()),
        "html" => Err(NotAFeed::WebPage { feed: None }),
        _ => Err(NotAFeed::Unknown),
    }
}

/// True for elements whose children are fields: the channel, and a person in Atom.
fn is_container(ns: Ns, local: &str) -> bool {
    matches!((ns, local), (Ns::Rss, "channel") | (Ns::Atom, "author"))
}
