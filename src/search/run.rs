//! Neighbours on the line of positions, for what the index's own queries cannot say.
//!
//! That is: words as written, beginnings of words, and words that stand in the abstract. The line holds each word folded;
//! where folding changed it, a mark with the written word stands at the same position:
//!
//! ```text
//! Policies for LLMs    policy+!policies  for  llm+=llms
//! ```
//! `=` where the written word is the folded one with `s` or `es`, `!` for any other; the latter are few, so that those
//! with the same first letters can be gone through.

use tantivy::postings::{Postings as _, SegmentPostings, TermInfo};
use tantivy::query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    BitSet, DocId, DocSet as _, InvertedIndexReader, Score, SegmentReader, TERMINATED, TantivyError, Term,
};

use super::schema::column;
use crate::text::tokens;

/// The mark of a written word that is the folded one with `s` or `es`.
pub(super) const LONGER: char = '=';
/// The mark of any other written word.
pub(super) const OTHER: char = '!';

/// What a word that begins with its singular has more.
const ENDINGS: [&str; 2] = ["s", "es"];
/// Folding changes at most so many of the last letters.
const FOLDED_LETTERS: usize = 3;

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

impl Slot {
    /// Letters that each word of this slot begins with, in lower case.
    pub fn beginning(&self) -> &str {
        match self {
            Self::Folded(word) | Self::Written(word) => kept(word),
            Self::Begins(start) => start,
        }
    }
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
    is: Vec<TermInfo>,
    is_not: Vec<TermInfo>,
}

/// The positions of a slot's words, as one paper after the other is asked for.
struct Places {
    is: Vec<SegmentPostings>,
    is_not: Vec<SegmentPostings>,
    /// Where the words of the paper that was asked for last stand, and where those that they must not be.
    at: Vec<u32>,
    barred: Vec<u32>,
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
            self.slots.iter().map(|slot| self.spelling(slot, &index)).collect::<Result<_, _>>()?;
        let max_doc = reader.max_doc();
        let Some((first, others)) = slots.split_first() else { return Ok(BitSet::with_max_value(max_doc)) };
        let mut held = holding(&index, &first.is, max_doc)?;
        if others.is_empty() && !self.in_abstract {
            // Only where words stand that must not be meant, it has to be seen which of both.
            let barred = holding(&index, &first.is_not, max_doc)?;
            let doubtful: Vec<DocId> = docs(barred).filter(|doc| held.contains(*doc)).collect();
            let found = self.verified(reader, &index, &slots, doubtful.iter().copied())?;
            doubtful.into_iter().filter(|doc| !found.contains(*doc)).for_each(|doc| held.remove(doc));
            return Ok(held);
        }
        let also: Vec<BitSet> =
            others.iter().map(|slot| holding(&index, &slot.is, max_doc)).collect::<Result<_, _>>()?;
        let candidates = docs(held).filter(|doc| also.iter().all(|held| held.contains(*doc)));
        self.verified(reader, &index, &slots, candidates)
    }

    /// Those of the candidates where the slots stand together.
    fn verified(
        &self,
        reader: &SegmentReader,
        index: &InvertedIndexReader,
        slots: &[Spelling],
        candidates: impl Iterator<Item = DocId>,
    ) -> tantivy::Result<BitSet> {
        let mut found = BitSet::with_max_value(reader.max_doc());
        let mut candidates = candidates.peekable();
        if candidates.peek().is_none() {
            return Ok(found);
        }
        let mut slots: Vec<Places> =
            slots.iter().map(|slot| Places::open(index, slot)).collect::<Result<_, _>>()?;
        let begins = reader.fast_fields().column_first_or_default::<u64>(column::ABSTRACT_FROM)?;
        let mut starts: Vec<u32> = Vec::new();
        for doc in candidates {
            let from =
                if self.in_abstract { u32::try_from(begins.get_val(doc)).unwrap_or(u32::MAX) } else { 0 };
            for (slot, offset) in slots.iter_mut().zip(0..) {
                slot.seek(doc);
                if offset == 0 {
                    starts.clear();
                    starts.extend(slot.at.iter().filter(|at| **at >= from));
                } else {
                    starts.retain(|at| slot.at.binary_search(&(at + offset)).is_ok());
                }
                if starts.is_empty() {
                    break;
                }
            }
            if !starts.is_empty() {
                found.insert(doc);
            }
        }
        Ok(found)
    }

    fn spelling(&self, slot: &Slot, index: &InvertedIndexReader) -> tantivy::Result<Spelling> {
        let known = |words: &[String]| -> tantivy::Result<Vec<TermInfo>> {
            let mut found = Vec::with_capacity(words.len());
            for word in words {
                found.extend(index.get_term_info(&Term::from_field_text(self.line, word))?);
            }
            Ok(found)
        };
        let mut meant = Spelling::default();
        match slot {
            Slot::Folded(word) => meant.is = known(std::slice::from_ref(word))?,
            Slot::Written(word) => {
                if let Some(mark) = mark(&singular(word), word) {
                    meant.is = known(&[format!("{mark}{word}")])?;
                    return Ok(meant);
                }
                meant.is = known(std::slice::from_ref(word))?;
                meant.is_not = known(&ENDINGS.map(|ending| format!("{LONGER}{word}{ending}")))?;
                for_each_term(index, &format!("{OTHER}{}", kept(word)), |plural, info| {
                    if singular(&plural[1..]) == *word {
                        meant.is_not.push(info.clone());
                    }
                })?;
            }
            Slot::Begins(start) => {
                // A word that begins so and folds to one that does not is the beginning with one more letter at most.
                meant.is = known(&[format!("{LONGER}{start}"), format!("{LONGER}{start}s")])?;
                for_each_term(index, start, |_, info| meant.is.push(info.clone()))?;
                for_each_term(index, &format!("{OTHER}{}", kept(start)), |word, info| {
                    if word[1..].starts_with(start.as_str()) {
                        meant.is.push(info.clone());
                    } else if singular(&word[1..]).starts_with(start.as_str()) {
                        meant.is_not.push(info.clone());
                    }
                })?;
            }
        }
        Ok(meant)
    }
}

