//! Untrusted text in Slack's three kinds of text, so that it shows as it is.
//!
//! * rich text takes it raw: nothing in it is read as mark-up;
//! * `plain_text` objects and the message's own `text` read `&`, `<` and `>`, which have escapes;
//! * the message's own `text` is mrkdwn as well, whose `*`, `_`, `~` and backtick have no escape:
//!   there they become characters that look the same.

use unicode_segmentation::UnicodeSegmentation;

use crate::message::{clean, cut, join_within};

/// For rich text: cleaned, at most `max` characters.
pub(super) fn raw(untrusted: &str, max: usize) -> String {
    cut(&clean(untrusted), max)
}

/// For `plain_text` objects: cleaned and escaped, at most `max` characters with the escapes.
pub(super) fn entities(untrusted: &str, max: usize) -> String {
    let text = clean(untrusted);
    join_within(text.graphemes(true).map(|g| g.chars().map(entity).collect::<String>()), max)
}

/// For the message's own `text`: as [`entities`], and nothing formats or becomes an emoji.
pub(super) fn unformatted(untrusted: &str, max: usize) -> String {
    let text = clean(untrusted);
    let pieces = text.grapheme_indices(true).map(|(at, grapheme)| {
        let rest = &text[at + grapheme.len()..];
        grapheme.chars().map(|c| look_alike(c, at == 0, rest)).map(entity).collect::<String>()
    });
    join_within(pieces, max)
}

fn entity(c: char) -> String {
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        _ => c.to_string(),
    }
}

fn look_alike(c: char, starts_line: bool, rest: &str) -> char {
    match c {
        '*' => '∗',
        '_' => 'ˍ',
        '~' => '∼',
        '`' => 'ˋ',
        ':' if rest.starts_with(|next: char| !next.is_whitespace()) => '꞉',
        // A quotation, also when it is written with its escape.
        '>' if starts_line => '›',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_lose_their_brackets() {
        let text = "<!channel> <@U1> <#C1> <https://evil.org|x> &lt;!here&gt;";
        let safe =
            "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;https://evil.org|x&gt; &amp;lt;!here&amp;gt;";
        assert_eq!(entities(text, 500), safe);
        assert!(!unformatted(text, 500).contains(['<', '>']));
        assert_eq!(raw(text, 500), text);
    }

    #[test]
    fn what_cannot_be_escaped_is_replaced_by_what_looks_the_same() {
        assert_eq!(
            unformatted("> *b* _i_ ~s~ `c` :smile: a: b > c", 99),
            "› ∗b∗ ˍiˍ ∼s∼ ˋcˋ ꞉smile: a: b &gt; c"
        );
    }

    #[test]
    fn a_cut_never_falls_inside_an_escape() {
        for max in 0..40 {
            let text = entities("a&b<c>d&&&&&&&&", max);
            assert!(text.chars().count() <= max);
            let unescaped = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
            assert!(!unescaped.contains(['&', ';']), "{text}");
        }
    }
}
