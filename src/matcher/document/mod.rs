//! A paper as queries see it, analysed once.

mod reading;
mod subject;
mod words;

use std::ops::Range;

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::query::{Announcement, Condition, Extra, Field, Pattern, Rise, Term};
use crate::domain::{Counters, Facts, Paper, PaperId};
use crate::text::{Folding, singular, spoken};
pub(super) use reading::condition_key;
use subject::Subject;
use words::{Entry, Words};

/// A paper's words with their places, and what else conditions are asked of.
///
/// What a caller does not give (id, day, numbers, sources) is not known, and a condition on it does not hold.
#[derive(Debug)]
pub struct Document {
    words: Words,
    categories: Vec<String>,
    subject: Subject,
}

/// A place in a paper where a term stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spot {
    /// The field.
    pub field: Field,
    /// Which of the field's texts: the number of the author, keyword or category; for a laboratory 0 is the login
    /// name and 1 the full name; else 0.
    pub entry: usize,
    /// The bytes of that text, as the source gave it.
    pub span: Range<usize>,
}

impl Document {
    /// Analyses what is known of a paper apart from its numbers.
    pub fn new(facts: &Facts) -> Self {
        let mut words = Words::default();
        // The first place of a word is in the first field of this order.
        words.add(Field::Title, 0, &facts.title);
        for (index, keyword) in facts.keywords.iter().enumerate() {
            words.add(Field::Keyword, index, keyword);
        }
        words.add(Field::Abstract, 0, &facts.abstract_text);
        for (index, name) in facts.authors.iter().enumerate() {
            words.add_parts(Field::Author, index, Folding::Names, &spoken(name));
        }
        if let Some(organization) = &facts.organization {
            words.add(Field::Organization, 0, &organization.name);
            words.add(Field::Organization, 1, &organization.full_name);
        }
        words.sort();
        let extras = [
            (facts.repository.is_some(), Extra::Code),
            (facts.summary.is_some(), Extra::Summary),
            (facts.project_page.is_some(), Extra::Project),
        ];
        let extras = extras.into_iter().filter_map(|(there, extra)| there.then_some(extra)).collect();
        Self {
            words,
            categories: facts.categories.clone(),
            subject: Subject { extras, ..Subject::default() },
        }
    }

    /// Analyses a stored paper: its facts, id, day and numbers.
    pub fn of(paper: &Paper) -> Self {
        Self::new(&paper.facts).with_id(paper.id.clone()).listed_on(paper.day).counters(paper.counters)
    }

    /// Gives the canonical id.
    #[must_use]
    pub fn with_id(mut self, id: PaperId) -> Self {
        self.subject.id = Some(id);
        self
    }

    /// Gives the day on which it was first listed.
    #[must_use]
    pub fn listed_on(mut self, day: Date) -> Self {
        self.subject.day = Some(day);
        self
    }

    /// Gives the day from which days are counted back.
    #[must_use]
    pub fn asked_on(mut self, today: Date) -> Self {
        self.subject.today = Some(today);
        self
    }

    /// Gives the numbers as last seen.
    #[must_use]
    pub fn counters(mut self, counters: Counters) -> Self {
        self.subject.counters = counters;
        self
    }

    /// Gives how much the numbers rose, for each span that is asked for.
    #[must_use]
    pub fn rises(mut self, rises: &[Rise]) -> Self {
        rises.clone_into(&mut self.subject.rises);
        self
    }

