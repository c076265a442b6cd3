//! The first bytes of a word: enough to know most words apart without a loop over their letters.

use std::ops::Range;

use super::runs::WINDOW;

/// The first fifteen bytes of a word, with zeros behind a shorter one, and its length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head([u8; WINDOW]);

impl Head {
    /// Words of at most so many bytes are equal when their heads are.
    pub const WHOLE: usize = WINDOW - 1;

    /// The head of a word.
    pub fn of(word: &str) -> Self {
        let mut window = [0; WINDOW];
        let length = word.len().min(Self::WHOLE);
        window[..length].copy_from_slice(&word.as_bytes()[..length]);
        Self::new(window, word.len())
    }

    /// The head of a word in a text that goes on for a window behind its beginning.
    #[inline]
    pub(super) fn at(text: &str, word: &Range<usize>) -> Self {
        let window = text.as_bytes()[word.start..].first_chunk().expect("a text ends with a window");
        Self::new(*window, word.len())
    }

    #[inline]
    fn new(window: [u8; WINDOW], length: usize) -> Self {
        let letters = u128::from_le_bytes(window) & MASKS[length.min(Self::WHOLE)];
        let length = length.min(usize::from(u8::MAX)) as u128;
        Self((letters | length << (8 * Self::WHOLE)).to_le_bytes())
    }

    /// The word, unless it is longer than its head.
    pub fn whole(&self) -> Option<&str> {
        let letters = self.0[..Self::WHOLE].get(..usize::from(self.0[Self::WHOLE]))?;
        Some(std::str::from_utf8(letters).expect("made from a str"))
    }

    /// The head as a number.
    #[inline]
    pub fn number(self) -> u128 {
        u128::from_le_bytes(self.0)
    }
}

/// For each length, the bits of the letters of a word of it.
const MASKS: [u128; WINDOW] = {
    let mut masks = [0; WINDOW];
    let mut length = 1;
    while length < WINDOW {
        masks[length] = masks[length - 1] << 8 | 0xff;
        length += 1;
    }
    masks
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_read_in_place_is_the_head_of_the_word() {
        let text = "retrieval-augmented generation, explained once more; and a window behind it";
        for start in 0..8 {
            for end in start..40 {
                assert_eq!(Head::at(text, &(start..end)), Head::of(&text[start..end]));
            }
        }
        assert_eq!(Head::of("llm").whole(), Some("llm"));
        assert_eq!(Head::of(&text[..15]).whole(), Some(&text[..15]));
        assert_eq!(Head::of(&text[..16]).whole(), None);
        assert_ne!(Head::of("a"), Head::of("a\0"));
    }
}
