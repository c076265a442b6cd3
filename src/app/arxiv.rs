//! arXiv over the store: the turn that all processes share, and the categories that people follow.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::domain::query::{Expr, Pattern};
use crate::pipeline::PollSettings;
use crate::sources::Fetcher;
use crate::sources::arxiv::{
    Arxiv, ArxivUrls, Gate, Interests, Lease, Sleep, Standing, Turn, expand, patient,
};
use crate::store::{SourceTurn, Store};

/// The wait from which those after failures grow; arXiv says itself when it wants to be asked.
const INTERVAL: Duration = Duration::from_hours(1);
/// Days that every poll looks at again; one that has been read whole costs no request.
const REREAD_DAYS: u16 = 7;

/// The source as it is configured.
pub fn source(config: &Config, store: &Store) -> anyhow::Result<Arxiv> {
    let arxiv = &config.sources.arxiv;
    for name in &arxiv.categories {
        anyhow::ensure!(
            !expand(name).is_empty(),
            "sources.arxiv.categories: arXiv has no category “{name}”; they are listed at https://arxiv.org/category_taxonomy"
        );
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let gate = Gate::new(Arc::clone(&clock), Arc::new(StoredLease(store.clone())), Arc::new(Sleep));
    let urls =
        ArxivUrls { rss: arxiv.rss_url.clone(), api: arxiv.api_url.clone(), oai: arxiv.oai_url.clone() };
    let fetcher = Fetcher::new(patient(super::fetch_config(config)))?;
    Ok(Arxiv::new(fetcher, gate, urls, clock, arxiv.categories.clone(), Arc::new(Followed(store.clone()))))
}

/// How it is polled.
pub fn settings(config: &Config) -> PollSettings {
    let backlog_days = config.sources.arxiv.backlog_days;
    PollSettings { interval: INTERVAL, backlog_days, reread_days: REREAD_DAYS }
}

/// The turn in the store.
struct StoredLease(Store);

#[async_trait]
impl Lease for StoredLease {
    async fn take(&self, now: Timestamp, held_until: Timestamp) -> anyhow::Result<Turn> {
        Ok(match self.0.take_source_turn(Arxiv::NAME.0, now, held_until).await? {
            SourceTurn::Ours { busy, denials } => Turn::Ours(Standing { busy, denials }),
            SourceTurn::Later { at, busy, denials } => Turn::Later(at, Standing { busy, denials }),
        })
    }

    async fn give_back(
        &self,
        held_until: Timestamp,
        next_at: Timestamp,
        Standing { busy, denials }: Standing,
    ) -> anyhow::Result<()> {
        self.0.give_back_source_turn(Arxiv::NAME.0, held_until, next_at, (busy, denials)).await?;
        Ok(())
    }
}

/// The categories that subscriptions name.
struct Followed(Store);

#[async_trait]
impl Interests for Followed {
    async fn categories(&self) -> anyhow::Result<Vec<String>> {
        let subscriptions = self.0.subscriptions().await?;
        let mut names = Vec::new();
        for subscription in subscriptions.iter().filter(|subscription| subscription.paused_at.is_none()) {
            subscription.query.expr().for_each_leaf(&mut |leaf, denied| {
                if let Expr::Term(term) = leaf
                    && let Pattern::Category(name) = &term.pattern
                    && !denied
                {
                    names.push(name.clone());
                }
            });
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }
}
