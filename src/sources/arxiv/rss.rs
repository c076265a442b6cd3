//! The announcements of a day, as rss.arxiv.org gives them in RSS 2.0 and in Atom.
//!
//! ```text
//! item = title, link, guid "oai:arXiv.org:{id}v{n}", category+ (the primary one first), arxiv:announce_type,
//!        dc:creator "First Last (Lab, City), First Last", arxiv:DOI?, arxiv:journal_reference?,
//!        description "arXiv:{id}v{n} Announce Type: {type} \nAbstract: …"
//! ```
//! Every item has the same date, midnight in New York, so the day is the channel's. Neither the authors' comment
//! nor the day of the first version is in it.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::fields;
use super::schedule::new_york;
use super::xml::{self, Element, Malformed};
use crate::domain::query::Announcement;
use crate::domain::{Counters, Facts, Listing};
use crate::sources::rows::Rows;

/// The announcements of one day for some categories.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Announcements {
    /// The day in New York; `None` when the channel does not say.
    pub day: Option<Date>,
    /// What arXiv says is wrong with the question, in its own words.
    pub error: Option<String>,
    /// The papers, each once.
    pub rows: Rows,
}

/// Reads RSS or Atom of rss.arxiv.org; `today` is the latest day that a listing can have.
pub fn parse(body: &[u8], today: Date) -> Result<Announcements, Malformed> {
    let root = xml::read(body)?;
    let (channel, item) = match &*root.name {
        "rss" => (root.child("channel").ok_or(Malformed::Syntax("it has no channel".to_owned()))?, "item"),
        "feed" => (&root, "entry"),
        _ => return Err(Malformed::expect(root, "rss").map_or_else(|other| other, |_| Malformed::Empty)),
    };
    let title = channel.text("title").unwrap_or_default();
    if title.to_ascii_lowercase().starts_with("feed error") {
        let said = channel.text("description").or_else(|| channel.text("subtitle")).unwrap_or(title);
        let error = fields::remark(Some(said));
        return Ok(Announcements { error, ..Announcements::default() });
    }
    // All items carry the same date; the feed's own date in Atom is that of the build.
    let dated = |element: &Element<'_>| {
        fields::mail_time(element.text("pubDate")).or_else(|| fields::time(element.text("published")))
    };
    let at = dated(channel).or_else(|| channel.all(item).find_map(&dated));
    let day = at.map(new_york);
    let mut rows = Rows::default();
    let mut seen = HashSet::new();
    for (index, item) in channel.all(item).enumerate() {
        let row = listing(item, day.unwrap_or(today).min(today), at);
        if row.as_ref().map_or(true, |listing| seen.insert(listing.paper.clone())) {
            rows.push(index, row);
        }
    }
    Ok(Announcements { day, error: None, rows })
}

fn listing(item: &Element<'_>, day: Date, at: Option<Timestamp>) -> Result<Listing, String> {
    let description = item.raw_text("description").or_else(|| item.raw_text("summary")).unwrap_or_default();
    let (head, abstract_text) = described(description);
    let named = [item.text("guid"), item.text("id"), head.id, item.text("link")];
    let mut ids = named.into_iter().flatten().map(fields::versioned_id);
    let (paper, version) = match ids.by_ref().find(Result::is_ok) {
        Some(found) => found?,
        None => return Err(no_id(item)),
    };
    // The link names no version, the guid and the description do.
    let version = version.or_else(|| ids.flatten().find_map(|(id, version)| version.filter(|_| id == paper)));
    let told = item.text("announce_type").and_then(announcement).or(head.announced);
    let guessed = version.map(|n| if n == 1 { Announcement::New } else { Announcement::Replace });
    let announced = told.or(guessed);
    let announced = announced.ok_or_else(|| format!("nothing says how the paper {paper} is announced"))?;
    let creators: Vec<_> = item.all("creator").map(Element::own_text).collect();
    let people = item.all("author").filter_map(|author| author.text("name"));
    let authors = if creators.is_empty() {
        fields::people(people)
    } else {
        creators.iter().flat_map(|line| fields::names(line)).collect()
    };
    let terms = item.all("category").map(|c| c.attribute("term").unwrap_or_else(|| c.own_text()));
    let mut facts = Facts {
        title: fields::title(item.text("title"), &paper)?,
        abstract_text: fields::abstract_text(Some(abstract_text)),
        authors,
        categories: fields::categories(terms),
        journal: fields::remark(item.child_of(&["journal_reference", "journal_ref"]).map(Element::own_text)),
        version,
        ..Facts::default()
    };
    let doi = item.child_of(&["DOI", "doi"]).map(Element::own_text);
    let also = fields::dois(&mut facts, doi);
    facts.withdrawn_at = fields::withdrawn(&facts, at);
    facts.repository = fields::repository(&facts);
    Ok(Listing { paper, also, announced: Some(announced), day, facts, counters: Counters::default() })
}

fn no_id(item: &Element<'_>) -> String {
    match item.text("guid").or_else(|| item.text("id")) {
        Some(text) => fields::versioned_id(text).err().unwrap_or_default(),
        None => "it has no id".to_owned(),
    }
}

/// What stands before the abstract.
#[derive(Default)]
struct Head<'a> {
    id: Option<&'a str>,
    announced: Option<Announcement>,
}

/// Takes `arXiv:{id}v{n} Announce Type: {type} \nAbstract: …` apart; a text of another form is all abstract.
fn described(text: &str) -> (Head<'_>, &str) {
    let text = text.trim();
    let Some((head, rest)) = text.split_once("Abstract:") else {
        return if text.starts_with("arXiv:") { (head(text), "") } else { (Head::default(), text) };
    };
    if head.starts_with("arXiv:") || head.trim().is_empty() {
        (self::head(head), rest)
    } else {
        (Head::default(), text)
    }
}

fn head(text: &str) -> Head<'_> {
    let id = text.split_whitespace().next();
    let announced = text.split_once("Announce Type:").and_then(|(_, kind)| announcement(kind));
    Head { id, announced }
}

fn announcement(text: &str) -> Option<Announcement> {
    let text = text.trim().to_ascii_lowercase();
    // A change of the abstract alone: the feed leaves it out today.
    if text == "absonly" {
        return Some(Announcement::Replace);
    }
    Announcement::ALL.into_iter().find(|kind| kind.name() == text)
}
