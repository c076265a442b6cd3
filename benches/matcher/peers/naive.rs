//! Every query asked of every text, by looking for its phrases: what a bot does in its first version.

use std::time::Duration;

use super::Peer;
use super::plain::{Plain, Tree};
use crate::measure::timed;

pub struct Naive<'a> {
    trees: &'a [Tree],
    needles: Vec<String>,
}

impl<'a> Naive<'a> {
    pub fn new(plain: &'a Plain) -> Self {
        Self { trees: &plain.trees, needles: (0..plain.phrases.len()).map(|at| plain.needle(at)).collect() }
    }
}

impl Peer for Naive<'_> {
    fn ask(&mut self, text: &str) -> (Vec<u32>, Duration) {
        timed(|| {
            let mut holds = |phrase: u32| text.contains(self.needles[phrase as usize].as_str());
            (0..).zip(self.trees).filter(|(_, tree)| tree.holds(&mut holds)).map(|(id, _)| id).collect()
        })
    }
}
