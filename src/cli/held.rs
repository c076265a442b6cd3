//! `paperwire sources release` and `paperwire sources drop`: what a feed suddenly listed as new.

use serde::Serialize;

use super::args::HeldOf;
use super::exit::CliError;
use super::output::{Output, count};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::store::Store;

/// What was decided about held papers.
#[derive(Serialize)]
struct Decided<'a> {
    source: &'a str,
    papers: u64,
    released: bool,
}

/// What waits for a decision, and how to decide.
pub fn waiting(source: &str, papers: u64) -> String {
    format!(
        "{} held for review: most of its items were suddenly new. `paperwire sources release {source}` posts them, \
         `paperwire sources drop {source}` does not",
        papers_are(papers)
    )
}

fn papers_are(papers: u64) -> String {
    count(usize::try_from(papers).unwrap_or(usize::MAX), "paper is", "papers are")
}

/// Lets the held papers of a source be posted.
pub async fn release(config: &Config, of: &HeldOf, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    let source = known(&store, &of.name).await?;
    let papers = store.release_held(&source).await?;
    tell(&source, papers, true, output)
}

/// Keeps the held papers of a source without posting them.
pub async fn drop(config: &Config, of: &HeldOf, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    let source = known(&store, &of.name).await?;
    let papers = store.drop_held(&source).await?;
    tell(&source, papers, false, output)
}

/// The short name of a source that has been read; a bare number means the feed of that number.
async fn known(store: &Store, typed: &str) -> Result<String, CliError> {
    let name = if typed.parse::<u64>().is_ok() { format!("feed-{typed}") } else { typed.to_owned() };
    let sources = store.source_health(SystemClock.now()).await?;
    if sources.iter().any(|health| health.source == name) {
        return Ok(name);
    }
    Err(CliError::NotFound(format!(
        "no source called {name} has been read; `paperwire sources` shows their names"
    )))
}

fn tell(source: &str, papers: u64, released: bool, output: Output) -> Result<(), CliError> {
    let decided = Decided { source, papers, released };
    Ok(output.row(&decided, |decided| {
        let papers = count(usize::try_from(papers).unwrap_or(usize::MAX), "paper", "papers");
        let source = decided.source;
        match (decided.papers, released) {
            (0, _) => format!("Nothing of {source} is held for review."),
            (_, true) => format!("Released {papers} of {source}: a running `paperwire serve` posts them."),
            (_, false) => format!("Dropped {papers} of {source}: they stay searchable and are never posted."),
        }
    })?)
}
