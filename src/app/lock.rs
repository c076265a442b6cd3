//! Keeps two `serve` processes off one SQLite file: SQLite leases are told apart by process.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// Held for as long as the process serves; the operating system lets go of it, whatever happens.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

impl ServeLock {
    /// Takes the lock of a database file; a server keeps its own order, so there `None`.
    pub fn for_store(url: &str) -> anyhow::Result<Option<Self>> {
        url.strip_prefix("sqlite://").map(|path| Self::take(Path::new(path))).transpose()
    }

    /// Takes the lock beside the database file.
    fn take(database: &Path) -> anyhow::Result<Self> {
        let path = PathBuf::from(format!("{}.lock", database.display()));
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => bail!(
                "another `paperwire serve` already works on {}; stop it first, or move to PostgreSQL to run several",
                database.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_on_the_same_file_is_told_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("paperwire.db");
        let first = ServeLock::take(&database).unwrap();
        let error = ServeLock::take(&database).unwrap_err().to_string();
        assert!(error.contains("stop it first"), "{error}");
        drop(first);
        ServeLock::take(&database).unwrap();
    }
}
