//! JSON Feed, versions 1 and 1.1: <https://www.jsonfeed.org/version/1.1/>.

use serde_json::Value;

use super::NotAFeed;
use super::raw::{RawFeed, RawItem, RawLink};
use super::wall::MOST_ITEMS;
use super::written::escaped;

/// The most values that a body may hold: as a tree each takes many times its length.
const MOST_VALUES: usize = 300_000;

/// Reads a feed in JSON.
pub(super) fn read(text: &str) -> Result<RawFeed, NotAFeed> {
    let separators = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if separators > MOST_VALUES {
        return Err(NotAFeed::TooComplex);
    }
    let whole: Value = serde_json::from_str(text).map_err(|error| {
        if error.is_eof() { NotAFeed::BrokeOff } else { NotAFeed::BrokenJson { line: error.line() } }
    })?;
    let is_feed = field(&whole, "version").is_some_and(|version| version.contains("jsonfeed.org"));
    let items = whole.get("items").and_then(Value::as_array).filter(|_| is_feed).ok_or(NotAFeed::Unknown)?;
    if items.len() > MOST_ITEMS {
        return Err(NotAFeed::TooManyItems { limit: MOST_ITEMS });
    }
    Ok(RawFeed {
        title: text_of(&whole, "title"),
        home: field(&whole, "home_page_url"),
        items: items.iter().map(item).collect(),
        ..RawFeed::default()
    })
}

fn item(item: &Value) -> RawItem {
    let guid = field(item, "id").or_else(|| item.get("id")?.as_number().map(ToString::to_string));
    let links = ["url", "external_url"].iter().filter_map(|key| field(item, key));
    let html = field(item, "content_html").unwrap_or_default();
    RawItem {
        guid,
        links: links.map(|href| RawLink { rel: "alternate".into(), title: String::new(), href }).collect(),
        title: text_of(item, "title"),
        summary: text_of(item, "summary"),
        content: if html.is_empty() { text_of(item, "content_text") } else { html },
        authors: authors(item),
        published: field(item, "date_published"),
        updated: field(item, "date_modified"),
        categories: list(item, "tags").iter().filter_map(Value::as_str).map(escaped).collect(),
        identifiers: ["doi", "_doi"].iter().filter_map(|key| field(item, key)).collect(),
        ..RawItem::default()
    }
}

fn authors(item: &Value) -> Vec<String> {
    let one = item.get("author").into_iter();
    let named = list(item, "authors").iter().chain(one).filter_map(|author| field(author, "name"));
    named.map(|name| escaped(&name)).collect()
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A text that is not empty.
fn field(object: &Value, key: &str) -> Option<String> {
    let text = object.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A plain text as HTML.
fn text_of(object: &Value, key: &str) -> String {
    field(object, key).map(|text| escaped(&text)).unwrap_or_default()
}
