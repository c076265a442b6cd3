//! `paperwire papers …`

use serde::Serialize;

use super::args::Papers;
use super::exit::CliError;
use super::output::{Output, table};
use crate::app;
use crate::config::Config;
use crate::domain::{Paper, PaperId};
use crate::message::why_sentence;
use crate::store::{DeliveryFilter, DeliveryRecord, PaperFilter};

/// A paper as programs read it.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    title: String,
    day: String,
    url: String,
    authors: &'a [String],
    categories: &'a [String],
    keywords: &'a [String],
    #[serde(flatten)]
    counters: crate::domain::Counters,
    repository: Option<&'a str>,
    project_page: Option<&'a str>,
    organization: Option<&'a str>,
    submitter: Option<&'a str>,
    withdrawn: bool,
    revision: i64,
}

/// One paper in full.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    r#abstract: &'a str,
    summary: Option<&'a crate::domain::SourceSummary>,
    published_at: Option<String>,
    first_seen_at: String,
    thumbnail: Option<&'a str>,
    deliveries: Vec<Sent>,
}

/// Where a paper went.
#[derive(Serialize)]
struct Sent {
    platform: &'static str,
    channel: String,
    state: &'static str,
    at: Option<String>,
    reason: Option<String>,
    why: String,
}

impl<'a> Row<'a> {
    fn new(paper: &'a Paper) -> Self {
        let facts = &paper.facts;
        Self {
            id: paper.id.as_str(),
            title: paper.readable_title(),
            day: paper.day.to_string(),
            url: paper.id.url(),
            authors: &facts.authors,
            categories: &facts.categories,
            keywords: &facts.keywords,
            counters: paper.counters,
            repository: facts.repository.as_deref(),
            project_page: facts.project_page.as_deref(),
            organization: facts.organization.as_ref().map(|o| o.full_name.as_str()),
            submitter: facts.submitter.as_deref(),
            withdrawn: facts.withdrawn_at.is_some(),
            revision: paper.revision,
        }
    }
}

impl From<&DeliveryRecord> for Sent {
    fn from(delivery: &DeliveryRecord) -> Self {
        Self {
            platform: delivery.destination.platform.name(),
            channel: delivery.destination.channel.to_string(),
            state: delivery.state.name(),
            at: delivery.sent_at.map(|at| at.to_string()),
            reason: delivery.reason.clone(),
            why: why_sentence(&delivery.why),
        }
    }
}

/// Runs one of the `papers` commands.
pub async fn run(config: &Config, command: Papers, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    match command {
        Papers::List { day, limit } => {
            let papers = store.papers(&PaperFilter { day, limit, ..PaperFilter::default() }).await?;
            if papers.is_empty() {
                let note = match day {
                    Some(day) => format!("No papers of {day} in the store."),
                    None => "No papers in the store yet. Fetch today's: paperwire poll --once".to_owned(),
                };
                output.note(&note)?;
                return Ok(());
            }
            let rows: Vec<Row<'_>> = papers.iter().map(Row::new).collect();
            output.rows(&rows, |rows| {
                let mut table = table(&["day", "id", "title", "votes"]);
                for row in rows {
                    let votes = row.counters.upvotes.map(|n| n.to_string()).unwrap_or_default();
                    table.add_row([row.day.clone(), row.id.to_owned(), row.title.clone(), votes]);
                }
                table
            })?;
            Ok(())
        }
        Papers::Show { id } => {
            let id: PaperId =
                id.parse().map_err(|e: crate::domain::PaperIdError| CliError::Usage(e.to_string()))?;
            let Some(paper) = store.paper(&id).await? else {
                return Err(CliError::NotFound(format!(
                    "no source has listed {id} since Paperwire started here"
                )));
            };
            let filter = DeliveryFilter { paper: Some(paper.key), ..DeliveryFilter::default() };
            let deliveries = store.deliveries(&filter).await?;
            output.row(&whole(&paper, &deliveries), text)?;
            Ok(())
        }
    }
}

fn whole<'a>(paper: &'a Paper, deliveries: &[DeliveryRecord]) -> Whole<'a> {
    Whole {
        row: Row::new(paper),
        r#abstract: &paper.facts.abstract_text,
        summary: paper.facts.summary.as_ref(),
        published_at: paper.facts.published_at.map(|at| at.to_string()),
        first_seen_at: paper.first_seen_at.to_string(),
        thumbnail: paper.facts.thumbnail.as_deref(),
        deliveries: deliveries.iter().map(Sent::from).collect(),
    }
}

fn text(whole: &Whole<'_>) -> String {
    use std::fmt::Write as _;
    let Row { title, url, day, authors, categories, keywords, counters, .. } = &whole.row;
    let (bold, reset) = (anstyle::Style::new().bold(), anstyle::Reset);
    let mut out = format!("{bold}{title}{reset}\n{url}\n{}\n\n", authors.join(", "));
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|v| !v.is_empty()) {
            let _ = writeln!(out, "{name:<13}{value}");
        }
    };
    fact("listed", Some(day.clone()));
    fact("categories", Some(categories.join(", ")));
    fact("keywords", Some(keywords.join(", ")));
    fact("from", whole.row.organization.map(str::to_owned));
    fact("submitted by", whole.row.submitter.map(str::to_owned));
    fact("votes", counters.upvotes.map(|n| n.to_string()));
    fact("comments", counters.comments.map(|n| n.to_string()));
    let stars = counters.stars.map(|n| format!(" ({n} stars)")).unwrap_or_default();
    fact("code", whole.row.repository.map(|r| format!("{r}{stars}")));
    fact("project", whole.row.project_page.map(str::to_owned));
    fact("withdrawn", whole.row.withdrawn.then(|| "yes".to_owned()));
    if let Some(summary) = whole.summary {
        let by = summary.model.as_deref().unwrap_or("a language model");
        let _ = write!(out, "\nSummary by {by}:\n{}\n", summary.text);
    }
    let _ = write!(out, "\n{}\n", whole.r#abstract);
    if whole.deliveries.is_empty() {
        out.push_str("\nPosted nowhere: no subscription asked for it when it was listed.");
    } else {
        out.push_str("\nPosted:");
        for sent in &whole.deliveries {
            let Sent { platform, channel, state, why, .. } = sent;
            let when = sent.at.as_deref().or(sent.reason.as_deref()).unwrap_or_default();
            let _ = write!(out, "\n  {platform} {channel}: {state} {when}\n    {why}");
        }
    }
    out
}
