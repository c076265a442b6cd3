//! Words of plain ASCII, read byte by byte.

/// Ends a word and does nothing else.
pub(super) const SEPARATOR: u8 = 0;
/// A letter or digit.
pub(super) const LETTER: u8 = 1;
/// Can belong to the word before it: `2.0`, `M^2`, `C++`, `C#`, `Shannon's`.
const JOINER: u8 = 2;
/// Not plain: LaTeX, hidden, or not ASCII.
pub(super) const ODD: u8 = 4;

const CLASSES: [u8; 256] = {
    let mut classes = [SEPARATOR; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => LETTER,
            b'.' | b'^' | b'+' | b'#' | b'\'' => JOINER,
            b'\\' | b'$' | b'{' | 0x80.. => ODD,
            b'\t'..=b'\r' => SEPARATOR,
            _ if byte.is_ascii_control() => ODD,
            _ => SEPARATOR,
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
    pub has_capitals: bool,
    pub has_caret: bool,
}

#[inline]
pub(super) fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// Reads the word that begins at `start`; `None` when what is not plain may belong to it.
#[inline]
pub(super) fn read_word(bytes: &[u8], start: usize) -> Option<Plain> {
    let (mut at, mut has_capitals) = (start, false);
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let (letters, capital) = leading_letters(*eight);
        has_capitals |= capital;
        at += letters;
        if letters < 8 {
            return end_word(bytes, start, at, has_capitals);
        }
    }
    while let Some(byte) = bytes.get(at).filter(|byte| class(**byte) & LETTER != 0) {
        has_capitals |= byte.is_ascii_uppercase();
        at += 1;
    }
    end_word(bytes, start, at, has_capitals)
}

#[inline]
fn end_word(bytes: &[u8], start: usize, end: usize, has_capitals: bool) -> Option<Plain> {
    match bytes.get(end).map_or(SEPARATOR, |byte| class(*byte)) {
        SEPARATOR => Some(Plain { end, next: end, has_capitals, has_caret: false }),
        ODD => None,
        // The full stop of a sentence.
        _ if bytes[end] == b'.' && !bytes[end - 1].is_ascii_digit() => {
            Some(Plain { end, next: end, has_capitals, has_caret: false })
        }
        _ => read_joined(bytes, start),
    }
}

/// How many letters and digits eight bytes begin with, and whether a capital is among them; without a branch, as
/// the length of a word cannot be foreseen.
#[inline]
fn leading_letters(eight: [u8; 8]) -> (usize, bool) {
    const HIGH: u64 = every(0x80);
    let bytes = u64::from_le_bytes(eight);
    let plain = bytes & !HIGH;
    // The high bit of each byte says whether that byte is at least `least`; no sum reaches the next byte.
    let at_least = |bytes: u64, least: u8| bytes + every(0x80 - least);
    let folded = plain | every(0x20);
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1);
    let digit = at_least(plain, b'0') & !at_least(plain, b'9' + 1);
    let others = !((letter | digit) & !bytes) & HIGH;
    let count = others.trailing_zeros() / 8;
    let before = others.wrapping_sub(1) & !others;
    let capital = letter & !(bytes << 2) & HIGH & before;
    (count as usize, capital != 0)
}

const fn every(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The same for a word at whose end a joiner stands.
#[cold]
fn read_joined(bytes: &[u8], start: usize) -> Option<Plain> {
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
    let has_capitals = bytes[start..end].iter().any(u8::is_ascii_uppercase);
    Some(Plain { end, next, has_capitals, has_caret })
}
