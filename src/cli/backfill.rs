//! `paperwire backfill --source … --from … --to …`

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use super::args::Backfill as Args;
use super::exit::CliError;
use super::output::{Output, count};
use super::progress::Progress;
use crate::app;
use crate::clock::SystemClock;
use crate::config::{Config, LogFormat};
use crate::pipeline::{Advance, Backfill, Span};
use crate::telemetry;

/// What came of it, as programs read it.
#[derive(Debug, Default, Serialize)]
struct Row {
    source: &'static str,
    /// Days that were read now.
    days: usize,
    /// Days that had been read before.
    days_skipped: usize,
    /// Days that are left: it was stopped.
    days_left: usize,
    /// The last day that is read; later ones are left to the polls.
    until: Option<Date>,
    new: usize,
    changed: usize,
    unchanged: usize,
    bad_rows: u32,
}

/// Reads the days that are left of a span.
pub async fn run(config: &Config, args: Args, output: Output) -> Result<(), CliError> {
    // Failures to read are told here; the log would tear the bar apart.
    let filter = if config.log.filter == "info" { "error" } else { &config.log.filter };
    telemetry::init(filter, config.log.format == LogFormat::Json)
        .map_err(|e| CliError::Usage(e.to_string()))?;
    if args.from > args.to {
        return Err(CliError::Usage(format!("--from {} is after --to {}; swap them", args.from, args.to)));
    }
    let store = app::open_store(config).await?;
    let archive = app::archive(config, &store, args.source)?;
    let source = archive.name().0;
    let category = args.category.map(|name| archive.category(&name)).transpose().map_err(CliError::Usage)?;
    let (_, indexer) = app::search(config, &store)?;
    let span = Span { from: args.from, to: args.to, category, again: args.again };
    let mut backfill = Backfill::begin(store, Arc::new(SystemClock), archive, span).await?;
    let all = backfill.days_left();
    let (days_skipped, until) = (backfill.days_skipped(), backfill.until());
    let mut row = Row { source, days_skipped, until, ..Row::default() };
    let mut shown = Progress::new(Some(all as u64), "papers");
    let work = work(&mut backfill, &mut row, &mut shown, all);
    let ended = tokio::select! {
        ended = work => ended,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    shown.end();
    row.days_left = backfill.days_left();
    row.days = all - row.days_left;
    indexer.catch_up().await?;
    output.row(&row, text)?;
    ended?;
    if row.days_left > 0 { Err(CliError::No) } else { Ok(()) }
}

async fn work(
    backfill: &mut Backfill,
    row: &mut Row,
    shown: &mut Progress,
    all: usize,
) -> anyhow::Result<()> {
    loop {
        let wait = match backfill.step().await? {
            Advance::Read { recorded, bad_rows, pause, .. } => {
                row.new += recorded.new;
                row.changed += recorded.changed;
                row.unchanged += recorded.unchanged;
                row.bad_rows += bad_rows;
                let papers = row.new + row.changed + row.unchanged;
                shown.at((all - backfill.days_left()) as u64, papers as u64);
                pause
            }
            Advance::Failed { reason, wait } => {
                shown.line(&format!("{reason}; next try in {} s", wait.as_secs()));
                wait
            }
            Advance::Done => return Ok(()),
        };
        // Nothing is asked for after the last page, so there is nothing to wait for.
        if backfill.days_left() > 0 {
            tokio::time::sleep(wait).await;
        }
    }
}

fn text(row: &Row) -> String {
    let days = count(row.days, "day", "days");
    let mut text = format!(
        "{}: read {days}, {}, {} changed, {} unchanged.",
        row.source,
        count(row.new, "new paper", "new papers"),
        row.changed,
        row.unchanged
    );
    if row.bad_rows > 0 {
        let _ = write!(text, " {} rows could not be read.", row.bad_rows);
    }
    if row.days_skipped > 0 {
        let skipped = count(row.days_skipped, "day", "days");
        let _ = write!(text, " {skipped} had been read before (--again reads them again).");
    }
    if let Some(until) = row.until {
        let _ = write!(text, " What comes after {until} is left to the polls.");
    }
    if row.days_left > 0 {
        let left = count(row.days_left, "day is", "days are");
        let _ = write!(text, " {left} left: the same command goes on from there.");
    }
    text
}
