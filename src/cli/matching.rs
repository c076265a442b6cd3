//! `paperwire match 'QUERY'`

use jiff::ToSpan as _;
use serde::Serialize;

use super::args::Match;
use super::exit::CliError;
use super::output::{Output, count, table};
use super::subscriptions::parse_query;
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::Why;
use crate::matcher::{Document, matches_query};
use crate::message::why_sentence;
use crate::store::PaperFilter;

#[derive(Serialize)]
struct Row {
    paper: String,
    title: String,
    day: String,
    why: String,
}

/// Lists the stored papers that a query would have matched in the last days.
pub async fn run(config: &Config, args: Match, output: Output) -> Result<(), CliError> {
    let query = parse_query(&args.query)?;
    let store = app::open_store(config).await?;
    let today = SystemClock.today();
    let since = today.saturating_sub(i64::from(args.days).days());
    let papers = store.papers(&PaperFilter { since: Some(since), ..PaperFilter::default() }).await?;
    let mut rows = Vec::new();
    for paper in &papers {
        let mut document = Document::of(paper).asked_on(today);
        if query.has_sources() {
            let listed = store.sources_of(paper.key).await?;
            document = document.sources(listed.into_iter().map(|listed| listed.source));
        }
        if let Some(terms) = matches_query(&query, &document) {
            rows.push(Row {
                paper: paper.id.to_string(),
                title: paper.readable_title(),
                day: paper.day.to_string(),
                why: why_sentence(&[Why { query: query.to_string(), terms }]),
            });
        }
    }
    if !rows.is_empty() {
        output.rows(&rows, |rows| {
            let mut table = table(&["day", "paper", "title", "why"]);
            for row in rows {
                table.add_row([&row.day, &row.paper, &row.title, &row.why]);
            }
            table
        })?;
    }
    let found = if rows.is_empty() { "none".to_owned() } else { rows.len().to_string() };
    let stored = count(papers.len(), "paper", "papers");
    output.note(&format!("{query} matches {found} of the {stored} listed since {since}."))?;
    Ok(())
}
