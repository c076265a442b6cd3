//! What one search writes down, kept for the next: after it, everything is as it was before.

use super::code::{ANYWHERE, Parts};
use super::document::{archive, author};
use super::lexicon::{NONE, Space, WordId};
use super::phrases::{PhraseId, Phrases};
use super::queries::QueryId;
use crate::domain::Facts;
use crate::text::{Folding, for_each_token};

/// Room for searching; one for each thread that searches, for any matcher.
#[derive(Debug, Default)]
pub struct Scratch {
    line: Vec<WordId>,
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

    /// Reads running text.
    pub(super) fn read_text<'a>(
        &mut self,
        phrases: &Phrases,
        parts: Parts,
        entries: impl IntoIterator<Item = &'a str>,
    ) {
        if phrases.lexicon.is_unused(Space::Words) {
            return;
        }
        self.number(phrases, entries);
        self.walk(phrases, parts);
    }

    pub(super) fn count_words<'a>(
        &mut self,
        phrases: &Phrases,
        entries: impl IntoIterator<Item = &'a str>,
    ) -> usize {
        self.number(phrases, entries);
        self.line.drain(..).filter(|word| *word != NONE).count()
    }

    fn number<'a>(&mut self, phrases: &Phrases, entries: impl IntoIterator<Item = &'a str>) {
        for entry in entries {
            for_each_token(entry, Folding::Words, |word, _| {
                self.line.push(phrases.lexicon.find(Space::Words, word));
            });
            self.line.push(NONE);
        }
    }

    /// Reads entries whose words are folded already.
    pub(super) fn read_words<'a, E: IntoIterator<Item = &'a str>>(
        &mut self,
        phrases: &Phrases,
        space: Space,
        parts: Parts,
        entries: impl IntoIterator<Item = E>,
    ) {
        for entry in entries {
            self.line.extend(entry.into_iter().map(|word| phrases.lexicon.find(space, word)));
            self.line.push(NONE);
        }
        self.walk(phrases, parts);
    }

    /// Reads authors, laboratory and categories.
    pub(super) fn read_names(&mut self, phrases: &Phrases, facts: &Facts) {
        let is_used = |space| !phrases.lexicon.is_unused(space);
        if is_used(Space::Authors) {
            for name in &facts.authors {
                if name.contains(',') {
                    let words = author(name);
                    self.line.extend(words.iter().map(|word| phrases.lexicon.find(Space::Authors, word)));
                } else {
                    for_each_token(name, Folding::Names, |word, _| {
                        self.line.push(phrases.lexicon.find(Space::Authors, word));
                    });
                }
                self.line.push(NONE);
            }
            self.walk(phrases, ANYWHERE);
        }
        if is_used(Space::Organizations) {
            for name in facts.organization.iter().flat_map(|known| [&known.name, &known.full_name]) {
                for_each_token(name, Folding::Names, |word, _| {
                    self.line.push(phrases.lexicon.find(Space::Organizations, word));
                });
                self.line.push(NONE);
            }
            self.walk(phrases, ANYWHERE);
        }
        if is_used(Space::Categories) {
            for category in &facts.categories {
                let category = category.to_ascii_lowercase();
                for name in [category.as_str(), archive(&category)] {
                    self.line.push(phrases.lexicon.find(Space::Categories, name));
                    self.line.push(NONE);
                }
            }
            self.walk(phrases, ANYWHERE);
        }
    }

    fn walk(&mut self, phrases: &Phrases, parts: Parts) {
        phrases.for_each_in(&self.line, |phrase| {
            let known = &mut self.parts[phrase as usize];
            if *known == 0 {
                self.held.push(phrase);
            }
            *known |= parts;
        });
        self.line.clear();
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
