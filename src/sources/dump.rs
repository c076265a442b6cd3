//! A dump of papers as JSON Lines, plain or gzipped: one paper in each line, read as a stream.
//!
//! ```json
//! {"id": "2503.11677", "title": "…", "abstract": "…", "authors": ["…"], "categories": ["cs.HC"], "listed_on": ["2025-03-18"]}
//! ```
//! `docs/sources.md` lists every field. A line that does not hold to it is left out with its number and the reason.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use url::Url;

use super::huggingface::fields::{one_line, paragraphs};
use crate::domain::{Counters, Facts, Listing, Organization, PaperId, SourceSummary};

/// The longest line that is read; the longest abstracts have some thousand characters.
const LONGEST_LINE: u64 = 1 << 20;
/// Most characters of a title, an abstract, a remark, and a name.
const LIMITS: (usize, usize, usize, usize) = (1_000, 20_000, 2_000, 200);
/// Most authors, categories and keywords of a paper; the largest collaborations have some thousand authors.
const MOST_NAMES: usize = 5_000;
/// The first two bytes of a gzipped file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A line that is no paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub line: u64,
    /// Why it cannot be read.
    pub reason: String,
}

/// A line as it is written.
#[derive(Deserialize)]
struct Row {
    id: String,
    title: String,
    #[serde(rename = "abstract")]
    abstract_text: Option<String>,
    authors: Option<Vec<String>>,
    categories: Option<Vec<String>>,
    listed_on: Vec<Date>,
    comment: Option<String>,
    journal: Option<String>,
    doi: Option<String>,
    version: Option<u16>,
    published_at: Option<Timestamp>,
    withdrawn_at: Option<Timestamp>,
    submitter: Option<String>,
    repository: Option<String>,
    project_page: Option<String>,
    thumbnail: Option<String>,
    organization: Option<Organization>,
    summary: Option<SourceSummary>,
    keywords: Option<Vec<String>>,
    #[serde(flatten)]
    counters: Counters,
}

/// Reads one line: the paper once for each day on which it was listed, the earliest first.
pub fn parse_line(line: &[u8], today: Date) -> Result<Vec<Listing>, String> {
    let row: Row = serde_json::from_slice(line).map_err(|error| {
        let text = error.to_string();
        // Every line is the first one of its own text.
        text.replace(" at line 1 column", " at column")
    })?;
    let (title_limit, abstract_limit, remark, name) = LIMITS;
    let paper: PaperId = row.id.parse().map_err(|_| {
        let shown: String = row.id.chars().take(40).collect();
        format!("the id {shown:?} is none of a paper")
    })?;
    let title = one_line(&row.title, title_limit).ok_or("the title is empty")?;
    let mut days = row.listed_on;
    days.sort_unstable();
    days.dedup();
    match days.last() {
        None => return Err("listed_on holds no day".to_owned()),
        Some(last) if *last > today => return Err(format!("it was listed on {last}, which is yet to come")),
        Some(_) => {}
    }
    let doi = row.doi.filter(|doi| !doi.trim().is_empty()).map(|doi| doi_of(&doi, &paper)).transpose()?;
    let doi = doi.filter(|doi| *doi != paper);
    let names = |names: Option<Vec<String>>| -> Vec<String> {
        names.into_iter().flatten().take(MOST_NAMES).filter_map(|text| one_line(&text, name)).collect()
    };
    let short = |text: Option<String>, max: usize| text.and_then(|text| one_line(&text, max));
    let facts = Facts {
        title,
        abstract_text: row.abstract_text.map(|text| paragraphs(&text, abstract_limit)).unwrap_or_default(),
        authors: names(row.authors),
        categories: names(row.categories),
        published_at: row.published_at,
        submitter: short(row.submitter, name),
        repository: address(row.repository, "repository")?,
        project_page: address(row.project_page, "project_page")?,
        thumbnail: address(row.thumbnail, "thumbnail")?,
        organization: row.organization,
        summary: row.summary,
        keywords: names(row.keywords),
        withdrawn_at: row.withdrawn_at,
        comment: short(row.comment, remark),
        journal: short(row.journal, remark),
        doi: doi.as_ref().map(ToString::to_string),
        version: row.version.filter(|version| *version > 0),
    };
    let listing = |day| Listing {
        paper: paper.clone(),
        also: doi.iter().cloned().collect(),
        announced: None,
        day,
        facts: facts.clone(),
        counters: row.counters,
    };
    Ok(days.into_iter().map(listing).collect())
}

