//! Papers whose number lies in a range, as a set that may be asked for any paper at any time.
//!
//! The index's own range query is faster, but when it stands inside what is excluded it may be asked for a paper before
//! the last one, and its arithmetic then goes below zero (tantivy 0.27, `RangeDocSet`).

use std::ops::RangeInclusive;

use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{BitSet, DocId, DocSet as _, Score, SegmentReader, TantivyError};

/// A range of a column of numbers.
#[derive(Debug, Clone)]
pub(super) enum Within {
    /// Counters.
    Count(&'static str, RangeInclusive<u64>),
    /// Days.
    Day(&'static str, RangeInclusive<i64>),
}

impl Query for Within {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Within {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let columns = reader.fast_fields();
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut among = |holds: &dyn Fn(DocId) -> bool| {
            for doc in (0..reader.max_doc()).filter(|doc| holds(*doc)) {
                found.insert(doc);
            }
        };
        match self {
            Self::Count(name, range) => {
                if let Some(column) = columns.column_opt::<u64>(name)? {
                    among(&|doc| column.values_for_doc(doc).any(|value| range.contains(&value)));
                }
            }
            Self::Day(name, range) => {
                if let Some(column) = columns.column_opt::<i64>(name)? {
                    among(&|doc| column.values_for_doc(doc).any(|value| range.contains(&value)));
                }
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            Ok(Explanation::new("the number is in the range", 1.0))
        } else {
            Err(TantivyError::InvalidArgument(format!("document {doc} does not match")))
        }
    }
}
