//! The words of a paper in one line, with their places.
//!
//! Title, keywords, abstract, authors and laboratories lie behind one another as entries; words are neighbours
//! only inside one entry. A second list, sorted by word, finds the places of a word.

use std::ops::Range;

use crate::domain::query::Field;
use crate::text::{Folding, Word, for_each_word};

/// All words of a paper.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// The folded and the written words, one after another.
    text: String,
    places: Vec<Place>,
    entries: Vec<Entry>,
    /// Numbers of places, sorted by folded word and then by place.
    sorted: Vec<u32>,
}

/// Bytes of a text; half the size of a range of `usize`, and there are hundreds.
#[derive(Debug, Clone, Copy)]
struct Slice {
    start: u32,
    end: u32,
}

/// One word where it stands.
#[derive(Debug)]
struct Place {
    folded: Slice,
    written: Slice,
    span: Slice,
    entry: u32,
}

/// One title, keyword, abstract, author or name of a laboratory.
#[derive(Debug)]
pub(super) struct Entry {
    pub field: Field,
    /// Which of the field's texts this is.
    pub index: usize,
    /// Its words, as numbers of places.
    pub places: Range<usize>,
}

impl Slice {
    fn new(range: Range<usize>) -> Self {
        let short = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: short(range.start), end: short(range.end) }
    }

    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Words {
    /// Adds a text as an entry of its own.
    pub fn add(&mut self, field: Field, index: usize, text: &str) {
        let folding = match field {
            Field::Author | Field::Organization => Folding::Names,
            _ => Folding::Words,
        };
        self.add_parts(field, index, folding, &[(0, text)]);
    }

    /// Adds an entry of several parts of one text, each with the bytes before it.
    pub fn add_parts(&mut self, field: Field, index: usize, folding: Folding, parts: &[(usize, &str)]) {
        let (first, entry) = (self.places.len(), u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        for (offset, part) in parts {
            for_each_word(part, folding, |Word { folded, written, span, .. }| {
                let written_as = push(&mut self.text, written);
                let folded = if folded == written { written_as } else { push(&mut self.text, folded) };
                let span = Slice::new(offset + span.start..offset + span.end);
                self.places.push(Place { folded, written: written_as, span, entry });
            });
        }
        self.entries.push(Entry { field, index, places: first..self.places.len() });
    }

    /// Makes the words findable; called once, after the last entry.
    pub fn sort(&mut self) {
        let mut sorted: Vec<u32> = (0..u32::try_from(self.places.len()).unwrap_or(u32::MAX)).collect();
        sorted.sort_unstable_by_key(|at| (self.folded(*at as usize), *at));
        self.sorted = sorted;
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The entries of a field.
    pub fn entries(&self, field: Field) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.field == field)
    }

    /// The entry in which a word stands.
    pub fn entry(&self, at: usize) -> &Entry {
        &self.entries[self.places[at].entry as usize]
    }

    /// The folded word at a place.
    pub fn folded(&self, at: usize) -> &str {
        &self.text[self.places[at].folded.range()]
    }

    /// The word at a place with its plural kept.
    pub fn written(&self, at: usize) -> &str {
        &self.text[self.places[at].written.range()]
    }

    /// The bytes of the entry's text from the first to the last of some neighbours.
    pub fn span(&self, places: Range<usize>) -> Range<usize> {
        let spans = self.places[places].iter().map(|place| place.span.range());
        spans.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or_default()
    }

    /// The places of a folded word, from first to last.
    pub fn places(&self, folded: &str) -> &[u32] {
        let start = self.sorted.partition_point(|at| self.folded(*at as usize) < folded);
        let length = self.sorted[start..].partition_point(|at| self.folded(*at as usize) == folded);
        &self.sorted[start..start + length]
    }
}

fn push(text: &mut String, word: &str) -> Slice {
    let start = text.len();
    text.push_str(word);
    Slice::new(start..text.len())
}
