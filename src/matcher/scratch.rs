//! What one search writes down, kept for the next: after it, everything is as it was before.

use super::code::Parts;
use super::lexicon::{Asked, WordId};
use super::phrases::{PhraseId, Steps};
use super::postings::Filed;
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
    pub(super) steps: Steps,
    pub(super) held: Held,
    /// The lists of queries filed under them.
    pub(super) lists: Vec<Filed>,
    pub(super) found: FoundQueries,
}

/// The phrases that the paper holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Of each phrase, the parts of the paper that hold it.
    parts: Vec<Parts>,
    /// One more place than there are phrases.
    phrases: Vec<PhraseId>,
    len: usize,
}

impl Held {
    /// Notes that a part of the paper holds a phrase.
    #[inline]
    pub fn add(&mut self, phrase: PhraseId, parts: Parts) {
        let known = &mut self.parts[phrase as usize];
        // Half of the words come again, and nobody can foresee which: counted without a branch.
        self.phrases[self.len] = phrase;
        self.len += usize::from(*known == 0);
        *known |= parts;
    }

    #[inline]
    pub fn is_in(&self, phrase: PhraseId, parts: Parts) -> bool {
        self.parts[phrase as usize] & parts != 0
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn at(&self, at: usize) -> PhraseId {
        self.phrases[at]
    }

    fn fit(&mut self, phrases: usize) {
        if self.phrases.len() <= phrases {
            self.parts.resize(phrases, 0);
            self.phrases.resize(phrases + 1, 0);
        }
    }

    fn clear(&mut self) {
        for phrase in &self.phrases[..self.len] {
            self.parts[*phrase as usize] = 0;
        }
        self.len = 0;
    }
}

/// The queries that were found, each once.
#[derive(Debug, Default)]
pub(super) struct FoundQueries {
    /// A bit for each query.
    bits: Vec<u64>,
    /// One more place than there are queries.
    queries: Vec<QueryId>,
    len: usize,
}

impl FoundQueries {
    pub fn add(&mut self, query: QueryId) {
        self.add_if(query, true);
    }

    /// Notes a query when it `holds`, which cannot be foreseen: without a branch.
    #[inline]
    pub fn add_if(&mut self, query: QueryId, holds: bool) {
        let (bits, bit) = (&mut self.bits[query as usize / 64], u64::from(holds) << (query % 64));
        self.queries[self.len] = query;
        self.len += usize::from(bit & !*bits != 0);
        *bits |= bit;
    }

    #[inline]
    pub fn is_in(&self, query: QueryId) -> bool {
        self.bits[query as usize / 64] & (1 << (query % 64)) != 0
    }

    fn fit(&mut self, queries: usize) {
        if self.queries.len() <= queries {
            self.bits.resize(queries.div_ceil(64), 0);
            self.queries.resize(queries + 1, 0);
        }
    }

    fn clear(&mut self) -> &[QueryId] {
        let queries = &self.queries[..self.len];
        for query in queries {
            self.bits[*query as usize / 64] = 0;
        }
        self.len = 0;
        queries
    }
}

impl Scratch {
    /// Makes room for a matcher as it is now.
    pub(super) fn fit(&mut self, phrases: usize, queries: usize) {
        self.held.fit(phrases);
        self.found.fit(queries);
    }

    /// Forgets the paper; hands out the queries that were found.
    pub(super) fn finish(&mut self) -> &[QueryId] {
        self.held.clear();
        self.found.clear()
    }
}
