//! Hashes of words and of codes: a few multiplications, with a seed that people outside cannot know.

use std::hash::{BuildHasher as _, RandomState};

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
    /// Hashes a text; equal texts with different `salt` are different things.
    #[inline]
    pub fn text(self, salt: u64, text: &str) -> u32 {
        let bytes = text.as_bytes();
        let mut state = self.0 ^ salt.wrapping_mul(SPREAD);
        let mut rest = bytes;
        while let Some((chunk, after)) = rest.split_first_chunk::<8>()
            && !after.is_empty()
        {
            state = mix(state ^ u64::from_le_bytes(*chunk), SPREAD);
            rest = after;
        }
        // The last eight bytes, overlapping what was read: no loop over single bytes.
        let tail = match bytes.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => short(bytes),
        };
        high(mix(state ^ tail, SPREAD ^ (bytes.len() as u64) << 1))
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

/// The first eight bytes of a text as a number; texts of one length up to eight are equal when these are.
#[inline]
pub(super) fn head(text: &str) -> u64 {
    match text.as_bytes().first_chunk::<8>() {
        Some(first) => u64::from_le_bytes(*first),
        None => short(text.as_bytes()),
    }
}

/// Fewer than eight bytes as a number, in two overlapping reads.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => match bytes {
            [] => 0,
            [a, .., c] => u64::from(*a) << 16 | u64::from(bytes[bytes.len() / 2]) << 8 | u64::from(*c),
            [a] => u64::from(*a),
        },
    }
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
        let mut hashes = HashSet::new();
        for length in 0..=text.len() {
            assert!(
                hashes.insert(seed.text(0, &text[..length])) && hashes.insert(seed.text(1, &text[..length]))
            );
            for at in 0..length {
                let mut other = text[..length].to_owned();
                other.replace_range(at..=at, "~");
                assert!(hashes.insert(seed.text(0, &other)), "{other}");
            }
        }
    }
}
