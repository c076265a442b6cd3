//! What can go wrong with the index.

use std::path::PathBuf;

/// Why the search could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The folder cannot be used.
    #[error("cannot use the folder “{path}” for the search index: make it writable, or set data_dir")]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process writes the index; this one can only read it.
    #[error("another process keeps the search index up to date")]
    ReadOnly,
    /// The index itself failed; when that is damage, it is made anew at the next start.
    #[error("the search index failed")]
    Index(#[from] tantivy::TantivyError),
}

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self::Index(error.into())
    }
}
