//! `paperwire roundup …`

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Serialize;

use super::args::{NextRoundups, PreviewRoundup, Roundup};
use super::exit::CliError;
use super::output::{Output, table};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::ranking::Rank;
use crate::domain::{ChannelId, Firing, Platform, RoundupKind, Schedule, schedule};
use crate::message::RoundupCard;
use crate::message::replies::{roundup::rank_words, trending::gained_words};
use crate::pipeline::{RankedPaper, explain_roundup, preview_roundup};
use crate::store::RoundupPlan;

/// A firing, as programs read it.
#[derive(Serialize)]
struct Row {
    /// The local date that it is for.
    date: Date,
    utc: Timestamp,
    /// The zone's own clock, with its offset: `2023-04-28T03:00:00+03:00`.
    local: String,
}

/// A paper in its place, as programs read it.
#[derive(Serialize)]
struct Ranked {
    score: f64,
    paper: String,
    title: String,
    /// The query that it stands under.
    query: String,
    /// What the score comes from.
    why: String,
}

/// Does one of the roundup commands.
pub async fn run(config: &Config, command: Roundup, output: Output) -> Result<(), CliError> {
    match command {
        Roundup::Next(asked) => next(&asked, output),
        Roundup::Preview(asked) => preview(config, &asked, output).await,
    }
}

async fn preview(config: &Config, asked: &PreviewRoundup, output: Output) -> Result<(), CliError> {
    let parts = asked.destination.split_once(':').map(|(platform, channel)| {
        let platform = platform.parse::<Platform>()?;
        Ok::<_, String>((platform, ChannelId::parse(platform, channel)?))
    });
    let (platform, channel) = match parts {
        Some(Ok(parts)) => parts,
        Some(Err(reason)) => return Err(CliError::Usage(reason)),
        None => {
            let text = format!("“{}” is no destination: write it as sandbox:papers", asked.destination);
            return Err(CliError::Usage(text));
        }
    };
    let store = app::open_store(config).await?;
    let plans = store.roundup_plans().await?;
    let of = |plan: &&RoundupPlan| {
        plan.destination.platform == platform
            && plan.destination.channel == channel
            && plan.kind == asked.kind
    };
    let Some(plan) = plans.iter().find(of) else {
        let text = match asked.kind {
            RoundupKind::Matches => "no roundup: it has no subscription, is paused, or has it off".to_owned(),
            kind => format!("no roundup of the kind {kind}: it is paused, or nobody has set it"),
        };
        return Err(CliError::NotFound(format!("{} has {text}", asked.destination)));
    };
    let now = asked.at.unwrap_or_else(|| SystemClock.now());
    if asked.explain {
        let papers = explain_roundup(&store, plan, now).await?;
        return explain(&papers, output);
    }
    match preview_roundup(&store, plan, now).await? {
        Some(card) => output.row(&card, RoundupCard::plain_text)?,
        None => output.note("Nothing has been collected for it: no roundup would be posted.")?,
    }
    Ok(())
}

/// Lists papers with what their places come from.
fn explain(papers: &[RankedPaper], output: Output) -> Result<(), CliError> {
    if papers.is_empty() {
        output.note("Nothing has been collected for it: no roundup would be posted.")?;
        return Ok(());
    }
    let row = |paper: &RankedPaper| Ranked {
        score: (paper.rank.score() * 100.0).round() / 100.0,
        paper: paper.paper.to_string(),
        title: paper.title.clone(),
        query: paper.query.clone(),
        why: match &paper.rank {
            Rank::Match(standing) => rank_words(standing),
            Rank::Rise { upvotes, stars, here } => gained_words(*upvotes, *stars, *here),
        },
    };
    let rows: Vec<Ranked> = papers.iter().map(row).collect();
    output.rows(&rows, |rows| {
        let mut table = table(&["SCORE", "PAPER", "TITLE", "UNDER", "WHY"]);
        for row in rows {
            let score = format!("{:.2}", row.score);
            table.add_row([score, row.paper.clone(), row.title.clone(), row.query.clone(), row.why.clone()]);
        }
        table
    })?;
    Ok(())
}

fn next(asked: &NextRoundups, output: Output) -> Result<(), CliError> {
    let zone = schedule::zone(&asked.zone).ok_or_else(|| {
        let text = format!("“{}” is no IANA time zone: write it as Europe/Berlin or UTC", asked.zone);
        CliError::Usage(text)
    })?;
    let schedule = Schedule { every: asked.every, at: asked.at, zone };
    let from = asked.from.unwrap_or_else(|| SystemClock.now());
    let firings = schedule.firings(from).take(asked.count.into());
    let rows: Vec<Row> = firings.map(|firing| row(firing, &schedule.zone)).collect();
    output.rows(&rows, |rows| {
        let mut table = table(&["for", "local", "UTC"]);
        for row in rows {
            table.add_row([row.date.strftime("%a %F").to_string(), row.local.clone(), row.utc.to_string()]);
        }
        table
    })?;
    Ok(())
}

fn row(firing: Firing, zone: &TimeZone) -> Row {
    let offset = zone.to_offset(firing.at);
    let local: DateTime = offset.to_datetime(firing.at);
    let shown = jiff::fmt::temporal::DateTimePrinter::new();
    let local = format!("{}{}", shown.datetime_to_string(&local), sign(offset.seconds()));
    Row { date: firing.date, utc: firing.at, local }
}

/// An offset as RFC 3339 writes it: `+05:30`.
fn sign(seconds: i32) -> String {
    let minutes = seconds.unsigned_abs() / 60;
    format!("{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}
