//! The stages of a process, by its roles.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::warn;

use super::feeds::Following;
use super::platforms::Platforms;
use super::runner::Runner;
use super::wakes::Wakes;
use super::{pollers, search};
use crate::clock::Clock;
use crate::config::{Config, Role};
use crate::domain::{Platform, SourceName};
use crate::pipeline::{
    Cards, Curation, Keeper, OutcomeLog, Poller, Roundups, Router, SendSettings, Sender, Stage,
    StoredSources, Surplus, Turn,
};
use crate::search::Search;
use crate::store::Store;
use crate::web::Health;

/// How long the lease on a poll outlives a process that is gone.
const POLL_HOLD: Duration = Duration::from_secs(30);

/// What stages are built from.
pub(super) struct Stages<'a> {
    pub config: &'a Config,
    pub store: &'a Store,
    pub clock: Arc<dyn Clock>,
    pub platforms: &'a Platforms,
    /// This process's name in leases, new at every start.
    pub owner: String,
    pub wakes: Wakes,
    pub health: Arc<Health>,
    pub tasks: &'a TaskTracker,
    pub stop: &'a CancellationToken,
}

type Start = fn(&Stages<'_>);

/// Who does what, beside polling. Web pages and commands are no stages.
const TABLE: [(Role, Start); 4] = [
    (Role::Router, |stages| stages.route()),
    (Role::Roundups, |stages| stages.round_up()),
    (Role::Cards, |stages| stages.edit()),
    (Role::Sender, |stages| stages.send()),
];

impl Stages<'_> {
    /// Starts those of the process's roles; gives the search index where it is kept up.
    pub fn start(&self) -> anyhow::Result<Option<Arc<Search>>> {
        let serve = &self.config.serve;
        if serve.has(Role::Poller) {
            self.poll(pollers(self.config, self.store)?);
        }
        for (_, start) in TABLE.iter().filter(|(role, _)| serve.has(*role)) {
            start(self);
        }
        Ok(self.index())
    }

    /// What the process takes leases with.
    pub fn turn(&self, hold: Duration) -> Turn {
        Turn { store: self.store.clone(), clock: self.clock.clone(), owner: self.owner.clone(), hold }
    }

    fn poll(&self, pollers: Vec<Poller>) {
        // A process alone needs no lease.
        let turn = self.store.is_shared().then(|| self.turn(POLL_HOLD));
        for poller in pollers {
            let name = format!("poller of {}", poller.source_name());
            let poller = match &turn {
                Some(turn) => poller.in_turn(turn.clone()),
                None => poller,
            };
            self.run(&name, Arc::new(poller), &Arc::default(), self.wakes.papers(), false);
        }
        if self.config.sources.feeds.enabled {
            let following = Following {
                config: self.config.clone(),
                store: self.store.clone(),
                turn,
                route: self.wakes.papers(),
                health: self.health.clone(),
                tasks: self.tasks.clone(),
                stop: self.stop.clone(),
            };
            self.tasks.spawn(following.run());
        }
    }

    fn route(&self) {
        let delivery = &self.config.delivery;
        let (store, clock, all) = (self.store.clone(), self.clock.clone(), self.platforms.all.clone());
        let router = Router::new(store, clock, all, delivery.max_age, delivery.short_text);
        self.run("router", Arc::new(router), &self.wakes.route, self.wakes.deliveries(), false);
        let (store, clock, all) = (self.store.clone(), self.clock.clone(), self.platforms.all.clone());
        let keeper = Keeper::new(store, clock, all, delivery.max_age, delivery.short_text);
        self.run("keeper", Arc::new(keeper), &Arc::default(), self.wakes.deliveries(), false);
    }

    fn round_up(&self) {
        let sources = &self.config.sources;
        let polled = [("huggingface", sources.huggingface.enabled), ("arxiv", sources.arxiv.enabled)];
        let polled = polled.iter().filter(|(_, enabled)| *enabled).map(|(name, _)| SourceName(name));
        let sources = StoredSources::new(self.store.clone(), polled.collect());
        let roundups = Roundups::new(self.store.clone(), self.clock.clone(), self.platforms.all.clone())
            .waiting_for(Arc::new(sources), self.config.delivery.wait_for_sources);
        self.run("roundups", Arc::new(roundups), &Arc::default(), self.wakes.deliveries(), false);
    }

    fn edit(&self) {
        let delivery = &self.config.delivery;
        let cards = || {
            // A letter that was sent stays as it is.
            let connected = self.platforms.connected.iter().filter(|p| p.platform() != Platform::Email);
            let (store, connected) = (self.store.clone(), connected.cloned().collect::<Vec<_>>());
            let (clock, owner) = (self.clock.clone(), self.owner.clone());
            Cards::new(store, clock, connected, owner, delivery.short_text)
        };
        self.run("curation", Arc::new(Curation::new(cards())), &Arc::default(), Vec::new(), true);
        if delivery.living_cards {
            self.run("cards", Arc::new(cards()), &Arc::default(), Vec::new(), true);
        }
    }

    fn send(&self) {
        let platforms = self.platforms.connected.clone();
        let surplus = Surplus::new(self.store.clone(), self.clock.clone(), platforms, self.owner.clone());
        self.run("surplus", Arc::new(surplus), &Arc::new(Notify::new()), Vec::new(), true);
        let delivery = &self.config.delivery;
        let sender = Sender::new(
            self.store.clone(),
            self.clock.clone(),
            self.platforms.connected.clone(),
            SendSettings {
                owner: self.owner.clone(),
                lease: delivery.lease,
                concurrency: delivery.concurrency,
                group: delivery.group,
                policy: delivery.retry_policy(),
            },
            self.wakes.send.clone(),
            self.stop.clone(),
        )
        .logging_outcomes(OutcomeLog::in_folder(&self.config.data_dir));
        self.run("sender", Arc::new(sender), &self.wakes.send, Vec::new(), true);
    }

    fn index(&self) -> Option<Arc<Search>> {
        let serve = &self.config.serve;
        if !serve.has(Role::Indexer) {
            if serve.has(Role::Commands) || serve.has(Role::Web) {
                warn!(
                    "Commands are answered here without search: its index lies in data_dir on each machine, and \
                     the role indexer keeps it up; add it to serve.only"
                );
            }
            return None;
        }
        match search(self.config, self.store) {
            Ok((search, indexer)) => {
                self.run("indexer", Arc::new(indexer), &Arc::default(), Vec::new(), true);
                Some(search)
            }
            // Papers go on being posted without it.
            Err(error) => {
                warn!("Papers cannot be searched: {error:#}");
                None
            }
        }
    }

    fn run(
        &self,
        name: &str,
        stage: Arc<dyn Stage>,
        wake: &Arc<Notify>,
        next: Vec<Arc<Notify>>,
        finishes_steps: bool,
    ) {
        let runner = Runner {
            stage,
            clock: self.clock.clone(),
            health: self.health.stage(name),
            wake: wake.clone(),
            next,
            stop: self.stop.clone(),
            finishes_steps,
        };
        self.tasks.spawn(runner.run());
    }
}
