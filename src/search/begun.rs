//! Papers whose id or title somebody has begun to write.

use std::ops::Bound;

use tantivy::collector::TopDocs;
use tantivy::query::{Query as IndexQuery, RangeQuery};
use tantivy::{DocAddress, Order, Term};

use super::complete::{Begun, CompletionKind};
use super::schema::column;
use super::{Search, SearchError};
use crate::domain::PaperKey;

impl Search {
    /// The newest papers whose id begins so; those whose title holds these words, the last as a beginning, follow.
    pub fn papers_begun(&self, text: &str, limit: usize) -> Result<Vec<PaperKey>, SearchError> {
        let text = text.trim();
        if text.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let from = Term::from_field_text(self.fields.id, text);
        let to = Term::from_field_text(self.fields.id, &format!("{text}{}", char::MAX));
        let mut keys = self.newest(&RangeQuery::new(Bound::Included(from), Bound::Excluded(to)), limit)?;
        if keys.len() < limit
            && let Some(begun) = Begun::new(text, CompletionKind::Title)
        {
            for key in self.newest(begun.query(self.fields.title).as_ref(), limit)? {
                if keys.len() < limit && !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }

    fn newest(&self, query: &dyn IndexQuery, limit: usize) -> Result<Vec<PaperKey>, SearchError> {
        let searcher = self.reader.searcher();
        let newest = TopDocs::with_limit(limit).order_by_fast_field::<i64>(column::DAY, Order::Desc);
        let mut keys = Vec::new();
        for (_, DocAddress { segment_ord, doc_id }) in searcher.search(query, &newest)? {
            let columns = searcher.segment_reader(segment_ord).fast_fields();
            keys.extend(columns.i64(column::KEY)?.first(doc_id).map(PaperKey));
        }
        Ok(keys)
    }
}
