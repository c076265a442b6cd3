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

    /// Where the wanted stands in a line of this field, in its order.
    ///
    /// The end of the line may be left unread when all that is wanted stands together within so many bytes, and as
    /// many more have been read behind it.
    pub fn find(&self, field: Field, line: &str, within: Option<usize>) -> Vec<Found> {
        let asked = |(_, (of, run)): &(usize, &(Option<Field>, Vec<Slot>))| {
            !run.is_empty() && of.is_none_or(|of| of == field)
        };
        let runs: Vec<Reading<'_>> =
            self.runs.iter().enumerate().filter(asked).map(|(at, (_, run))| Reading::new(at, run)).collect();
        if runs.is_empty() {
            return Vec::new();
        }
        let mut finder = Finder { runs, word: 0, found: Vec::new() };
        if is_plain(line) {
            finder.read_pieces(line, within);
        } else {
            finder.read(line, 0);
        }
        finder.found.sort_by_key(|found| (found.span.start, found.run));
        finder.found
    }
}

/// True when each line of a text, and each piece of it between spaces, can be read on its own: it holds no LaTeX.
pub(super) fn is_plain(line: &str) -> bool {
    let is_odd = |byte: u8| matches!(byte, 0..=9 | 11..=31 | b'$' | b'\\' | b'^' | b'_' | b'`' | b'{'..=127);
    // Numbers, not conditions: without a branch for each byte.
    let bytes = line.as_bytes();
    let odd = bytes.iter().fold(0, |odd, byte| odd | u8::from(is_odd(*byte)));
    let quotes = bytes.iter().zip(bytes.iter().skip(1));
    let quotes =
        quotes.fold(0, |odd, (one, next)| odd | (u8::from(*one == b'\'') & u8::from(*next == b'\'')));
    odd | quotes == 0
}

/// A run, and how much of it the last words were.
struct Reading<'a> {
    number: usize,
    slots: &'a [Slot],
    /// For each slot the number of the word that was last in it, counted from 1, and where its run began.
    reached: Vec<(usize, usize)>,
}

impl<'a> Reading<'a> {
    fn new(number: usize, slots: &'a [Slot]) -> Self {
        Self { number, slots, reached: vec![(0, 0); slots.len()] }
    }

    /// Reads the next word; says where the run began that it ends.
    fn read(&mut self, number: usize, word: &Word<'_>) -> Option<usize> {
        let mut complete = None;
        for at in (0..self.slots.len()).rev() {
            let began = match at.checked_sub(1).map(|before| self.reached[before]) {
                None => word.span.start,
                Some((last, began)) if last > 0 && last + 1 == number => began,
                Some(_) => continue,
            };
            if fits(&self.slots[at], word) {
                self.reached[at] = (number, began);
                if at + 1 == self.slots.len() {
                    complete = Some(began);
                }
            }
        }
        complete
    }
}

/// Reads a text once.
struct Finder<'a> {
    runs: Vec<Reading<'a>>,
    /// How many words have been read.
    word: usize,
    found: Vec<Found>,
}

