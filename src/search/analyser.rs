//! The project's analyser, as the index calls it.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::run;
use crate::text::{Folding, Word, for_each_word};

/// Splits running text as queries and the matcher do.
#[derive(Clone, Default)]
pub(super) struct Words {
    arena: Arena,
}

/// Splits words that are folded already at their spaces.
#[derive(Clone, Default)]
pub(super) struct Spaces {
    arena: Arena,
}

/// The words of one value, one after the other, and where each ends.
#[derive(Clone, Default)]
struct Arena {
    text: String,
    /// The end of each word in the text, and its position.
    words: Vec<(usize, usize)>,
}

impl Arena {
    fn clear(&mut self) {
        self.text.clear();
        self.words.clear();
    }

    fn push(&mut self, word: &str) {
        let position = self.words.last().map_or(0, |(_, last)| last + 1);
        self.text.push_str(word);
        self.words.push((self.text.len(), position));
    }

    /// Adds a mark at the position of the last word.
    fn mark(&mut self, mark: char, word: &str) {
        let position = self.words.last().map_or(0, |(_, last)| *last);
        self.text.push(mark);
        self.text.push_str(word);
        self.words.push((self.text.len(), position));
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.arena.clear();
        for_each_word(text, Folding::Words, |Word { folded, written, .. }| {
            self.arena.push(folded);
            if let Some(mark) = run::mark(folded, written) {
                self.arena.mark(mark, written);
            }
        });
        Stream::new(&self.arena)
    }
}

impl Tokenizer for Spaces {
    type TokenStream<'a> = Stream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream<'a> {
        self.arena.clear();
        text.split(' ').filter(|word| !word.is_empty()).for_each(|word| self.arena.push(word));
        Stream::new(&self.arena)
    }
}

/// Hands the words of an arena to the index.
pub(super) struct Stream<'a> {
    arena: &'a Arena,
    at: usize,
    token: Token,
}

impl<'a> Stream<'a> {
    fn new(arena: &'a Arena) -> Self {
        Self { arena, at: 0, token: Token::default() }
    }
}

impl TokenStream for Stream<'_> {
    fn advance(&mut self) -> bool {
        let Some((end, position)) = self.arena.words.get(self.at) else { return false };
        let start = self.at.checked_sub(1).map_or(0, |before| self.arena.words[before].0);
        self.token.text.clear();
        self.token.text.push_str(&self.arena.text[start..*end]);
        self.token.position = *position;
        self.at += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
