//! The text of a leaf to what a paper is compared with.

use super::lexer::Fault;
use super::{Field, Pattern, Term};
use crate::text::{Token, name_tokens, tokens};

/// What a word or phrase turns out to be.
pub(super) enum Leaf {
    Term(Term),
    /// Nothing to look for: punctuation, or words that nearly every paper holds.
    Idle,
}

/// Reads a leaf; a fault's position counts from the beginning of `text`.
pub(super) fn read(field: Option<Field>, text: &str, quoted: bool) -> Result<Leaf, Fault> {
    if field == Some(Field::Category) {
        return category(text).map(|name| Leaf::Term(Term::new(field, Pattern::Category(name))));
    }
    if !quoted && let Some(star) = text.chars().position(|ch| ch == '*') {
        let message =
            "a word cannot hold “*”: write the whole word, or put it in quotes when the star belongs to it";
        return Err((star, message.into()));
    }
    let pattern = match field {
        Some(Field::Author) => author(text),
        Some(Field::Organization) => Pattern::Words(texts(name_tokens(text))),
        _ => {
            let words = texts(tokens(text));
            if words.iter().all(|word| is_common(word)) {
                return Ok(Leaf::Idle);
            }
            Pattern::Words(words)
        }
    };
    let is_empty = matches!(&pattern, Pattern::Words(words) if words.is_empty());
    Ok(if is_empty { Leaf::Idle } else { Leaf::Term(Term::new(field, pattern)) })
}

fn texts(tokens: Vec<Token>) -> Vec<String> {
    tokens.into_iter().map(|token| token.text).collect()
}

/// Reads `Hinton, G` as a last and a given name, anything else as words of the name in a row.
fn author(text: &str) -> Pattern {
    if let Some((last, given)) = text.split_once([',', '，']) {
        let (last, given) = (texts(name_tokens(last)), texts(name_tokens(given)));
        if !last.is_empty() && !given.is_empty() {
            return Pattern::Name { last, given };
        }
    }
    Pattern::Words(texts(name_tokens(text)))
}

/// Reads `cs.CL`, `cs.*` or `cs`, in arXiv's own spelling: subjects of two letters are capitals.
fn category(text: &str) -> Result<String, Fault> {
    let name = text.trim();
    let name = name.strip_suffix(".*").unwrap_or(name);
    let is_part = |part: &str| {
        part.starts_with(|ch: char| ch.is_ascii_alphabetic())
            && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
    };
    let (archive, subject) =
        name.split_once('.').map_or((name, None), |(archive, subject)| (archive, Some(subject)));
    if !is_part(archive) || !subject.is_none_or(is_part) {
        return Err((
            0,
            format!("“{text}” is not a category: write cat:cs.CL, or cat:cs for the whole archive"),
        ));
    }
    let archive = archive.to_ascii_lowercase();
    Ok(match subject {
        None => archive,
        Some(subject) if subject.len() == 2 => format!("{archive}.{}", subject.to_ascii_uppercase()),
        Some(subject) => format!("{archive}.{}", subject.to_ascii_lowercase()),
    })
}

/// True for words in nearly every abstract; folded, as they are compared.
fn is_common(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "and"
            | "are"
            | "as"
            | "at"
            | "be"
            | "been"
            | "both"
            | "but"
            | "by"
            | "can"
            | "for"
            | "from"
            | "has"
            | "have"
            | "how"
            | "if"
            | "in"
            | "into"
            | "is"
            | "it"
            | "its"
            | "no"
            | "not"
            | "of"
            | "on"
            | "or"
            | "our"
            | "such"
            | "than"
            | "that"
            | "the"
            | "their"
            | "these"
            | "they"
            | "this"
            | "those"
            | "to"
            | "was"
            | "we"
            | "were"
            | "what"
            | "when"
            | "where"
            | "which"
            | "while"
            | "will"
            | "with"
    )
}
