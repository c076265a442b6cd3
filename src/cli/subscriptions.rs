//! `paperwire subscriptions …`

use jiff::Timestamp;
use serde::Serialize;

use super::args::{AddSubscription, Subscriptions};
use super::exit::CliError;
use super::output::{Output, table};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::{Cadence, ChannelId, Query, QueryError, Style, Subscription, SubscriptionId};
use crate::store::{Store, Subscribed};

/// Why a subscription is paused when no platform is the cause.
fn by_hand(until: Option<Timestamp>) -> String {
    until.map_or_else(|| "by hand".to_owned(), |until| format!("by hand until {until}"))
}

/// A subscription as programs read it.
#[derive(Serialize)]
struct Row {
    id: i64,
    platform: &'static str,
    channel: String,
    query: String,
    when: Cadence,
    style: Style,
    state: &'static str,
    paused_since: Option<String>,
    paused_until: Option<String>,
    reason: Option<String>,
    posted: i64,
    created_by: String,
    created_at: String,
}

impl From<&Subscription> for Row {
    fn from(subscription: &Subscription) -> Self {
        let pause = subscription.destination.pause.as_ref();
        let rest = subscription.rest(SystemClock.now());
        let paused = match (rest, pause) {
            (Some(rest), _) => Some((rest.since, by_hand(rest.until))),
            (None, Some(pause)) => Some((pause.since, pause.reason.clone())),
            (None, None) => None,
        };
        Self {
            id: subscription.id.0,
            platform: subscription.destination.platform.name(),
            channel: subscription.destination.channel.to_string(),
            query: subscription.query.to_string(),
            when: subscription.cadence,
            style: subscription.style,
            state: if paused.is_some() { "paused" } else { "active" },
            paused_until: rest.and_then(|rest| rest.until).map(|until| until.to_string()),
            paused_since: paused.as_ref().map(|(since, _)| since.to_string()),
            reason: paused.map(|(_, reason)| reason),
            posted: subscription.posted,
            created_by: subscription.created_by.clone(),
            created_at: subscription.created_at.to_string(),
        }
    }
}

/// Runs one of the `subscriptions` commands.
pub async fn run(config: &Config, command: Subscriptions, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    match command {
        Subscriptions::Add(add) => subscribe(config, &store, &add, output).await,
        Subscriptions::List => list(&store, output).await,
        Subscriptions::Remove(arg) => {
            let removed = store.unsubscribe(SubscriptionId(arg.id)).await?;
            say(removed.as_ref(), arg.id, output, "Removed")
        }
        Subscriptions::Pause(arg) => {
            let paused = store.pause_subscription(SubscriptionId(arg.id), SystemClock.now()).await?;
            say(paused.as_ref(), arg.id, output, "Paused")
        }
        Subscriptions::Resume(arg) => {
            let resumed = store.resume_subscription(SubscriptionId(arg.id)).await?;
            say(resumed.as_ref(), arg.id, output, "Resumed")
        }
    }
}

async fn subscribe(
    config: &Config,
    store: &Store,
    add: &AddSubscription,
    output: Output,
) -> Result<(), CliError> {
    let channel = ChannelId::parse(add.platform, &add.channel).map_err(CliError::Usage)?;
    let query = Query::for_subscription(&add.query).map_err(|error| unreadable(&error))?;
    let subscribed = store.subscribe(add.platform, &channel, &query, "cli", SystemClock.now()).await?;
    let (subscription, verb) = match &subscribed {
        Subscribed::Created(subscription) => (subscription, "Subscribed"),
        Subscribed::Changed(subscription) | Subscribed::Existing(subscription) => {
            (subscription, "Already there:")
        }
    };
    output.row(&Row::from(subscription), |row| format!("{verb} {}", sentence(row)))?;
    if let Some(missing) = app::not_connected(config, add.platform) {
        output.note(&missing)?;
    }
    Ok(())
}

async fn list(store: &Store, output: Output) -> Result<(), CliError> {
    let rows: Vec<Row> = store.subscriptions().await?.iter().map(Row::from).collect();
    if rows.is_empty() {
        output.note(
            "No subscriptions yet. Add one: paperwire subscriptions add --platform sandbox \
             --channel papers --query '\"language model\" OR diffusion'",
        )?;
        return Ok(());
    }
    output.rows(&rows, |rows| {
        let mut table = table(&["id", "where", "query", "when", "style", "posted", "state"]);
        for row in rows {
            let state =
                row.reason.as_ref().map_or_else(|| row.state.to_owned(), |r| format!("{}: {r}", row.state));
            let place = format!("{} {}", row.platform, row.channel);
            table.add_row([
                row.id.to_string(),
                place,
                row.query.clone(),
                row.when.to_string(),
                row.style.to_string(),
                row.posted.to_string(),
                state,
            ]);
        }
        table
    })?;
    Ok(())
}

fn say(found: Option<&Subscription>, id: i64, output: Output, verb: &str) -> Result<(), CliError> {
    let subscription = found.ok_or_else(|| {
        CliError::NotFound(format!(
            "there is no subscription {id}; `paperwire subscriptions list` shows their numbers"
        ))
    })?;
    output.row(&Row::from(subscription), |row| format!("{verb} {}", sentence(row)))?;
    Ok(())
}

fn sentence(row: &Row) -> String {
    format!("{} channel {} to {} (subscription {}).", row.platform, row.channel, row.query, row.id)
}

/// Parses a query or says where it goes wrong.
pub fn parse_query(text: &str) -> Result<Query, CliError> {
    text.parse().map_err(|error| unreadable(&error))
}

fn unreadable(error: &QueryError) -> CliError {
    let pointed = error.pointed().replace('\n', "\n    ");
    CliError::Usage(format!("this query cannot be read:\n    {pointed}"))
}
