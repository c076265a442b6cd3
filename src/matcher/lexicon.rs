//! The words that some query uses, numbered.

use super::hash::{Seed, head};
use super::pool::{List, Pool, number, push};
use super::starts::Starts;
use super::table::Table;

/// Where a word stands; the same letters as a word and as a name are two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// Running text, plurals folded.
    Words,
    /// Running text as written.
    Written,
    /// Beginnings of words of running text.
    Starts,
    Authors,
    AuthorStarts,
    Organizations,
    OrganizationStarts,
    Categories,
    /// What a paper can have beside its text.
    Conditions,
}

const SPACES: usize = 9;

impl Space {
    fn is_of_starts(self) -> bool {
        matches!(self, Self::Starts | Self::AuthorStarts | Self::OrganizationStarts)
    }
}

/// A word's number.
pub(super) type WordId = u32;

/// No word, and no phrase: the gap between entries, and words that nobody asks for.
pub(super) const NONE: u32 = u32::MAX;

/// Words with their numbers; a word is kept as long as it is used.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    seed: Seed,
    words: Vec<Word>,
    texts: Pool<u8>,
    free: Vec<WordId>,
    numbers: Table<50>,
    used: [usize; SPACES],
    /// Of all spaces of beginnings.
    starts: Starts,
}

/// Bytes of a text that its head holds whole.
const HEAD: usize = 8;

#[derive(Debug, Clone, Copy)]
struct Word {
    /// The first bytes of its text: most words are compared without a look at the text.
    head: u64,
    text: List,
    space: Space,
    uses: u32,
}

impl Lexicon {
    /// The number of a word, if some query uses it.
    #[inline]
    pub fn find(&self, space: Space, text: &str) -> WordId {
        self.find_hashed(self.seed.text(space as u64, text), space, text).unwrap_or(NONE)
    }

    #[inline]
    fn find_hashed(&self, hash: u32, space: Space, text: &str) -> Option<WordId> {
        self.numbers.find(hash, |id| {
            let word = &self.words[id as usize];
            word.head == head(text)
                && word.space == space
                && word.text.len() == text.len()
                && (text.len() <= HEAD || self.texts.get(word.text) == text.as_bytes())
        })
    }

    /// Calls `visit` with every asked beginning of a word.
    pub fn for_each_start(&self, space: Space, word: &str, mut visit: impl FnMut(WordId)) {
        for start in self.starts.of(word) {
            let id = self.find(space, start);
            if id != NONE {
                visit(id);
            }
        }
    }

    /// True when no query asks for anything there.
    pub fn is_unused(&self, space: Space) -> bool {
        self.used[space as usize] == 0
    }

    /// Uses a word once more.
    pub fn acquire(&mut self, space: Space, text: &str) -> WordId {
        let hash = self.seed.text(space as u64, text);
        if let Some(id) = self.find_hashed(hash, space, text) {
            self.words[id as usize].uses += 1;
            return id;
        }
        let word = Word { head: head(text), text: self.texts.add(text.as_bytes()), space, uses: 1 };
        let id = self.free.pop().unwrap_or(number(self.words.len()));
        match self.words.get_mut(id as usize) {
            Some(unused) => *unused = word,
            None => push(&mut self.words, word),
        }
        self.numbers.insert(hash, id);
        self.used[space as usize] += 1;
        if space.is_of_starts() {
            self.starts.add(text);
        }
        id
    }

    /// Uses a word once less; says whether it is gone.
    pub fn release(&mut self, id: WordId) -> bool {
        let word = &mut self.words[id as usize];
        word.uses -= 1;
        if word.uses > 0 {
            return false;
        }
        let (list, space) = (word.text, word.space);
        let text = self.text(id).to_owned();
        let hash = self.seed.text(space as u64, &text);
        self.numbers.remove(hash, |other| other == id).expect("a used word has a number");
        self.texts.give_back(list);
        self.used[space as usize] -= 1;
        if space.is_of_starts() {
            self.starts.remove(&text);
        }
        self.free.push(id);
        true
    }

    pub fn text(&self, id: WordId) -> &str {
        let text = self.texts.get(self.words[id as usize].text);
        std::str::from_utf8(text).expect("made from a str")
    }

    pub fn space(&self, id: WordId) -> Space {
        self.words[id as usize].space
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<Word>()
            + self.texts.bytes()
            + self.numbers.bytes()
            + self.free.capacity() * size_of::<WordId>()
    }
}
