//! `paperwire search 'QUERY'`

use std::ops::Range;

use serde::Serialize;

use super::args::{Search as Args, SearchOrder};
use super::exit::CliError;
use super::output::{Output, count};
use super::subscriptions::parse_query;
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::{Counters, Paper};
use crate::search::{Ask, Highlighted, Hit, SearchRequest, Snippet, Sort, snippet};

/// A paper that was found, as programs read it.
#[derive(Serialize)]
struct Row {
    id: String,
    title: Text,
    day: String,
    url: String,
    score: f32,
    excerpt: Text,
    #[serde(flatten)]
    counters: Counters,
    /// True when the paper holds a part of the query only.
    relaxed: bool,
}

/// A text with the bytes that answer the query.
#[derive(Serialize)]
struct Text {
    text: String,
    highlights: Vec<(usize, usize)>,
}

impl From<Highlighted> for Text {
    fn from(shown: Highlighted) -> Self {
        Self { highlights: shown.spans.iter().map(|span| (span.start, span.end)).collect(), text: shown.text }
    }
}

impl From<SearchOrder> for Sort {
    fn from(order: SearchOrder) -> Self {
        match order {
            SearchOrder::Relevance => Self::Relevance,
            SearchOrder::Date => Self::Date,
            SearchOrder::Upvotes => Self::Upvotes,
        }
    }
}

/// Shows the stored papers that a query finds.
pub async fn run(config: &Config, args: &Args, output: Output) -> Result<(), CliError> {
    let query = parse_query(&args.query)?;
    let store = app::open_store(config).await?;
    let (search, indexer) = app::search(config, &store)?;
    indexer.catch_up().await?;
    let request = SearchRequest {
        ask: Ask::Query(&query),
        sort: args.sort.into(),
        limit: usize::from(args.limit),
        cursor: None,
        today: SystemClock.today(),
    };
    let failed = |error| CliError::Failed(anyhow::Error::new(error).context("cannot search"));
    let page = search.search(&request).map_err(failed)?;
    let keys: Vec<_> = page.hits.iter().map(|hit| hit.key).collect();
    let papers = store.papers_by_key(&keys).await?;
    for paper in &papers {
        let hit = page.hits.iter().find(|hit| hit.key == paper.key).expect("asked for by the hits' keys");
        let row = row(paper, *hit, snippet(request.ask, page.relaxed, &paper.facts), page.relaxed);
        output.row(&row, for_people)?;
    }
    let suggestion = if page.total == 0 || page.relaxed {
        search.suggest(&query, request.today).map_err(failed)?
    } else {
        None
    };
    let meant = suggestion.map(|text| format!(" Did you mean: {text}")).unwrap_or_default();
    let stored = count(usize::try_from(search.len()).unwrap_or(usize::MAX), "paper", "papers");
    output.note(&match page.total {
        0 => format!("{query} finds none of the {stored} in the store.{meant}"),
        total if page.relaxed => {
            format!("No paper holds all of {query}; {total} of the {stored} hold a part of it.{meant}")
        }
        total => format!("{query} finds {total} of the {stored} in the store."),
    })?;
    Ok(())
}

fn row(paper: &Paper, hit: Hit, shown: Snippet, relaxed: bool) -> Row {
    Row {
        id: paper.id.to_string(),
        title: shown.title.into(),
        day: paper.day.to_string(),
        url: paper.id.url(),
        score: hit.score,
        excerpt: shown.excerpt.into(),
        counters: paper.counters,
        relaxed,
    }
}

fn for_people(row: &Row) -> String {
    let bold = anstyle::Style::new().bold();
    let title = painted(&row.title, bold);
    let votes = row.counters.upvotes.map(|n| format!(", {n} votes")).unwrap_or_default();
    let excerpt = painted(&row.excerpt, anstyle::Style::new());
    format!("{title}\n{}, {}{votes}\n{excerpt}\n", row.url, row.day)
}

/// The text in a style, with the highlights in colour.
fn painted(text: &Text, plain: anstyle::Style) -> String {
    let marked = plain.bold().fg_color(Some(anstyle::AnsiColor::Yellow.into()));
    let piece = |style: anstyle::Style, range: Range<usize>| format!("{style}{}{style:#}", &text.text[range]);
    let mut out = String::new();
    let mut at = 0;
    for (start, end) in &text.highlights {
        out += &piece(plain, at..*start);
        out += &piece(marked, *start..*end);
        at = *end;
    }
    out + &piece(plain, at..text.text.len())
}
