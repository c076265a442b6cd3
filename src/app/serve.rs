//! `serve`: the stages of this process's roles, stopped in order.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::commands::Commands;
use super::platforms::Platforms;
use super::sandbox::{self, Ledger};
use super::stages::Stages;
use super::wakes::Wakes;
use super::{alone, start};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Role};
use crate::web::{self, Pages};

/// How long posts on their way may take to end after the signal to stop.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// The address that is listened on when nobody chose one.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8010);

/// Runs until SIGTERM or Ctrl-C; a second signal ends the process at once.
pub async fn serve(config: &Config, json: bool) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    let tasks = TaskTracker::new();
    // First of all, so that a start that has to wait can be asked why.
    let pages = Arc::new(Pages::default());
    let listener = bind(config).await?;
    let bound = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    if let Some(listener) = listener {
        tasks.spawn(web::serve(listener, pages.clone(), stop.clone()));
    }
    let Some(opened) = start::open(config, &pages.health, &stop).await? else {
        return Ok(());
    };
    let store = &opened.store;
    pages.show(store.clone());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (shown, show) = mpsc::channel(sandbox::SHOWN_AT_MOST);
    let ledger = Ledger { store: store.clone(), clock: clock.clone(), shown };
    let sign_up = super::pages::sign_up(config, store, clock.clone(), bound).await?;
    let platforms = Platforms::new(config, ledger, sign_up.clone())?;
    if !config.serve.only.is_empty() {
        let roles: Vec<&str> = config.serve.roles().map(Role::name).collect();
        info!("Only these roles: {}", roles.join(", "));
    }

    let wakes = Wakes::default();
    wakes.connect(store, &tasks, &stop);
    let stages = Stages {
        config,
        store,
        clock: clock.clone(),
        platforms: &platforms,
        owner: format!("{}-{:x}", std::process::id(), fastrand::u64(..)),
        wakes,
        health: pages.health.clone(),
        tasks: &tasks,
        stop: &stop,
    };
    let search = stages.start()?;
    let turn = stages.turn(alone::HOLD);
    pages.open(super::pages::desk(config, store, sign_up.as_ref()));
    let sign_up = super::pages::for_chats(config, sign_up.as_ref());
    let platforms = &platforms;
    let commands =
        Commands { config, store, platforms, search, clock, sign_up, turn, tasks: &tasks, stop: &stop };
    pages.take(commands.start()?);
    sandbox::print_apart(show, json);
    pages.health.begin();

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
