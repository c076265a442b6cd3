//! `paperwire sources release` and `paperwire sources drop`: what a feed suddenly listed as new.

use serde::Serialize;

use super::args::HeldOf;
use super::exit::CliError;
use super::output::{Output, count};
use crate::app;
use crate::config::Config;

/// What was decided about held papers.
#[derive(Serialize)]
struct Decided<'a> {
    source: &'a str,
    papers: u64,
    released: bool,
}

/// Lets the held papers of a source be posted.
pub async fn release(config: &Config, of: &HeldOf, output: Output) -> Result<(), CliError> {
    let papers = app::open_store(config).await?.release_held(&of.name).await.map_err(anyhow::Error::from)?;
    tell(of, papers, true, output)
}

/// Keeps the held papers of a source without posting them.
pub async fn drop(config: &Config, of: &HeldOf, output: Output) -> Result<(), CliError> {
    let papers = app::open_store(config).await?.drop_held(&of.name).await.map_err(anyhow::Error::from)?;
    tell(of, papers, false, output)
}

fn tell(of: &HeldOf, papers: u64, released: bool, output: Output) -> Result<(), CliError> {
    let decided = Decided { source: &of.name, papers, released };
    Ok(output.row(&decided, |decided| {
        let papers = count(usize::try_from(papers).unwrap_or(usize::MAX), "paper", "papers");
        let source = decided.source;
        match (decided.papers, released) {
            (0, _) => format!("Nothing of {source} is held for review."),
            (_, true) => format!("Released {papers} of {source}: the next routing posts them."),
            (_, false) => format!("Dropped {papers} of {source}: they stay searchable and are never posted."),
        }
    })?)
}
