//! What a look at the store's readiness needs, in one small question.

use std::collections::BTreeMap;

use super::db::{query_as, reading};
use super::values::{count, parsed};
use super::{Store, StoreError};
use crate::domain::{PauseCause, Platform};

/// The paused destinations of a platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paused {
    /// How many.
    pub destinations: u32,
    /// Why the platform refuses the account, where that is the cause.
    pub refused: Option<String>,
}

impl Store {
    /// The platforms with paused destinations; asking shows that the database answers.
    pub async fn paused_platforms(&self) -> Result<BTreeMap<Platform, Paused>, StoreError> {
        let sql = "SELECT platform, pause_cause, COUNT(*), MAX(pause_reason) FROM destination
            WHERE paused_at IS NOT NULL GROUP BY platform, pause_cause";
        let rows: Vec<(String, Option<String>, i64, Option<String>)> =
            reading!(self, |tx| query_as(sql).fetch_all(&mut *tx).await?);
        let mut platforms: BTreeMap<Platform, Paused> = BTreeMap::new();
        for (platform, cause, destinations, reason) in rows {
            let platform: Platform = parsed(&platform, "the platform of a destination")?;
            let cause: Option<PauseCause> =
                cause.map(|cause| parsed(&cause, "the cause of a pause")).transpose()?;
            let paused = platforms.entry(platform).or_default();
            paused.destinations += count(destinations, "the number of paused destinations")?;
            if cause == Some(PauseCause::Account) {
                paused.refused = reason;
            }
        }
        Ok(platforms)
    }
}
