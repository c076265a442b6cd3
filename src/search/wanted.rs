//! What of a question can be pointed at in a text.

use std::ops::Range;

use super::request::Ask;
use super::run::Slot;
use crate::domain::query::{Expr, Field, Pattern, Term};
use crate::text::{Folding, Word, for_each_word, tokens};

/// Words and phrases that are looked for in running text, each with the field that it is asked of.
pub(super) struct Wanted {
    runs: Vec<(Option<Field>, Vec<Slot>)>,
}

/// A run of words that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Which of the wanted.
    pub run: usize,
    /// The bytes of the text.
    pub span: Range<usize>,
}

/// The words of a text, one after another.
#[derive(Default)]
struct Words {
    text: String,
    places: Vec<(Range<usize>, Range<usize>, Range<usize>)>,
}

impl Wanted {
    /// What a question wants; what it excludes is not wanted.
    pub fn new(ask: Ask<'_>) -> Self {
        let mut wanted = Self { runs: Vec::new() };
        match ask {
            Ask::Query(query) => query.expr().for_each_leaf(&mut |leaf, denied| match leaf {
                Expr::Term(term) if !denied => wanted.add(term),
                _ => {}
            }),
            Ask::Words(text) => {
                wanted.runs =
                    tokens(text).into_iter().map(|token| (None, vec![Slot::Folded(token.text)])).collect();
            }
        }
        wanted
    }

    /// Splits phrases into their words, as a relaxed answer is found by.
    pub fn loosened(self) -> Self {
        let words = self.runs.into_iter().flat_map(|(_, run)| run);
        Self { runs: words.map(|word| (None, vec![word])).collect() }
    }

    fn add(&mut self, term: &Term) {
        if matches!(term.field, Some(Field::Author | Field::Organization | Field::Category)) {
            return;
        }
        let folded = |words: &[String]| words.iter().cloned().map(Slot::Folded).collect::<Vec<_>>();
        let run = match &term.pattern {
            Pattern::Words(words) => folded(words),
            Pattern::Exact(words) => words.iter().cloned().map(Slot::Written).collect(),
            Pattern::Prefix { before, start } => {
                let mut run = folded(before);
                run.push(Slot::Begins(start.clone()));
                run
            }
            Pattern::Name { .. } | Pattern::Category(_) => return,
        };
        self.runs.push((term.field, run));
    }

    /// Where the wanted stands in a text of this field, in its order.
    pub fn find(&self, field: Field, text: &str) -> Vec<Found> {
        let asked: Vec<(usize, &[Slot])> = (0..)
            .zip(&self.runs)
            .filter(|(_, (of, run))| !run.is_empty() && of.is_none_or(|of| of == field))
            .map(|(number, (_, run))| (number, run.as_slice()))
            .collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let words = Words::new(text);
        let mut found = Vec::new();
        for at in 0..words.places.len() {
            for (number, run) in &asked {
                let end = at + run.len();
                if end <= words.places.len() && run.iter().zip(at..).all(|(slot, at)| words.holds(at, slot)) {
                    let span = words.places[at].2.start..words.places[end - 1].2.end;
                    found.push(Found { run: *number, span });
                }
            }
        }
        found
    }
}

impl Words {
    fn new(text: &str) -> Self {
        let mut words = Self::default();
        for_each_word(text, Folding::Words, |Word { folded, written, span }| {
            let folded_as = words.push(folded);
            let written = if folded == written { folded_as.clone() } else { words.push(written) };
            words.places.push((folded_as, written, span));
        });
        words
    }

    fn push(&mut self, word: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(word);
        start..self.text.len()
    }

    fn holds(&self, at: usize, slot: &Slot) -> bool {
        let (folded, written, _) = &self.places[at];
        match slot {
            Slot::Folded(word) => self.text[folded.clone()] == **word,
            Slot::Written(word) => self.text[written.clone()] == **word,
            Slot::Begins(start) => self.text[written.clone()].starts_with(start.as_str()),
        }
    }
}
