//! A text read word by word.
//!
//! Plain ASCII takes a short cut; from a word with anything else in it (accents, formulae, other scripts) to the next
//! white space the exact way through `latex` and `fold` is taken, which gives the same for plain text.

use std::ops::Range;

use super::head::Head;
use super::runs::Runs;
use super::token::{Exact, Folding};
use super::{ascii, plural};

/// A word of a text, folded and as written, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as it is compared.
    pub folded: &'a str,
    /// The first bytes of `folded`.
    pub head: Head,
    /// The word with case and accents folded but its plural kept; most often the same as `folded`.
    pub written: &'a str,
    /// The bytes of the input that it was read from.
    pub span: Range<usize>,
}

impl<'a> Word<'a> {
    /// A word that is not folded further.
    pub(super) fn plain(word: &'a str, span: Range<usize>) -> Self {
        Self { folded: word, head: Head::of(word), written: word, span }
    }
}

/// Calls `visit` with each folded word and its bytes in the input, without an allocation for each.
pub fn for_each_token(text: &str, folding: Folding, mut visit: impl FnMut(&str, Range<usize>)) {
    for_each_word(text, folding, |word| visit(word.folded, word.span));
}

/// Calls `visit` with each word, without an allocation for each.
pub fn for_each_word(text: &str, folding: Folding, visit: impl FnMut(Word<'_>)) {
    Words::default().read(text, folding, visit);
}

/// Reads words; who has many texts keeps one, so that they share its memory.
#[derive(Debug, Default)]
pub struct Words {
    runs: Runs,
    word: String,
    single: String,
}

impl Words {
    /// Calls `visit` with each word of a text.
    #[inline]
    pub fn read(&mut self, text: &str, folding: Folding, mut visit: impl FnMut(Word<'_>)) {
        let Self { runs, word, single } = self;
        runs.find(text);
        let (lower, mut next, mut exact) = (runs.lower(), 0, None);
        for at in 0..runs.len() {
            let run = runs.get(at);
            if run.start < next {
                continue;
            }
            let joined = if runs.is_odd(&run) {
                None
            } else if ascii::goes_on(lower.as_bytes(), run.end) {
                ascii::read_joined(text.as_bytes(), run.start)
            } else {
                let (written, head) = (&lower[run.clone()], Head::at(lower, &run));
                emit(Word { folded: written, head, written, span: run }, single, folding, &mut visit);
                continue;
            };
            next = match joined {
                Some(plain) => {
                    word.clear();
                    word.push_str(&lower[run.start..plain.end]);
                    if plain.has_caret {
                        word.retain(|ch| ch != '^');
                    }
                    emit(Word::plain(word, run.start..plain.end), single, folding, &mut visit);
                    plain.next
                }
                None => exact.get_or_insert_with(|| Exact::new(text)).read(run.start, folding, &mut visit),
            };
        }
    }
}

/// Hands a word on, its plural folded.
#[inline]
pub(super) fn emit(word: Word<'_>, single: &mut String, folding: Folding, visit: &mut impl FnMut(Word<'_>)) {
    if folding == Folding::Words && plural::may_be_plural(word.written) {
        let folded = plural::singular_in(word.written, single);
        visit(Word { folded, head: Head::of(folded), ..word });
    } else {
        visit(word);
    }
}
