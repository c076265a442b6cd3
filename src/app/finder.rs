//! Looks single papers up: at arXiv, and at Hugging Face when arXiv does not answer or does not know them.

use std::sync::Arc;

use anyhow::Context as _;
use async_trait::async_trait;
use tracing::warn;

use super::{PAGE_LIMIT, arxiv, fetcher};
use crate::bot::{Finder, Finding};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{Listing, PaperId, SourceName};
use crate::sources::{Arxiv, HuggingFace};
use crate::store::Store;

/// The sources that are asked, in this order.
pub(super) struct Lookup {
    arxiv: Option<Arxiv>,
    huggingface: Option<HuggingFace>,
    clock: Arc<dyn Clock>,
}

impl Lookup {
    /// Asks the sources that the configuration polls.
    pub fn new(config: &Config, store: &Store, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let sources = &config.sources;
        let arxiv = sources.arxiv.enabled.then(|| arxiv::source(config, store)).transpose();
        let huggingface = sources.huggingface.enabled.then(|| fetcher(config)).transpose()?;
        let base = || sources.huggingface.base_url.clone();
        Ok(Self {
            arxiv: arxiv.context("cannot look papers up at arXiv")?,
            huggingface: huggingface.map(|fetcher| HuggingFace::new(fetcher, base(), PAGE_LIMIT)),
            clock,
        })
    }
}

/// What a source says to an id; `None` when it cannot say now.
type Said = Option<Option<Listing>>;

async fn at_arxiv(arxiv: &Arxiv, paper: &PaperId) -> Said {
    match arxiv.lookup(std::slice::from_ref(paper)).await {
        Ok(rows) => Some(rows.listings.into_iter().find(|listing| listing.paper == *paper)),
        Err(error) => {
            warn!(paper.id = %paper, "Cannot look {paper} up at arXiv: {error}");
            None
        }
    }
}

async fn at_huggingface(huggingface: &HuggingFace, paper: &PaperId, clock: &dyn Clock) -> Said {
    match huggingface.paper(paper, clock.today()).await {
        Ok(found) => Some(found),
        Err(error) => {
            warn!(paper.id = %paper, "Cannot look {paper} up at Hugging Face: {error}");
            None
        }
    }
}

#[async_trait]
impl Finder for Lookup {
    async fn find(&self, paper: &PaperId) -> Finding {
        if !paper.is_arxiv() {
            return Finding::NotAsked;
        }
        let found = |source: SourceName, listing| Finding::Found { source, listing: Box::new(listing) };
        let first = match &self.arxiv {
            Some(arxiv) => at_arxiv(arxiv, paper).await,
            None => None,
        };
        if let Some(Some(listing)) = first {
            return found(Arxiv::NAME, listing);
        }
        let second = match &self.huggingface {
            Some(huggingface) => at_huggingface(huggingface, paper, &*self.clock).await,
            None => None,
        };
        match (first, second) {
            (_, Some(Some(listing))) => found(HuggingFace::NAME, listing),
            // arXiv has every paper of its own; Hugging Face has what somebody put there.
            (Some(_), _) => Finding::Nowhere,
            (None, Some(None)) if self.arxiv.is_none() => Finding::Nowhere,
            (None, None) if self.arxiv.is_none() && self.huggingface.is_none() => Finding::NotAsked,
            _ => Finding::Unreachable,
        }
    }
}
