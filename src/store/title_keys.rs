//! Gives papers that were stored before titles were compared the key that they are compared by.

use super::db::{query, query_as, query_scalar, writing};
use super::values::from_json;
use super::{Store, StoreError};
use crate::domain::Facts;
use crate::domain::identity::title_key;

/// Papers that are looked at in one transaction.
const PORTION: i64 = 1_000;

/// Where to go on, and the place in the line of those who do this.
const PLACE: &str = "UPDATE change_counter SET value = value WHERE name = 'title_keys' RETURNING value";

const WITHOUT: &str = "SELECT id, title, authors FROM paper
    WHERE title_key IS NULL AND id <= $1 ORDER BY id DESC LIMIT $2";

const GIVE: &str = "UPDATE paper SET title_key = $2 WHERE id = $1 AND title_key IS NULL";

const GO_ON: &str = "UPDATE change_counter SET value = $1 WHERE name = 'title_keys'";

impl Store {
    /// Looks once at every paper that has no key, the newest first; it goes on where it was broken off.
    pub(super) async fn fill_title_keys(&self) -> Result<(), StoreError> {
        loop {
            let left: i64 = writing!(self, |tx| {
                let place: i64 = query_scalar(PLACE).fetch_one(&mut *tx).await?;
                let mut left = 0;
                if place > 0 {
                    let rows: Vec<(i64, String, String)> =
                        query_as(WITHOUT).bind(place).bind(PORTION).fetch_all(&mut *tx).await?;
                    for (id, title, authors) in rows {
                        let authors = from_json(&authors, "the authors of a paper")?;
                        if let Some(key) = title_key(&Facts { title, authors, ..Facts::default() }) {
                            query(GIVE).bind(id).bind(key).execute(&mut *tx).await?;
                        }
                        left = id - 1;
                    }
                    query(GO_ON).bind(left).execute(&mut *tx).await?;
                }
                left
            });
            if left <= 0 {
                return Ok(());
            }
        }
    }
}
