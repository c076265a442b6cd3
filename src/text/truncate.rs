//! Shortening without breaking a character that people see as one.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;

/// Shortens a text to at most `max_chars` characters, the ellipsis included, at the end of a word where one is near.
pub fn truncate(text: &str, max_chars: usize) -> Cow<'_, str> {
    if text.chars().nth(max_chars).is_none() {
        return Cow::Borrowed(text);
    }
    let Some(room) = max_chars.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let (mut used, mut end, mut word_end) = (0, 0, 0);
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.chars().count();
        if grapheme.starts_with(char::is_whitespace) {
            word_end = at;
        }
        if used > room {
            break;
        }
        end = at + grapheme.len();
    }
    // Half a text lost to keep a word whole would be too high a price: long words and scripts without spaces.
    let cut = if word_end > end / 2 { word_end.min(end) } else { end };
    let kept =
        text[..cut].trim_end_matches(|ch: char| ch.is_whitespace() || matches!(ch, ',' | ';' | ':' | '…'));
    Cow::Owned(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_stays_and_a_long_one_ends_with_a_word() {
        assert_eq!(truncate("as it is", 8), "as it is");
        assert_eq!(truncate("as it is, more", 11), "as it is…");
        assert_eq!(truncate("one two three", 8), "one two…");
        assert_eq!(truncate("incomprehensibilities", 7), "incomp…");
        assert_eq!(truncate("family 👨‍👩‍👧 here", 10), "family…");
        assert_eq!((truncate("ab", 1), truncate("ab", 0)), ("…".into(), "".into()));
    }

    proptest! {
        #[test]
        fn no_text_grows_past_its_limit(text in "\\PC{0,40}", max in 0_usize..45) {
            prop_assert!(truncate(&text, max).chars().count() <= max);
        }
    }
}
