//! Answers of the query API: Atom, also for its errors.
//!
//! ```text
//! feed  = opensearch:totalResults, startIndex, itemsPerPage, entry*
//! entry = id "http://arxiv.org/abs/{id}v{n}", title, summary, published (of v1), updated (of this version),
//!         author{name, arxiv:affiliation?}+, category@term+, arxiv:primary_category@term,
//!         arxiv:comment?, arxiv:journal_ref?, arxiv:doi?
//! ```
//! The order of the elements has changed and is not relied on.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fields;
use super::xml::{self, Element, Malformed};
use crate::domain::{Counters, Facts, Listing};
use crate::sources::rows::Rows;

/// One page of an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// How many papers the whole answer has, by its own word.
    pub total: Option<u64>,
    /// The number of the first paper of this page.
    pub start: Option<u64>,
    /// The most papers on a page.
    pub most: Option<u64>,
    /// What arXiv says is wrong with the question, in its own words.
    pub error: Option<String>,
    /// The papers of this page.
    pub rows: Rows,
}

impl Page {
    /// True when fewer papers came than the answer itself promises: arXiv's index is being built, ask again.
    pub fn is_short(&self) -> bool {
        let left = self.total.unwrap_or(0).saturating_sub(self.start.unwrap_or(0));
        let promised = self.most.map_or(left, |most| left.min(most));
        u64::try_from(self.rows.count()).is_ok_and(|came| came < promised)
    }
}

/// Reads Atom of the query API; `today` is the latest day that a listing can have.
pub fn parse(body: &[u8], today: Date) -> Result<Page, Malformed> {
    let root = Malformed::expect(xml::read(body)?, "feed")?;
    let number = |name: &str| root.text(name).and_then(|text| text.parse().ok());
    let mut page = Page {
        total: number("totalResults"),
        start: number("startIndex"),
        most: number("itemsPerPage"),
        ..Page::default()
    };
    for (index, entry) in root.all("entry").enumerate() {
        if entry.text("id").is_some_and(|id| id.contains("/api/errors")) {
            let said = entry.text("summary").or_else(|| entry.text("title"));
            page.error = fields::remark(said).or_else(|| Some("an error without words".to_owned()));
            return Ok(page);
        }
        page.rows.push(index, listing(entry, today));
    }
    Ok(page)
}

fn listing(entry: &Element<'_>, today: Date) -> Result<Listing, String> {
    let (paper, version) = fields::versioned_id(entry.text("id").ok_or("it has no id")?)?;
    let updated = fields::past(fields::time(entry.text("updated")), today);
    let published_at = fields::past(fields::time(entry.text("published")), today);
    let term = |element: &Element<'_>| element.attribute("term").unwrap_or_default().to_owned();
    // The primary category is also among the others, and not always the first of them.
    let terms: Vec<String> = entry.all("primary_category").chain(entry.all("category")).map(term).collect();
    let names = entry.all("author").filter_map(|author| author.text("name"));
    let mut facts = Facts {
        title: fields::title(entry.text("title"), &paper)?,
        abstract_text: fields::abstract_text(entry.raw_text("summary")),
        authors: fields::people(names),
        categories: fields::categories(terms.iter().map(String::as_str)),
        published_at,
        comment: fields::remark(entry.text("comment")),
        journal: fields::remark(entry.text("journal_ref")),
        version,
        ..Facts::default()
    };
    let also = fields::dois(&mut facts, entry.text("doi"));
    facts.withdrawn_at = fields::withdrawn(&facts, updated.or(published_at));
    facts.repository = fields::repository(&facts);
    let day = published_at.or(updated).map_or(today, |at| at.to_zoned(TimeZone::UTC).date());
    Ok(Listing { paper, also, announced: None, day: day.min(today), facts, counters: Counters::default() })
}