impl Places {
    fn open(index: &InvertedIndexReader, slot: &Spelling) -> tantivy::Result<Self> {
        let postings = |words: &[TermInfo]| -> std::io::Result<Vec<SegmentPostings>> {
            let record = IndexRecordOption::WithFreqsAndPositions;
            words.iter().map(|word| index.read_postings_from_terminfo(word, record)).collect()
        };
        let (is, is_not) = (postings(&slot.is)?, postings(&slot.is_not)?);
        Ok(Self { is, is_not, at: Vec::new(), barred: Vec::new() })
    }

    /// Reads where the words stand in a paper.
    fn seek(&mut self, doc: DocId) {
        places(&mut self.is, doc, &mut self.at);
        if !self.is_not.is_empty() {
            places(&mut self.is_not, doc, &mut self.barred);
            let barred = &self.barred;
            self.at.retain(|at| barred.binary_search(at).is_err());
        }
    }
}

fn docs(set: BitSet) -> impl Iterator<Item = DocId> {
    let mut set = BitSetDocSet::from(set);
    std::iter::from_fn(move || {
        let doc = set.doc();
        set.advance();
        (doc != TERMINATED).then_some(doc)
    })
}

/// Papers that hold any of the words anywhere.
fn holding(index: &InvertedIndexReader, words: &[TermInfo], max_doc: u32) -> tantivy::Result<BitSet> {
    let mut docs = BitSet::with_max_value(max_doc);
    for word in words {
        let mut postings = index.read_block_postings_from_terminfo(word, IndexRecordOption::Basic)?;
        while !postings.docs().is_empty() {
            for doc in postings.docs() {
                docs.insert(*doc);
            }
            postings.advance();
        }
    }
    Ok(docs)
}

/// The mark of a word that folding changed.
pub(super) fn mark(folded: &str, written: &str) -> Option<char> {
    let ending = || written.strip_prefix(folded).is_some_and(|ending| ENDINGS.contains(&ending));
    (folded != written).then(|| if ending() { LONGER } else { OTHER })
}

/// The beginning that a singular shares with its plurals.
fn kept(word: &str) -> &str {
    let letters = word.chars().count().saturating_sub(FOLDED_LETTERS).max(1);
    word.char_indices().nth(letters).map_or(word, |(at, _)| &word[..at])
}

fn singular(word: &str) -> String {
    tokens(word).pop().map_or_else(|| word.to_owned(), |token| token.text)
}

/// Calls `visit` with each term that begins so.
fn for_each_term(
    index: &InvertedIndexReader,
    start: &str,
    mut visit: impl FnMut(&str, &TermInfo),
) -> tantivy::Result<()> {
    let mut terms = index.terms().range().ge(start).lt(format!("{start}{}", char::MAX)).into_stream()?;
    while terms.advance() {
        if let Ok(word) = std::str::from_utf8(terms.key()) {
            visit(word, terms.value());
        }
    }
    Ok(())
}

/// Where any of the words stands in a paper, in order.
fn places(words: &mut [SegmentPostings], doc: DocId, all: &mut Vec<u32>) {
    all.clear();
    for word in &mut *words {
        if word.doc() < doc {
            word.seek(doc);
        }
        if word.doc() == doc {
            word.append_positions_with_offset(0, all);
        }
    }
    if words.len() > 1 {
        all.sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plural_is_found_under_the_beginning_that_it_shares_with_its_singular() {
        let plurals = "policies networks classes boxes axes indices matrices vertices corpora criteria phenomena \
             analyses hypotheses theses bases biases cookies movies series species caches heroes lives knives \
             wolves leaves quizzes buses canvases gases statistics dynamics schemata automata data media";
        for plural in plurals.split_whitespace() {
            let one = singular(plural);
            assert!(plural.starts_with(kept(&one)), "{plural} {one}");
        }
    }
}
