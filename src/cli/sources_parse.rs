//! `paperwire sources parse`: what a source's parser makes of a body, for whoever looks into a source.

use std::io::Read as _;

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Serialize;

use super::args::{BodyKind, ParseBody};
use super::exit::CliError;
use super::output::{Output, count, table};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{Counters, Listing, Organization, SourceSummary};
use crate::sources::{Rows, arxiv, feed, huggingface};

/// A listing, or a row that is none.
#[derive(Serialize)]
#[serde(tag = "row", rename_all = "lowercase")]
enum Row<'a> {
    Listing(Box<Listed<'a>>),
    Bad { index: usize, reason: &'a str },
    Deleted { paper: &'a str },
}

/// Everything that a listing says.
#[derive(Serialize)]
struct Listed<'a> {
    paper: &'a str,
    also: Vec<&'a str>,
    announced: Option<&'a str>,
    day: Date,
    title: &'a str,
    #[serde(rename = "abstract")]
    abstract_text: &'a str,
    authors: &'a [String],
    categories: &'a [String],
    published_at: Option<String>,
    submitter: Option<&'a str>,
    repository: Option<&'a str>,
    project_page: Option<&'a str>,
    thumbnail: Option<&'a str>,
    organization: Option<&'a Organization>,
    summary: Option<&'a SourceSummary>,
    keywords: &'a [String],
    withdrawn_at: Option<String>,
    comment: Option<&'a str>,
    journal: Option<&'a str>,
    doi: Option<&'a str>,
    version: Option<u16>,
    counters: Counters,
}

/// What a body gives, and a sentence on the rest of it.
struct Parsed {
    rows: Rows,
    deleted: Vec<String>,
    note: Option<String>,
}

/// Prints what a file gives; the whole of it refused is a failure.
pub fn run(args: &ParseBody, output: Output) -> Result<(), CliError> {
    let mut body = Vec::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut body).context("cannot read standard input")?;
    } else {
        let shown = args.file.display();
        body = std::fs::read(&args.file).with_context(|| format!("cannot read {shown}"))?;
    }
    let parsed = parse(args.kind, &body, SystemClock.today())?;
    if output.json {
        let bad = parsed.rows.bad.iter().map(|bad| Row::Bad { index: bad.index, reason: &bad.reason });
        let deleted = parsed.deleted.iter().map(|paper| Row::Deleted { paper });
        let listed = parsed.rows.listings.iter().map(|listing| Row::Listing(Box::new(listed(listing))));
        for row in listed.chain(deleted).chain(bad) {
            output.row(&row, |_| String::new())?;
        }
        return Ok(());
    }
    output.rows(&parsed.rows.listings.iter().map(listed).collect::<Vec<_>>(), |rows| {
        let mut out = table(&["PAPER", "VERSION", "DAY", "ANNOUNCED", "CATEGORY", "TITLE"]);
        for row in rows {
            out.add_row([
                row.paper.to_owned(),
                row.version.map(|n| format!("v{n}")).unwrap_or_default(),
                row.day.to_string(),
                row.announced.unwrap_or_default().to_owned(),
                row.categories.first().cloned().unwrap_or_default(),
                row.title.to_owned(),
            ]);
        }
        out
    })?;
    let (good, bad) = (parsed.rows.listings.len(), parsed.rows.bad.len());
    let deleted = parsed.deleted.len();
    let mut said = count(good, "listing", "listings");
    if deleted > 0 {
        said = format!("{said}, {}", count(deleted, "deleted paper", "deleted papers"));
    }
    output.note(&format!("{said}, {}.", count(bad, "row refused", "rows refused")))?;
    parsed.rows.bad.iter().try_for_each(|bad| output.note(&bad.to_string()))?;
    if let Some(note) = &parsed.note {
        output.note(note)?;
    }
    Ok(())
}

fn parse(kind: BodyKind, body: &[u8], today: Date) -> anyhow::Result<Parsed> {
    let mut parsed = Parsed { rows: Rows::default(), deleted: Vec::new(), note: None };
    match kind {
        BodyKind::ArxivApi => {
            let page = arxiv::query::parse(body, today)?;
            refuse(page.error.as_deref())?;
            if page.is_short() {
                let total = page.total.unwrap_or_default();
                parsed.note =
                    Some(format!("The answer promises {total} papers: it would be asked for again."));
            }
            parsed.rows = page.rows;
        }
        BodyKind::ArxivRss => {
            let read = arxiv::rss::parse(body, today)?;
            refuse(read.error.as_deref())?;
            parsed.note = read.day.map(|day| format!("It is the feed of {day} in New York."));
            parsed.rows = read.rows;
        }
        BodyKind::Oai => {
            let records = arxiv::oai::parse(body, today)?;
            refuse(records.error.map(|error| format!("{}: {}", error.code, error.said)).as_deref())?;
            parsed.note = records.next.map(|_| "There are more pages behind it.".to_owned());
            parsed.deleted = records.deleted.iter().map(ToString::to_string).collect();
            parsed.rows = records.rows;
        }
        BodyKind::Feed => {
            // The address only completes links that the feed leaves short.
            let url = "https://feed.invalid/".parse().expect("a fixed address");
            let read = feed::parse(body, None, &url, today)?;
            parsed.note = Some(format!("It is the feed “{}”.", read.title));
            parsed.rows = read.rows;
        }
        BodyKind::Huggingface => {
            parsed.rows = huggingface::parse(body, today, today).map_err(anyhow::Error::msg)?;
        }
    }
    Ok(parsed)
}

/// Fails with what the source says is wrong with the question.
fn refuse(said: Option<&str>) -> anyhow::Result<()> {
    said.map_or(Ok(()), |said| Err(anyhow::anyhow!("the body is an error of the source: {said}")))
}

fn listed(listing: &Listing) -> Listed<'_> {
    let facts = &listing.facts;
    Listed {
        paper: listing.paper.as_str(),
        also: listing.also.iter().map(crate::domain::PaperId::as_str).collect(),
        announced: listing.announced.map(crate::domain::query::Announcement::name),
        day: listing.day,
        title: &facts.title,
        abstract_text: &facts.abstract_text,
        authors: &facts.authors,
        categories: &facts.categories,
        published_at: facts.published_at.map(|at| at.to_string()),
        submitter: facts.submitter.as_deref(),
        repository: facts.repository.as_deref(),
        project_page: facts.project_page.as_deref(),
        thumbnail: facts.thumbnail.as_deref(),
        organization: facts.organization.as_ref(),
        summary: facts.summary.as_ref(),
        keywords: &facts.keywords,
        withdrawn_at: facts.withdrawn_at.map(|at| at.to_string()),
        comment: facts.comment.as_deref(),
        journal: facts.journal.as_deref(),
        doi: facts.doi.as_deref(),
        version: facts.version,
        counters: listing.counters,
    }
}
