//! `paperwire poll --once`

use serde::Serialize;
use tracing::warn;

use super::args::Poll;
use super::exit::CliError;
use super::held;
use super::output::{Output, count};
use crate::app;
use crate::config::{Config, LogFormat};
use crate::pipeline::{PollReport, Poller};
use crate::store::Store;
use crate::telemetry;

#[derive(Serialize)]
struct Row<'a> {
    source: &'a str,
    #[serde(flatten)]
    report: &'a PollReport,
    /// Papers that wait for the operator's decision.
    held: u64,
}

/// Fetches listings into the store; `serve` routes and posts what is new and young enough.
pub async fn run(config: &Config, args: Poll, output: Output) -> Result<(), CliError> {
    telemetry::init(&config.log.filter, config.log.format == LogFormat::Json)
        .map_err(|e| CliError::Usage(e.to_string()))?;
    let days = match (args.from, args.to) {
        (Some(from), Some(to)) if from > to => {
            return Err(CliError::Usage(format!("--from {from} is after --to {to}; swap them")));
        }
        (Some(from), Some(to)) => Some((from, to)),
        _ => None,
    };
    let store = app::open_store(config).await?;
    for poller in app::pollers(config, &store)? {
        let report = match days {
            Some((from, to)) => poller.poll_days(from, to).await?,
            None => poller.poll().await?,
        };
        tell(&store, &poller, &report, output).await?;
    }
    // A feed only tells what is there now; and a stranger's trouble is no failure of this command.
    let feeds = if days.is_none() { app::feed_pollers(config, &store).await? } else { Vec::new() };
    for (feed, poller) in feeds {
        match poller.poll().await {
            Ok(report) => tell(&store, &poller, &report, output).await?,
            Err(error) => {
                warn!(feed = feed.id.0, "Cannot read feed {}, “{}”: {error:#}", feed.id.0, feed.title);
            }
        }
    }
    Ok(())
}

async fn tell(store: &Store, poller: &Poller, report: &PollReport, output: Output) -> Result<(), CliError> {
    let source = poller.source_name();
    let held = store.held(source).await?;
    output.row(&Row { source, report, held }, |row| {
        let PollReport { from, to, new, changed, unchanged, bad_rows } = row.report;
        let days = if from == to { from.to_string() } else { format!("{from} to {to}") };
        let new = count(*new, "new paper", "new papers");
        let bad = if *bad_rows > 0 { format!(", {bad_rows} unreadable rows") } else { String::new() };
        let held = if held > 0 { format!("\n  {}", held::waiting(source, held)) } else { String::new() };
        format!("{source}: {new} for {days}, {changed} changed, {unchanged} unchanged{bad}.{held}")
    })?;
    Ok(())
}
