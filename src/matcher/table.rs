//! A hash table of numbers that stand for things kept elsewhere.
//!
//! Slots hold 32 bits of the hash beside the number: most comparisons end there, and growing needs no look at the
//! things themselves. Open addressing, with removal that leaves no tombstones; of the capacity at most `FULL`
//! percent is used, which trades memory for probes.

use std::hint::select_unpredictable;

/// A table whose slots are used to at most `FULL` percent.
#[derive(Debug, Default)]
pub(super) struct Table<const FULL: usize> {
    slots: Vec<Slot>,
    len: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    tag: u32,
    value: u32,
}

const EMPTY: Slot = Slot { tag: 0, value: u32::MAX };

const LEAST_SLOTS: usize = 16;

impl<const FULL: usize> Table<FULL> {
    /// Finds the number filed under a hash for which `is_it` holds.
    #[inline]
    pub fn find(&self, tag: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        self.slot(tag, is_it).map(|at| self.slots[at].value)
    }

    /// The number most probably filed under a hash: another only when two hashes are equal.
    ///
    /// Nearly always it is in one of two slots, of which none can be foreseen: both are read, without a branch.
    #[inline]
    #[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
    pub fn guess(&self, tag: u32) -> Option<u32> {
        let at = self.home(tag);
        let (Some(home), Some(next)) = (self.slots.get(at), self.slots.get(self.after(at))) else {
            return None;
        };
        let ends = |slot: &Slot| (slot.tag == tag) | (slot.value == u32::MAX);
        if ends(home) | ends(next) {
            let value = select_unpredictable(ends(home), home.value, next.value);
            return Some(value).filter(|value| *value != u32::MAX);
        }
        self.find(tag, |_| true)
    }

    #[inline]
    fn slot(&self, tag: u32, is_it: impl Fn(u32) -> bool) -> Option<usize> {
        let mut at = self.home(tag);
        loop {
            let slot = self.slots.get(at)?;
            if slot.value == u32::MAX {
                return None;
            }
            if slot.tag == tag && is_it(slot.value) {
                return Some(at);
            }
            at = self.after(at);
        }
    }

    /// Files a number that is not filed yet.
    pub fn insert(&mut self, tag: u32, value: u32) {
        if (self.len + 1) * 100 > self.slots.len() * FULL {
            self.grow();
        }
        self.place(Slot { tag, value });
        self.len += 1;
    }

    /// Takes out the number filed under a hash for which `is_it` holds.
    pub fn remove(&mut self, tag: u32, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut hole = self.slot(tag, is_it)?;
        let removed = self.slots[hole].value;
        let mut at = hole;
        loop {
            at = self.after(at);
            let slot = self.slots[at];
            if slot.value == u32::MAX {
                break;
            }
            // What could stand in the hole moves there, so that every probe from its home still meets it.
            if self.distance(self.home(slot.tag), at) >= self.distance(hole, at) {
                self.slots[hole] = slot;
                hole = at;
            }
        }
        self.slots[hole] = EMPTY;
        self.len -= 1;
        Some(removed)
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// The hashes under which something is filed.
    pub fn tags(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().filter(|slot| slot.value != u32::MAX).map(|slot| slot.tag)
    }

    pub fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    /// Spreads hashes over any number of slots, not only over powers of two.
    #[inline]
    fn home(&self, tag: u32) -> usize {
        ((u64::from(tag) * self.slots.len() as u64) >> 32) as usize
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        if at + 1 == self.slots.len() { 0 } else { at + 1 }
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        if to >= from { to - from } else { to + self.slots.len() - from }
    }

    fn place(&mut self, slot: Slot) {
        let mut at = self.home(slot.tag);
        while self.slots[at].value != u32::MAX {
            at = self.after(at);
        }
        self.slots[at] = slot;
    }

    fn grow(&mut self) {
        let slots = LEAST_SLOTS.max(self.slots.len() + self.slots.len() / 8);
        for slot in std::mem::replace(&mut self.slots, vec![EMPTY; slots]) {
            if slot.value != u32::MAX {
                self.place(slot);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_keeps_what_a_map_keeps(changes in prop::collection::vec((any::<bool>(), 0_u32..40), 0..200)) {
            // Few and extreme hashes: long probes that run over the end.
            let tag = |value: u32| [0, 1, u32::MAX, u32::MAX - 1, 1 << 31][value as usize % 5];
            let (mut table, mut map) = (Table::<80>::default(), BTreeSet::new());
            for (add, value) in changes {
                if add && map.insert(value) {
                    table.insert(tag(value), value);
                } else if !add {
                    prop_assert_eq!(table.remove(tag(value), |other| other == value).is_some(), map.remove(&value));
                }
                prop_assert_eq!(table.len(), map.len());
                for value in 0..40 {
                    prop_assert_eq!(table.find(tag(value), |other| other == value).is_some(), map.contains(&value));
                }
            }
        }
    }
}
