//! The phrases that some query uses: a trie of words, walked from every word of a paper.
//!
//! A phrase is the node at its end. The branches of all nodes lie in one table, behind a filter, so that most walks
//! end without a look there.

use super::filter::Filter;
use super::hash::Seed;
use super::lexicon::{Lexicon, NONE, Space, WordId};
use super::pool::{number, push};
use super::rarity;
use super::table::Table;

/// A phrase's number.
pub(super) type PhraseId = u32;

/// Set when a query asks for the phrase that ends at a node, and kept for as long as there is the node.
const ASKED: u32 = 1 << 31;

#[derive(Debug, Default)]
pub(super) struct Phrases {
    seed: Seed,
    pub lexicon: Lexicon,
    /// Of each word, the node of the phrases that begin with it, with its [`ASKED`]: most walks need no more.
    first: Vec<PhraseId>,
    nodes: Vec<Node>,
    branches: Table<80>,
    filter: Filter,
    free: Vec<PhraseId>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: PhraseId,
    word: WordId,
    /// Uses of the phrase and branches from it, and [`ASKED`].
    uses: u32,
}

/// What a walk writes down, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Steps {
    /// Of each word, the node of the phrases that begin with it.
    firsts: Vec<PhraseId>,
    /// Nodes that are asked for by themselves.
    asked: Vec<PhraseId>,
    /// Nodes that may go on with the word at a place.
    longer: Vec<(u32, PhraseId)>,
}

impl Phrases {
    /// Uses a phrase once more.
    pub fn acquire<S: AsRef<str>>(&mut self, space: Space, words: &[S]) -> PhraseId {
        let mut node = NONE;
        for word in words {
            node = self.step(node, space, word.as_ref());
        }
        let Node { parent, word, uses } = &mut self.nodes[node as usize];
        *uses = (*uses + 1) | ASKED;
        if *parent == NONE {
            self.first[*word as usize] |= ASKED;
        }
        node
    }

    /// Uses a phrase once less.
    pub fn release(&mut self, phrase: PhraseId) {
        self.nodes[phrase as usize].uses -= 1;
        let mut at = phrase;
        while at != NONE {
            let Node { parent, word, uses } = self.nodes[at as usize];
            if uses & !ASKED > 0 {
                break;
            }
            if parent == NONE {
                self.first[word as usize] = NONE;
            } else {
                self.branches.remove(self.seed.pair(parent, word), |other| other == at);
                self.nodes[parent as usize].uses -= 1;
            }
            self.lexicon.release(word);
            self.free.push(at);
            at = parent;
        }
    }

    fn step(&mut self, parent: PhraseId, space: Space, text: &str) -> PhraseId {
        let word = self.lexicon.find(space, text);
        if word != NONE {
            let known = if parent == NONE { self.first(word) } else { self.branch(parent, word) };
            if let Some(node) = known {
                return node;
            }
        }
        let word = self.lexicon.acquire(space, text);
        if self.first.len() <= word as usize {
            push(&mut self.first, NONE);
        }
        let id = self.free.pop().unwrap_or(number(self.nodes.len()));
        let node = Node { parent, word, uses: 0 };
        if id as usize == self.nodes.len() {
            push(&mut self.nodes, node);
        } else {
            self.nodes[id as usize] = node;
        }
        if parent == NONE {
            self.first[word as usize] = id;
        } else {
            let hash = self.seed.pair(parent, word);
            self.filter.add(hash, self.branches.len(), self.branches.tags());
            self.branches.insert(hash, id);
            self.nodes[parent as usize].uses += 1;
        }
        id
    }

    #[inline]
    fn branch(&self, parent: PhraseId, word: WordId) -> Option<PhraseId> {
        let hash = self.seed.pair(parent, word);
        if !self.filter.may_hold(hash) {
            return None;
        }
        self.branches.find(hash, |id| {
            let node = &self.nodes[id as usize];
            node.parent == parent && node.word == word
        })
    }

    /// The phrase of one word, if some phrase begins with it.
    #[inline]
    pub fn first(&self, word: WordId) -> Option<PhraseId> {
        self.first.get(word as usize).filter(|first| **first != NONE).map(|first| first & !ASKED)
    }

    /// Calls `visit` with every phrase in a line of words that ends with a gap.
    #[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
    pub fn for_each_in(&self, line: &[WordId], steps: &mut Steps, mut visit: impl FnMut(PhraseId)) {
        debug_assert!(line.last().is_none_or(|word| *word == NONE));
        let Some(last) = self.first.len().checked_sub(1) else { return };
        // Each of these loops does one look-up of all words and has no branches: none waits for another's memory.
        let first =
            |word: &WordId| self.first[last.min(*word as usize)] | if *word == NONE { NONE } else { 0 };
        steps.firsts.clear();
        steps.firsts.extend(line.iter().map(first));
        steps.asked.resize(steps.asked.len().max(line.len() + 1), NONE);
        steps.longer.resize(steps.longer.len().max(line.len() + 1), (0, NONE));
        let (mut asked, mut longer) = (0, 0);
        for (at, (first, next)) in (1..).zip(steps.firsts.iter().zip(line.iter().skip(1))) {
            let node = first & !ASKED;
            steps.asked[asked] = node;
            asked += usize::from((first & ASKED != 0) & (*first != NONE));
            steps.longer[longer] = (at, node);
            let goes_on = self.filter.may_hold(self.seed.pair(node, *next));
            longer += usize::from(goes_on & (*first != NONE) & (*next != NONE));
        }
        steps.asked[..asked].iter().for_each(|first| visit(*first));
        for (at, first) in &steps.longer[..longer] {
            let mut node = *first;
            for word in &line[*at as usize..] {
                let Some(longer) = self.branch(node, *word) else { break };
                if self.nodes[longer as usize].uses & ASKED != 0 {
                    visit(longer);
                }
                node = longer;
            }
        }
    }

    /// The words of a phrase.
    pub fn words(&self, phrase: PhraseId) -> Vec<&str> {
        let mut words = Vec::new();
        let mut at = phrase;
        while at != NONE {
            words.push(self.lexicon.text(self.nodes[at as usize].word));
            at = self.nodes[at as usize].parent;
        }
        words.reverse();
        words
    }

    pub fn space(&self, phrase: PhraseId) -> Space {
        self.lexicon.space(self.nodes[phrase as usize].word)
    }

    /// Estimated papers in a million that hold the phrase.
    pub fn frequency(&self, phrase: PhraseId) -> u32 {
        rarity::frequency(self.space(phrase), &self.words(phrase))
    }

    /// One more than the largest number that a phrase has.
    pub fn bound(&self) -> usize {
        self.nodes.len()
    }

    /// How many phrases and beginnings of phrases there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    pub fn bytes(&self) -> usize {
        self.lexicon.bytes()
            + self.branches.bytes()
            + self.filter.bytes()
            + self.nodes.capacity() * size_of::<Node>()
            + (self.first.capacity() + self.free.capacity()) * size_of::<u32>()
    }
}
