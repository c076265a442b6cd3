//! A stored paper as one query is asked of it from the terminal.

use crate::clock::{Clock as _, SystemClock};
use crate::domain::query::measure;
use crate::domain::{Paper, Query};
use crate::matcher::Document;
use crate::store::{Store, StoreError, last_announcement};

/// Reads what the query needs beside the paper itself: who lists it and how, and how its numbers moved.
pub async fn document(store: &Store, paper: &Paper, query: &Query) -> Result<Document, StoreError> {
    let mut document = Document::of(paper).asked_on(SystemClock.today());
    if query.has_sources() || query.has_types() {
        let listed = store.sources_of(paper.key).await?;
        if let Some(kind) = last_announcement(&listed) {
            document = document.announced(kind);
        }
        document = document.sources(listed.into_iter().map(|listed| listed.source));
    }
    let mut asked = Vec::new();
    query.expr().rises(&mut asked);
    if !asked.is_empty() {
        let history = store.counter_history(paper.key).await?;
        let history: Vec<_> = history.iter().map(|s| (s.taken_at, s.counters)).collect();
        document = document.rises(&measure(&history, SystemClock.now(), &asked));
    }
    Ok(document)
}
