//! The stored queries, each once, with those who ask them.

use super::askers::Askers;
use super::code::Sign;
use super::codes::{Codes, Place};
use super::hash::Seed;
use super::pool::{Pool, number, push};
use super::table::Table;
use crate::domain::SubscriptionId;

/// A stored query's number.
pub(super) type QueryId = u32;

/// Queries and subscriptions, each to be found by the other.
#[derive(Debug, Default)]
pub(super) struct Queries {
    seed: Seed,
    /// Of each query, its code; empty where a number is free.
    codes: Vec<Place>,
    subscribers: Vec<Askers>,
    code_pool: Codes,
    subscriber_pool: Pool<SubscriptionId>,
    by_code: Table<95>,
    by_subscription: Table<95>,
    free: Vec<QueryId>,
}

impl Queries {
    pub fn find(&self, code: &[Sign]) -> Option<QueryId> {
        self.by_code.find(self.seed.numbers(code), |id| self.code(id) == code)
    }

    /// Stores a query that is not stored yet.
    pub fn add(&mut self, code: &[Sign]) -> QueryId {
        let list = self.code_pool.add(code);
        let id = self.free.pop().unwrap_or(number(self.codes.len()));
        if id as usize == self.codes.len() {
            push(&mut self.codes, list);
            push(&mut self.subscribers, Askers::default());
        } else {
            self.codes[id as usize] = list;
        }
        self.by_code.insert(self.seed.numbers(code), id);
        id
    }

    /// Forgets a query that nobody asks any more.
    pub fn remove(&mut self, id: QueryId) {
        let hash = self.seed.numbers(self.code(id));
        self.by_code.remove(hash, |other| other == id).expect("a stored query is found by its code");
        self.code_pool.give_back(std::mem::take(&mut self.codes[id as usize]));
        self.free.push(id);
    }

    pub fn subscribe(&mut self, id: QueryId, subscription: SubscriptionId) {
        self.subscribers[id as usize].insert(subscription, &mut self.subscriber_pool);
        self.by_subscription.insert(self.hash(subscription), id);
    }

    /// Takes a subscription away; returns its query.
    pub fn unsubscribe(&mut self, subscription: SubscriptionId) -> Option<QueryId> {
        let asks = |id| self.subscribers(id).binary_search(&subscription).is_ok();
        let hash = self.hash(subscription);
        let id = self.by_subscription.find(hash, asks)?;
        // Of one hash and query, one entry is as good as another.
        self.by_subscription.remove(hash, |other| other == id);
        self.subscribers[id as usize].remove(subscription, &mut self.subscriber_pool);
        Some(id)
    }

    #[inline]
    pub fn code(&self, id: QueryId) -> &[Sign] {
        self.code_pool.get(&self.codes[id as usize])
    }

    /// Where a query's code begins, if it is longer than one leaf.
    pub fn code_at(&self, id: QueryId) -> u32 {
        self.codes[id as usize].at()
    }

    /// The code that begins there.
    #[inline]
    pub fn longer_code(&self, at: u32) -> &[Sign] {
        self.code_pool.longer(at)
    }

    /// Who asks a query, in the order of their numbers.
    #[inline]
    pub fn subscribers(&self, id: QueryId) -> &[SubscriptionId] {
        self.subscribers[id as usize].all(&self.subscriber_pool)
    }

    /// One more than the largest number that a query has.
    pub fn bound(&self) -> usize {
        self.codes.len()
    }

    /// How many different queries there are.
    pub fn len(&self) -> usize {
        self.by_code.len()
    }

    pub fn subscriptions(&self) -> usize {
        self.by_subscription.len()
    }

    pub fn bytes(&self) -> usize {
        self.codes.capacity() * size_of::<Place>()
            + self.subscribers.capacity() * size_of::<Askers>()
            + self.code_pool.bytes()
            + self.subscriber_pool.bytes()
            + self.by_code.bytes()
            + self.by_subscription.bytes()
            + self.free.capacity() * size_of::<QueryId>()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "hashed as bits")]
    fn hash(&self, subscription: SubscriptionId) -> u32 {
        self.seed.pair((subscription.0 >> 32) as u32, subscription.0 as u32)
    }
}