fn doi_of(text: &str, paper: &PaperId) -> Result<PaperId, String> {
    let id = text.parse::<PaperId>().ok();
    // The DOI that arXiv itself gives a paper reads as its arXiv id.
    id.filter(|id| id.is_doi() || id == paper).ok_or_else(|| "doi holds no DOI".to_owned())
}

fn address(text: Option<String>, key: &str) -> Result<Option<String>, String> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let url = Url::parse(text.trim()).ok();
    let web = url.filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
    });
    web.map(|url| Some(url.into())).ok_or_else(|| format!("{key} holds no web address"))
}

/// The lines of a dump, unpacked while they are read.
pub struct Lines {
    input: Box<dyn BufRead + Send>,
    number: u64,
}

impl Lines {
    /// Reads plain or gzipped lines, whichever the first bytes tell.
    pub fn new(mut input: BufReader<impl Read + Send + 'static>) -> io::Result<Self> {
        let packed = input.fill_buf()?.starts_with(&GZIP);
        let input: Box<dyn BufRead + Send> = if packed {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input)))
        } else {
            Box::new(input)
        };
        Ok(Self { input, number: 0 })
    }

    /// The number of the line that was read last, counted from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line that holds anything; `None` at the end.
    ///
    /// An error of the input itself (a file that is cut short) ends the dump; all that came before is good.
    pub fn next(&mut self, today: Date) -> io::Result<Option<Result<Vec<Listing>, BadLine>>> {
        let mut line = Vec::new();
        loop {
            line.clear();
            if (&mut self.input).take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if line.len() as u64 == LONGEST_LINE && !line.ends_with(b"\n") {
                self.skip_line()?;
                let reason = format!("it is longer than {} MiB", LONGEST_LINE >> 20);
                return Ok(Some(Err(BadLine { line: self.number, reason })));
            }
            if !line.trim_ascii().is_empty() {
                let parsed = parse_line(&line, today);
                return Ok(Some(parsed.map_err(|reason| BadLine { line: self.number, reason })));
            }
        }
    }

    /// Passes over the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let (passed, done) = (end.map_or(buffer.len(), |at| at + 1), end.is_some() || buffer.is_empty());
            self.input.consume(passed);
            if done {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 8, 21);
    const FULL: &str = r#"{"id":"arXiv:2503.11677v2","title":" A\n tale ","abstract":"One\nline.\n  Two.",
        "authors":["Ada  L.",""],"categories":["cs.HC","cs.CV"],"comment":"12 pages","journal":"J. 1",
        "doi":"https://doi.org/10.1000/FLOW","version":2,"published_at":"2025-03-17T00:00:00Z","withdrawn_at":null,
        "submitter":"ada","repository":"https://github.com/a/b","project_page":"","thumbnail":null,
        "organization":{"name":"lab","full_name":"Lab"},"summary":{"text":"Short.","model":null},
        "keywords":["flow"],"upvotes":3,"listed_on":["2025-03-19","2025-03-18","2025-03-18"],"later":1}"#;

    fn parse(text: &str) -> Result<Vec<Listing>, String> {
        parse_line(text.replace('\n', " ").as_bytes(), TODAY)
    }

    fn reason(text: &str) -> String {
        parse(text).unwrap_err()
    }

    #[test]
    fn every_field_lands_where_it_belongs_once_for_each_day() {
        let listings = parse(FULL).unwrap();
        assert_eq!(
            listings.iter().map(|l| l.day).collect::<Vec<_>>(),
            [date(2025, 3, 18), date(2025, 3, 19)]
        );
        let Listing { paper, also, facts, counters, .. } = &listings[0];
        assert_eq!((paper.as_str(), also[0].as_str()), ("2503.11677", "10.1000/flow"));
        assert_eq!(facts.title, "A tale");
        assert_eq!((facts.authors.as_slice(), facts.categories.len()), (["Ada L.".to_owned()].as_slice(), 2));
        assert_eq!((facts.comment.as_deref(), facts.journal.as_deref()), (Some("12 pages"), Some("J. 1")));
        assert_eq!((facts.doi.as_deref(), facts.version), (Some("10.1000/flow"), Some(2)));
        assert_eq!(facts.repository.as_deref(), Some("https://github.com/a/b"));
        assert_eq!((&facts.project_page, &facts.thumbnail), (&None, &None));
        assert_eq!((counters.upvotes, counters.stars), (Some(3), None));
        assert_eq!(facts.organization.as_ref().unwrap().full_name, "Lab");
    }

    #[test]
    fn what_is_no_paper_says_why() {
        let base = r#"{"id":"2503.11677","title":"A","listed_on":["2025-03-18"]}"#;
        assert_eq!(parse(base).unwrap().len(), 1);
        insta::assert_snapshot!(reason(&base.replace("2503.11677", "x")), @r#"the id "x" is none of a paper"#);
        insta::assert_snapshot!(reason(&base.replace(r#""A""#, r#"" ""#)), @"the title is empty");
        insta::assert_snapshot!(reason(&base.replace(r#""2025-03-18""#, "")), @"listed_on holds no day");
        insta::assert_snapshot!(reason(&base.replace("2025", "2027")), @"it was listed on 2027-03-18, which is yet to come");
        insta::assert_snapshot!(reason(&base.replace(r#","listed"#, r#","doi":"x","listed"#)), @"doi holds no DOI");
        insta::assert_snapshot!(reason(&base.replace(r#","listed"#, r#","repository":"javascript:x","listed"#)), @"repository holds no web address");
        assert!(reason("{").contains("EOF") && reason("[]").contains("at column"), "{}", reason("{"));
        assert!(reason(r#"{"id":"2503.11677"}"#).contains("missing field `title`"));
    }

    #[test]
    fn lines_are_numbered_and_a_bad_one_costs_no_other() {
        let good = r#"{"id":"2503.11677","title":"A","listed_on":["2025-03-18"]}"#;
        let long = format!("{{\"id\":\"{}\"}}", "x".repeat(2 << 20));
        let text = format!("{good}\n\nnonsense\n{long}\n{good}");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        for bytes in [text.clone().into_bytes(), packed.finish().unwrap()] {
            let mut lines = Lines::new(BufReader::new(io::Cursor::new(bytes))).unwrap();
            let mut got = Vec::new();
            while let Some(line) = lines.next(TODAY).unwrap() {
                got.push((
                    lines.number(),
                    line.map(|l| l.len()).map_err(|bad| (bad.line, bad.reason.contains("MiB"))),
                ));
            }
            assert_eq!(got, [(1, Ok(1)), (3, Err((3, false))), (4, Err((4, true))), (5, Ok(1))]);
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_came_before_and_then_an_error() {
        let good = r#"{"id":"2503.11677","title":"A","listed_on":["2025-03-18"]}"#;
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(format!("{good}\n").repeat(50).as_bytes()).unwrap();
        let mut bytes = packed.finish().unwrap();
        bytes.truncate(bytes.len() - 4);
        let mut lines = Lines::new(BufReader::new(io::Cursor::new(bytes))).unwrap();
        let mut got = 0;
        let error = loop {
            match lines.next(TODAY) {
                Ok(Some(line)) => got += line.unwrap().len(),
                Ok(None) => panic!("the end was taken for a good one"),
                Err(error) => break error,
            }
        };
        assert_eq!((got, error.kind()), (50, io::ErrorKind::UnexpectedEof));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_line(&bytes, TODAY);
            let mut lines = Lines::new(BufReader::new(io::Cursor::new(bytes))).unwrap();
            while let Ok(Some(_)) = lines.next(TODAY) {}
        }
    }
}
