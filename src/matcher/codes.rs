//! The codes of all queries: most are one leaf and need no room of their own; the others lie in one piece of memory,
//! where a code given back leaves its place to the next as long as it.

use super::code::{self, Sign};
use super::pool::{make_room, number};

/// Codes, each at a place that it keeps.
#[derive(Debug, Default)]
pub(super) struct Codes {
    signs: Vec<Sign>,
    /// The free places by their length; the language limits a query, and so a code.
    free: Vec<Vec<u32>>,
}

/// A code of one leaf, or, marked as [`LONGER`], where a longer one begins.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place(Sign);

/// No leaf has this bit.
const LONGER: Sign = 1 << 31;

impl Place {
    /// Where the code begins, if it is longer than one leaf.
    pub fn at(self) -> u32 {
        self.0 & !LONGER
    }
}

impl Codes {
    #[inline]
    pub fn get<'a>(&'a self, place: &'a Place) -> &'a [Sign] {
        if place.0 & LONGER == 0 { std::slice::from_ref(&place.0) } else { self.longer(place.at()) }
    }

    /// The longer code that begins there.
    #[inline]
    pub fn longer(&self, at: u32) -> &[Sign] {
        code::split(&self.signs[at as usize..]).map_or(&[], |(code, _)| code)
    }

    pub fn add(&mut self, code: &[Sign]) -> Place {
        if let [leaf] = code {
            return Place(*leaf);
        }
        let at = self.free.get_mut(code.len()).and_then(Vec::pop);
        let at = at.unwrap_or_else(|| {
            let at = number(self.signs.len());
            assert!(at < LONGER, "a matcher holds fewer than two thousand million terms");
            make_room(&mut self.signs, code.len());
            self.signs.extend_from_slice(code);
            at
        });
        self.signs[at as usize..][..code.len()].copy_from_slice(code);
        Place(LONGER | at)
    }

    pub fn give_back(&mut self, place: Place) {
        if place.0 & LONGER != 0 {
            let length = self.longer(place.at()).len();
            if self.free.len() <= length {
                self.free.resize(length + 1, Vec::new());
            }
            self.free[length].push(place.at());
        }
    }

    pub fn bytes(&self) -> usize {
        let free = self.free.iter().map(|places| places.capacity() * size_of::<u32>());
        self.signs.capacity() * size_of::<Sign>() + free.sum::<usize>()
    }
}
