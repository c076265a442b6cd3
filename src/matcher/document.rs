//! A paper as queries see it, analysed once.

use std::collections::HashMap;
use std::ops::Range;

use super::code::{ABSTRACT, ANYWHERE, KEYWORDS, TITLE};
use super::lexicon::Space;
use super::phrases::Phrases;
use super::scratch::Scratch;
use crate::domain::Facts;
use crate::domain::query::{Field, Pattern, Term};
use crate::text::{Folding, for_each_token, name_tokens};

/// A paper's folded words with their places.
///
/// Title, keywords and abstract lie on one line of positions, with a gap after each entry: adjacent positions are
/// adjacent words of one entry, and the first position of a word tells its first field.
#[derive(Debug)]
pub struct Document {
    words: HashMap<Box<str>, Vec<u32>>,
    title: Range<u32>,
    keywords: Range<u32>,
    abstract_text: Range<u32>,
    authors: Vec<Vec<String>>,
    organizations: Vec<Vec<String>>,
    categories: Vec<String>,
}

impl Document {
    /// Analyses a paper.
    pub fn new(facts: &Facts) -> Self {
        let mut words = HashMap::new();
        let mut end = 0;
        let title = place(&mut words, &mut end, [facts.title.as_str()]);
        let keywords = place(&mut words, &mut end, facts.keywords.iter().map(String::as_str));
        let abstract_text = place(&mut words, &mut end, [facts.abstract_text.as_str()]);
        let organization =
            facts.organization.iter().flat_map(|organization| [&organization.name, &organization.full_name]);
        Self {
            words,
            title,
            keywords,
            abstract_text,
            authors: facts.authors.iter().map(|name| author(name)).filter(|name| !name.is_empty()).collect(),
            organizations: organization.map(|name| texts(name)).collect(),
            categories: facts.categories.iter().map(|name| name.to_ascii_lowercase()).collect(),
        }
    }

    /// The field that holds a term, if one does.
    pub(super) fn find(&self, term: &Term) -> Option<Field> {
        match (&term.pattern, term.field) {
            (Pattern::Category(name), _) => {
                self.categories.iter().any(|own| is_in(own, name)).then_some(Field::Category)
            }
            (Pattern::Name { last, given }, _) => {
                self.authors.iter().any(|name| is_named(name, last, given)).then_some(Field::Author)
            }
            (Pattern::Words(words), Some(field @ Field::Author)) => {
                adjacent(&self.authors, words).then_some(field)
            }
            (Pattern::Words(words), Some(field @ Field::Organization)) => {
                adjacent(&self.organizations, words).then_some(field)
            }
            (Pattern::Words(words), field) => self.find_words(words, field),
        }
    }

    /// The first field in which the words stand next to each other.
    fn find_words(&self, words: &[String], field: Option<Field>) -> Option<Field> {
        let range = match field {
            Some(Field::Title) => self.title.clone(),
            Some(Field::Keyword) => self.keywords.clone(),
            Some(Field::Abstract) => self.abstract_text.clone(),
            _ => 0..u32::MAX,
        };
        let lists: Vec<&[u32]> = words
            .iter()
            .map(|word| self.words.get(word.as_str()).map(Vec::as_slice))
            .collect::<Option<_>>()?;
        let (first, rest) = lists.split_first()?;
        let start = first
            .iter()
            .copied()
            .filter(|at| range.contains(at))
            .find(|at| rest.iter().zip(at + 1..).all(|(list, at)| list.binary_search(&at).is_ok()))?;
        Some(if self.title.contains(&start) {
            Field::Title
        } else if self.keywords.contains(&start) {
            Field::Keyword
        } else {
            Field::Abstract
        })
    }

    /// Reads the paper into a search.
    pub(super) fn read_into(&self, phrases: &Phrases, scratch: &mut Scratch) {
        for (range, parts) in
            [(&self.title, TITLE), (&self.keywords, KEYWORDS), (&self.abstract_text, ABSTRACT)]
        {
            let mut line = vec![""; range.len()];
            for (word, places) in &self.words {
                for place in places.iter().filter(|place| range.contains(place)) {
                    line[(place - range.start) as usize] = word;
                }
            }
            scratch.read_words(phrases, Space::Words, parts, [line.iter().copied()]);
        }
        let entries = |entries: &'_ Vec<Vec<String>>| entries.clone();
        for (space, entries) in
            [(Space::Authors, entries(&self.authors)), (Space::Organizations, entries(&self.organizations))]
        {
            scratch.read_words(
                phrases,
                space,
                ANYWHERE,
                entries.iter().map(|entry| entry.iter().map(String::as_str)),
            );
        }
        let categories = self.categories.iter().flat_map(|own| [own.as_str(), archive(own)]);
        scratch.read_words(phrases, Space::Categories, ANYWHERE, categories.map(Some));
    }
}

/// Places entries on the line of positions and returns their range.
fn place<'a>(
    words: &mut HashMap<Box<str>, Vec<u32>>,
    end: &mut u32,
    entries: impl IntoIterator<Item = &'a str>,
) -> Range<u32> {
    let start = *end;
    for entry in entries {
        for_each_token(entry, Folding::Words, |word, _| {
            match words.get_mut(word) {
                Some(places) => places.push(*end),
                None => drop(words.insert(word.into(), vec![*end])),
            }
            *end += 1;
        });
        *end += 1;
    }
    start..*end
}

pub(super) fn texts(name: &str) -> Vec<String> {
    name_tokens(name).into_iter().map(|token| token.text).collect()
}

/// Reads an author's name in the order in which it is spoken; some sources print `Hinton, Geoffrey`.
pub(super) fn author(name: &str) -> Vec<String> {
    let Some((last, given)) = name.split_once(',') else { return texts(name) };
    let mut spoken = texts(given);
    if let [suffix] = spoken.as_slice()
        && matches!(suffix.as_str(), "jr" | "sr" | "ii" | "iii" | "iv")
    {
        return texts(last);
    }
    spoken.extend(texts(last));
    spoken
}

fn adjacent(entries: &[Vec<String>], words: &[String]) -> bool {
    entries.iter().any(|entry| entry.windows(words.len()).any(|window| window == words))
}

fn is_named(name: &[String], last: &[String], given: &[String]) -> bool {
    name.strip_suffix(last).is_some_and(|own| {
        own.len() >= given.len()
            && own.iter().zip(given).all(|(own, asked)| own == asked || is_initial(asked, own))
    })
}

fn is_initial(letter: &str, name: &str) -> bool {
    letter.chars().count() == 1 && name.starts_with(letter)
}

/// True for the category itself, or one of the archive that `asked` names.
fn is_in(own: &str, asked: &str) -> bool {
    own.eq_ignore_ascii_case(asked) || archive(own).eq_ignore_ascii_case(asked)
}

pub(super) fn archive(category: &str) -> &str {
    category.split_once('.').map_or(category, |(archive, _)| archive)
}
