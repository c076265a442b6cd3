//! Opens the database before anything else is begun, and waits for one that is away.

use std::time::Duration;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::platforms::{is_connected, not_connected};
use super::{lock::ServeLock, open_store};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::{ChannelId, Platform, Query};
use crate::store::{Store, StoreError};
use crate::web::Health;

/// Waits for the database: doubled from the first to the last, short enough to be at work soon after it is back.
const WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(5));
/// What a fresh installation without any subscription shows in the sandbox.
const STARTER_CHANNEL: &str = "papers";
const STARTER_QUERY: &str =
    "model OR learning OR agent OR language OR diffusion OR video OR robot OR reasoning";

/// A database that is ours to work on.
pub(super) struct Opened {
    pub store: Store,
    _lock: Option<ServeLock>,
}

/// Opens the store and prepares it; `None` when told to stop before that was possible.
pub(super) async fn open(
    config: &Config,
    health: &Health,
    stop: &CancellationToken,
) -> anyhow::Result<Option<Opened>> {
    let mut wait = WAITS.0;
    loop {
        let opened = tokio::select! {
            opened = prepare(config) => opened,
            () = stop.cancelled() => return Ok(None),
        };
        let error = match opened {
            Ok(opened) => return Ok(Some(opened)),
            Err(error) => error,
        };
        if !error.downcast_ref::<StoreError>().is_some_and(StoreError::ends_by_itself) {
            return Err(error);
        }
        let reason = format!("{error:#}");
        warn!("Waiting for the database, next try in {} s: {reason}", wait.as_secs_f32());
        health.wait_for(reason);
        tokio::select! {
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(WAITS.1),
            () = stop.cancelled() => return Ok(None),
        }
    }
}

async fn prepare(config: &Config) -> anyhow::Result<Opened> {
    let store = open_store(config).await?;
    let lock = ServeLock::for_store(config.store.url.expose_secret())?;
    greet(config, &store).await?;
    for platform in Platform::ALL.into_iter().filter(|platform| is_connected(config, *platform)) {
        store.resume_platform(platform).await?;
    }
    Ok(Opened { store, _lock: lock })
}

/// Says where it works and what to do next, and gives a fresh installation something to see.
async fn greet(config: &Config, store: &Store) -> anyhow::Result<()> {
    info!("Paperwire {} on {}", env!("CARGO_PKG_VERSION"), store.describe());
    let unconnected = [Platform::Discord, Platform::Slack].map(|p| not_connected(config, p));
    for advice in unconnected.iter().flatten() {
        info!("{advice}");
    }
    let alone = unconnected.iter().all(Option::is_some);
    if !store.subscriptions().await?.is_empty() {
        return Ok(());
    }
    if alone && store.paper_count().await? == 0 {
        let channel = ChannelId::parse(Platform::Sandbox, STARTER_CHANNEL).map_err(anyhow::Error::msg)?;
        let query: Query = STARTER_QUERY.parse().context("the starter query")?;
        store.subscribe(Platform::Sandbox, &channel, &query, "paperwire", SystemClock.now()).await?;
        info!(
            "Papers appear below in the sandbox channel #{STARTER_CHANNEL}, which follows: {query}. \
             `paperwire subscriptions` changes that."
        );
    } else {
        warn!("No channel is subscribed yet: paperwire subscriptions add --help");
    }
    Ok(())
}
