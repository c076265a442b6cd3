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
        let asked = |(_, (of, run)): &(usize, &(Option<Field>, Vec<Slot>))| {
            !run.is_empty() && of.is_none_or(|of| of == field)
        };
        let runs: Vec<(usize, &[Slot])> = self
            .runs
            .iter()
            .enumerate()
            .filter(asked)
            .map(|(number, (_, run))| (number, run.as_slice()))
            .collect();
        if runs.is_empty() {
            return Vec::new();
        }
        let hits = hits(&runs, text);
        let hit = |word: usize, run: usize, slot: usize| {
            hits.binary_search_by_key(&(word, run, slot), |hit| (hit.word, hit.run, hit.slot)).ok()
        };
        let starts = hits.iter().filter(|hit| hit.slot == 0);
        let found = starts.filter_map(|first| {
            let (number, run) = runs[first.run];
            let mut end = first.span.end;
            for slot in 1..run.len() {
                end = hits[hit(first.word + slot, first.run, slot)?].span.end;
            }
            Some(Found { run: number, span: first.span.start..end })
        });
        found.collect()
    }
}

/// A word of a text that fits a place in a run; in the order of words, runs and places.
struct Hit {
    word: usize,
    run: usize,
    slot: usize,
    span: Range<usize>,
}

/// Reads a text once and keeps only the words that fit somewhere.
fn hits(runs: &[(usize, &[Slot])], text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut word = 0;
    for_each_word(text, Folding::Words, |read| {
        for (run, (_, slots)) in runs.iter().enumerate() {
            for (slot, wanted) in slots.iter().enumerate() {
                if fits(wanted, &read) {
                    hits.push(Hit { word, run, slot, span: read.span.clone() });
                }
            }
        }
        word += 1;
    });
    hits
}

fn fits(slot: &Slot, word: &Word<'_>) -> bool {
    match slot {
        Slot::Folded(wanted) => word.folded == wanted.as_str(),
        Slot::Written(wanted) => word.written == wanted.as_str(),
        Slot::Begins(start) => word.written.starts_with(start.as_str()),
    }
}
