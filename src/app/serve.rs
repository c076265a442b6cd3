//! `serve`: every stage in one process, stopped in order.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::commands::Commands;
use super::feeds::Following;
use super::platforms::{Platforms, not_connected};
use super::runner::Runner;
use super::sandbox::{self, Ledger};
use super::{lock::ServeLock, open_store, pollers};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::{ChannelId, Platform, Query};
use crate::pipeline::{Cards, Roundups, Router, SendSettings, Sender, Stage};
use crate::store::Store;
use crate::web;

/// How long posts on their way may take to end after the signal to stop.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// The address that is listened on when nobody chose one.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8010);
/// What a fresh installation without any subscription shows in the sandbox.
const STARTER_CHANNEL: &str = "papers";
const STARTER_QUERY: &str =
    "model OR learning OR agent OR language OR diffusion OR video OR robot OR reasoning";

/// Runs until SIGTERM or Ctrl-C; a second signal ends the process at once.
pub async fn serve(config: &Config, json: bool) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let _lock = ServeLock::for_store(config.store.url.expose_secret())?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let stop = stop_on_signal()?;
    let (shown, show) = mpsc::unbounded_channel();
    let ledger = Ledger { store: store.clone(), clock: clock.clone(), shown };
    let platforms = Platforms::new(config, ledger)?;
    greet(config, &store).await?;
    let listener = bind(config).await?;

    let tasks = TaskTracker::new();
    let (route, send) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let run =
        |stage: Arc<dyn Stage>, wake: &Arc<Notify>, next: Option<&Arc<Notify>>, finishes_steps: bool| {
            let runner = Runner {
                stage,
                clock: clock.clone(),
                wake: wake.clone(),
                next: next.cloned(),
                stop: stop.clone(),
                finishes_steps,
            };
            tasks.spawn(runner.run());
        };
    for poller in pollers(config, &store)? {
        run(Arc::new(poller), &Arc::new(Notify::new()), Some(&route), false);
    }
    let roundups = Roundups::new(store.clone(), clock.clone(), platforms.all.clone());
    run(Arc::new(roundups), &Arc::new(Notify::new()), Some(&send), false);
    if config.sources.feeds.enabled {
        let (config, store) = (config.clone(), store.clone());
        let (route, stop) = (route.clone(), stop.clone());
        tasks.spawn(Following { config, store, route, tasks: tasks.clone(), stop }.run());
    }
    let delivery = &config.delivery;
    let router =
        Router::new(store.clone(), clock.clone(), platforms.all, delivery.max_age, delivery.short_text);
    run(Arc::new(router), &route, Some(&send), false);
    for platform in &platforms.connected {
        store.resume_platform(platform.platform()).await?;
    }
    let owner = format!("{}-{:x}", std::process::id(), fastrand::u64(..));
    if delivery.living_cards {
        let cards = Cards::new(
            store.clone(),
            clock.clone(),
            platforms.connected.clone(),
            owner.clone(),
            delivery.short_text,
        );
        run(Arc::new(cards), &Arc::new(Notify::new()), None, true);
    }
    let sender = Sender::new(
        store.clone(),
        clock.clone(),
        platforms.connected,
        SendSettings {
            owner,
            lease: delivery.lease,
            concurrency: delivery.concurrency,
            group: delivery.group,
            policy: delivery.retry_policy(),
        },
        send.clone(),
        stop.clone(),
    );
    run(Arc::new(sender), &send, None, true);
    let search = match super::search(config, &store) {
        Ok((search, indexer)) => {
            run(Arc::new(indexer), &Arc::new(Notify::new()), None, true);
            Some(search)
        }
        // Papers go on being posted without it.
        Err(error) => {
            warn!("Papers cannot be searched: {error:#}");
            None
        }
    };
    let commands =
        Commands { config, store: &store, search, clock: clock.clone(), tasks: &tasks, stop: &stop };
    let webhooks = commands.start()?;
    if let Some(listener) = listener {
        tasks.spawn(web::serve(listener, web::State { store: store.clone() }, webhooks, stop.clone()));
    }
    tokio::spawn(sandbox::print(show, json));

    stop.cancelled().await;
    info!("Stopping: nothing new is started, posts on their way end first");
    tasks.close();
    if tokio::time::timeout(STOP_WITHIN, tasks.wait()).await.is_err() {
        warn!("Some work did not end in {} s; the next start settles it", STOP_WITHIN.as_secs());
    }
    store.close().await;
    info!("Stopped");
    Ok(())
}

async fn bind(config: &Config) -> anyhow::Result<Option<tokio::net::TcpListener>> {
    let Some(listen) = config.web.listen else {
        return Ok(None);
    };
    let listener = match tokio::net::TcpListener::bind(listen).await {
        Ok(listener) => listener,
        // Nobody chose this address, and papers do not need it.
        Err(error) if listen == DEFAULT_LISTEN => {
            warn!("No health pages, {listen} is taken: {error}; web.listen names another address");
            return Ok(None);
        }
        Err(error) => {
            return Err(error).with_context(|| {
                format!(
                    "cannot listen on {listen} (key web.listen): choose another address, or \"\" for none"
                )
            });
        }
    };
    info!(address = %listener.local_addr()?, "Health pages on http://{}/healthz", listener.local_addr()?);
    Ok(Some(listener))
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

fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let mut either = async move || {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tokio::spawn(async move {
        either().await;
        asked.cancel();
        either().await;
        warn!("Told twice to stop: ending at once");
        std::process::exit(130);
    });
    Ok(stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_nobody_chose_is_the_one_of_the_sample_file() {
        let home = [("HOME".to_owned(), "/home/x".to_owned())];
        let config = Config::load(None, home.into_iter()).unwrap();
        assert_eq!(config.web.listen, Some(DEFAULT_LISTEN));
    }
}
