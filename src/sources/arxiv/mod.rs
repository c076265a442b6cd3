//! arXiv: what it announces on a day, lookups in its query API, and the harvest of what was missed.
//!
//! ```text
//! today in New York   RSS, in small sets of categories; read once, since it does not change until midnight
//! an earlier day      OAI-PMH from that day on, in one harvest for all days that follow
//! ```
//! What has been read whole is noted in the validators that the poller keeps, so that a restart asks for nothing again.

mod archive;
mod categories;
mod client;
mod fields;
pub mod gate;
pub mod oai;
pub mod query;
mod reading;
pub mod rss;
mod schedule;
mod xml;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::Mutex;
use tracing::warn;

use super::fetch::{FetchError, Fetcher, Validators};
use super::rows::Rows;
use super::{DayListings, Source, SourceError};
use crate::clock::Clock;
use crate::domain::{PaperId, SourceName, calendar::is_arxiv_working_day};

pub use categories::{expand, oai_set};
pub use client::{ArxivUrls, Harvest, patient};
pub use gate::{Gate, Lease, OwnLease, Rest, Sleep, Standing, Turn};
pub use oai::{OaiError, Records};
pub use query::Page;
pub use rss::Announcements;
pub use xml::Malformed;

use client::Client;
use reading::Memory;
use schedule::{is_built, new_york};

/// The most ids that are looked up with one request.
const LOOKUP: usize = 100;
/// The most papers that a search asks for at once.
pub const MAX_SEARCH: usize = 200;

/// Tells which categories people follow.
#[async_trait]
pub trait Interests: Send + Sync {
    /// The categories and archives that subscriptions name: `cs.CL`, `hep-th`, `stat`.
    async fn categories(&self) -> anyhow::Result<Vec<String>>;
}

/// Nobody follows anything beside what is configured.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoInterests;

#[async_trait]
impl Interests for NoInterests {
    async fn categories(&self) -> anyhow::Result<Vec<String>> {
        Ok(Vec::new())
    }
}

/// arXiv as a source.
pub struct Arxiv {
    client: Client,
    clock: Arc<dyn Clock>,
    configured: Vec<String>,
    interests: Arc<dyn Interests>,
    memory: Mutex<Memory>,
}

impl Arxiv {
    /// The source's name.
    pub const NAME: SourceName = SourceName("arxiv");

    /// Speaks to the three services through one gate; `configured` are read in any case.
    pub fn new(
        fetcher: Fetcher,
        gate: Gate,
        urls: ArxivUrls,
        clock: Arc<dyn Clock>,
        configured: Vec<String>,
        interests: Arc<dyn Interests>,
    ) -> Self {
        Self {
            client: Client::new(fetcher, gate, urls),
            clock,
            configured,
            interests,
            memory: Mutex::default(),
        }
    }

    /// Looks papers up by their arXiv ids: versions, comments, DOIs. Ids of other kinds and unknown ones are left out.
    pub async fn lookup(&self, ids: &[PaperId]) -> Result<Rows, FetchError> {
        let known: Vec<PaperId> = ids.iter().filter(|id| id.is_arxiv()).cloned().collect();
        let mut all = Rows::default();
        for batch in known.chunks(LOOKUP) {
            let page = self.client.by_ids(batch, self.clock.today()).await?;
            all.append(page.rows);
        }
        Ok(all)
    }

    /// Asks for one page of what arXiv finds for a query in its own language, the newest submissions first.
    pub async fn search(&self, query: &str, start: usize, limit: usize) -> Result<Page, FetchError> {
        self.client.search(query, start, limit.clamp(1, MAX_SEARCH), self.clock.today()).await
    }

    /// Asks for one page of changed records: what back-filling needs.
    pub async fn harvest(&self, ask: &Harvest<'_>) -> Result<Records, FetchError> {
        self.client.records(ask, self.clock.today()).await
    }

    /// Every category that is configured or followed; one that arXiv does not have is left out.
    async fn categories(&self) -> Vec<String> {
        let followed = self.interests.categories().await.unwrap_or_else(|error| {
            warn!(source = %Self::NAME, "Cannot tell which categories are followed, reading the configured ones: {error:#}");
            Vec::new()
        });
        categories::expand_all(self.configured.iter().chain(&followed))
    }

    async fn read(&self, day: Date, known: Option<&Validators>) -> Result<DayListings, FetchError> {
        let now = self.clock.now();
        let today = new_york(now);
        let categories = self.categories().await;
        let mark = reading::mark(day, &categories);
        let noted = known.and_then(|known| known.etag.as_deref()).unwrap_or_default();
        let mut memory = self.memory.lock().await;
        if noted == mark || (day < today && reading::is_of(noted, day)) {
            memory.note(day);
            return Ok(DayListings::unchanged(known, None));
        }
        if !is_arxiv_working_day(day) || categories.is_empty() || !is_built(day, now) {
            return Ok(reading::quiet());
        }
        if day < today {
            // Told as a failure once; then what is missed must not hold up what is new.
            if memory.is_harvest_put_off(now) {
                return Ok(reading::quiet());
            }
            let rows = memory.harvest(&self.client, day, now, &categories).await?;
            return Ok(reading::listings(rows, Some(mark)));
        }
        let read = memory.announced(&self.client, day, &categories).await?;
        // An empty feed on a working day may only be late, and one of yesterday says nothing of today.
        let whole = read.is_current && read.rows.count() > 0;
        if whole {
            memory.note(day);
        }
        Ok(reading::listings(read.rows, whole.then_some(mark)))
    }
}

#[async_trait]
impl Source for Arxiv {
    fn name(&self) -> SourceName {
        Self::NAME
    }

    async fn day(
        &self,
        day: Date,
        today: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, SourceError> {
        let day = day.min(today);
        let read = self.read(day, known).await;
        read.map_err(|cause| SourceError { name: Self::NAME, day, cause })
    }

    async fn next_poll(&self, now: Timestamp) -> Option<Timestamp> {
        let wanting = self.memory.lock().await.is_wanting(new_york(now));
        Some(schedule::next_poll(now, wanting))
    }
}
