//! What buttons, menus and forms do, kept from their making until they are used or forgotten.

use jiff::Timestamp;

use super::db::{query, query_scalar, reading, writing};
use super::values::{micros, text};
use super::{Store, StoreError};

impl Store {
    /// Keeps what the controls of one answer do, as JSON, under an id that nobody can guess.
    pub async fn keep_control(&self, id: &str, deeds: &str, expires_at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO control (id, deeds, expires_at) VALUES ($1, $2, $3)";
        writing!(self, |tx| {
            query(sql).bind(id).bind(text(deeds)).bind(micros(expires_at)).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// What the controls of an answer do; `None` when they are too old.
    pub async fn control(&self, id: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let sql = "SELECT deeds FROM control WHERE id = $1 AND expires_at > $2";
        Ok(reading!(self, |tx| query_scalar(sql).bind(id).bind(micros(now)).fetch_optional(&mut *tx).await?))
    }
}
