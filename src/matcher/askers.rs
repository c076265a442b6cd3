//! Who asks a query: most often one, who needs no list.

use super::pool::{List, Pool};
use crate::domain::SubscriptionId;

/// The subscriptions to one query, in eight bytes: the only one itself, or where their list lies.
///
/// Numbers of subscriptions are not negative; should one be, it lies in a list of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Askers(SubscriptionId);

impl Default for Askers {
    fn default() -> Self {
        Self::listed(List::default())
    }
}

impl Askers {
    /// All of them, in the order of their numbers.
    #[inline]
    pub fn all<'a>(&'a self, pool: &'a Pool<SubscriptionId>) -> &'a [SubscriptionId] {
        match self.list() {
            Some(list) => pool.get(list),
            None => std::slice::from_ref(&self.0),
        }
    }

    /// Adds one that is not among them.
    pub fn insert(&mut self, subscription: SubscriptionId, pool: &mut Pool<SubscriptionId>) {
        let list = match self.list() {
            Some(list) if list.len() == 0 && subscription.0 >= 0 => return self.0 = subscription,
            Some(list) => list,
            None => pool.add(&[self.0]),
        };
        let mut list = list;
        let at = pool.get(list).partition_point(|other| *other < subscription);
        pool.insert(&mut list, at, subscription);
        *self = Self::listed(list);
    }

    /// Takes one of them away.
    pub fn remove(&mut self, subscription: SubscriptionId, pool: &mut Pool<SubscriptionId>) {
        let Some(mut list) = self.list() else { return *self = Self::default() };
        let at = pool.get(list).binary_search(&subscription).expect("it is one of them");
        pool.remove(&mut list, at);
        *self = Self::listed(list);
        if let [only] = *pool.get(list)
            && only.0 >= 0
        {
            pool.give_back(list);
            self.0 = only;
        }
    }

    fn listed(list: List) -> Self {
        let [at, len] = list.numbers().map(i64::from);
        Self(SubscriptionId(!(len << 32 | at)))
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "two numbers in one")]
    fn list(self) -> Option<List> {
        let both = !self.0.0;
        (both >= 0).then(|| List::of_numbers([both as u32, (both >> 32) as u32]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_kept_as_a_set_keeps_them(changes in prop::collection::vec((any::<bool>(), -3_i64..6), 0..60)) {
            let (mut askers, mut pool, mut set) = (Askers::default(), Pool::default(), std::collections::BTreeSet::new());
            for (add, id) in changes {
                let id = SubscriptionId(id);
                if add && set.insert(id) {
                    askers.insert(id, &mut pool);
                } else if !add && set.remove(&id) {
                    askers.remove(id, &mut pool);
                }
                prop_assert_eq!(askers.all(&pool), set.iter().copied().collect::<Vec<_>>());
            }
        }
    }
}
