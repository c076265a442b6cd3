//! A percolator without phrases: it finds by words, and what it finds is evaluated on the text.

use std::time::Duration;

use mokaccino::prelude::*;

use super::Peer;
use super::plain::{Plain, Tree};
use crate::measure::timed;

pub struct Mokaccino<'a> {
    percolator: Percolator,
    plain: &'a Plain,
    needles: Vec<String>,
}

impl<'a> Mokaccino<'a> {
    pub fn new(plain: &'a Plain) -> Self {
        let mut percolator = Percolator::default();
        for (id, tree) in (0..).zip(&plain.trees) {
            let words = required(tree, plain).expect("every query asks for something");
            assert_eq!(percolator.add_query(words), id);
        }
        let needles = (0..plain.phrases.len()).map(|at| plain.needle(at)).collect();
        Self { percolator, plain, needles }
    }
}

/// The words that must be there. What is excluded is left to the text: a phrase may be absent with all its words there.
fn required(tree: &Tree, plain: &Plain) -> Option<Query> {
    let join =
        |parts: &[Tree]| -> Vec<Option<Query>> { parts.iter().map(|part| required(part, plain)).collect() };
    match tree {
        Tree::Phrase(at) => {
            let words = &plain.phrases[*at as usize];
            words.iter().map(|word| "w".has_value(word.as_str())).reduce(|all, word| all & word)
        }
        Tree::Not(_) => None,
        Tree::And(parts) => join(parts).into_iter().flatten().reduce(|all, part| all & part),
        Tree::Or(parts) => {
            join(parts).into_iter().collect::<Option<Vec<_>>>()?.into_iter().reduce(|any, part| any | part)
        }
    }
}

impl Peer for Mokaccino<'_> {
    fn ask(&mut self, text: &str) -> (Vec<u32>, Duration) {
        timed(|| {
            let mut document = Document::new();
            for word in text.split_ascii_whitespace() {
                document = document.with_value("w", word);
            }
            let mut holds = |phrase: u32| text.contains(self.needles[phrase as usize].as_str());
            self.percolator
                .percolate(&document)
                .filter(|id| self.plain.trees[*id as usize].holds(&mut holds))
                .collect()
        })
    }
}
