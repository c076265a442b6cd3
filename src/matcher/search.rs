//! A paper to the queries that ask for it.

use std::sync::Arc;

use super::code::{self, ABSTRACT, Head, KEYWORDS, Sign, TITLE};
use super::evaluate::matched_terms;
use super::lexicon::Space;
use super::postings::WHOLE;
use super::queries::QueryId;
use super::{Document, Match, Matcher, Scratch};
use crate::domain::query::{Expr, Term};
use crate::domain::{Facts, SubscriptionId};

/// A stored query that a paper matches.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    matcher: &'a Matcher,
    query: QueryId,
}

impl<'a> Found<'a> {
    /// Who asks it, in the order of their numbers.
    #[inline]
    pub fn subscribers(self) -> &'a [SubscriptionId] {
        self.matcher.queries.subscribers(self.query)
    }

    /// What it asks for, in normal form.
    pub fn expr(self) -> Expr {
        self.matcher.leaves.expr(self.matcher.queries.code(self.query))
    }
}

impl Matcher {
    /// Finds the subscriptions that ask for a paper, in the order of their ids.
    pub fn matches(&self, document: &Document) -> Vec<Match> {
        let mut scratch = Scratch::default();
        let mut matches = Vec::new();
        self.search_document(document, &mut scratch, |found| {
            let expr = found.expr();
            let query: Arc<str> = expr.to_string().into();
            let terms = matched_terms(&expr, document).expect("the index and the evaluation agree");
            matches.extend(found.subscribers().iter().map(|subscription| Match {
                subscription: *subscription,
                query: Arc::clone(&query),
                terms: terms.clone(),
            }));
        });
        matches.sort_unstable_by_key(|hit: &Match| hit.subscription);
        matches
    }

    /// Calls `each` with every query that asks for a paper, once, in no order.
    pub fn search_document(&self, document: &Document, scratch: &mut Scratch, each: impl FnMut(Found<'_>)) {
        self.begin(scratch);
        document.read_into(&self.leaves.phrases, scratch);
        self.finish(scratch, |term| document.find(term).is_some(), each);
    }

    /// Does what [`Self::search_document`] does with a paper that is not analysed yet, and analyses no more of it
    /// than the stored queries ask for.
    pub fn search(&self, facts: &Facts, scratch: &mut Scratch, each: impl FnMut(Found<'_>)) {
        self.begin(scratch);
        let phrases = &self.leaves.phrases;
        scratch.read_text(phrases, TITLE, [facts.title.as_str()]);
        scratch.read_text(phrases, KEYWORDS, facts.keywords.iter().map(String::as_str));
        scratch.read_text(phrases, ABSTRACT, [facts.abstract_text.as_str()]);
        if [Space::Authors, Space::Organizations, Space::Categories]
            .iter()
            .any(|space| !phrases.lexicon.is_unused(*space))
        {
            scratch.read_names(phrases, facts);
        }
        let mut document = None;
        let ask = |term: &Term| document.get_or_insert_with(|| Document::new(facts)).find(term).is_some();
        self.finish(scratch, ask, each);
    }

    /// Counts the words of title and abstract that some query uses: the part of a search that reads the text, to be
    /// timed alone.
    pub fn known_words(&self, facts: &Facts, scratch: &mut Scratch) -> usize {
        scratch.count_words(&self.leaves.phrases, [facts.title.as_str(), facts.abstract_text.as_str()])
    }

    fn begin(&self, scratch: &mut Scratch) {
        scratch.begin();
        scratch.fit(self.leaves.phrases.bound(), self.queries.bound());
    }

    fn finish(&self, scratch: &mut Scratch, ask: impl FnMut(&Term) -> bool, mut each: impl FnMut(Found<'_>)) {
        self.collect(scratch, ask);
        for query in scratch.finish() {
            each(Found { matcher: self, query: *query });
        }
    }

    /// Evaluates what the phrases that the paper holds bring up.
    fn collect(&self, scratch: &mut Scratch, mut ask: impl FnMut(&Term) -> bool) {
        for at in 0..scratch.held() {
            let phrase = scratch.held_at(at);
            for query in self.postings.sure(phrase) {
                scratch.find(*query);
            }
            for checked in self.postings.checked(phrase) {
                let held = if checked.check & WHOLE == 0 {
                    self.leaf(checked.check, scratch, &mut ask)
                } else {
                    !scratch.is_found(checked.query) && self.whole(checked.check & !WHOLE, scratch, &mut ask)
                };
                if held {
                    scratch.find(checked.query);
                }
            }
        }
        for query in self.postings.always() {
            if self.whole(self.queries.code_at(*query), scratch, &mut ask) {
                scratch.find(*query);
            }
        }
    }

    fn whole(&self, code: u32, scratch: &Scratch, ask: &mut impl FnMut(&Term) -> bool) -> bool {
        code::holds(self.queries.code_from(code), &mut |leaf| self.leaf(leaf, scratch, ask))
    }

    #[inline]
    fn leaf(&self, leaf: Sign, scratch: &Scratch, ask: &mut impl FnMut(&Term) -> bool) -> bool {
        let held = match code::head(leaf) {
            Head::Phrase(phrase, parts) => scratch.holds(phrase, parts),
            Head::Other(number) => ask(self.leaves.other(number)),
            Head::All | Head::Any => unreachable!("joints are no leaves"),
        };
        held != code::is_negated(leaf)
    }
}
