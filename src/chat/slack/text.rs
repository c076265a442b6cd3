//! Untrusted text in Slack's three kinds of text, so that it shows as it is.
//!
//! * rich text takes it raw: nothing in it is read as mark-up;
//! * `plain_text` objects and the message's own `text` read `&`, `<` and `>`, which have escapes;
//! * the message's own `text` is mrkdwn as well, whose `*`, `_`, `~` and backtick have no escape:
//!   there they become characters that look the same.

use unicode_segmentation::UnicodeSegmentation;

use crate::message::{clean, cut, join_within};

/// Like [`clean`], line by line, and a space at either end stays: the text is a piece of a sentence.
pub(super) fn piece(text: &str) -> String {
    let line = |line: &str| {
        let inner = clean(line);
        let (lead, trail) = (line.starts_with(char::is_whitespace), line.ends_with(char::is_whitespace));
        match inner.is_empty() {
            true if lead => " ".to_owned(),
            true => String::new(),
            false => format!("{}{inner}{}", if lead { " " } else { "" }, if trail { " " } else { "" }),
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// What somebody typed, without Slack's own signs: links become addresses, channels their ids.
pub(super) fn typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((sign, after)) = after.split_once('>') else {
            out.push('<');
            rest = after;
            break;
        };
        let (target, label) = sign.split_once('|').unwrap_or((sign, ""));
        match target.strip_prefix(['#', '@', '!']) {
            Some(id) if target.starts_with('#') => out.push_str(id),
            Some(_) => out.push_str(label),
            None => out.push_str(target),
        }
        rest = after;
    }
    out.push_str(rest);
    // The ampersand last: `&amp;lt;` is a typed `&lt;`.
    out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// For rich text: cleaned, at most `max` characters.
pub(super) fn raw(untrusted: &str, max: usize) -> String {
    cut(&clean(untrusted), max)
}

/// For `plain_text` objects: cleaned and escaped, at most `max` characters with the escapes.
pub(super) fn entities(untrusted: &str, max: usize) -> String {
    escaped(&clean(untrusted), max)
}

/// Escaped without being cleaned.
pub(super) fn escaped(text: &str, max: usize) -> String {
    join_within(text.graphemes(true).map(|g| g.chars().map(entity).collect::<String>()), max)
}

/// For the message's own `text`: as [`entities`], and nothing formats or becomes an emoji.
pub(super) fn unformatted(untrusted: &str, max: usize) -> String {
    inert(&clean(untrusted), max)
}

/// As [`unformatted`], without being cleaned.
pub(super) fn inert(text: &str, max: usize) -> String {
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
    fn a_piece_keeps_the_spaces_that_join_it_to_its_neighbours() {
        assert_eq!(piece(" a  b\u{202e} "), " a b ");
        assert_eq!(piece("a \n\n b"), "a \n\n b");
        assert_eq!(piece(" "), " ");
    }

    #[test]
    fn what_was_typed_is_read_without_the_signs_of_slack() {
        assert_eq!(
            typed("show <https://arxiv.org/abs/2608.01234|arxiv.org>"),
            "show https://arxiv.org/abs/2608.01234"
        );
        assert_eq!(typed("x channel:<#C1|general> <@U1|ada>"), "x channel:C1 ada");
        assert_eq!(typed("upvotes&gt;=50 R&amp;D a < b"), "upvotes>=50 R&D a < b");
        assert_eq!(typed("&amp;lt;"), "&lt;");
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
