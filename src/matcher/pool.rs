//! Many small lists in one piece of memory.
//!
//! A list lies in a block of the least power of two that holds it. A block given back is used for the next list of
//! its size; a list that shrinks to half its block gives the other half back. So nothing is ever moved but the
//! list that changes, and a list costs its two numbers and no allocation of its own.

/// Lists of `T`.
#[derive(Debug)]
pub(super) struct Pool<T> {
    items: Vec<T>,
    /// The free blocks of one, two, four, … items.
    free: Vec<Vec<u32>>,
}

/// Where a list lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct List {
    at: u32,
    len: u32,
}

impl List {
    /// The list as two numbers, the second of which is less than half of what a number can be.
    pub fn numbers(self) -> [u32; 2] {
        assert!(self.len <= u32::MAX / 2, "a list holds fewer than two thousand million items");
        [self.at, self.len]
    }

    pub fn of_numbers([at, len]: [u32; 2]) -> Self {
        Self { at, len }
    }

    #[inline]
    pub fn len(self) -> usize {
        self.len as usize
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { items: Vec::new(), free: Vec::new() }
    }
}

impl<T: Copy> Pool<T> {
    #[inline]
    pub fn get(&self, list: List) -> &[T] {
        &self.items[list.at as usize..][..list.len as usize]
    }

    /// Makes a list of these items.
    pub fn add(&mut self, items: &[T]) -> List {
        let Some(first) = items.first() else { return List::default() };
        let at = self.block(class(items.len()), *first);
        self.items[at as usize..][..items.len()].copy_from_slice(items);
        List { at, len: number(items.len()) }
    }

    /// Puts an item before the one at `index`.
    pub fn insert(&mut self, list: &mut List, index: usize, item: T) {
        let len = list.len as usize;
        if len == 0 || len.is_power_of_two() {
            let at = self.block(class(len + 1), item);
            self.items.copy_within(list.at as usize..list.at as usize + len, at as usize);
            self.give_back(*list);
            list.at = at;
        }
        list.len += 1;
        let start = list.at as usize;
        self.items.copy_within(start + index..start + len, start + index + 1);
        self.items[start + index] = item;
    }

    /// Takes out the item at `index`.
    pub fn remove(&mut self, list: &mut List, index: usize) {
        let (start, len) = (list.at as usize, list.len as usize);
        self.items.copy_within(start + index + 1..start + len, start + index);
        list.len -= 1;
        if list.len == 0 {
            self.free[0].push(list.at);
        } else if list.len.is_power_of_two() {
            self.free[class(len - 1)].push(list.at + list.len);
        }
    }

    /// Gives the whole list back.
    pub fn give_back(&mut self, list: List) {
        if list.len > 0 {
            self.free[class(list.len as usize)].push(list.at);
        }
    }

    pub fn bytes(&self) -> usize {
        let free = self.free.iter().map(|blocks| blocks.capacity() * size_of::<u32>());
        self.items.capacity() * size_of::<T>() + free.sum::<usize>()
    }

    fn block(&mut self, class: usize, filler: T) -> u32 {
        if self.free.len() <= class {
            self.free.resize(class + 1, Vec::new());
        }
        self.free[class].pop().unwrap_or_else(|| {
            let at = number(self.items.len());
            make_room(&mut self.items, 1 << class);
            self.items.resize(self.items.len() + (1 << class), filler);
            at
        })
    }
}

/// Makes room for some more items, and a sixteenth more: doubling would leave a third of all memory unused.
pub(super) fn make_room<T>(items: &mut Vec<T>, more: usize) {
    if items.capacity() - items.len() < more {
        items.reserve_exact(more + items.len() / 16);
    }
}

/// Appends an item.
pub(super) fn push<T>(items: &mut Vec<T>, item: T) {
    make_room(items, 1);
    items.push(item);
}

/// The power of two of the block that holds so many items.
fn class(len: usize) -> usize {
    len.next_power_of_two().trailing_zeros() as usize
}

pub(super) fn number(len: usize) -> u32 {
    u32::try_from(len).expect("a matcher holds fewer than four thousand million of anything")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lists_keep_their_items_apart(changes in prop::collection::vec((0_usize..4, 0_usize..9, any::<bool>()), 0..200)) {
            let (mut pool, mut lists, mut plain) = (Pool::default(), [List::default(); 4], vec![Vec::new(); 4]);
            for (step, (which, at, add)) in changes.into_iter().enumerate() {
                let at = at.min(plain[which].len());
                if add {
                    pool.insert(&mut lists[which], at, step);
                    plain[which].insert(at, step);
                } else if at < plain[which].len() {
                    pool.remove(&mut lists[which], at);
                    plain[which].remove(at);
                } else {
                    pool.give_back(lists[which]);
                    lists[which] = pool.add(&plain[which]);
                }
                for (list, plain) in lists.iter().zip(&plain) {
                    prop_assert_eq!(pool.get(*list), plain.as_slice());
                }
            }
            for list in lists {
                pool.give_back(list);
            }
            let free: usize = pool.free.iter().enumerate().map(|(class, blocks)| blocks.len() << class).sum();
            prop_assert_eq!(free, pool.items.len());
        }
    }
}
