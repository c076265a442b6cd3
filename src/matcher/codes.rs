//! The codes of all queries in one piece of memory; a code given back leaves its place to the next as long as it.

use super::code::Sign;
use super::pool::{make_room, number};

/// Codes, each at a place that it keeps.
#[derive(Debug, Default)]
pub(super) struct Codes {
    signs: Vec<Sign>,
    /// The free places by their length; the language limits a query, and so a code.
    free: Vec<Vec<u32>>,
}

/// Where a code lies.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    at: u32,
    len: u32,
}

impl Place {
    pub fn at(self) -> u32 {
        self.at
    }
}

impl Codes {
    #[inline]
    pub fn get(&self, place: Place) -> &[Sign] {
        &self.signs[place.at as usize..][..place.len as usize]
    }

    /// The code that begins there, and what comes after it.
    #[inline]
    pub fn tail(&self, at: u32) -> &[Sign] {
        &self.signs[at as usize..]
    }

    pub fn add(&mut self, code: &[Sign]) -> Place {
        let at = self.free.get_mut(code.len()).and_then(Vec::pop);
        let at = at.unwrap_or_else(|| {
            let at = number(self.signs.len());
            make_room(&mut self.signs, code.len());
            self.signs.extend_from_slice(code);
            at
        });
        self.signs[at as usize..][..code.len()].copy_from_slice(code);
        Place { at, len: number(code.len()) }
    }

    pub fn give_back(&mut self, place: Place) {
        let length = place.len as usize;
        if self.free.len() <= length {
            self.free.resize(length + 1, Vec::new());
        }
        self.free[length].push(place.at);
    }

    pub fn bytes(&self) -> usize {
        let free = self.free.iter().map(|places| places.capacity() * size_of::<u32>());
        self.signs.capacity() * size_of::<Sign>() + free.sum::<usize>()
    }
}