    /// Gives the short names of the sources that list it.
    #[must_use]
    pub fn sources<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.subject.sources = names.into_iter().map(Into::into).collect();
        self
    }

    /// Gives how its source announces it.
    #[must_use]
    pub fn announced(mut self, kind: Announcement) -> Self {
        self.subject.announcement = Some(kind);
        self
    }

    /// Gives what comes with it beside what the facts tell.
    #[must_use]
    pub fn having(mut self, extra: Extra) -> Self {
        self.subject.extras.push(extra);
        self
    }

    /// Says whether a condition holds.
    pub fn holds(&self, condition: &Condition) -> bool {
        self.subject.holds(condition)
    }

    /// Says what is known of that which a condition asks for, as half a sentence: `it has 61 upvotes`.
    pub(super) fn known(&self, condition: &Condition) -> String {
        self.subject.known(condition)
    }

    /// The field that holds a term, if one does: the first of title, keywords and abstract.
    pub fn find(&self, term: &Term) -> Option<Field> {
        match &term.pattern {
            Pattern::Category(name) => {
                self.categories.iter().any(|own| is_in(own, name)).then_some(Field::Category)
            }
            Pattern::Name { .. } => self.named(&term.pattern).next().map(|_| Field::Author),
            _ => self.runs(term).next().map(|run| self.words.entry(run.start).field),
        }
    }

    /// Every place where a term stands, from first to last.
    pub fn spots(&self, term: &Term) -> Vec<Spot> {
        let spot = |places: Range<usize>| {
            let entry = self.words.entry(places.start);
            Spot { field: entry.field, entry: entry.index, span: self.words.span(places) }
        };
        match &term.pattern {
            Pattern::Category(name) => {
                let own = self.categories.iter().enumerate().filter(|(_, own)| is_in(own, name));
                own.map(|(entry, own)| Spot { field: Field::Category, entry, span: 0..own.len() }).collect()
            }
            Pattern::Name { .. } => {
                self.named(&term.pattern).map(|entry| spot(entry.places.clone())).collect()
            }
            _ => self.runs(term).map(spot).collect(),
        }
    }

    /// The authors that a pattern of last and given name means.
    fn named<'a>(&'a self, pattern: &'a Pattern) -> impl Iterator<Item = &'a Entry> {
        self.words.entries(Field::Author).filter(move |entry| {
            let name: Vec<&str> = entry.places.clone().map(|at| self.words.folded(at)).collect();
            matches!(pattern, Pattern::Name { last, given } if is_named(&name, last, given))
        })
    }

    /// The neighbours that a term of words asks for, in the order of their places.
    fn runs<'a>(&'a self, term: &'a Term) -> impl Iterator<Item = Range<usize>> + 'a {
        let (known, beginning) = match &term.pattern {
            Pattern::Words(words) | Pattern::Exact(words) => (words.as_slice(), None),
            Pattern::Prefix { before, start } => (before.as_slice(), Some(start.as_str())),
            Pattern::Name { .. } | Pattern::Category(_) => (&[][..], None),
        };
        let exact = matches!(term.pattern, Pattern::Exact(_));
        let length = known.len() + usize::from(beginning.is_some());
        let starts = self.starts(known, exact, beginning.is_some());
        starts.into_iter().filter(move |start| self.runs_from(*start, known, exact, beginning)).filter_map(
            move |start| {
                let entry = self.words.entry(start);
                let inside = start + length <= entry.places.end;
                (inside && is_asked(term.field, entry.field)).then_some(start..start + length)
            },
        )
    }

    /// Where a run can begin: by its rarest word, or anywhere when only a beginning of a word is known.
    fn starts(&self, known: &[String], exact: bool, beginning: bool) -> Vec<usize> {
        let places = known.iter().enumerate().map(|(offset, word)| {
            let folded = if exact { singular(word) } else { word.into() };
            (offset, self.words.places(&folded))
        });
        match places.min_by_key(|(_, places)| places.len()) {
            Some((offset, places)) => {
                places.iter().filter_map(|at| (*at as usize).checked_sub(offset)).collect()
            }
            None if beginning => (0..self.words.len()).collect(),
            None => Vec::new(),
        }
    }

    fn runs_from(&self, start: usize, known: &[String], exact: bool, beginning: Option<&str>) -> bool {
        let length = known.len() + usize::from(beginning.is_some());
        let own = |at| if exact { self.words.written(at) } else { self.words.folded(at) };
        start + length <= self.words.len()
            && known.iter().zip(start..).all(|(word, at)| own(at) == word)
            && beginning.is_none_or(|letters| self.words.written(start + known.len()).starts_with(letters))
    }
}

/// True when a term of this field is asked of texts of that one.
fn is_asked(asked: Option<Field>, own: Field) -> bool {
    match asked {
        Some(asked) => asked == own,
        None => matches!(own, Field::Title | Field::Keyword | Field::Abstract),
    }
}

fn is_named(name: &[&str], last: &[String], given: &[String]) -> bool {
    let Some(split) = name.len().checked_sub(last.len()) else { return false };
    let (own, own_last) = name.split_at(split);
    own_last == last
        && own.len() >= given.len()
        && own.iter().zip(given).all(|(own, asked)| own == asked || is_initial(asked, own))
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
