//! The full-text search over papers, derived from the store and disposable.
//!
//! It is handed papers and never reads the store itself; it keeps what is needed to find, to sort and to complete, and
//! answers with the store's numbers of papers. One analyser and one language serve it and the matcher, so that both
//! give the same answer for every pair of a query and a paper.

mod analyser;
mod begun;
mod collect;
mod compile;
mod complete;
mod document;
mod error;
mod folder;
mod pieces;
mod recency;
mod request;
mod run;
mod schema;
mod similar;
mod snippet;
mod suggest;
mod wanted;
mod within;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use tantivy::{Index, IndexReader, IndexWriter, SegmentReader, Term};

use crate::domain::{Paper, PaperKey};
use collect::{First, Found};
use compile::{Compiled, Compiler};
use recency::Recency;
use schema::Fields;

pub use complete::{Completion, CompletionKind};
pub use error::SearchError;
pub use request::{Ask, Cursor, CursorError, Hit, SearchPage, SearchRequest, Sort};
pub use snippet::{Highlighted, Snippet, snippet};

/// The index of papers, for many readers and at most one writer.
pub struct Search {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    /// `None` while another process writes.
    writer: Mutex<Option<IndexWriter>>,
    /// The factors of the day that was asked for last.
    recency: Mutex<Arc<Recency>>,
    fresh: bool,
}

impl Search {
    /// Opens the index in a folder, or makes an empty one where there is none, a damaged or an older one.
    ///
    /// Where another process writes it, this one reads only: see [`Search::is_writable`].
    pub fn open(dir: &Path) -> Result<Self, SearchError> {
        let opened = folder::open(dir)?;
        Self::new(opened.index, opened.writer, opened.fresh)
    }

    /// An index that is gone with the process.
    pub fn in_memory() -> Result<Self, SearchError> {
        let (index, writer) = folder::in_memory()?;
        Self::new(index, Some(writer), true)
    }

    fn new(index: Index, writer: Option<IndexWriter>, fresh: bool) -> Result<Self, SearchError> {
        let (_, fields) = schema::schema();
        let reader = folder::reader(&index)?;
        let recency = Mutex::new(Arc::new(Recency::new(Date::ZERO)));
        Ok(Self { index, reader, fields, writer: Mutex::new(writer), recency, fresh })
    }

    /// True when this process may change the index; tries anew while another process does.
    pub fn is_writable(&self) -> bool {
        let mut writer = self.lock();
        if writer.is_none() {
            *writer = folder::write(&self.index).ok();
        }
        writer.is_some()
    }

    /// Shows what another process has committed since.
    pub fn refresh(&self) -> Result<(), SearchError> {
        Ok(self.reader.reload()?)
    }

    /// True when the index was made anew on opening and has to be filled.
    pub fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Takes papers in, or their newer revisions; they are found after the next [`Search::commit`].
    pub fn upsert(&self, papers: &[Paper]) -> Result<(), SearchError> {
        self.upsert_listed(papers.iter().map(|paper| (paper, [].as_slice())))
    }

