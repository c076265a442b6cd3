//! `paperwire mail subscribers …`

use serde::Serialize;

use super::args::Subscribers;
use super::exit::CliError;
use super::output::{Output, table};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::{ChannelId, MailAddress, Platform};
use crate::store::{Store, Subscriber};

/// A subscriber as programs read it; the address is masked for them too.
#[derive(Serialize)]
struct Row {
    id: String,
    address: String,
    state: &'static str,
    every: Option<&'static str>,
    query: Option<String>,
    zone: Option<String>,
    bounces: u32,
    since: String,
    confirmed: Option<String>,
}

impl From<&Subscriber> for Row {
    fn from(subscriber: &Subscriber) -> Self {
        let wish = subscriber.wish.as_ref();
        Self {
            id: subscriber.channel.to_string(),
            address: subscriber.address.to_string(),
            state: subscriber.state.name(),
            every: wish.map(|wish| wish.rhythm.name()),
            query: wish.and_then(|wish| wish.query.clone()),
            zone: wish.map(|wish| wish.zone.clone()),
            bounces: subscriber.bounces,
            since: subscriber.created_at.to_string(),
            confirmed: subscriber.confirmed_at.map(|at| at.to_string()),
        }
    }
}

/// Lists subscribers or removes one.
pub async fn run(config: &Config, command: Option<Subscribers>, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    match command {
        None | Some(Subscribers::List) => list(&store, output).await,
        Some(Subscribers::Remove { who }) => remove(&store, &who, output).await,
    }
}

async fn list(store: &Store, output: Output) -> Result<(), CliError> {
    let rows: Vec<Row> = store.mail_subscribers().await?.iter().map(Row::from).collect();
    if rows.is_empty() {
        output.note("Nobody has subscribed by e-mail yet; the form is on the web pages (docs/web.md).")?;
        return Ok(());
    }
    output.rows(&rows, |rows| {
        let mut table = table(&["id", "address", "state", "every", "papers", "zone", "bounces", "since"]);
        for row in rows {
            let papers = match (&row.query, row.every) {
                (Some(query), _) => query.clone(),
                (None, Some(_)) => "trending".to_owned(),
                (None, None) => String::new(),
            };
            table.add_row([
                row.id.clone(),
                row.address.clone(),
                row.state.to_owned(),
                row.every.unwrap_or_default().to_owned(),
                papers,
                row.zone.clone().unwrap_or_default(),
                row.bounces.to_string(),
                row.since.clone(),
            ]);
        }
        table
    })?;
    Ok(())
}

async fn remove(store: &Store, who: &str, output: Output) -> Result<(), CliError> {
    let found = match (ChannelId::parse(Platform::Email, who), who.parse::<MailAddress>()) {
        (Ok(channel), _) => store.mail_subscriber(&channel).await?,
        (_, Ok(address)) => store.mail_subscriber_at(&address).await?,
        _ => {
            let text = "this is neither an address nor an id: `paperwire mail subscribers` lists the ids";
            return Err(CliError::Usage(text.to_owned()));
        }
    };
    let Some(subscriber) = found else {
        return Err(CliError::NotFound("nobody with this address or id has subscribed".to_owned()));
    };
    store.erase_mail(&subscriber.channel, SystemClock.now()).await?;
    output.row(&Row::from(&subscriber), |row| {
        format!("Removed {} ({}): nothing more is sent.", row.address, row.id)
    })?;
    Ok(())
}
