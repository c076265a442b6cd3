//! `paperwire import FILE`

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;

use super::args::{Import as Args, ImportedFrom};
use super::exit::CliError;
use super::output::{Output, count};
use super::progress::Progress;
use crate::app;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::SourceName;
use crate::pipeline::{Import, Imported};
use crate::sources::dump::{BadLine, Lines};

/// Bad lines that people are shown.
const SHOWN_BAD_LINES: usize = 10;

/// What came of it, as programs read it.
#[derive(Serialize)]
struct Row<'a> {
    papers: u64,
    new: u64,
    changed: u64,
    bad: u64,
    bad_lines: Vec<Bad<'a>>,
    seconds: f64,
    papers_per_second: f64,
}

#[derive(Serialize)]
struct Bad<'a> {
    line: u64,
    reason: &'a str,
}

impl From<ImportedFrom> for SourceName {
    fn from(from: ImportedFrom) -> Self {
        Self(match from {
            ImportedFrom::Import => "import",
            ImportedFrom::Arxiv => "arxiv",
            ImportedFrom::Huggingface => "huggingface",
        })
    }
}

/// Takes a dump in.
pub async fn run(config: &Config, args: &Args, output: Output) -> Result<(), CliError> {
    let (lines, size, counter) = open(&args.file)?;
    let store = app::open_store(config).await?;
    let (search, indexer) = app::search(config, &store)?;
    let elsewhere = !search.is_writable();
    let import = Import::new(store, Arc::new(SystemClock), indexer, args.source.into());
    let begun = Instant::now();
    let mut shown = Progress::new(size, "papers");
    let running = import.run(lines, |so_far| {
        shown.at(counter.bytes(), so_far.papers);
    });
    let imported = Box::pin(running).await?;
    shown.end();
    report(&imported, begun.elapsed(), elsewhere, output)?;
    match &imported.cut_short {
        Some(cut) => Err(CliError::Failed(anyhow::anyhow!(
            "the file cannot be read to its end ({cut}); what came before is stored, so that a whole file can be \
             imported over it"
        ))),
        None if imported.papers == 0 && imported.bad > 0 => Err(CliError::Failed(anyhow::anyhow!(
            "no line of the file holds a paper: docs/sources.md shows the format"
        ))),
        None => Ok(()),
    }
}

fn report(imported: &Imported, took: Duration, elsewhere: bool, output: Output) -> anyhow::Result<()> {
    let seconds = took.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for reading")]
    let rate = imported.papers as f64 / seconds.max(0.001);
    let bad_lines = imported.bad_lines.iter().map(|BadLine { line, reason }| Bad { line: *line, reason });
    let row = Row {
        papers: imported.papers,
        new: imported.new,
        changed: imported.changed,
        bad: imported.bad,
        bad_lines: bad_lines.collect(),
        seconds,
        papers_per_second: rate,
    };
    output.row(&row, |row| {
        let papers = count(usize::try_from(row.papers).unwrap_or(usize::MAX), "paper", "papers");
        let mut text = format!(
            "Read {papers} in {seconds:.1} s ({rate:.0} a second): {} new, {} listings with news of known ones.",
            row.new, row.changed
        );
        for Bad { line, reason } in row.bad_lines.iter().take(SHOWN_BAD_LINES) {
            let _ = write!(text, "\nLeft out line {line}: {reason}");
        }
        let more = row.bad.saturating_sub(SHOWN_BAD_LINES as u64);
        if more > 0 {
            let _ = write!(text, "\nLeft out {more} more lines (--json shows up to 100).");
        }
        if elsewhere {
            text += "\nThe running `paperwire serve` takes them into the search.";
        }
        text
    })
}

/// Counts what has been read of a file.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicU64>);

struct Counted<R> {
    inner: R,
    counter: Counter,
}

impl Counter {
    fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.counter.0.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Opens the dump; its size is known unless it comes through a pipe.
fn open(path: &Path) -> Result<(Lines, Option<u64>, Counter), CliError> {
    let counter = Counter::default();
    let (input, size): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
        (Box::new(io::stdin()), None)
    } else {
        let file = File::open(path).map_err(|error| {
            let text = format!("“{}” cannot be opened: {error}", path.display());
            if error.kind() == io::ErrorKind::NotFound {
                CliError::NotFound(text)
            } else {
                CliError::Usage(text)
            }
        })?;
        let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len());
        (Box::new(file), size)
    };
    let input = Counted { inner: input, counter: counter.clone() };
    let lines = Lines::new(BufReader::with_capacity(1 << 16, input));
    let lines = lines.with_context(|| format!("“{}” cannot be read", path.display()))?;
    Ok((lines, size, counter))
}
