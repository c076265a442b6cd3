//! Words of plain ASCII, read byte by byte.

/// Ends a word and does nothing else.
pub(super) const SEPARATOR: u8 = 0;
/// A letter or digit.
pub(super) const LETTER: u8 = 1;
/// A capital letter.
const CAPITAL: u8 = 2;
/// Can belong to the word before it: `2.0`, `M^2`, `C++`, `C#`, `Shannon's`.
const JOINER: u8 = 4;
/// Not plain: LaTeX, hidden, or not ASCII.
pub(super) const ODD: u8 = 8;

const CLASSES: [u8; 256] = {
    let mut classes = [SEPARATOR; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let byte = at as u8;
        classes[at] = match byte {
            b'a'..=b'z' | b'0'..=b'9' => LETTER,
            b'A'..=b'Z' => LETTER | CAPITAL,
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
    let mut seen = SEPARATOR;
    let mut at = start;
    let stop = loop {
        let here = bytes.get(at).map_or(SEPARATOR, |byte| class(*byte));
        if here & LETTER == 0 {
            break here;
        }
        seen |= here;
        at += 1;
    };
    match stop {
        SEPARATOR => Some(Plain { end: at, next: at, has_capitals: seen & CAPITAL != 0, has_caret: false }),
        ODD => None,
        _ => read_joined(bytes, start),
    }
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
