//! What the sources still owe when a roundup is due.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::domain::SourceName;
use crate::domain::calendar::{Expected, day_of, expected};
use crate::message::LateSource;
use crate::store::Store;

/// A source lists the papers of a day no earlier than this before a roundup that could hold them.
const SEEN_WITHIN: Duration = Duration::from_hours(3 * 24);

/// The sources at the time at which a roundup is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceDay {
    /// Those whose papers of the day should be there and are not.
    pub late: Vec<LateSource>,
    /// Why nothing is to be expected of any of them; `None` when something is.
    pub rest: Option<Resting>,
}

/// Why all sources rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resting {
    /// It is a weekend for all of them.
    Weekend,
    /// At least one keeps this holiday.
    Holiday(&'static str),
}

/// Tells which sources are late, by their own clocks.
#[async_trait]
pub trait SourceClock: Send + Sync {
    /// How the sources stand that matter to a roundup which is due at a time; asked again while it is waited for.
    async fn at(&self, due: Timestamp) -> anyhow::Result<SourceDay>;
}

/// The sources of the calendar as the store knows them.
#[derive(Debug, Clone)]
pub struct StoredSources {
    store: Store,
    sources: Vec<SourceName>,
}

impl StoredSources {
    /// Watches these sources; those without hours of their own are never late.
    pub fn new(store: Store, sources: Vec<SourceName>) -> Self {
        Self { store, sources }
    }
}

#[async_trait]
impl SourceClock for StoredSources {
    async fn at(&self, due: Timestamp) -> anyhow::Result<SourceDay> {
        let mut day = SourceDay::default();
        let (mut resting, mut holiday) = (0, None);
        for source in &self.sources {
            match expected(*source, due) {
                Expected::Weekend => resting += 1,
                Expected::Holiday { name } => {
                    resting += 1;
                    holiday = holiday.or(Some(name));
                }
                Expected::NotYet { .. } => {}
                Expected::Due { .. } => {
                    // Of a source that was never read nothing can be late.
                    let Some(state) = self.store.source_state(*source).await? else { continue };
                    if !self.store.has_listed(*source, day_of(*source, due), due - SEEN_WITHIN).await? {
                        day.late.push(LateSource { name: source.0.to_owned(), fails: state.failures > 0 });
                    }
                }
            }
        }
        if resting > 0 && resting == self.sources.len() {
            day.rest = Some(holiday.map_or(Resting::Weekend, Resting::Holiday));
        }
        Ok(day)
    }
}
