//! Hashes of words and of codes: a few multiplications, with a seed that people outside cannot know.

use std::hash::{BuildHasher as _, RandomState};

use crate::text::Head;

/// Fraction of π, as good as any odd number with its bits well spread.
const SPREAD: u64 = 0x2436_a885_a308_d313 | 1;

/// The seed of one matcher's tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(SPREAD))
    }
}

impl Seed {
    /// Hashes a text that begins with `head`; equal texts with different `salt` are different things.
    #[inline]
    pub fn text(self, salt: u64, head: Head, text: &str) -> u32 {
        let salted = self.0.rotate_left(32) ^ salt.wrapping_mul(SPREAD);
        #[expect(clippy::cast_possible_truncation, reason = "the halves are wanted")]
        let (first, second) = (head.number() as u64, (head.number() >> 64) as u64);
        let state = mix(self.0 ^ first, salted ^ second);
        match text.as_bytes().get(Head::WHOLE..) {
            None | Some([]) => high(state),
            Some(rest) => high(longer(state, rest)),
        }
    }

    /// Hashes two numbers.
    #[inline]
    pub fn pair(self, a: u32, b: u32) -> u32 {
        high(mix(self.0 ^ (u64::from(a) << 32 | u64::from(b)), SPREAD))
    }

    /// Hashes numbers in a row.
    pub fn numbers(self, numbers: &[u32]) -> u32 {
        let start = self.0 ^ numbers.len() as u64;
        high(numbers.iter().fold(start, |state, number| mix(state ^ u64::from(*number), SPREAD)))
    }
}

/// Few words are longer than their heads.
#[cold]
fn longer(state: u64, rest: &[u8]) -> u64 {
    rest.chunks(8).fold(state ^ rest.len() as u64, |state, chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        mix(state ^ u64::from_le_bytes(bytes), SPREAD)
    })
}

/// Multiplies and folds the two halves of the product together.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[inline]
fn high(hash: u64) -> u32 {
    (hash.wrapping_mul(SPREAD) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn texts_that_differ_in_one_place_differ_in_their_hash() {
        let (seed, text) = (Seed::default(), "retrieval-augmented generation");
        let hash = |salt, text: &str| seed.text(salt, Head::of(text), text);
        let mut hashes = HashSet::new();
        for length in 0..=text.len() {
            assert!(hashes.insert(hash(0, &text[..length])) && hashes.insert(hash(1, &text[..length])));
            for at in 0..length {
                let mut other = text[..length].to_owned();
                other.replace_range(at..=at, "~");
                assert!(hashes.insert(hash(0, &other)), "{other}");
            }
        }
    }
}
