//! An automaton of all phrases; each query waits at its longest required one and is evaluated when that is seen.

use std::time::Duration;

use daachorse::DoubleArrayAhoCorasick;

use super::Peer;
use super::plain::{Plain, Tree};
use crate::measure::timed;

pub struct Daachorse<'a> {
    automaton: DoubleArrayAhoCorasick<u32>,
    trees: &'a [Tree],
    waiting: Vec<Vec<u32>>,
    /// The text in which a phrase was seen last, and in which a query was asked last.
    seen: Vec<u32>,
    asked: Vec<u32>,
    text: u32,
}

impl<'a> Daachorse<'a> {
    pub fn new(plain: &'a Plain) -> Self {
        let needles = (0..).take(plain.phrases.len()).map(|at: u32| (plain.needle(at as usize), at));
        let mut waiting = vec![Vec::new(); plain.phrases.len()];
        for (id, tree) in (0..).zip(&plain.trees) {
            for phrase in longest(tree, plain).expect("every query asks for something") {
                if waiting[phrase as usize].last() != Some(&id) {
                    waiting[phrase as usize].push(id);
                }
            }
        }
        Self {
            automaton: DoubleArrayAhoCorasick::with_values(needles).expect("an automaton"),
            trees: &plain.trees,
            waiting,
            seen: vec![0; plain.phrases.len()],
            asked: vec![0; plain.trees.len()],
            text: 0,
        }
    }
}

/// The phrases one of which must be there, the shortest of them as long as can be.
fn longest(tree: &Tree, plain: &Plain) -> Option<Vec<u32>> {
    let length = |phrases: &Vec<u32>| phrases.iter().map(|at| plain.needle(*at as usize).len()).min();
    match tree {
        Tree::Phrase(phrase) => Some(vec![*phrase]),
        Tree::Not(_) => None,
        Tree::And(parts) => parts.iter().filter_map(|part| longest(part, plain)).max_by_key(length),
        Tree::Or(parts) => {
            parts.iter().map(|part| longest(part, plain)).collect::<Option<Vec<_>>>().map(|all| all.concat())
        }
    }
}

impl Peer for Daachorse<'_> {
    fn ask(&mut self, text: &str) -> (Vec<u32>, Duration) {
        self.text += 1;
        timed(|| {
            let mut phrases = Vec::new();
            for hit in self.automaton.find_overlapping_iter(text) {
                let seen = &mut self.seen[hit.value() as usize];
                if *seen != self.text {
                    *seen = self.text;
                    phrases.push(hit.value());
                }
            }
            let mut found = Vec::new();
            for phrase in phrases {
                for id in &self.waiting[phrase as usize] {
                    let asked = &mut self.asked[*id as usize];
                    if *asked != self.text {
                        *asked = self.text;
                        if self.trees[*id as usize]
                            .holds(&mut |phrase| self.seen[phrase as usize] == self.text)
                        {
                            found.push(*id);
                        }
                    }
                }
            }
            found
        })
    }
}
