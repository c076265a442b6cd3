//! Stores listings of papers that are never to be posted, as a dump or an archive brings them.

use jiff::{Timestamp, civil::Date};

use super::recording::Recorded;
use super::{Store, StoreError};
use crate::domain::{Listing, SourceName};

impl Store {
    /// Stores listings of papers that are never to be posted, all that is new of them in one transaction.
    ///
    /// A paper that is waiting to be posted goes on waiting.
    pub async fn import(
        &self,
        source: SourceName,
        listings: &[Listing],
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        self.record(source, listings, Date::MAX, now).await
    }
}
