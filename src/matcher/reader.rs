//! A paper's words on their way into a search.

use super::Scratch;
use super::code::{ABSTRACT, ANYWHERE, KEYWORDS, Parts, TITLE};
use super::document::archive;
use super::lexicon::{NONE, Space};
use super::phrases::Phrases;
use crate::domain::Facts;
use crate::text::{Folding, spoken};

/// Where the words of a kind of text are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spaces {
    folded: Space,
    written: Option<Space>,
    starts: Space,
}

pub(super) const RUNNING: Spaces =
    Spaces { folded: Space::Words, written: Some(Space::Written), starts: Space::Starts };
pub(super) const AUTHORS: Spaces =
    Spaces { folded: Space::Authors, written: None, starts: Space::AuthorStarts };
pub(super) const ORGANIZATIONS: Spaces =
    Spaces { folded: Space::Organizations, written: None, starts: Space::OrganizationStarts };

/// Notes in a scratch which phrases a paper holds.
pub(super) struct Reader<'a> {
    phrases: &'a Phrases,
    scratch: &'a mut Scratch,
}

impl<'a> Reader<'a> {
    pub fn new(phrases: &'a Phrases, scratch: &'a mut Scratch) -> Self {
        Self { phrases, scratch }
    }

    /// Reads a paper that is not analysed yet: all but its conditions.
    pub fn facts(&mut self, facts: &Facts) {
        if self.wants(RUNNING) {
            self.text(TITLE, &facts.title);
            facts.keywords.iter().for_each(|keyword| self.text(KEYWORDS, keyword));
            self.text(ABSTRACT, &facts.abstract_text);
        }
        if self.wants(AUTHORS) {
            for name in &facts.authors {
                if name.contains(',') {
                    for (_, part) in spoken(name) {
                        self.name(AUTHORS, part);
                    }
                } else {
                    self.name(AUTHORS, name);
                }
                self.gap();
            }
            self.walk(ANYWHERE);
        }
        if self.wants(ORGANIZATIONS) {
            for name in facts.organization.iter().flat_map(|known| [&known.name, &known.full_name]) {
                self.name(ORGANIZATIONS, name);
                self.gap();
            }
            self.walk(ANYWHERE);
        }
        self.categories(facts.categories.iter().map(String::as_str));
    }

    /// Counts the words of running text that some query uses.
    pub fn count(&mut self, texts: [&str; 2]) -> usize {
        for text in texts {
            self.plain_words(text);
        }
        self.scratch.line.drain(..).filter(|word| *word != NONE).count()
    }

    fn text(&mut self, parts: Parts, text: &str) {
        if self.is_used(Space::Written) || self.is_used(Space::Starts) {
            self.words(RUNNING, parts, Folding::Words, text);
        } else {
            self.plain_words(text);
        }
        self.gap();
        self.walk(parts);
    }

    /// The way of nearly every paper: only folded words are asked for.
    #[inline]
    fn plain_words(&mut self, text: &str) {
        let (lexicon, Scratch { words, asked, line, .. }) = (&self.phrases.lexicon, &mut *self.scratch);
        asked.clear();
        words.read(text, Folding::Words, |word| {
            asked.push(lexicon.asked(Space::Words, word.head, word.folded));
        });
        lexicon.find_all(Space::Words, asked, line);
    }

    fn words(&mut self, spaces: Spaces, parts: Parts, folding: Folding, text: &str) {
        let mut words = std::mem::take(&mut self.scratch.words);
        words.read(text, folding, |word| self.word(spaces, parts, word.folded, word.written));
        self.scratch.words = words;
    }

    fn name(&mut self, spaces: Spaces, text: &str) {
        self.words(spaces, ANYWHERE, Folding::Names, text);
    }

    /// Reads categories, each with its archive.
    pub fn categories<'t>(&mut self, categories: impl Iterator<Item = &'t str>) {
        if self.is_used(Space::Categories) {
            for category in categories {
                let category = category.to_ascii_lowercase();
                self.single(Space::Categories, &category);
                self.single(Space::Categories, archive(&category));
            }
        }
    }

    /// Reads a word that has no neighbours.
    pub fn single(&mut self, space: Space, word: &str) {
        let id = self.phrases.lexicon.find(space, word);
        if let Some(phrase) = self.phrases.first(id) {
            self.scratch.held.add(phrase, ANYWHERE);
        }
    }

    /// Reads one word after another; [`Self::gap`] and [`Self::walk`] must follow.
    pub fn word(&mut self, spaces: Spaces, parts: Parts, folded: &str, written: &str) {
        let lexicon = &self.phrases.lexicon;
        self.scratch.line.push(lexicon.find(spaces.folded, folded));
        if let Some(space) = spaces.written {
            self.scratch.written.push(lexicon.find(space, written));
        }
        if !lexicon.is_unused(spaces.starts) {
            lexicon.for_each_start(spaces.starts, written, |id| {
                if let Some(phrase) = self.phrases.first(id) {
                    self.scratch.held.add(phrase, parts);
                }
            });
        }
    }

    /// Ends an entry: words on both sides are no neighbours.
    pub fn gap(&mut self) {
        self.scratch.line.push(NONE);
        self.scratch.written.push(NONE);
    }

    /// Looks for phrases in what was read last.
    pub fn walk(&mut self, parts: Parts) {
        let Scratch { line, written, steps, held, .. } = &mut *self.scratch;
        self.phrases.for_each_in(line, steps, |phrase| held.add(phrase, parts));
        if written.len() > 1 {
            self.phrases.for_each_in(written, steps, |phrase| held.add(phrase, parts));
        }
        line.clear();
        written.clear();
    }

    /// True when some query asks for texts of this kind.
    pub fn wants(&self, spaces: Spaces) -> bool {
        self.is_used(spaces.folded)
            || self.is_used(spaces.starts)
            || spaces.written.is_some_and(|s| self.is_used(s))
    }

    pub fn is_used(&self, space: Space) -> bool {
        !self.phrases.lexicon.is_unused(space)
    }
}