    /// The same, each paper with the short names of the sources that list it, which `src:` asks for.
    pub fn upsert_listed<'a>(
        &self,
        papers: impl IntoIterator<Item = (&'a Paper, &'a [String])>,
    ) -> Result<(), SearchError> {
        let writer = self.lock();
        let writer = writer.as_ref().ok_or(SearchError::ReadOnly)?;
        for (paper, sources) in papers {
            writer.delete_term(Term::from_field_i64(self.fields.key, paper.key.0));
            writer.add_document(document::document(&self.fields, paper, sources))?;
        }
        Ok(())
    }

    /// Takes papers out; they are found until the next [`Search::commit`].
    pub fn remove(&self, papers: &[PaperKey]) -> Result<(), SearchError> {
        let writer = self.lock();
        let writer = writer.as_ref().ok_or(SearchError::ReadOnly)?;
        for key in papers {
            writer.delete_term(Term::from_field_i64(self.fields.key, key.0));
        }
        Ok(())
    }

    /// Makes what was taken in lasting and visible, and notes up to where the index has followed the store.
    pub fn commit(&self, position: i64) -> Result<(), SearchError> {
        let mut writer = self.lock();
        let mut commit = writer.as_mut().ok_or(SearchError::ReadOnly)?.prepare_commit()?;
        commit.set_payload(&position.to_string());
        commit.commit()?;
        self.reader.reload()?;
        Ok(())
    }

    /// Up to where the index has followed the store; 0 for an empty one.
    pub fn position(&self) -> Result<i64, SearchError> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload.and_then(|payload| payload.parse().ok()).unwrap_or(0))
    }

    /// Takes everything out.
    pub fn clear(&self) -> Result<(), SearchError> {
        self.lock().as_ref().ok_or(SearchError::ReadOnly)?.delete_all_documents()?;
        self.commit(0)
    }

    /// Joins the pieces that the index was written in, where that is worth it; for when there is nothing else to do.
    ///
    /// A question is asked of each piece, so that fewer answer sooner and take less room. What was taken in has to be
    /// committed before. Says whether it did anything.
    pub fn tidy(&self) -> Result<bool, SearchError> {
        let known = self.reader.searcher();
        let counts = |piece: &SegmentReader| (piece.num_docs(), piece.num_deleted_docs());
        if pieces::worth_joining(known.segment_readers().iter().map(counts)).is_empty() {
            return Ok(false);
        }
        drop(known);
        let mut kept = self.lock();
        // The writer joins pieces on its own too, and two must not want the same.
        kept.take().ok_or(SearchError::ReadOnly)?.wait_merging_threads()?;
        let writer = kept.insert(folder::write(&self.index)?);
        let metas = self.index.searchable_segment_metas()?;
        let counted = metas.iter().map(|piece| (piece.num_docs(), piece.num_deleted_docs()));
        let chosen = pieces::worth_joining(counted);
        if !chosen.is_empty() {
            writer.merge(&chosen.into_iter().map(|at| metas[at].id()).collect::<Vec<_>>()).wait()?;
        }
        drop(metas);
        self.reader.reload()?;
        writer.garbage_collect_files().wait()?;
        Ok(true)
    }

    /// Lets background work on the files end; for measuring and for a tidy end.
    pub fn settle(self) -> Result<(), SearchError> {
        let writer = self.writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(writer.map_or(Ok(()), IndexWriter::wait_merging_threads)?)
    }

    /// How many papers can be found.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// True when no paper can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Answers a question.
    ///
    /// When no paper holds all that a query asks for, those that hold a part come instead, marked as such.
    pub fn search(&self, request: &SearchRequest<'_>) -> Result<SearchPage, SearchError> {
        let continued = request.cursor;
        if continued.is_some_and(|cursor| cursor.relaxed) {
            return self.relaxed(request);
        }
        let query = match request.ask {
            Ask::Query(query) => self.compiler(request).compile(query.expr())?,
            Ask::Words(text) => compile::any_word(&self.fields, text),
        };
        let page = self.page(&query, request, false)?;
        if page.total == 0 && continued.is_none() { self.relaxed(request) } else { Ok(page) }
    }

    fn relaxed(&self, request: &SearchRequest<'_>) -> Result<SearchPage, SearchError> {
        let Ask::Query(query) = request.ask else { return Ok(SearchPage::default()) };
        match self.compiler(request).relaxed(query.expr())? {
            Some(query) => self.page(&query, request, true),
            None => Ok(SearchPage::default()),
        }
    }

    fn compiler(&self, request: &SearchRequest<'_>) -> Compiler<'_> {
        let today = request.cursor.map_or(request.today, |cursor| cursor.today);
        Compiler { fields: &self.fields, today }
    }

    fn page(
        &self,
        Compiled { query, skips }: &Compiled,
        request: &SearchRequest<'_>,
        relaxed: bool,
    ) -> Result<SearchPage, SearchError> {
        let searcher = self.reader.searcher();
        let today = request.cursor.map_or(request.today, |cursor| cursor.today);
        let recency = self.recency(today);
        let limit = request.limit.clamp(1, 1_000);
        let after = request.cursor.map(|cursor| cursor.place);
        let skips = *skips && request.sort == Sort::Relevance;
        let first = First { sort: request.sort, limit: limit + 1, after, recency: &recency, skips };
        let Found { mut places, total } = searcher.search(query.as_ref(), &first)?;
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().filter(|_| more).map(|last| Cursor { place: *last, relaxed, today });
        Ok(SearchPage {
            hits: places.iter().map(|place| request::hit(*place, request.sort)).collect(),
            total: total.map_or_else(|| query.count(&searcher).map(|count| count as u64), Ok)?,
            relaxed: relaxed && !places.is_empty(),
            next,
        })
    }

    fn recency(&self, today: Date) -> Arc<Recency> {
        let mut known = self.recency.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.is_of(today) {
            *known = Arc::new(Recency::new(today));
        }
        Arc::clone(&known)
    }

    fn lock(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("papers", &self.len()).finish_non_exhaustive()
    }
}
