//! Neighbours on the line of positions, for what the index's own queries cannot say.
//!
//! That is: words as written, beginnings of words, and words that stand in the abstract. The line holds each word folded;
//! where folding changed it, a mark with the written word stands at the same position:
//!
//! ```text
//! Policies for LLMs    policy+!policies  for  llm+=llms
//! ```
//! `=` where the written word begins with the folded one, `!` where it does not; the latter are few, so that they can be
//! gone through.

use tantivy::postings::{Postings as _, SegmentPostings};
use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    BitSet, DocId, DocSet as _, InvertedIndexReader, Score, SegmentReader, TERMINATED, TantivyError,
};

use super::schema::column;
use crate::text::tokens;

/// The mark of a written word that begins with the folded one.
pub(super) const LONGER: char = '=';
/// The mark of any other written word.
pub(super) const OTHER: char = '!';

/// What stands at one place of a run.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// This folded word.
    Folded(String),
    /// This word, as written.
    Written(String),
    /// A word that begins so, as written.
    Begins(String),
}

/// Matches papers where the slots stand next to each other.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub line: Field,
    pub slots: Vec<Slot>,
    /// Only in the abstract.
    pub in_abstract: bool,
}

/// The words of one segment that a slot means, and those that it must not be.
#[derive(Default)]
struct Spelling {
    is: Vec<String>,
    is_not: Vec<String>,
}

impl Query for Run {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Run {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let found = self.matching(reader)?;
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(found), boost)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() <= doc && scorer.seek(doc) == doc {
            Ok(Explanation::new("the words stand together", 1.0))
        } else {
            Err(TantivyError::InvalidArgument(format!("document {doc} does not match")))
        }
    }
}

impl Run {
    fn matching(&self, reader: &SegmentReader) -> tantivy::Result<BitSet> {
        let index = reader.inverted_index(self.line)?;
        let slots: Vec<Spelling> =
            self.slots.iter().map(|slot| slot.spelling(&index)).collect::<Result<_, _>>()?;
        let max_doc = reader.max_doc();
        let mut held: Vec<BitSet> =
            slots.iter().map(|slot| self.holding(&index, slot, max_doc)).collect::<Result<_, _>>()?;
        let Some(last) = held.pop() else { return Ok(BitSet::with_max_value(max_doc)) };
        if slots.len() == 1 && slots[0].is_not.is_empty() && !self.in_abstract {
            return Ok(last);
        }
        self.verified(reader, &index, &slots, last, &held)
    }

    /// Papers that hold the slot's word anywhere.
    fn holding(&self, index: &InvertedIndexReader, slot: &Spelling, max_doc: u32) -> tantivy::Result<BitSet> {
        let mut docs = BitSet::with_max_value(max_doc);
        for mut postings in self.postings(index, &slot.is, IndexRecordOption::Basic)? {
            while postings.doc() != TERMINATED {
                docs.insert(postings.doc());
                postings.advance();
            }
        }
        Ok(docs)
    }

    fn postings(
        &self,
        index: &InvertedIndexReader,
        words: &[String],
        record: IndexRecordOption,
    ) -> tantivy::Result<Vec<SegmentPostings>> {
        let mut all = Vec::with_capacity(words.len());
        for word in words {
            all.extend(index.read_postings(&tantivy::Term::from_field_text(self.line, word), record)?);
        }
        Ok(all)
    }

    /// Those of the candidates where the slots stand together.
    fn verified(
        &self,
        reader: &SegmentReader,
        index: &InvertedIndexReader,
        slots: &[Spelling],
        candidates: BitSet,
        also: &[BitSet],
    ) -> tantivy::Result<BitSet> {
        let record = IndexRecordOption::WithFreqsAndPositions;
        let mut open = Vec::with_capacity(slots.len());
        for slot in slots {
            open.push((self.postings(index, &slot.is, record)?, self.postings(index, &slot.is_not, record)?));
        }
        let begins = reader.fast_fields().column_first_or_default::<u64>(column::ABSTRACT_FROM)?;
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut candidates = BitSetDocSet::from(candidates);
        while candidates.doc() != TERMINATED {
            let doc = candidates.doc();
            candidates.advance();
            if !also.iter().all(|docs| docs.contains(doc)) {
                continue;
            }
            let from =
                if self.in_abstract { u32::try_from(begins.get_val(doc)).unwrap_or(u32::MAX) } else { 0 };
            let mut starts: Option<Vec<u32>> = None;
            for ((is, is_not), offset) in open.iter_mut().zip(0..) {
                let mut places = places(is, doc);
                let barred = if is_not.is_empty() { Vec::new() } else { self::places(is_not, doc) };
                places.retain(|at| barred.binary_search(at).is_err());
                starts = Some(match starts {
                    None => places.into_iter().filter(|at| *at >= from).collect(),
                    Some(mut starts) => {
                        starts.retain(|at| places.binary_search(&(at + offset)).is_ok());
                        starts
                    }
                });
            }
            if starts.is_some_and(|starts| !starts.is_empty()) {
                found.insert(doc);
            }
        }
        Ok(found)
    }
}

impl Slot {
    fn spelling(&self, index: &InvertedIndexReader) -> tantivy::Result<Spelling> {
        let none = Spelling::default();
        Ok(match self {
            Self::Folded(word) => Spelling { is: vec![word.clone()], ..none },
            Self::Written(word) => {
                if let Some(mark) = mark(&singular(word), word) {
                    return Ok(Spelling { is: vec![format!("{mark}{word}")], ..none });
                }
                let mut plurals = words_from(index, LONGER, word)?;
                plurals.extend(words_from(index, OTHER, &first_letter(word))?);
                plurals.retain(|plural| singular(&plural[1..]) == *word);
                Spelling { is: vec![word.clone()], is_not: plurals }
            }
            Self::Begins(start) => {
                let mut is = terms(index, start)?;
                is.extend(words_from(index, LONGER, start)?);
                is.extend(words_from(index, OTHER, start)?);
                let mut is_not = words_from(index, OTHER, &first_letter(start))?;
                is_not
                    .retain(|word| !word[1..].starts_with(start) && singular(&word[1..]).starts_with(start));
                Spelling { is, is_not }
            }
        })
    }
}

/// The mark of a word that folding changed.
pub(super) fn mark(folded: &str, written: &str) -> Option<char> {
    (folded != written).then(|| if written.starts_with(folded) { LONGER } else { OTHER })
}

fn singular(word: &str) -> String {
    tokens(word).pop().map_or_else(|| word.to_owned(), |token| token.text)
}

/// The first letter: no plural begins with another one than its singular.
fn first_letter(word: &str) -> String {
    word.chars().take(1).collect()
}

fn words_from(index: &InvertedIndexReader, mark: char, start: &str) -> tantivy::Result<Vec<String>> {
    terms(index, &format!("{mark}{start}"))
}

/// The terms that begin so.
fn terms(index: &InvertedIndexReader, start: &str) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut terms = index.terms().range().ge(start).lt(format!("{start}{}", char::MAX)).into_stream()?;
    while terms.advance() {
        found.extend(std::str::from_utf8(terms.key()).ok().map(str::to_owned));
    }
    Ok(found)
}

/// Where any of the words stands in a paper, in order.
fn places(words: &mut [SegmentPostings], doc: DocId) -> Vec<u32> {
    let mut all = Vec::new();
    for word in words {
        if word.doc() < doc {
            word.seek(doc);
        }
        if word.doc() == doc {
            word.append_positions_with_offset(0, &mut all);
        }
    }
    all.sort_unstable();
    all
}
