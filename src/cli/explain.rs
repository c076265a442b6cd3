//! `paperwire explain 'QUERY' PAPER`

use std::fmt::Write as _;
use std::ops::Range;

use anstyle::AnsiColor;
use serde::Serialize;

use super::args::Explain;
use super::asked::document;
use super::exit::CliError;
use super::output::Output;
use super::subscriptions::parse_query;
use crate::app;
use crate::config::Config;
use crate::domain::query::Field;
use crate::domain::{Paper, PaperId, PaperIdError};
use crate::matcher::{Explanation, explain};
use crate::store::{FeedId, ListedAt};

#[derive(Serialize)]
struct Row<'a> {
    paper: &'a str,
    /// The sources that list it, each with its day.
    listed: Vec<String>,
    /// What the operator has to decide about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<String>,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// Says why a query does or does not match a stored paper.
pub async fn run(config: &Config, args: &Explain, output: Output) -> Result<(), CliError> {
    let query = parse_query(&args.query)?;
    let id: PaperId = args.paper.parse().map_err(|error: PaperIdError| CliError::Usage(error.to_string()))?;
    let store = app::open_store(config).await?;
    let Some(paper) = store.paper(&id).await? else {
        return Err(CliError::NotFound(format!("no source has listed {id} since Paperwire started here")));
    };
    let explanation = explain(&query, &document(&store, &paper, &query).await?);
    let listed = store.sources_of(paper.key).await?;
    let held = store.routed_at(paper.key).await?.is_some_and(|routed| routed.held);
    let held = held.then(|| held_with(&listed));
    let listed = listed.iter().map(|listed| format!("{} on {}", listed.source, listed.day)).collect();
    let row = Row { paper: id.as_str(), listed, held, explanation: &explanation };
    output.row(&row, |row| text(&paper, row))?;
    Ok(())
}

/// What the operator has to decide about a paper that is held for review.
fn held_with(listed: &[ListedAt]) -> String {
    let feed = listed.iter().find(|listed| FeedId::of_source(&listed.source).is_some());
    let name = feed.or(listed.first()).map(|listed| listed.source.as_str()).unwrap_or_default();
    format!(
        "held for review, because most of a feed's items were suddenly new: paperwire sources release {name} posts \
         them, paperwire sources drop {name} does not"
    )
}

fn text(paper: &Paper, row: &Row<'_>) -> String {
    let explanation = row.explanation;
    let mut out = format!("{}\n\n{}\n\n", explanation.reason, explanation.lines().join("\n"));
    let _ = writeln!(out, "Listed by {}.", row.listed.join(", "));
    if let Some(held) = &row.held {
        let _ = writeln!(out, "It is {held}.");
    }
    out.push('\n');
    let shown = |field, text| highlighted(text, &explanation.highlights(field, 0));
    let _ = write!(out, "{}\n\n", shown(Field::Title, &paper.facts.title));
    out.push_str(&shown(Field::Abstract, &paper.facts.abstract_text));
    out
}

/// A source's text for the terminal, with some of its bytes marked.
fn highlighted(text: &str, spans: &[Range<usize>]) -> String {
    let (mark, reset) = (AnsiColor::Green.on_default().bold(), anstyle::Reset);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for span in spans {
        out.push_str(&harmless(&text[at..span.start]));
        let _ = write!(out, "{mark}{}{reset}", harmless(&text[span.clone()]));
        at = span.end;
    }
    out + &harmless(&text[at..])
}

/// Nothing that moves the cursor or turns the writing round.
fn harmless(text: &str) -> String {
    text.chars().filter(|ch| *ch == '\n' || !(ch.is_control() || is_bidirectional(*ch))).collect()
}

fn is_bidirectional(ch: char) -> bool {
    matches!(ch, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_marked_and_nothing_moves_the_cursor() {
        let shown = highlighted("A\u{1b}[2J graph of graphs", &[6..11, 15..21]);
        assert_eq!(shown, "A[2J \u{1b}[1m\u{1b}[32mgraph\u{1b}[0m of \u{1b}[1m\u{1b}[32mgraphs\u{1b}[0m");
    }
}
