//! Keeps the search index up with the store.

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use tracing::{debug, info, warn};

use super::{Stage, Step};
use crate::domain::PaperKey;
use crate::search::{Search, SearchError};
use crate::store::Store;

/// Papers that are read at once.
const BATCH: u32 = 2_000;
/// Batches that are taken in with one commit of the index, which costs as much as some hundred papers.
const BATCHES: usize = 5;

/// The stage that follows the changes of papers; it never makes posting wait.
pub struct Indexer {
    store: Store,
    search: Arc<Search>,
}

impl Indexer {
    /// Makes the stage.
    pub fn new(store: Store, search: Arc<Search>) -> Self {
        Self { store, search }
    }

    /// Takes in all that has changed, unless another process does that; says how many papers.
    pub async fn catch_up(&self) -> anyhow::Result<usize> {
        let mut taken = 0;
        loop {
            let papers = self.follow().await?;
            if papers == 0 {
                return Ok(taken);
            }
            taken += papers;
        }
    }

    async fn follow(&self) -> anyhow::Result<usize> {
        if !self.search.is_writable() {
            self.search.refresh()?;
            return Ok(0);
        }
        let latest = self.store.paper_position().await?;
        let mut followed = self.search.position()?;
        if followed > latest {
            warn!("The search index belongs to another database and is filled anew");
            self.blocking(Search::clear).await?;
            followed = 0;
        }
        let mut taken = 0;
        for _ in 0..BATCHES {
            let (papers, reached) = self.store.papers_changed_since(followed, BATCH).await?;
            let count = papers.len();
            if count == 0 {
                break;
            }
            let keys: Vec<PaperKey> = papers.iter().map(|paper| paper.key).collect();
            let sources = self.store.sources_of_each(&keys).await?;
            // A paper that takes another one in changes by that, so there is always one that leads up to here.
            let gone = self.store.papers_joined_away(followed, reached).await?;
            self.blocking(move |search| {
                search.remove(&gone)?;
                search.upsert_listed(papers.iter().zip(sources.iter().map(Vec::as_slice)))
            })
            .await?;
            taken += count;
            followed = reached;
            if count < BATCH as usize {
                break;
            }
        }
        if taken > 0 {
            self.blocking(move |search| search.commit(followed)).await?;
            debug!(papers = taken, position = followed, "Took {taken} papers into the search index");
            if followed == latest && taken >= BATCH as usize {
                info!(papers = self.search.len(), "The search index is up to date");
            }
        }
        Ok(taken)
    }

    /// Runs work on files where it holds up nothing else.
    async fn blocking(
        &self,
        work: impl FnOnce(&Search) -> Result<(), SearchError> + Send + 'static,
    ) -> anyhow::Result<()> {
        let search = Arc::clone(&self.search);
        let done = tokio::task::spawn_blocking(move || work(&search)).await;
        done.context("the work on the search index was broken off")?.context("cannot write the search index")
    }
}

#[async_trait]
impl Stage for Indexer {
    fn name(&self) -> &'static str {
        "indexer"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let papers = self.follow().await?;
        if papers == 0 && self.search.is_writable() {
            self.blocking(|search| search.tidy().map(drop)).await?;
        }
        Ok(if papers > 0 { Step::Worked } else { Step::Idle { until: None } })
    }
}
