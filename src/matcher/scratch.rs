//! What one search writes down, kept for the next: after it, everything is as it was before.

use super::code::Parts;
use super::lexicon::{Asked, WordId};
use super::phrases::PhraseId;
use super::queries::QueryId;
use crate::text::Words;

/// Room for searching; one for each thread that searches, for any matcher.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(super) words: Words,
    pub(super) asked: Vec<Asked>,
    /// The words of one part of the paper, folded.
    pub(super) line: Vec<WordId>,
    /// The same as written, where queries ask for that.
    pub(super) written: Vec<WordId>,
    /// Of each phrase, the parts of the paper that hold it.
    parts: Vec<Parts>,
    /// The phrases that the paper holds.
    held: Vec<PhraseId>,
    /// A bit for each query that was found.
    seen: Vec<u64>,
    found: Vec<QueryId>,
}

impl Scratch {
    /// Makes room for a matcher as it is now.
    pub(super) fn fit(&mut self, phrases: usize, queries: usize) {
        if self.parts.len() < phrases {
            self.parts.resize(phrases, 0);
        }
        if self.seen.len() * 64 < queries {
            self.seen.resize(queries.div_ceil(64), 0);
        }
    }

    /// Notes that a part of the paper holds a phrase.
    #[inline]
    pub(super) fn hold(&mut self, phrase: PhraseId, parts: Parts) {
        let known = &mut self.parts[phrase as usize];
        if *known == 0 {
            self.held.push(phrase);
        }
        *known |= parts;
    }

    #[inline]
    pub(super) fn holds(&self, phrase: PhraseId, parts: Parts) -> bool {
        self.parts[phrase as usize] & parts != 0
    }

    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    pub(super) fn held_at(&self, at: usize) -> PhraseId {
        self.held[at]
    }

    #[inline]
    pub(super) fn is_found(&self, query: QueryId) -> bool {
        self.seen[query as usize / 64] & (1 << (query % 64)) != 0
    }

    /// Notes a query, once.
    #[inline]
    pub(super) fn find(&mut self, query: QueryId) {
        let bits = &mut self.seen[query as usize / 64];
        let bit = 1 << (query % 64);
        if *bits & bit == 0 {
            *bits |= bit;
            self.found.push(query);
        }
    }

    /// Forgets the paper; hands out the queries that were found.
    pub(super) fn finish(&mut self) -> &[QueryId] {
        for phrase in self.held.drain(..) {
            self.parts[phrase as usize] = 0;
        }
        for query in &self.found {
            self.seen[*query as usize / 64] = 0;
        }
        &self.found
    }

    pub(super) fn begin(&mut self) {
        self.found.clear();
    }
}
