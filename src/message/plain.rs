//! Plain text for people: cleaned, so that it cannot hide, reorder or overflow what stands around it,
//! and shortened where a reader would.

use std::fmt::Write;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;
use url::Url;

/// Marks that one base character keeps; stacks of more ("zalgo") paint over the lines around them.
const MARKS_PER_BASE: usize = 8;

/// How many pieces a cut may step back to end at a word.
const STEP_BACK: usize = 24;

/// The longest address that every platform takes, in characters.
const URL_MAX: usize = 2_000;

/// Makes one line of visible text: white space collapsed, no control, bidi or invisible characters.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.nfc() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            marks = 0;
        } else if is_combining_mark(c) {
            marks += 1;
            if marks <= MARKS_PER_BASE {
                out.push(c);
            }
        } else if !is_unseen(c) {
            out.push(c);
            marks = 0;
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// True for characters that take no place of their own but change how others are read.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        // Letters that paint nothing: a title of these alone would be an empty one.
        || matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Shortens to at most `max` characters, on a grapheme boundary, at a word where one is near.
pub fn cut(text: &str, max: usize) -> String {
    join_within(text.graphemes(true), max)
}

/// Joins pieces that must stay whole (a grapheme with its escapes) into at most `max` characters.
///
/// What does not fit is replaced by an ellipsis.
pub fn join_within<P: AsRef<str>>(pieces: impl Iterator<Item = P>, max: usize) -> String {
    let mut kept: Vec<P> = Vec::new();
    let mut length = 0;
    for piece in pieces {
        length += piece.as_ref().chars().count();
        kept.push(piece);
        if length > max {
            return shorten(&kept, max);
        }
    }
    kept.iter().map(AsRef::as_ref).collect()
}

fn shorten<P: AsRef<str>>(pieces: &[P], max: usize) -> String {
    if max == 0 {
        return String::new();
    }
    let mut room = max - 1;
    let fitting = pieces.iter().take_while(|piece| {
        let size = piece.as_ref().chars().count();
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    });
    let mut end = fitting.count();
    let is_space = |at: usize| pieces[at].as_ref() == " ";
    if end < pieces.len() && !is_space(end) {
        let nearest = (end.saturating_sub(STEP_BACK)..end).rev().find(|&at| is_space(at));
        end = nearest.filter(|&at| at > end / 2).unwrap_or(end);
    }
    let head: String = pieces[..end].iter().map(AsRef::as_ref).collect();
    format!("{}…", head.trim_end())
}

/// Accepts an address that may become a link: http or https, a host, no user name, not too long.
///
/// The host comes out in punycode and characters that mean something in chat mark-up are percent-encoded.
pub fn web_link(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none();
    let mut link = String::with_capacity(text.len());
    for c in plain.then_some(url)?.as_str().chars() {
        match c {
            '(' | ')' | '<' | '>' | '|' | '[' | ']' | '`' | '*' | '\\' | '"' | '@' => {
                write!(link, "%{:02X}", u32::from(c)).expect("writing to a string never fails");
            }
            _ => link.push(c),
        }
    }
    (link.len() <= URL_MAX).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_gone_and_white_space_is_single() {
        assert_eq!(clean("  a\u{202e}b\u{200b}c\n\t d\u{1b}[31m\u{0}\u{e0041} "), "abc d[31m");
        assert_eq!(clean("\u{3164}\u{2800}\u{feff}"), "");
        assert_eq!(clean("e\u{301}"), "é");
    }

    #[test]
    fn a_letter_keeps_eight_marks() {
        let zalgo = format!("x{}y", "\u{334}".repeat(500));
        assert_eq!(clean(&zalgo).chars().count(), 1 + MARKS_PER_BASE + 1);
    }

    #[test]
    fn a_cut_ends_at_a_word_and_never_inside_a_grapheme() {
        assert_eq!(cut("diffusion models", 16), "diffusion models");
        assert_eq!(cut("diffusion models", 15), "diffusion…");
        assert_eq!(cut("abcdefgh", 5), "abcd…");
        assert_eq!(cut("ab👍🏽cd", 4), "ab…");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(cut("abc", 1), "…");
    }

    #[test]
    fn only_plain_web_addresses_become_links() {
        for bad in ["javascript:alert(1)", "file:///etc/passwd", "https://a@evil.org/", "notes", "https://"] {
            assert_eq!(web_link(bad), None, "{bad}");
        }
        assert_eq!(web_link(&format!("https://a.org/{}", "x".repeat(3_000))), None);
        assert_eq!(
            web_link("https://архив.org/a(1)|<b>").unwrap(),
            "https://xn--80aer5aza.org/a%281%29%7C%3Cb%3E"
        );
    }
}