impl Finder<'_> {
    fn read(&mut self, text: &str, offset: usize) {
        let Self { runs, word: number, found } = self;
        for_each_word(text, Folding::Words, |mut word| {
            *number += 1;
            word.span = word.span.start + offset..word.span.end + offset;
            for run in &mut *runs {
                if let Some(began) = run.read(*number, &word) {
                    found.push(Found { run: run.number, span: began..word.span.end });
                }
            }
        });
    }

    /// Folds only what stands between spaces together with a word that begins as one of the wanted does.
    fn read_pieces(&mut self, line: &str, within: Option<usize>) {
        let starts = Starts::of(&self.runs);
        let bytes = line.as_bytes();
        let (mut from, mut enough) = (0, usize::MAX);
        while from < bytes.len() && from < enough {
            let (mut at, mut in_word, mut has_words, mut may_fit) = (from, false, false, false);
            while at < bytes.len() && bytes[at] != b' ' {
                let is_letter = bytes[at].is_ascii_alphanumeric() || !bytes[at].is_ascii();
                if is_letter && !in_word {
                    has_words = true;
                    may_fit |= starts.may_begin(bytes[at], bytes.get(at + 1).copied().unwrap_or(b' '));
                }
                in_word = is_letter;
                at += 1;
            }
            if may_fit {
                let before = self.found.len();
                self.read(&line[from..at], from);
                if let Some(within) = within
                    && self.found.len() > before
                    && enough == usize::MAX
                    && self.has_all(within)
                {
                    enough = at + within;
                }
            } else if has_words {
                // One stands for all: they are neighbours of nothing that is wanted.
                self.word += 1;
            }
            from = at + 1;
        }
    }

    /// True when each run has been found, the first of them at most so many bytes ago.
    fn has_all(&self, within: usize) -> bool {
        let Some(end) = self.found.last().map(|last| last.span.end) else { return false };
        let near = |run: &Reading<'_>| {
            let mut near = self.found.iter().rev().take_while(|found| found.span.start + within >= end);
            near.any(|found| found.run == run.number)
        };
        self.runs.iter().all(near)
    }
}

/// The first two letters of what is wanted, by their last five bits.
struct Starts([u32; 32]);

impl Starts {
    fn of(runs: &[Reading<'_>]) -> Self {
        let mut starts = Self([0; 32]);
        for slot in runs.iter().flat_map(|run| run.slots) {
            let known = slot.beginning().as_bytes();
            match known {
                // Other scripts are told apart by folding alone.
                [first, ..] if !first.is_ascii() => starts.0 = [u32::MAX; 32],
                [first, second, ..] if second.is_ascii_alphanumeric() => {
                    starts.0[usize::from(first & 31)] |= 1 << (second & 31);
                }
                [first, ..] => starts.0[usize::from(first & 31)] = u32::MAX,
                [] => {}
            }
        }
        starts
    }

    fn may_begin(&self, first: u8, second: u8) -> bool {
        // Accents and compatibility forms may fold to any letter.
        !first.is_ascii() || !second.is_ascii() || self.0[usize::from(first & 31)] & (1 << (second & 31)) != 0
    }
}

fn fits(slot: &Slot, word: &Word<'_>) -> bool {
    match slot {
        Slot::Folded(wanted) => word.folded == wanted.as_str(),
        Slot::Written(wanted) => word.written == wanted.as_str(),
        Slot::Begins(start) => word.written.starts_with(start.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::Query;

    proptest! {
        #[test]
        fn reading_by_pieces_finds_what_reading_it_all_finds(
            words in proptest::collection::vec(
                "(flow|Flow|flows|matching|match|of|policies|policy|C\\+\\+|c|Shannon's|shannon|GPT-4o|4o|2\\.0|- |\\(deep\\)|é|学习|naïve|axes|axis)", 0..24
            ),
            gap in "[ ]{1,2}",
        ) {
            let query: Query =
                "(flow \"flow matching\" polic* =flows shannon c++ gpt-4o \"of 2.0\" axis) OR 学习 OR naive".parse().unwrap();
            let wanted = Wanted::new(Ask::Query(&query));
            let line = words.join(&gap);
            prop_assert!(is_plain(&line));
            let runs = wanted.runs.iter().enumerate().map(|(at, (_, run))| Reading::new(at, run)).collect();
            let mut whole = Finder { runs, word: 0, found: Vec::new() };
            whole.read(&line, 0);
            whole.found.sort_by_key(|found| (found.span.start, found.run));
            let pieces = wanted.find(Field::Title, &line, None);
            prop_assert_eq!(&pieces, &whole.found);
            let early = wanted.find(Field::Title, &line, Some(20));
            prop_assert!(pieces.starts_with(&early));
        }
    }
}
