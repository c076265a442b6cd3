//! Where words can begin and end in a text, found for many bytes at a time.
//!
//! The length of a word cannot be foreseen, so a loop over its letters ends in a mispredicted branch, which costs
//! more than everything else that is done with the word. Here each byte becomes a bit, and a place where the bits
//! change becomes an edge; nothing branches on a byte.

use std::ops::Range;

/// Bytes that can be read from the place of any word: more than most words have.
pub const WINDOW: usize = 16;

const BLOCK: usize = 64;

const SPACES: &str = match std::str::from_utf8(&[b' '; BLOCK + WINDOW]) {
    Ok(spaces) => spaces,
    Err(_) => unreachable!(),
};

/// The runs of one text; the memory serves the next.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// The text with ASCII letters in lower case, and spaces behind it.
    lower: String,
    /// Where runs begin and end, by turns.
    edges: Vec<u32>,
    /// A bit for each byte that is not plain.
    odd: Vec<u64>,
    has_odd: bool,
}

impl Runs {
    /// Finds the runs of letters, digits and bytes that are not plain.
    pub fn find(&mut self, text: &str) {
        self.lower.clear();
        self.lower.push_str(text);
        self.lower.make_ascii_lowercase();
        // At least a window behind the text, and whole blocks.
        let blocks = (text.len() + WINDOW).div_ceil(BLOCK);
        self.lower.push_str(&SPACES[..blocks * BLOCK - text.len()]);
        self.edges.clear();
        self.odd.clear();
        let (mut before, mut any_odd) = (0, 0);
        for (at, block) in (0_u32..).step_by(BLOCK).zip(self.lower.as_bytes().as_chunks::<BLOCK>().0) {
            let (run, odd) = bits(block);
            let mut edges = run ^ (run << 1 | before);
            while edges != 0 {
                self.edges.push(at + edges.trailing_zeros());
                edges &= edges - 1;
            }
            before = run >> (BLOCK - 1);
            any_odd |= odd;
            self.odd.push(odd);
        }
        self.has_odd = any_odd != 0;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.edges.len() / 2
    }

    #[inline]
    pub fn get(&self, at: usize) -> Range<usize> {
        self.edges[2 * at] as usize..self.edges[2 * at + 1] as usize
    }

    /// True when a byte of the run is not plain.
    #[inline]
    pub fn is_odd(&self, run: &Range<usize>) -> bool {
        self.has_odd && run.clone().any(|at| self.odd[at / BLOCK] >> (at % BLOCK) & 1 != 0)
    }

    #[inline]
    pub fn lower(&self) -> &str {
        &self.lower
    }
}

/// A bit for each byte of a run, and for each that is not plain.
#[inline]
fn bits(block: &[u8; BLOCK]) -> (u64, u64) {
    let (mut run, mut odd) = ([0; BLOCK], [0; BLOCK]);
    for ((run, odd), byte) in run.iter_mut().zip(&mut odd).zip(block) {
        *odd = u8::from(is_odd(*byte));
        *run = *odd | u8::from(is_letter(*byte));
    }
    (gathered(&run), gathered(&odd))
}

/// True for what is not plain: LaTeX, hidden, or not ASCII. Without branches, so that many are asked at once.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
pub(super) const fn is_odd(byte: u8) -> bool {
    let is_control = (byte < b' ') & (byte.wrapping_sub(b'\t') > b'\r' - b'\t');
    is_control | (byte >= 0x7f) | (byte == b'\\') | (byte == b'$') | (byte == b'{')
}

#[inline]
const fn is_letter(byte: u8) -> bool {
    (byte | 0x20).wrapping_sub(b'a') < 26 || byte.wrapping_sub(b'0') < 10
}

/// Makes bits of bytes that are 0 or 1.
#[inline]
fn gathered(block: &[u8; BLOCK]) -> u64 {
    // Brings the lowest bit of the byte numbered n to the bit numbered 56 + n.
    const SPREAD: u64 = 0x0102_0408_1020_4080;
    let eights = block.as_chunks::<8>().0.iter().enumerate();
    eights.fold(0, |bits, (at, eight)| {
        bits | (u64::from_le_bytes(*eight).wrapping_mul(SPREAD) >> 56) << (8 * at)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn runs_are_what_a_loop_over_the_bytes_finds(text in "([a-z0-9]{0,70}|[ .,A-Z\t\u{1}\u{7f}$\\\\{é学-]){0,9}") {
            let mut runs = Runs::default();
            runs.find("what was there before");
            runs.find(&text);
            let belongs = |byte: u8| byte.is_ascii_alphanumeric() || is_odd(byte);
            let mut expected = Vec::new();
            let mut at = 0;
            for run in text.as_bytes().chunk_by(|a, b| belongs(*a) == belongs(*b)) {
                if belongs(run[0]) {
                    expected.push((at..at + run.len(), run.iter().any(|byte| is_odd(*byte))));
                }
                at += run.len();
            }
            let found: Vec<_> = (0..runs.len()).map(|at| (runs.get(at), runs.is_odd(&runs.get(at)))).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(&runs.lower()[..text.len()], text.to_ascii_lowercase());
        }
    }
}
