//! The files of the index: `DIR/v2`, opened or made anew.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use tantivy::directory::error::LockError;
use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Directory as _, Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError};

use super::SearchError;
use super::analyser::{Spaces, Words};
use super::schema::{SPACES, VERSION, WORDS, schema};

/// What the writer may hold in memory before it writes a segment.
const WRITER_BYTES: usize = 64 << 20;
/// One thread: posting comes first, and one takes in thousands of papers in a second.
const WRITER_THREADS: usize = 1;

/// An open index.
pub(super) struct Opened {
    pub index: Index,
    pub writer: Option<IndexWriter>,
    pub fresh: bool,
}

/// Opens the index in a folder; what cannot be read is deleted, for the store holds it all.
pub(super) fn open(dir: &Path) -> Result<Opened, SearchError> {
    let own = dir.join(format!("v{VERSION}"));
    make(&own)?;
    let existed = own.join("meta.json").exists();
    if existed {
        // A file that ends too early makes the reading library panic.
        match catch_unwind(|| existing(&own)).unwrap_or_else(|_| Err(cut_short())) {
            Ok((index, writer)) => {
                if writer.is_some() {
                    remove_others(dir, &own);
                }
                return Ok(Opened { index, writer, fresh: false });
            }
            Err(error) => tracing::warn!("The search index is damaged and is made anew: {error}"),
        }
    }
    emptied(&own)?;
    let index = prepared(Index::create_in_dir(&own, schema().0)?);
    let writer = Some(write(&index)?);
    remove_others(dir, &own);
    Ok(Opened { index, writer, fresh: true })
}

fn cut_short() -> SearchError {
    TantivyError::InternalError("one of its files is cut short".to_owned()).into()
}

/// An index without files.
pub(super) fn in_memory() -> Result<(Index, IndexWriter), SearchError> {
    let index = prepared(Index::create_in_ram(schema().0));
    let writer = index.writer_with_num_threads(1, 15 << 20)?;
    Ok((index, writer))
}

/// A reader that sees what was committed, also by another process.
pub(super) fn reader(index: &Index) -> Result<IndexReader, SearchError> {
    Ok(index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?)
}

fn existing(own: &Path) -> Result<(Index, Option<IndexWriter>), SearchError> {
    let index = prepared(Index::open_in_dir(own)?);
    if index.schema() != schema().0 {
        return Err(TantivyError::SchemaError("its fields are not those of this version".to_owned()).into());
    }
    // A file that is cut short shows when it is opened.
    reader(&index)?;
    let writer = match write(&index) {
        Ok(writer) => Some(writer),
        Err(SearchError::Index(TantivyError::LockFailure(LockError::LockBusy, _))) => None,
        Err(error) => return Err(error),
    };
    Ok((index, writer))
}

/// Takes the lock of the one writer.
pub(super) fn write(index: &Index) -> Result<IndexWriter, SearchError> {
    Ok(index.writer_with_num_threads(WRITER_THREADS, WRITER_BYTES)?)
}

fn prepared(index: Index) -> Index {
    index.tokenizers().register(WORDS, TextAnalyzer::from(Words::default()));
    index.tokenizers().register(SPACES, TextAnalyzer::from(Spaces::default()));
    index
}

fn make(dir: &Path) -> Result<(), SearchError> {
    fs::create_dir_all(dir).map_err(|source| SearchError::Folder { path: dir.to_owned(), source })
}

/// Deletes what is in the folder, unless another process works there.
fn emptied(own: &Path) -> Result<(), SearchError> {
    let folder = |source| SearchError::Folder { path: own.to_owned(), source };
    let directory = MmapDirectory::open(own).map_err(TantivyError::from)?;
    match directory.acquire_lock(&INDEX_WRITER_LOCK) {
        Ok(_lock) => fs::remove_dir_all(own).and_then(|()| fs::create_dir_all(own)).map_err(folder),
        Err(LockError::LockBusy) => Err(SearchError::ReadOnly),
        Err(error) => Err(SearchError::Index(error.into())),
    }
}

/// Takes away what other versions left.
fn remove_others(dir: &Path, own: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_version = name
            .to_str()
            .and_then(|name| name.strip_prefix('v'))
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
        if is_version && entry.path() != own && fs::remove_dir_all(entry.path()).is_ok() {
            tracing::info!("Removed the search index of another version: {}", entry.path().display());
        }
    }
}
