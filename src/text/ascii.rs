//! Words of plain ASCII to whose letters something else belongs, read byte by byte.

use super::runs::is_odd;

/// A letter or digit.
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
/// Can belong to the word before it: `M^2`, `C++`, `C#`, `Shannon's`.
const JOINER: u8 = 4;
/// The same after a digit: `2.0`.
const STOP: u8 = 8;
/// Not plain: LaTeX, hidden, or not ASCII.
const ODD: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => LETTER | DIGIT,
            b'^' | b'+' | b'#' | b'\'' => JOINER,
            b'.' => STOP,
            _ if is_odd(byte) => ODD,
            _ => 0,
        };
        at += 1;
    }
    classes
};

/// A word of plain ASCII.
pub(super) struct Plain {
    /// Where it ends.
    pub end: usize,
    /// Where to read on: after a possessive `'s`.
    pub next: usize,
    pub has_caret: bool,
}

#[inline]
fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// True when what stands at the end of some letters can belong to their word.
#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
pub(super) fn goes_on(bytes: &[u8], end: usize) -> bool {
    let (last, next) = (class(bytes[end - 1]), class(bytes[end]));
    // A full stop after anything but a digit ends a sentence. No branches: the end of a word cannot be foreseen.
    (next & JOINER != 0) | ((next & STOP != 0) & (last & DIGIT != 0))
}

/// Reads the word that begins at `start`; `None` when what is not plain may belong to it.
#[cold]
pub(super) fn read_joined(bytes: &[u8], start: usize) -> Option<Plain> {
    let at = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
    let is_letter = |byte: u8| class(byte) & LETTER != 0;
    let (mut end, mut has_caret) = (start, false);
    loop {
        let goes_on = match at(end) {
            b'.' => at(end - 1).is_ascii_digit() && at(end + 1).is_ascii_digit(),
            b'^' => is_letter(at(end + 1)),
            byte => is_letter(byte),
        };
        if !goes_on {
            break;
        }
        has_caret |= at(end) == b'^';
        end += 1;
    }
    if (end..end + 3).any(|near| class(at(near)) == ODD) {
        return None;
    }
    if at(end) == b'+' && at(end + 1) == b'+' {
        end += 2;
    } else if end - start == 1
        && at(end) == b'#'
        && at(start).is_ascii_alphabetic()
        && !is_letter(at(end + 1))
    {
        end += 1;
    }
    let is_possessive = at(end) == b'\'' && matches!(at(end + 1), b's' | b'S') && !is_letter(at(end + 2));
    if (end..end + 3).any(|near| class(at(near)) == ODD) {
        return None;
    }
    let next = if is_possessive { end + 2 } else { end };
    Some(Plain { end, next, has_caret })
}
