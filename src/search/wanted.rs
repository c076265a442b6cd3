//! What of a question can be pointed at in a text.

use std::collections::HashMap;
use std::ops::Range;

use super::request::Ask;
use crate::domain::query::{Expr, Field, Pattern};
use crate::text::{Folding, for_each_token, tokens};

/// Words and phrases that are looked for in running text.
pub(super) struct Wanted {
    numbers: HashMap<String, usize>,
    /// Each a word or a phrase; with the field that it is asked of.
    runs: Vec<(Option<Field>, Vec<usize>)>,
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
        let mut wanted = Self { numbers: HashMap::new(), runs: Vec::new() };
        match ask {
            Ask::Query(query) => wanted.collect(query.expr()),
            Ask::Words(text) => tokens(text).into_iter().for_each(|token| wanted.add(None, &[token.text])),
        }
        wanted
    }

    /// Splits phrases into their words, as a relaxed answer is found by.
    pub fn loosened(mut self) -> Self {
        self.runs =
            self.runs.iter().flat_map(|(_, run)| run.iter().map(|word| (None, vec![*word]))).collect();
        self
    }

    fn collect(&mut self, expr: &Expr) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| self.collect(part)),
            Expr::Not(_) => {}
            Expr::Term(term) => match (&term.pattern, term.field) {
                (_, Some(Field::Author | Field::Organization | Field::Category)) => {}
                (Pattern::Words(words), field) => self.add(field, words),
                _ => {}
            },
        }
    }

    fn add(&mut self, field: Option<Field>, words: &[String]) {
        let run = words.iter().map(|word| {
            let next = self.numbers.len();
            *self.numbers.entry(word.clone()).or_insert(next)
        });
        let run = (field, run.collect());
        if !self.runs.contains(&run) {
            self.runs.push(run);
        }
    }

    /// Where the wanted stands in a text of this field, in its order.
    pub fn find(&self, field: Field, text: &str) -> Vec<Found> {
        let mut words: Vec<(Option<usize>, Range<usize>)> = Vec::new();
        for_each_token(text, Folding::Words, |word, span| {
            words.push((self.numbers.get(word).copied(), span))
        });
        let mut found = Vec::new();
        for at in (0..words.len()).filter(|at| words[*at].0.is_some()) {
            for (number, (asked_of, run)) in self.runs.iter().enumerate() {
                let here = words.get(at..at + run.len());
                let holds = asked_of.is_none_or(|asked| asked == field)
                    && here
                        .is_some_and(|here| here.iter().zip(run).all(|((word, _), run)| *word == Some(*run)));
                if holds {
                    let span = words[at].1.start..words[at + run.len() - 1].1.end;
                    found.push(Found { run: number, span });
                }
            }
        }
        found
    }
}
