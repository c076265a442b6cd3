//! OAI-PMH: every change of every paper, in the formats `arXiv` and `arXivRaw`.
//!
//! ```text
//! record   = header{identifier "oai:arXiv.org:{id}", datestamp, setSpec*, @status="deleted"?}, metadata{format}?
//! arXiv    = id, created, updated?, authors{author{keyname, forenames?, suffix?, affiliation*}*}, title,
//!            categories, comments?, journal-ref?, doi?, license?, abstract
//! arXivRaw = id, submitter?, version{@version, date, size}*, title, authors "First Last (Lab), First Last", …
//! ```
//! A datestamp is the day of the last change, not of the submission.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::fields;
use super::xml::{self, Element, Malformed};
use crate::domain::query::Announcement;
use crate::domain::{Counters, Facts, Listing, PaperId};
use crate::sources::rows::Rows;

/// The longest time between submission and announcement that still makes a first version new: four days with the
/// moderators, a weekend and a holiday.
const NEW_WITHIN_DAYS: i64 = 8;

/// One page of records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// The day of the answer by arXiv's clock, from which the next harvest begins.
    pub answered: Option<Date>,
    /// The papers.
    pub rows: Rows,
    /// Papers that are no longer there.
    pub deleted: Vec<PaperId>,
    /// What to ask for the next page with; `None` at the end.
    pub next: Option<String>,
    /// True for a list without a record: arXiv says so in another way when nothing matches.
    pub is_empty: bool,
    /// What arXiv says is wrong with the question.
    pub error: Option<OaiError>,
}

/// An error in the terms of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OaiError {
    /// Its code, such as `badResumptionToken`.
    pub code: String,
    /// arXiv's own words.
    pub said: String,
}

/// Reads an answer with records; `today` is the latest day that a listing can have.
///
/// That nothing matches (`noRecordsMatch`) is an answer without records and no error.
pub fn parse(body: &[u8], today: Date) -> Result<Records, Malformed> {
    let root = Malformed::expect(xml::read(body)?, "OAI-PMH")?;
    let mut read = Records { answered: date(root.text("responseDate")), ..Records::default() };
    if let Some(error) = root.child("error") {
        let code: String = error.attribute("code").unwrap_or("unknown").chars().take(40).collect();
        let said = fields::remark(Some(error.own_text())).unwrap_or_default();
        read.error = (code != "noRecordsMatch").then_some(OaiError { code, said });
        return Ok(read);
    }
    let verbs = ["ListRecords", "GetRecord"];
    let Some(list) = root.child_of(&verbs) else {
        return Err(Malformed::Syntax("it has neither records nor an error".to_owned()));
    };
    let token = list.text("resumptionToken").map(str::to_owned);
    read.next = token.filter(|token| token.len() <= 1_000);
    for (index, record) in list.all("record").enumerate() {
        let header = record.child("header");
        if header.and_then(|header| header.attribute("status")) == Some("deleted") {
            let id = header.and_then(|header| header.text("identifier")).unwrap_or_default();
            match fields::versioned_id(id) {
                Ok((id, _)) => read.deleted.push(id),
                Err(reason) => read.rows.push(index, Err(reason)),
            }
            continue;
        }
        read.rows.push(index, listing(record, header, today));
    }
    read.is_empty = read.rows.count() == 0 && read.deleted.is_empty();
    Ok(read)
}

fn listing(record: &Element<'_>, header: Option<&Element<'_>>, today: Date) -> Result<Listing, String> {
    let metadata = record.child("metadata").ok_or("it has no metadata")?;
    let paper = metadata
        .child_of(&["arXivRaw", "arXiv"])
        .ok_or("it is in neither of the formats arXiv and arXivRaw")?;
    let named = paper.text("id").or_else(|| header?.text("identifier")).ok_or("it has no id")?;
    let (id, _) = fields::versioned_id(named)?;
    let versions = Versions::read(paper, today);
    let comment = paper.text("comments");
    let mut facts = Facts {
        title: fields::title(paper.text("title"), &id)?,
        abstract_text: fields::abstract_text(paper.raw_text("abstract")),
        authors: authors(paper),
        categories: fields::categories(paper.text("categories").unwrap_or_default().split_whitespace()),
        published_at: versions.first,
        comment: fields::remark(comment),
        journal: fields::remark(paper.text("journal-ref")),
        version: versions.newest,
        ..Facts::default()
    };
    let also = fields::dois(&mut facts, paper.text("doi"));
    let changed = date(header.and_then(|header| header.text("datestamp")));
    facts.withdrawn_at = fields::withdrawn(&facts, versions.last);
    facts.repository = fields::repository(&facts);
    let day = changed.unwrap_or(today).min(today);
    let announced = Some(versions.announced(day));
    Ok(Listing { paper: id, also, announced, day, facts, counters: Counters::default() })
}

/// What a record tells of a paper's versions.
struct Versions {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    newest: Option<u16>,
    several: bool,
}

impl Versions {
    fn read(paper: &Element<'_>, today: Date) -> Self {
        let number =
            |version: &Element<'_>| version.attribute("version")?.trim_start_matches('v').parse().ok();
        let newest: Option<u16> = paper.all("version").filter_map(number).max();
        let dated = |version: &Element<'_>| fields::mail_time(version.text("date"));
        let raw: Vec<Timestamp> = paper.all("version").filter_map(dated).collect();
        let created = fields::midnight(paper.text("created"));
        let updated = fields::midnight(paper.text("updated"));
        let past = |at| fields::past(at, today);
        Self {
            first: past(raw.iter().min().copied().or(created)),
            last: past(raw.iter().max().copied().or(updated).or(created)),
            newest,
            several: newest.map_or(updated.is_some(), |newest| newest > 1),
        }
    }

    /// How arXiv announced the change of `day`, as far as a record shows it.
    ///
    /// Whatever is older than an announcement can be is a change of an old paper and no news: a journal reference,
    /// a further category, a new version.
    fn announced(&self, day: Date) -> Announcement {
        let earliest = day.saturating_sub(NEW_WITHIN_DAYS.days());
        let recent = self.first.is_some_and(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date() >= earliest);
        if recent && !self.several { Announcement::New } else { Announcement::Replace }
    }
}

fn authors(paper: &Element<'_>) -> Vec<String> {
    let Some(authors) = paper.child("authors") else { return Vec::new() };
    if authors.children().is_empty() {
        return fields::names(authors.own_text());
    }
    fields::people(authors.all("author").map(|author| {
        // Some names have two parts of a kind.
        let parts = ["forenames", "keyname", "suffix"].into_iter();
        let parts: Vec<_> = parts.flat_map(|part| author.all(part).map(Element::own_text)).collect();
        parts.join(" ")
    }))
}

fn date(text: Option<&str>) -> Option<Date> {
    text?.get(..10)?.parse().ok()
}
