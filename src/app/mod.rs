//! Builds concrete things from the configuration, runs them and stops them in order.
//!
//! The only place that names a concrete chat platform or source.

mod alone;
mod arxiv;
pub mod ask;
mod commands;
pub mod demo;
mod discord;
pub mod feed_desk;
mod feeds;
mod finder;
mod health;
mod lock;
mod mail;
mod pages;
mod platforms;
mod runner;
mod sandbox;
mod serve;
mod stages;
mod start;
mod wakes;

use std::sync::Arc;

use anyhow::Context as _;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::config::RxivConfig;
use crate::pipeline::{Indexer, PollSettings, Poller};
use crate::search::Search;
use crate::sources::biorxiv::{Rxiv, Server};
use crate::sources::{Archive, FetchConfig, Fetcher, Source, huggingface::HuggingFace};
use crate::store::Store;

pub use discord::discord_invite;
pub use feeds::{feed_pollers, look_at_feed};
pub use health::healthcheck;
pub use mail::test_mail;
pub use platforms::{not_connected, slack_manifest};
pub use sandbox::{Line, Shown};
pub use serve::serve;

/// Rows of Hugging Face's listing that are asked for at a time; its own limit.
const PAGE_LIMIT: usize = 100;

/// Connects to the configured database, whatever its tables look like.
pub async fn connect(config: &Config) -> anyhow::Result<Store> {
    use secrecy::ExposeSecret as _;
    let store = Store::open(config.store.url.expose_secret()).await;
    store.context("cannot open the database (key store.url)")
}

/// Connects to the configured database and brings its tables up to date.
pub async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let store = connect(config).await?;
    store.migrate().await.context("cannot bring the database to this version's tables")?;
    Ok(store)
}

/// The search index in the data directory, and the stage that keeps it up with the store.
pub fn search(config: &Config, store: &Store) -> anyhow::Result<(Arc<Search>, Indexer)> {
    let search = Search::open(&config.data_dir.join("search")).context("cannot open the search index")?;
    let search = Arc::new(search);
    Ok((search.clone(), Indexer::new(store.clone(), search)))
}

/// One poller for each enabled source.
pub fn pollers(config: &Config, store: &Store) -> anyhow::Result<Vec<Poller>> {
    let mut pollers = Vec::new();
    let huggingface = &config.sources.huggingface;
    if huggingface.enabled {
        let fetcher = fetcher(config)?;
        let source = HuggingFace::new(fetcher, huggingface.base_url.clone(), PAGE_LIMIT);
        let settings = PollSettings {
            interval: huggingface.interval,
            backlog_days: huggingface.backlog_days,
            reread_days: huggingface.reread_days,
        };
        pollers.push(poller(store, Arc::new(source), settings));
    }
    if config.sources.arxiv.enabled {
        let source = arxiv::source(config, store)?;
        pollers.push(poller(store, Arc::new(source), arxiv::settings(config)));
    }
    for (rxiv, server) in
        [(&config.sources.biorxiv, Server::BioRxiv), (&config.sources.medrxiv, Server::MedRxiv)]
    {
        if rxiv.enabled {
            let RxivConfig { interval, backlog_days, reread_days, .. } = *rxiv;
            let source = Rxiv::new(fetcher(config)?, rxiv.base_url.clone(), server);
            pollers.push(poller(
                store,
                Arc::new(source),
                PollSettings { interval, backlog_days, reread_days },
            ));
        }
    }
    Ok(pollers)
}

/// The names of the sources that are polled, without the feeds.
fn polled(config: &Config) -> Vec<String> {
    let sources = &config.sources;
    let enabled = [
        ("huggingface", sources.huggingface.enabled),
        ("arxiv", sources.arxiv.enabled),
        ("biorxiv", sources.biorxiv.enabled),
        ("medrxiv", sources.medrxiv.enabled),
    ];
    enabled.into_iter().filter(|(_, enabled)| *enabled).map(|(name, _)| name.to_owned()).collect()
}

/// A source with a past that can be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ArchiveName {
    /// arXiv
    Arxiv,
    /// Hugging Face Daily Papers
    Huggingface,
}

/// The archive of a source, whether the source is polled or not.
pub fn archive(config: &Config, store: &Store, name: ArchiveName) -> anyhow::Result<Arc<dyn Archive>> {
    Ok(match name {
        ArchiveName::Arxiv => Arc::new(arxiv::source(config, store)?),
        ArchiveName::Huggingface => Arc::new(HuggingFace::new(
            fetcher(config)?,
            config.sources.huggingface.base_url.clone(),
            PAGE_LIMIT,
        )),
    })
}

fn poller(store: &Store, source: Arc<dyn Source>, settings: PollSettings) -> Poller {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Poller::new(store.clone(), clock, source, settings)
}

/// The client that every source asks with.
fn fetcher(config: &Config) -> anyhow::Result<Fetcher> {
    Fetcher::new(fetch_config(config))
}

fn fetch_config(config: &Config) -> FetchConfig {
    FetchConfig { allow: config.sources.allow.clone(), ..FetchConfig::new(user_agent(config)) }
}

/// How Paperwire names itself to sources, with the operator's address when there is one.
fn user_agent(config: &Config) -> String {
    let product = concat!("Paperwire/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"));
    if config.contact.is_empty() { format!("{product})") } else { format!("{product}; {})", config.contact) }
}
