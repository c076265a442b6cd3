//! A paper to the queries that ask for it.

use std::cell::LazyCell;
use std::sync::Arc;

use super::code::{self, Head, Sign};
use super::evaluate::matched_terms;
use super::lexicon::Space;
use super::postings::{SURE, WHOLE};
use super::queries::QueryId;
use super::reader::Reader;
use super::{Document, Match, Matcher, Scratch};
use crate::domain::query::Expr;
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

    /// Appends who asks it.
    #[inline]
    pub fn append_subscribers(self, ids: &mut Vec<SubscriptionId>) {
        match self.subscribers() {
            // Nearly always; copying a list of one would take longer.
            [one] => ids.push(*one),
            many => ids.extend_from_slice(many),
        }
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
        document.read_into(&mut Reader::new(&self.leaves.phrases, scratch));
        self.finish(scratch, |leaf| asked(leaf, document), each);
    }

    /// Does what [`Self::search_document`] does with a paper that is not analysed yet. It is analysed as a whole, by
    /// `document`, only where stored queries ask for more than its words.
    pub fn search(
        &self,
        facts: &Facts,
        document: impl FnOnce() -> Document,
        scratch: &mut Scratch,
        each: impl FnMut(Found<'_>),
    ) {
        if !self.leaves.phrases.lexicon.is_unused(Space::Conditions) {
            return self.search_document(&document(), scratch, each);
        }
        self.begin(scratch);
        Reader::new(&self.leaves.phrases, scratch).facts(facts);
        let document = LazyCell::new(document);
        self.finish(scratch, |leaf| asked(leaf, &document), each);
    }

    /// Counts the words of title and abstract that some query uses: the part of a search that reads the text, to be
    /// timed alone.
    pub fn known_words(&self, facts: &Facts, scratch: &mut Scratch) -> usize {
        Reader::new(&self.leaves.phrases, scratch).count([&facts.title, &facts.abstract_text])
    }

    fn begin(&self, scratch: &mut Scratch) {
        scratch.fit(self.leaves.phrases.bound(), self.queries.bound());
    }

    fn finish(&self, scratch: &mut Scratch, ask: impl FnMut(&Expr) -> bool, mut each: impl FnMut(Found<'_>)) {
        self.collect(scratch, ask);
        for query in scratch.finish() {
            each(Found { matcher: self, query: *query });
        }
    }

    /// Evaluates what the phrases that the paper holds bring up.
    fn collect(&self, scratch: &mut Scratch, mut ask: impl FnMut(&Expr) -> bool) {
        scratch.lists.clear();
        for at in 0..scratch.held.len() {
            let filed = self.postings.of(scratch.held.at(at));
            if let Some(query) = filed.only() {
                scratch.found.add(query);
            } else if filed.is_list() {
                scratch.lists.push(filed);
            }
        }
        for at in 0..scratch.lists.len() {
            for checked in self.postings.checked(scratch.lists[at]) {
                let held = if checked.check & WHOLE == 0 {
                    self.leaf(checked.check, scratch, &mut ask)
                } else {
                    checked.check == SURE
                        || (!scratch.found.is_in(checked.query)
                            && self.whole(
                                self.queries.longer_code(checked.check & !WHOLE),
                                scratch,
                                &mut ask,
                            ))
                };
                scratch.found.add_if(checked.query, held);
            }
        }
        for query in self.postings.always() {
            if self.whole(self.queries.code(*query), scratch, &mut ask) {
                scratch.found.add(*query);
            }
        }
    }

    fn whole(&self, code: &[Sign], scratch: &Scratch, ask: &mut impl FnMut(&Expr) -> bool) -> bool {
        code::holds(code, &mut |leaf| self.leaf(leaf, scratch, ask))
    }

    #[inline]
    fn leaf(&self, leaf: Sign, scratch: &Scratch, ask: &mut impl FnMut(&Expr) -> bool) -> bool {
        let held = match code::head(leaf) {
            Head::Phrase(phrase, parts) => scratch.held.is_in(phrase, parts),
            Head::Other(number) => ask(self.leaves.other(number)),
            Head::All | Head::Any => unreachable!("joints are no leaves"),
        };
        held != code::is_negated(leaf)
    }
}

/// Asks the paper itself for a leaf.
fn asked(leaf: &Expr, document: &Document) -> bool {
    match leaf {
        Expr::Term(term) => document.find(term).is_some(),
        Expr::Condition(condition) => document.holds(condition),
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) => unreachable!("these are no leaves"),
    }
}
