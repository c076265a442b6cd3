//! The text of a leaf to what a paper is compared with.

use super::lexer::{Fault, is_quote};
use super::prefix::{announcements, extras, nearest};
use super::{Announcement, Condition, Extra, Field, Pattern, Prefix, Term, compare};
use crate::domain::PaperId;
use crate::text::{self, Folding, Token, for_each_word, name_tokens, tokens};

/// The fewest letters and digits before a star.
const MIN_START: usize = 3;

/// What a word or phrase turns out to be.
pub(super) enum Leaf {
    Term(Term),
    /// Nothing to look for: punctuation, or words that nearly every paper holds.
    Idle,
}

/// How a leaf is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling {
    pub quoted: bool,
    pub exact: bool,
}

/// Reads a leaf; a fault's position counts from the beginning of `text`.
pub(super) fn read(field: Option<Field>, text: &str, spelling: Spelling) -> Result<Leaf, Fault> {
    if field == Some(Field::Category) {
        return category(text).map(|name| Leaf::Term(Term::new(field, Pattern::Category(name))));
    }
    if !spelling.quoted
        && let Some(star) = text.find('*')
    {
        return beginning(field, text, star, spelling.exact)
            .map(|pattern| Leaf::Term(Term::new(field, pattern)));
    }
    let pattern = match field {
        Some(Field::Author) => author(text),
        Some(Field::Organization) => Pattern::Words(texts(name_tokens(text))),
        _ => {
            let words = texts(tokens(text));
            if words.iter().all(|word| is_common(word)) {
                return Ok(Leaf::Idle);
            }
            if spelling.exact { as_written(text) } else { Pattern::Words(words) }
        }
    };
    let is_empty = matches!(&pattern, Pattern::Words(words) if words.is_empty());
    Ok(if is_empty { Leaf::Idle } else { Leaf::Term(Term::new(field, pattern)) })
}

/// Words that no plural folds to, and that are none, are the same with and without `=`.
fn as_written(text: &str) -> Pattern {
    let words = texts(name_tokens(text));
    if words.iter().any(|word| text::has_plural(word)) {
        Pattern::Exact(words)
    } else {
        Pattern::Words(words)
    }
}

/// Reads `transform*`, with the words before it where a hyphen joins some: `k-mean*`.
fn beginning(field: Option<Field>, text: &str, star: usize, exact: bool) -> Result<Pattern, Fault> {
    let at = text[..star].chars().count();
    let fault = |message: &str| Err((at, message.to_owned()));
    if star + 1 < text.len() {
        return fault(
            "a star stands at the end of a word; put the text in quotes when the star belongs to it",
        );
    }
    if exact {
        return fault("“=” asks for a whole word: leave out the “=” or the star");
    }
    let is_name = matches!(field, Some(Field::Author | Field::Organization));
    let folding = if is_name { Folding::Names } else { Folding::Words };
    let (mut before, mut last) = (Vec::new(), None);
    for_each_word(&text[..star], folding, |word| {
        let previous = last.replace((word.folded.to_owned(), word.written.to_owned(), word.span.end));
        before.extend(previous.map(|(folded, ..)| folded));
    });
    match last {
        // Pairs of characters are found inside longer words anyway.
        Some((folded, ..)) if text::is_pair(&folded) => {
            before.push(folded);
            Ok(Pattern::Words(before))
        }
        Some((_, start, end))
            if end == star && start.chars().filter(|ch| ch.is_alphanumeric()).count() >= MIN_START =>
        {
            Ok(Pattern::Prefix { before, start })
        }
        _ => fault("a star needs at least 3 letters or digits directly before it"),
    }
}

/// Reads what follows a prefix that is no field.
pub(super) fn condition(prefix: Prefix, text: &str) -> Result<Condition, Fault> {
    let text = text.trim();
    let fault = |message: String| (0, message);
    match prefix {
        Prefix::Id => paper_id(text).map(Condition::Id).map_err(fault),
        Prefix::Source => source(text).map(Condition::Source).map_err(fault),
        Prefix::Has => {
            one_of(text, Extra::ALL.map(|extra| (extra.name(), extra)), nearest(text, extras()), Extra::name)
                .map(Condition::Has)
                .map_err(|known| fault(format!("“has:{text}” is not known: {known}")))
        }
        Prefix::Type => one_of(
            text,
            Announcement::ALL.map(|kind| (kind.name(), kind)),
            nearest(text, announcements()),
            Announcement::name,
        )
        .map(Condition::Type)
        .map_err(|known| fault(format!("“type:{text}” is not known: {known}"))),
        Prefix::Listed => compare::days(text).map(Condition::Listed),
        Prefix::Field(_) => unreachable!("fields look at text"),
    }
}

/// Picks a value by its name; else says which there are.
fn one_of<T: Copy, const N: usize>(
    text: &str,
    known: [(&'static str, T); N],
    near: Option<T>,
    name: fn(T) -> &'static str,
) -> Result<T, String> {
    if let Some((_, value)) = known.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Ok(*value);
    }
    Err(match near {
        Some(near) => format!("did you mean “{}”?", name(near)),
        None => format!("write one of {}", known.map(|(name, _)| name).join(", ")),
    })
}

fn paper_id(text: &str) -> Result<PaperId, String> {
    let id: PaperId = text.parse().map_err(|error: crate::domain::PaperIdError| error.to_string())?;
    // Such a character would end the quotes in the canonical text.
    if id.as_str().contains(|ch| ch == '\\' || is_quote(ch)) {
        return Err("an id with a quote or a backslash cannot be asked for".to_owned());
    }
    Ok(id)
}

fn source(text: &str) -> Result<String, String> {
    let is_name = text.starts_with(|ch: char| ch.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if is_name {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(format!("“{text}” is not the name of a source: write src:arxiv or src:huggingface"))
    }
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

/// True when words that are in nearly every paper begin with these letters.
pub(super) fn is_begun_by_all(field: Option<Field>, start: &str) -> bool {
    let is_name = matches!(field, Some(Field::Author | Field::Organization));
    !is_name && COMMON.iter().any(|word| word.starts_with(start))
}

/// True for words in nearly every abstract; folded, as they are compared.
fn is_common(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

/// Sorted.
const COMMON: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "both", "but", "by", "can", "for", "from", "has",
    "have", "how", "if", "in", "into", "is", "it", "its", "no", "not", "of", "on", "or", "our", "such",
    "than", "that", "the", "their", "these", "they", "this", "those", "to", "was", "we", "were", "what",
    "when", "where", "which", "while", "will", "with",
];
