//! Which stored queries ask for a paper: an index of queries that is asked with papers; no I/O.
//!
//! Equal queries share one entry. An entry is filed under the words one of which a paper must hold to match:
//! for a phrase its rarest word, for AND the rarest part, for OR a word of each part. A paper's words pull the
//! entries filed under them, and only these are evaluated. Every [`Query`] asks for something, so every entry has
//! such words. Adding and removing cost as much as the query is long.

#[cfg(test)]
mod agreement;
mod anchor;
mod document;
#[cfg(test)]
mod documented;
mod evaluate;
mod explain;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

pub use document::{Document, Spot};
pub use evaluate::matches_query;
pub use explain::{Explanation, Part, Said, explain};

use crate::domain::query::MatchedTerm;
use crate::domain::{Query, SubscriptionId};
use anchor::{Anchor, Space, anchors};

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
    entries: Vec<Option<Entry>>,
    free: Vec<EntryId>,
    by_query: HashMap<Arc<str>, EntryId>,
    by_subscription: HashMap<SubscriptionId, EntryId>,
    filed: HashMap<Space, HashMap<Box<str>, Vec<EntryId>>>,
}

type EntryId = usize;

/// A query and everyone who asks it.
#[derive(Debug)]
struct Entry {
    query: Query,
    anchors: Vec<Anchor>,
    subscribers: Vec<SubscriptionId>,
}

impl Matcher {
    /// Adds a subscription, or gives it another query.
    pub fn insert(&mut self, subscription: SubscriptionId, query: &Query) {
        self.remove(subscription);
        let id = match self.by_query.get(query.as_str()) {
            Some(id) => *id,
            None => self.file(query),
        };
        let entry = self.entries[id].as_mut().expect("by_query names live entries");
        let at = entry.subscribers.partition_point(|other| *other < subscription);
        entry.subscribers.insert(at, subscription);
        self.by_subscription.insert(subscription, id);
    }

    /// Takes a subscription away; says whether it was there.
    pub fn remove(&mut self, subscription: SubscriptionId) -> bool {
        let Some(id) = self.by_subscription.remove(&subscription) else { return false };
        let entry = self.entries[id].as_mut().expect("by_subscription names live entries");
        entry.subscribers.retain(|other| *other != subscription);
        if entry.subscribers.is_empty() {
            self.unfile(id);
        }
        true
    }

    /// How many subscriptions there are.
    pub fn len(&self) -> usize {
        self.by_subscription.len()
    }

    /// True when there is no subscription.
    pub fn is_empty(&self) -> bool {
        self.by_subscription.is_empty()
    }

    /// Finds the subscriptions that ask for a paper, in the order of their ids.
    pub fn matches(&self, document: &Document) -> Vec<Match> {
        let mut found = Vec::new();
        for id in self.candidates(document) {
            let entry = self.entries[id].as_ref().expect("filed entries live");
            if let Some(terms) = matches_query(&entry.query, document) {
                let query = entry.query.shared_text();
                found.extend(entry.subscribers.iter().map(|subscription| Match {
                    subscription: *subscription,
                    query: Arc::clone(&query),
                    terms: terms.clone(),
                }));
            }
        }
        found.sort_unstable_by_key(|hit: &Match| hit.subscription);
        found
    }

    /// The entries that the paper's words pull, each once.
    fn candidates(&self, document: &Document) -> Vec<EntryId> {
        let mut pulled = Vec::new();
        document.for_each_anchor(|space, token| {
            if let Some(ids) = self.filed.get(&space).and_then(|tokens| tokens.get(token)) {
                pulled.extend_from_slice(ids);
            }
        });
        pulled.sort_unstable();
        pulled.dedup();
        pulled
    }

    fn file(&mut self, query: &Query) -> EntryId {
        let entry = Entry { query: query.clone(), anchors: anchors(query.expr()), subscribers: Vec::new() };
        let id = self.free.pop().unwrap_or(self.entries.len());
        for anchor in &entry.anchors {
            let list = self.filed.entry(anchor.space).or_default().entry(anchor.token.clone()).or_default();
            let at = list.partition_point(|other| *other < id);
            list.insert(at, id);
        }
        self.by_query.insert(query.shared_text(), id);
        if id == self.entries.len() {
            self.entries.push(Some(entry));
        } else {
            self.entries[id] = Some(entry);
        }
        id
    }

    fn unfile(&mut self, id: EntryId) {
        let entry = self.entries[id].take().expect("unfiled once");
        for anchor in &entry.anchors {
            let tokens = self.filed.get_mut(&anchor.space).expect("filed under its anchors");
            let list = tokens.get_mut(&anchor.token).expect("filed under its anchors");
            if let Ok(at) = list.binary_search(&id) {
                list.remove(at);
            }
            if list.is_empty() {
                tokens.remove(&anchor.token);
            }
        }
        self.by_query.remove(entry.query.as_str());
        self.free.push(id);
    }
}
