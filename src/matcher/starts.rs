//! Which beginnings of words are asked for: a filter that lets nearly every word pass by unasked.

use std::collections::BTreeMap;

/// Bytes that every asked beginning has.
const LEAST: usize = 3;

const HEADS: usize = 1_024;

/// The beginnings in use, by length and by their first bytes.
#[derive(Debug, Default)]
pub(super) struct Starts {
    lengths: BTreeMap<usize, u32>,
    heads: Vec<u32>,
}

impl Starts {
    pub fn add(&mut self, start: &str) {
        self.heads.resize(HEADS, 0);
        *self.lengths.entry(start.len()).or_default() += 1;
        if let Some(head) = head(start) {
            self.heads[head] += 1;
        }
    }

    pub fn remove(&mut self, start: &str) {
        let uses = self.lengths.get_mut(&start.len()).expect("it was added");
        *uses -= 1;
        if *uses == 0 {
            self.lengths.remove(&start.len());
        }
        if let Some(head) = head(start) {
            self.heads[head] -= 1;
        }
    }

    /// The beginnings of a word that may be asked for.
    pub fn of<'a>(&self, word: &'a str) -> impl Iterator<Item = &'a str> {
        let asked = head(word).is_some_and(|head| self.heads.get(head).is_some_and(|uses| *uses > 0));
        let lengths = if asked { Some(self.lengths.keys()) } else { None };
        // A length that ends within a character, or past the end, is no beginning of this word.
        lengths.into_iter().flatten().filter_map(|length| word.get(..*length))
    }
}

fn head(word: &str) -> Option<usize> {
    let head = word.as_bytes().first_chunk::<LEAST>()?;
    let mixed = head.iter().fold(0_u32, |mixed, byte| mixed.wrapping_mul(167).wrapping_add(u32::from(*byte)));
    Some(mixed as usize % HEADS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_asked_lengths_of_words_that_begin_alike_come_up() {
        let mut starts = Starts::default();
        for start in ["trans", "transform", "éco"] {
            starts.add(start);
        }
        let of = |starts: &Starts, word: &str| starts.of(word).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of(&starts, "transformer"), ["tran", "trans", "transform"]);
        assert_eq!(of(&starts, "transit"), ["tran", "trans"]);
        assert_eq!(of(&starts, "école"), ["éco", "écol"]);
        assert!(of(&starts, "diffusion").is_empty() && of(&starts, "tr").is_empty());
        starts.remove("trans");
        assert_eq!(of(&starts, "transformer"), ["tran", "transform"]);
    }
}
