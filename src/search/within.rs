//! `abs:`: words of the common line of positions that stand in the abstract.

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::query::{
    BitSetDocSet, ConstScorer, EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{BitSet, DocId, DocSet as _, Score, SegmentReader, TERMINATED, TantivyError, Term};

use super::schema::column;

/// Matches papers whose abstract holds the words next to each other.
///
/// The abstract has no index of its own: it would be as large as all the rest.
#[derive(Debug, Clone)]
pub(super) struct InAbstract {
    terms: Vec<Term>,
}

impl InAbstract {
    pub fn new(line: Field, words: &[String]) -> Self {
        Self { terms: words.iter().map(|word| Term::from_field_text(line, word)).collect() }
    }
}

impl Query for InAbstract {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for InAbstract {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let Some(mut words) = self.postings(reader)? else { return Ok(Box::new(EmptyScorer)) };
        let begins = reader.fast_fields().column_first_or_default::<u64>(column::ABSTRACT_FROM)?;
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut doc = 0;
        while let Some(candidate) = next_with_all(&mut words, doc) {
            let from = u32::try_from(begins.get_val(candidate)).unwrap_or(u32::MAX);
            if stand_together(&mut words, from) {
                found.insert(candidate);
            }
            doc = candidate + 1;
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.seek(doc) == doc {
            Ok(Explanation::new("the words stand together in the abstract", 1.0))
        } else {
            Err(TantivyError::InvalidArgument(format!("document {doc} does not match")))
        }
    }
}

impl InAbstract {
    /// Where each of the words stands; `None` when one stands nowhere.
    fn postings(&self, reader: &SegmentReader) -> tantivy::Result<Option<Vec<SegmentPostings>>> {
        let mut all = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let index = reader.inverted_index(term.field())?;
            match index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)? {
                Some(postings) => all.push(postings),
                None => return Ok(None),
            }
        }
        Ok((!all.is_empty()).then_some(all))
    }
}

/// The first paper from `at` on that holds all words.
fn next_with_all(words: &mut [SegmentPostings], mut at: DocId) -> Option<DocId> {
    'again: loop {
        for word in words.iter_mut() {
            let doc = if word.doc() < at { word.seek(at) } else { word.doc() };
            if doc == TERMINATED {
                return None;
            }
            if doc > at {
                at = doc;
                continue 'again;
            }
        }
        return Some(at);
    }
}

fn stand_together(words: &mut [SegmentPostings], from: u32) -> bool {
    let (first, rest) = words.split_first_mut().expect("there is a word");
    let mut starts = Vec::new();
    first.positions(&mut starts);
    starts.retain(|at| *at >= from);
    let mut places = Vec::new();
    for (word, offset) in rest.iter_mut().zip(1..) {
        word.positions(&mut places);
        starts.retain(|at| places.binary_search(&(at + offset)).is_ok());
    }
    !starts.is_empty()
}
