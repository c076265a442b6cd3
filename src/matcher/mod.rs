//! Which stored queries ask for a paper: an index of queries that is asked with papers; no I/O.
//!
//! ```text
//! paper ──analyser──▶ words ──lexicon──▶ numbers ──trie──▶ phrases ──postings──▶ queries ──▶ subscriptions
//! ```
//! * Only words that some query uses have a number; all others end at one look into a table.
//! * A query is filed under the phrase that the fewest papers hold and without which it cannot be true: for AND the
//!   rarest part, for OR a phrase of each part. What a phrase brings up is either true by that alone or evaluated:
//!   phrases by what the paper was seen to hold, other conditions last, by the paper itself.
//! * Equal queries share one entry. It holds no text: the canonical query is written out again when it is found.
//! * Adding, removing and replacing cost what the query is long; what is given up is used again for the next.
//!
//! A matcher is plain data with one owner, who changes it between two papers: a change takes microseconds, so that
//! there is nothing to publish and nobody to wait for. Threads that search share it by reference, each with its own
//! [`Scratch`].

#[cfg(test)]
mod agreement;
mod askers;
#[cfg(test)]
mod changing;
mod code;
mod codes;
mod document;
#[cfg(test)]
mod documented;
mod evaluate;
mod explain;
mod filter;
mod hash;
mod keys;
mod leaves;
mod lexicon;
mod phrases;
mod pool;
mod postings;
mod queries;
mod rarity;
mod reader;
#[cfg(test)]
mod recorded;
mod scratch;
mod search;
mod starts;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use document::{Document, Spot};
pub use evaluate::matches_query;
pub use explain::{Explanation, Part, Said, explain};
pub use scratch::Scratch;
pub use search::Found;

use crate::domain::query::MatchedTerm;
use crate::domain::{Query, SubscriptionId};
use keys::keys;
use leaves::Leaves;
use postings::Postings;
use queries::{Queries, QueryId};

/// A subscription that a paper matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Whose query it is.
    pub subscription: SubscriptionId,
    /// The query in canonical form.
    pub query: Arc<str>,
    /// The parts of the query that the paper holds.
    pub terms: Vec<MatchedTerm>,
}

/// The index of stored queries.
#[derive(Debug, Default)]
pub struct Matcher {
    leaves: Leaves,
    queries: Queries,
    postings: Postings,
}

impl Matcher {
    /// Adds a subscription, or gives it another query.
    pub fn insert(&mut self, subscription: SubscriptionId, query: &Query) {
        let mut code = Vec::new();
        self.leaves.acquire(query.expr(), &mut code);
        let id = match self.queries.find(&code) {
            Some(id) => {
                self.leaves.release(&code);
                id
            }
            None => self.file(&code),
        };
        // Only now: what the old query shares with the new one stays in use.
        match self.queries.unsubscribe(subscription) {
            Some(old) if old != id => self.unfile_unasked(old),
            _ => {}
        }
        self.queries.subscribe(id, subscription);
    }

    /// Takes a subscription away; says whether it was there.
    pub fn remove(&mut self, subscription: SubscriptionId) -> bool {
        let Some(id) = self.queries.unsubscribe(subscription) else { return false };
        self.unfile_unasked(id);
        true
    }

    /// How many subscriptions there are.
    pub fn len(&self) -> usize {
        self.queries.subscriptions()
    }

    /// True when there is no subscription.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many different queries there are.
    pub fn distinct(&self) -> usize {
        self.queries.len()
    }

    /// Bytes that the index occupies.
    pub fn bytes(&self) -> usize {
        self.leaves.bytes() + self.queries.bytes() + self.postings.bytes()
    }

    fn file(&mut self, code: &[code::Sign]) -> QueryId {
        let id = self.queries.add(code);
        let keys = keys(code, &self.leaves);
        self.postings.file(id, self.queries.code_at(id), keys.as_deref());
        id
    }

    fn unfile_unasked(&mut self, id: QueryId) {
        if !self.queries.subscribers(id).is_empty() {
            return;
        }
        let code = self.queries.code(id).to_vec();
        self.postings.unfile(id, keys(&code, &self.leaves).as_deref());
        self.queries.remove(id);
        self.leaves.release(&code);
    }
}
