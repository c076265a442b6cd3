//! A few bits for each hash in a table: says at once that a hash is not there, mostly.
//!
//! Nearly all neighbours in a paper begin no phrase. The bits fit into the cache where the table does not.

/// Bits for each hash; one in eight that is not there passes.
const BITS: usize = 8;

const WORD: usize = 64;

/// The hashes that may be in a table. Those taken out of it stay until the bits are made anew.
#[derive(Debug, Default)]
pub(super) struct Filter {
    bits: Vec<u64>,
    /// Hashes that can be added until then.
    room: usize,
}

impl Filter {
    #[inline]
    pub fn may_hold(&self, hash: u32) -> bool {
        let at = self.place(hash);
        self.bits.get(at / WORD).is_some_and(|bits| bits >> (at % WORD) & 1 != 0)
    }

    /// Adds a hash; when there is no room, the bits are made anew of all that the table holds.
    pub fn add(&mut self, hash: u32, len: usize, all: impl Iterator<Item = u32>) {
        if self.room == 0 {
            let count = len + len / 8 + BITS;
            self.bits = vec![0; (count * BITS).div_ceil(WORD)];
            self.room = count - len;
            all.for_each(|hash| self.set(hash));
        }
        self.room -= 1;
        self.set(hash);
    }

    pub fn bytes(&self) -> usize {
        self.bits.capacity() * size_of::<u64>()
    }

    fn set(&mut self, hash: u32) {
        let at = self.place(hash);
        self.bits[at / WORD] |= 1 << (at % WORD);
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        ((u64::from(hash) * (self.bits.len() * WORD) as u64) >> 32) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_passes_and_most_else_does_not() {
        let hash = |number: u32| number.wrapping_mul(0x9e37_79b9);
        let (mut filter, mut held) = (Filter::default(), Vec::new());
        assert!(!filter.may_hold(hash(1)));
        for number in 0..5_000 {
            filter.add(hash(number), held.len(), held.iter().copied());
            held.push(hash(number));
            assert!(filter.may_hold(hash(number)));
        }
        assert!(held.iter().all(|hash| filter.may_hold(*hash)));
        assert!((5_000..10_000).filter(|number| filter.may_hold(hash(*number))).count() < 1_000);
    }
}
