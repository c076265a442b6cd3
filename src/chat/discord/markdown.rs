//! Untrusted text in Discord's markdown: shown as it is, never formatting, mentioning or linking.

use unicode_segmentation::UnicodeSegmentation;

/// Takes the power from `@everyone` and `@here`, also where Discord reads no markdown.
pub(super) fn unmentioned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        if is_mass_mention(tail) {
            out.push('\u{200b}');
        }
        rest = tail;
    }
    out + rest
}

/// Splits text into graphemes, each written with the escapes it needs; they must not be torn apart.
pub(super) fn escaped(text: &str) -> impl Iterator<Item = String> {
    text.grapheme_indices(true).map(move |(at, grapheme)| {
        let rest = &text[at + grapheme.len()..];
        let before = &text[..at];
        let mut out = String::with_capacity(grapheme.len() + 1);
        // Marks on a base may follow it inside the grapheme; the base alone has a meaning.
        for c in grapheme.chars() {
            if c == '@' && is_mass_mention(rest) {
                out.push_str("@\u{200b}");
            } else {
                if needs_escape(c, before, rest) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
        out
    })
}

fn is_mass_mention(after_at: &str) -> bool {
    ["everyone", "here"]
        .iter()
        .any(|word| after_at.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
}

/// True where a character would start, end or be part of mark-up.
///
/// `-`, `+`, `#` and `1.` mean something at the start of a line only, a colon only where a word follows
/// (`:emoji:`, `https://`): escaping them everywhere would spoil every preview that shows raw text.
fn needs_escape(c: char, before: &str, rest: &str) -> bool {
    let starts_line = before.is_empty();
    match c {
        // The slash, because `discord.gg/…` becomes an invitation even without a scheme.
        '\\' | '*' | '_' | '~' | '|' | '`' | '[' | ']' | '<' | '>' | '@' | '/' => true,
        ':' => rest.starts_with(|next: char| !next.is_whitespace()),
        '#' | '-' | '+' => starts_line,
        '.' | ')' => !starts_line && before.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        escaped(text).collect()
    }

    #[test]
    fn nothing_formats_mentions_or_links() {
        for (text, safe) in [
            (
                "**bold** _it_ ~~no~~ ||spoiler|| `code`",
                r"\*\*bold\*\* \_it\_ \~\~no\~\~ \|\|spoiler\|\| \`code\`",
            ),
            ("<@1> <#2> <@&3> </run:4> <t:5:R>", r"\<\@1\> \<#2\> \<\@&3\> \<\/run\:4\> \<t\:5\:R\>"),
            ("[x](http://evil)", r"\[x\](http\:\/\/evil)"),
            ("see discord.gg/abc :smile:", r"see discord.gg\/abc \:smile:"),
            ("# title", r"\# title"),
            ("-# small", r"\-# small"),
            ("> quote", r"\> quote"),
            ("1. list", r"1\. list"),
            (r"\*", r"\\\*"),
        ] {
            assert_eq!(shown(text), safe);
        }
    }

    #[test]
    fn ordinary_titles_stay_as_they_are() {
        for text in ["GPT-4: A State-of-the-Art Model (2.5x faster) #1", "C++ & 3D, v2.0 — “yes”"] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn everyone_and_here_are_broken_up_in_markdown_and_outside_of_it() {
        for made in [shown("@everyone @Here a@b"), unmentioned("@everyone @Here a@b")] {
            assert!(!made.to_lowercase().contains("@everyone"), "{made}");
            assert!(!made.to_lowercase().contains("@here"), "{made}");
        }
        assert_eq!(unmentioned("a@b @x @@here"), "a@b @x @@\u{200b}here");
        assert_eq!(unmentioned("no mention"), "no mention");
    }
}
