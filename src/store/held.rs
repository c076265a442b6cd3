//! Papers that are held back until the operator has looked: a feed suddenly listed too many new ones.

use super::db::{query, query_scalar, reading, writing};
use super::{Store, StoreError};

const HELD: &str = "SELECT COUNT(*) FROM paper WHERE route_note = 'held'
    AND EXISTS (SELECT 1 FROM listing l WHERE l.paper_id = paper.id AND l.source = $1)";

const RELEASE: &str = "UPDATE paper SET routed_at = NULL, route_note = NULL WHERE route_note = 'held'
    AND EXISTS (SELECT 1 FROM listing l WHERE l.paper_id = paper.id AND l.source = $1)";

const DROP: &str = "UPDATE paper SET route_note = 'dropped' WHERE route_note = 'held'
    AND EXISTS (SELECT 1 FROM listing l WHERE l.paper_id = paper.id AND l.source = $1)";

impl Store {
    /// How many papers of a source are held for review.
    pub async fn held(&self, source: &str) -> Result<u64, StoreError> {
        let held: i64 = reading!(self, |tx| query_scalar(HELD).bind(source).fetch_one(&mut *tx).await?);
        Ok(held.unsigned_abs())
    }

    /// Lets the held papers of a source be posted; says how many.
    pub async fn release_held(&self, source: &str) -> Result<u64, StoreError> {
        Ok(writing!(self, |tx| query(RELEASE).bind(source).execute(&mut *tx).await?.rows_affected()))
    }

    /// Keeps the held papers of a source without ever posting them; says how many.
    pub async fn drop_held(&self, source: &str) -> Result<u64, StoreError> {
        Ok(writing!(self, |tx| query(DROP).bind(source).execute(&mut *tx).await?.rows_affected()))
    }
}
