//! Keys that the installation makes for itself on first use, the same for every process.

use super::db::{query, query_scalar, reading, writing};
use super::values::corrupt;
use super::{Store, StoreError};
use crate::domain::MailKey;

const READ: &str = "SELECT value FROM own_key WHERE name = 'mail'";
const MAKE: &str = "INSERT INTO own_key (name, value) VALUES ('mail', $1) ON CONFLICT DO NOTHING";

impl Store {
    /// The key from which the tokens in letters' links are made.
    pub async fn mail_key(&self) -> Result<MailKey, StoreError> {
        let known: Option<String> = reading!(self, |tx| query_scalar(READ).fetch_optional(&mut *tx).await?);
        let hex = if let Some(hex) = known {
            hex
        } else {
            let new = data_encoding::HEXLOWER.encode(&MailKey::random_bytes());
            writing!(self, |tx| {
                query(MAKE).bind(new).execute(&mut *tx).await?;
                // Another process may have been first.
                query_scalar(READ).fetch_one(&mut *tx).await?
            })
        };
        let bytes =
            data_encoding::HEXLOWER.decode(hex.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(MailKey::new)
            .ok_or_else(|| corrupt("the key of the letters", "…", &"it is no key of 32 bytes"))
    }
}
