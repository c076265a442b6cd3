//! From one item to one listing.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::identity::{Identity, Scope};
use super::raw::RawItem;
use super::{authors, dates, html};
use crate::domain::query::Announcement;
use crate::domain::{Counters, Facts, Listing};
use crate::sources::huggingface::fields::{one_line, paragraphs};

/// The longest title in characters.
const TITLE: usize = 500;
/// The longest abstract in characters.
const ABSTRACT: usize = 10_000;
/// A shorter summary gives way to a longer content.
const SHORT_SUMMARY: usize = 200;
/// The longest keyword, journal or volume in characters.
const NAME: usize = 200;
/// The most keywords.
const KEYWORDS: usize = 50;

/// Reads an item; an error says why it is no listing.
pub(super) fn listing(item: &RawItem, scope: &Scope, today: Date) -> Result<Listing, String> {
    let title = one_line(&html::plain(&item.title), TITLE).ok_or("it has no title")?;
    let Identity { paper, also, doi } =
        scope.identify(item).ok_or("it has neither an id nor a link nor a title")?;
    let day = |at: &Timestamp| at.to_zoned(TimeZone::UTC).date();
    let dated = item.published.as_deref().and_then(dates::read);
    let dated = dated.or_else(|| item.updated.as_deref().and_then(dates::read));
    let facts = Facts {
        title,
        abstract_text: abstract_of(item),
        authors: authors::names(&item.authors),
        keywords: keywords(&item.categories),
        // A date to come is when the issue will be printed, not when the paper appeared.
        published_at: dated.filter(|at| day(at) <= today),
        journal: journal(item),
        doi: doi.filter(|doi| *doi != paper).map(|doi| doi.to_string()),
        ..Facts::default()
    };
    Ok(Listing {
        paper,
        also,
        announced: item.announced.as_deref().and_then(announcement),
        day: dated.map_or(today, |at| day(&at)).min(today),
        facts,
        counters: Counters::default(),
    })
}

/// The abstract: the summary, or the content where the summary is only a teaser.
fn abstract_of(item: &RawItem) -> String {
    let read = |html: &str| paragraphs(&flush_left(&html::plain(html)), ABSTRACT);
    let summary = read(&item.summary);
    if summary.chars().count() >= SHORT_SUMMARY {
        return without_imprint(summary);
    }
    let content = read(&item.content);
    without_imprint(if content.len() > summary.len() { content } else { summary })
}

/// In HTML an indented line begins no paragraph.
fn flush_left(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

/// Leaves out a first paragraph that is only the imprint: “Nature, Published online: …; doi:10.1038/…”.
fn without_imprint(text: String) -> String {
    match text.split_once("\n\n") {
        Some((first, rest)) if first.to_lowercase().contains("doi:10.") && first.chars().count() < 200 => {
            rest.to_owned()
        }
        _ => text,
    }
}

fn keywords(categories: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for keyword in categories.iter().filter_map(|category| one_line(&html::plain(category), NAME)) {
        if kept.len() == KEYWORDS {
            break;
        }
        if !kept.iter().any(|known| known.to_lowercase() == keyword.to_lowercase()) {
            kept.push(keyword);
        }
    }
    kept
}

/// `Nature 612 (3)`, as far as it is known.
fn journal(item: &RawItem) -> Option<String> {
    let mut journal = one_line(&html::plain(item.journal.as_deref()?), NAME)?;
    if let Some(volume) = item.volume.as_deref().and_then(|volume| one_line(volume, NAME)) {
        journal = format!("{journal} {volume}");
        if let Some(number) = item.number.as_deref().and_then(|number| one_line(number, NAME)) {
            journal = format!("{journal} ({number})");
        }
    }
    Some(journal)
}

fn announcement(word: &str) -> Option<Announcement> {
    Announcement::ALL.into_iter().find(|known| known.name() == word)
}
