//! Lines of pieces as Discord's markdown: words escaped, links whole or not at all, never longer than allowed.

use jiff::Timestamp;

use super::markdown::escaped;
use crate::message::{Piece, clean, join_within, web_link};

/// The longest address in a link inside text, in characters.
const LINK_MAX: usize = 600;
/// Stands for a backtick, which would end the code that it is in.
const BACKTICK: &str = "\u{2cb}";

/// Untrusted text as markdown that shows exactly it, at most `max` characters long.
pub(super) fn text(untrusted: &str, max: usize) -> String {
    join_within(escaped(&clean(untrusted)), max)
}

/// The number of characters, as Discord counts them.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// A line as markdown, at most `max` characters long.
pub(super) fn line(pieces: &[Piece], max: usize) -> String {
    let mut out = String::new();
    let mut room = max;
    for piece in merged(pieces) {
        let at_start = out.is_empty() || out.ends_with('\n');
        let (made, whole) = rendered(&piece, at_start, room);
        room -= length(&made).min(room);
        out.push_str(&made);
        if !whole {
            break;
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Words that lead to an address; without one that can be linked, only the words.
pub(super) fn link(words: &[Piece], address: &str, max: usize) -> String {
    let address = web_link(address).filter(|address| length(address) <= LINK_MAX);
    let Some(address) = address.filter(|address| length(address) + 10 < max) else {
        return line(words, max);
    };
    // Square brackets inside the words would end them, escaped or not.
    let round = |text: &str| text.replace('[', "(").replace(']', ")");
    let words: Vec<Piece> = words
        .iter()
        .map(|piece| match piece {
            Piece::Strong(text) | Piece::Mark(text) => Piece::Strong(round(text)),
            Piece::Plain(text) | Piece::Code(text) | Piece::Link { text, .. } => Piece::Plain(round(text)),
            other => other.clone(),
        })
        .collect();
    let words = line(&words, max - length(&address) - 4).replace('\n', " ");
    if words.is_empty() { String::new() } else { format!("[{words}]({address})") }
}

/// Text of fixed width in a block of its own, at most `max` characters long.
pub(super) fn code_block(text: &str, max: usize) -> String {
    let lines: Vec<String> = text.trim_matches('\n').lines().map(visible).collect();
    let inside = lines.join("\n").replace("```", &BACKTICK.repeat(3));
    let inside: String = inside.chars().take(max.saturating_sub(8)).collect();
    format!("```\n{inside}\n```")
}

/// One line as it stands, spaces and all, without what cannot be seen.
fn visible(line: &str) -> String {
    let kept = |c: char| c == ' ' || !clean(c.encode_utf8(&mut [0; 4])).is_empty();
    line.replace('\t', "    ").chars().filter(|&c| kept(c)).collect()
}

/// Joins neighbours of one kind, so that marks neither meet nor split what would be escaped as one.
fn merged(pieces: &[Piece]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (out.last_mut(), piece) {
            (Some(Piece::Plain(before)), Piece::Plain(text))
            | (Some(Piece::Strong(before)), Piece::Strong(text) | Piece::Mark(text)) => before.push_str(text),
            (_, Piece::Mark(text)) => out.push(Piece::Strong(text.clone())),
            _ => out.push(piece.clone()),
        }
    }
    out
}

/// One piece within `room`, and whether all of it is there.
fn rendered(piece: &Piece, at_start: bool, room: usize) -> (String, bool) {
    match piece {
        // A link to a message names its server, so whoever knows it has made a link of this before.
        Piece::Plain(text) | Piece::Message { text, .. } => plain(text, at_start, room),
        Piece::Strong(text) | Piece::Mark(text) => strong(text, room),
        Piece::Code(text) => code(text, room),
        Piece::Link { text: words, url } => {
            let linked = link(&[Piece::Plain(words.clone())], url, room.max(LINK_MAX));
            if length(&linked) <= room { (linked, true) } else { plain(words, at_start, room) }
        }
        Piece::User(user) if is_id(&user.0) => whole(format!("<@{user}>"), room),
        Piece::User(user) => plain(&user.0, at_start, room),
        Piece::Channel(channel) if is_id(channel.as_str()) => whole(format!("<#{channel}>"), room),
        Piece::Channel(channel) => plain(channel.as_str(), at_start, room),
        Piece::Moment(at) => whole(moment(*at, 'f'), room),
        Piece::Relative(at) => whole(moment(*at, 'R'), room),
    }
}

fn moment(at: Timestamp, style: char) -> String {
    format!("<t:{}:{style}>", at.as_second())
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn whole(made: String, room: usize) -> (String, bool) {
    if length(&made) <= room { (made, true) } else { ("…".chars().take(room).collect(), false) }
}

fn plain(text: &str, at_start: bool, room: usize) -> (String, bool) {
    let mut made = String::new();
    for (number, part) in text.split('\n').enumerate() {
        let inside = number == 0 && !at_start;
        if number > 0 {
            made.push('\n');
        }
        let body = clean(part);
        if inside && part.starts_with(char::is_whitespace) {
            made.push(' ');
        }
        let left = room.saturating_sub(length(&made));
        let (fitting, cut) = fitted(&body, left);
        made.push_str(&fitting);
        if cut || length(&made) > room {
            return (made.chars().take(room).collect(), false);
        }
        if !body.is_empty() && part.ends_with(char::is_whitespace) {
            made.push(' ');
        }
    }
    (made.chars().take(room).collect(), true)
}

/// Words with their escapes within `max`, and whether some had to be left out.
fn fitted(words: &str, max: usize) -> (String, bool) {
    let mut size = 0;
    let cut = escaped(words).any(|piece| {
        size += length(&piece);
        size > max
    });
    (join_within(escaped(words), max), cut)
}

/// Stressed words; the spaces around them stay outside of the marks.
fn strong(text: &str, room: usize) -> (String, bool) {
    let body = clean(text);
    if body.is_empty() {
        return (" ".chars().take(text.len().min(room)).collect(), true);
    }
    let edge = |at: bool| if at { " " } else { "" };
    let (before, after) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    let Some(inside) = room.checked_sub(6).filter(|inside| *inside > 0) else {
        return whole("…".to_owned(), room);
    };
    let (fitting, cut) = fitted(&body, inside);
    (format!("{}**{fitting}**{}", edge(before), edge(after && !cut)), !cut)
}

fn code(text: &str, room: usize) -> (String, bool) {
    let body = clean(text).replace('`', BACKTICK);
    if body.is_empty() {
        return (String::new(), true);
    }
    let Some(inside) = room.checked_sub(2).filter(|inside| *inside > 0) else {
        return whole("…".to_owned(), room);
    };
    let fitting = crate::message::cut(&body, inside);
    let cut = fitting != body;
    (format!("`{fitting}`"), !cut)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::UserId;

    fn p(text: &str) -> Piece {
        Piece::Plain(text.to_owned())
    }

    #[test]
    fn pieces_stand_beside_one_another_as_they_are_meant() {
        let pieces = [
            p("4 papers for "),
            Piece::Code("a`b".to_owned()),
            p(", by "),
            Piece::User(UserId("77".to_owned())),
            p(" "),
            Piece::Strong("*now* ".to_owned()),
            Piece::Mark("or".to_owned()),
            p("\n- later "),
            Piece::Relative("2026-08-04T06:00:00Z".parse().unwrap()),
        ];
        insta::assert_snapshot!(line(&pieces, 400), @r"
        4 papers for `aˋb`, by <@77> **\*now\* or**
        \- later <t:1785823200:R>
        ");
    }

    #[test]
    fn a_link_is_whole_or_only_its_words() {
        let to = |url: &str, max| link(&[p("A [b] *c*")], url, max);
        assert_eq!(to("https://a.org/(x)", 200), r"[A (b) \*c\*](https://a.org/%28x%29)");
        assert_eq!(to("javascript:x", 200), r"A \[b\] \*c\*");
        assert_eq!(to("https://a.org/x", 20), r"A \[b\] \*c\*");
        let named = Piece::User(UserId("@everyone".to_owned()));
        assert_eq!(line(&[named], 99), "@\u{200b}everyone");
    }

    #[test]
    fn a_block_of_code_keeps_its_columns_and_cannot_be_left() {
        assert_eq!(code_block("a  b\n  ^``` c\u{202e}", 99), "```\na  b\n  ^ˋˋˋ c\n```");
    }

    proptest! {
        #[test]
        fn no_line_is_longer_than_allowed(texts in prop::collection::vec("\\PC{0,30}", 0..6), max in 0_usize..80) {
            let kinds = [
                |t: String| Piece::Plain(t),
                |t: String| Piece::Strong(t),
                |t: String| Piece::Code(t),
                |t: String| Piece::Link { text: t, url: "https://a.org/b".to_owned() },
                |t: String| Piece::User(UserId(t)),
            ];
            let pieces: Vec<Piece> =
                texts.into_iter().enumerate().map(|(n, t)| kinds[n % kinds.len()](t)).collect();
            prop_assert!(length(&line(&pieces, max)) <= max);
            prop_assert!(length(&link(&pieces, "https://a.org/b", max)) <= max);
        }
    }
}
