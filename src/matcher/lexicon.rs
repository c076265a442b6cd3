//! The words that some query uses, numbered.

use std::collections::HashMap;

use super::hash::Seed;
use super::pool::{number, push};
use super::starts::Starts;
use super::table::Table;
use crate::text::Head;

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
    /// The texts of the few words that are longer than their heads.
    long: HashMap<WordId, Box<str>>,
    free: Vec<WordId>,
    numbers: Table<50>,
    used: [usize; SPACES],
    /// Of all spaces of beginnings.
    starts: Starts,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    head: Head,
    space: Space,
    uses: u32,
}

/// A word to be looked up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Short { head: Head, hash: u32 },
    Long(WordId),
}

impl Lexicon {
    /// The number of a word, if some query uses it.
    #[inline]
    pub fn find(&self, space: Space, text: &str) -> WordId {
        self.find_headed(space, Head::of(text), text)
    }

    /// The same for one whose head is known.
    #[inline]
    pub fn find_headed(&self, space: Space, head: Head, text: &str) -> WordId {
        self.find_hashed(self.seed.text(space as u64, head, text), space, head, text).unwrap_or(NONE)
    }

    #[inline]
    fn find_hashed(&self, hash: u32, space: Space, head: Head, text: &str) -> Option<WordId> {
        self.numbers.find(hash, |id| {
            let word = &self.words[id as usize];
            word.head == head
                && word.space == space
                && (text.len() <= Head::WHOLE || *self.long[&id] == *text)
        })
    }

    /// Begins the look-up of a word; [`Self::find_all`] ends it.
    #[inline]
    pub fn asked(&self, space: Space, head: Head, text: &str) -> Asked {
        if text.len() <= Head::WHOLE {
            Asked::Short { head, hash: self.seed.text(space as u64, head, text) }
        } else {
            Asked::Long(self.find_headed(space, head, text))
        }
    }

    /// Appends the numbers of many words.
    ///
    /// The look into the table and the comparison with the word found are apart, so that neither waits for the other:
    /// the words of a paper are read from memory at the same time.
    #[expect(clippy::needless_bitwise_bool, reason = "a lazy operator would be a branch")]
    pub fn find_all(&self, space: Space, asked: &[Asked], found: &mut Vec<WordId>) {
        let Some(last) = self.words.len().checked_sub(1) else {
            return found.resize(found.len() + asked.len(), NONE);
        };
        let start = found.len();
        found.extend(asked.iter().map(|asked| match asked {
            Asked::Short { hash, .. } => self.numbers.guess(*hash).unwrap_or(NONE),
            Asked::Long(id) => *id,
        }));
        for (id, asked) in found[start..].iter_mut().zip(asked) {
            let word = &self.words[last.min(*id as usize)];
            let Asked::Short { head, hash } = asked else { continue };
            let is_it = (word.head == *head) & (word.space == space);
            if !is_it & (*id != NONE) {
                *id = self.find_hashed(*hash, space, *head, "").unwrap_or(NONE);
            }
        }
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
        let head = Head::of(text);
        let hash = self.seed.text(space as u64, head, text);
        if let Some(id) = self.find_hashed(hash, space, head, text) {
            self.words[id as usize].uses += 1;
            return id;
        }
        let word = Word { head, space, uses: 1 };
        let id = self.free.pop().unwrap_or(number(self.words.len()));
        match self.words.get_mut(id as usize) {
            Some(unused) => *unused = word,
            None => push(&mut self.words, word),
        }
        if text.len() > Head::WHOLE {
            self.long.insert(id, text.into());
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
        let space = word.space;
        let text = self.text(id).to_owned();
        let hash = self.seed.text(space as u64, Head::of(&text), &text);
        self.numbers.remove(hash, |other| other == id).expect("a used word has a number");
        self.long.remove(&id);
        self.used[space as usize] -= 1;
        if space.is_of_starts() {
            self.starts.remove(&text);
        }
        self.free.push(id);
        true
    }

    pub fn text(&self, id: WordId) -> &str {
        self.words[id as usize].head.whole().unwrap_or_else(|| &self.long[&id])
    }

    pub fn space(&self, id: WordId) -> Space {
        self.words[id as usize].space
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn bytes(&self) -> usize {
        let long = self.long.values().map(|text| text.len() + size_of::<(WordId, Box<str>)>() * 2);
        self.words.capacity() * size_of::<Word>()
            + long.sum::<usize>()
            + self.numbers.bytes()
            + self.free.capacity() * size_of::<WordId>()
    }
}
