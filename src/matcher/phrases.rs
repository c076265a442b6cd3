//! The phrases that some query uses: a trie of words, walked from every word of a paper.
//!
//! A phrase is the node at its end. The branches of all nodes lie in one table; a node's own 31 bits say which words
//! cannot follow, so that most walks end without a look there.

use super::hash::Seed;
use super::lexicon::{Lexicon, NONE, Space, WordId};
use super::pool::{make_room, number, push};
use super::rarity;
use super::table::Table;

/// A phrase's number.
pub(super) type PhraseId = u32;

/// Set in a node's signs when a query asks for the phrase that ends there.
const ASKED: u32 = 1 << 31;

#[derive(Debug, Default)]
pub(super) struct Phrases {
    seed: Seed,
    pub lexicon: Lexicon,
    /// Of each word, the node of the phrases that begin with it.
    first: Vec<PhraseId>,
    /// Of each node, what a walk needs: [`ASKED`], and a bit for each word that may follow.
    signs: Vec<u32>,
    nodes: Vec<Node>,
    branches: Table<70>,
    free: Vec<PhraseId>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: PhraseId,
    word: WordId,
    uses: u32,
    branches: u32,
}

impl Phrases {
    /// Uses a phrase once more.
    pub fn acquire<S: AsRef<str>>(&mut self, space: Space, words: &[S]) -> PhraseId {
        let mut node = NONE;
        for word in words {
            node = self.step(node, space, word.as_ref());
        }
        self.nodes[node as usize].uses += 1;
        self.signs[node as usize] |= ASKED;
        node
    }

    /// Uses a phrase once less.
    pub fn release(&mut self, phrase: PhraseId) {
        self.nodes[phrase as usize].uses -= 1;
        if self.nodes[phrase as usize].uses == 0 {
            self.signs[phrase as usize] &= !ASKED;
        }
        let mut at = phrase;
        while at != NONE {
            let Node { parent, word, uses, branches, .. } = self.nodes[at as usize];
            if uses > 0 || branches > 0 {
                break;
            }
            if parent == NONE {
                self.first[word as usize] = NONE;
            } else {
                self.branches.remove(self.seed.pair(parent, word), |other| other == at);
                let parent = parent as usize;
                self.nodes[parent].branches -= 1;
                if self.nodes[parent].branches == 0 {
                    self.signs[parent] &= ASKED;
                }
            }
            self.lexicon.release(word);
            self.free.push(at);
            at = parent;
        }
    }

    fn step(&mut self, parent: PhraseId, space: Space, text: &str) -> PhraseId {
        let word = self.lexicon.find(space, text);
        if word != NONE {
            let known = if parent == NONE {
                self.first.get(word as usize).copied().filter(|node| *node != NONE)
            } else {
                self.branch(parent, word)
            };
            if let Some(node) = known {
                return node;
            }
        }
        let word = self.lexicon.acquire(space, text);
        let id = self.free.pop().unwrap_or(number(self.nodes.len()));
        let node = Node { parent, word, uses: 0, branches: 0 };
        if id as usize == self.nodes.len() {
            push(&mut self.nodes, node);
            push(&mut self.signs, 0);
        } else {
            self.nodes[id as usize] = node;
            self.signs[id as usize] = 0;
        }
        if parent == NONE {
            if self.first.len() <= word as usize {
                let more = word as usize + 1 - self.first.len();
                make_room(&mut self.first, more);
                self.first.resize(word as usize + 1, NONE);
            }
            self.first[word as usize] = id;
        } else {
            self.branches.insert(self.seed.pair(parent, word), id);
            self.nodes[parent as usize].branches += 1;
            self.signs[parent as usize] |= sign(word);
        }
        id
    }

    #[inline]
    fn branch(&self, parent: PhraseId, word: WordId) -> Option<PhraseId> {
        self.branches.find(self.seed.pair(parent, word), |id| {
            let node = &self.nodes[id as usize];
            node.parent == parent && node.word == word
        })
    }

    /// The phrase of one word, if some phrase begins with it.
    #[inline]
    pub fn first(&self, word: WordId) -> Option<PhraseId> {
        self.first.get(word as usize).copied().filter(|node| *node != NONE)
    }

    /// Calls `visit` with every phrase in a line of words that ends with a gap.
    #[inline]
    pub fn for_each_in(&self, line: &[WordId], mut visit: impl FnMut(PhraseId)) {
        debug_assert!(line.last().is_none_or(|word| *word == NONE));
        for (at, word) in line.iter().enumerate() {
            let mut node = if *word == NONE {
                continue;
            } else {
                self.first.get(*word as usize).copied().unwrap_or(NONE)
            };
            let mut after = line[at + 1..].iter();
            while node != NONE {
                let signs = self.signs[node as usize];
                if signs & ASKED != 0 {
                    visit(node);
                }
                node = match after.next() {
                    Some(next) if *next != NONE && signs & sign(*next) != 0 => {
                        self.branch(node, *next).unwrap_or(NONE)
                    }
                    _ => NONE,
                };
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
            + self.nodes.capacity() * size_of::<Node>()
            + (self.first.capacity() + self.signs.capacity() + self.free.capacity()) * size_of::<u32>()
    }
}

/// The bit of a word that may follow.
#[inline]
fn sign(word: WordId) -> u32 {
    1 << ((u64::from(word.wrapping_mul(0x9e37_79b9)) * 31) >> 32)
}
