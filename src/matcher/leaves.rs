//! What queries are made of: phrases, and conditions that only the paper itself can answer.

use std::collections::HashMap;

use super::code::{self, ABSTRACT, ANYWHERE, Head, KEYWORDS, Sign, TITLE};
use super::lexicon::Space;
use super::phrases::{PhraseId, Phrases};
use super::pool::number;
use crate::domain::query::{Expr, Field, Pattern, Term};

/// The leaves of all stored queries.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    pub phrases: Phrases,
    others: Vec<Option<Other>>,
    numbers: HashMap<Term, u32>,
    free: Vec<u32>,
}

/// A leaf that is no phrase.
#[derive(Debug)]
struct Other {
    term: Term,
    /// What a paper must hold for it, if that is a phrase.
    key: Option<PhraseId>,
    uses: u32,
}

impl Leaves {
    /// Writes a query as a code and uses its leaves once more.
    pub fn acquire(&mut self, expr: &Expr, code: &mut Vec<Sign>) {
        let at = code.len();
        match expr {
            Expr::Term(term) => {
                let sign = self.acquire_term(term);
                code.push(sign);
            }
            Expr::Not(inner) => {
                self.acquire(inner, code);
                code[at] = code::negate(code[at]);
            }
            Expr::And(parts) | Expr::Or(parts) => {
                code.push(0);
                for part in parts {
                    self.acquire(part, code);
                }
                code[at] = code::joint(matches!(expr, Expr::And(_)), code.len() - at - 1);
            }
        }
    }

    /// Uses the leaves of a code once less.
    pub fn release(&mut self, code: &[Sign]) {
        for leaf in code::leaves(code) {
            match code::head(leaf) {
                Head::Phrase(phrase, _) => self.phrases.release(phrase),
                Head::Other(number) => self.release_other(number),
                Head::All | Head::Any => unreachable!("joints are no leaves"),
            }
        }
    }

    /// The query of a code.
    pub fn expr(&self, code: &[Sign]) -> Expr {
        let expr = match code::head(code[0]) {
            Head::Phrase(phrase, parts) => Expr::Term(self.phrase_term(phrase, parts)),
            Head::Other(number) => Expr::Term(self.other(number).clone()),
            Head::All => Expr::And(code::parts(code).map(|part| self.expr(part)).collect()),
            Head::Any => Expr::Or(code::parts(code).map(|part| self.expr(part)).collect()),
        };
        if code::is_negated(code[0]) { Expr::Not(Box::new(expr)) } else { expr }
    }

    /// A leaf that is no phrase, as the query has it.
    pub fn other(&self, number: u32) -> &Term {
        &self.others[number as usize].as_ref().expect("codes name live conditions").term
    }

    /// The phrase that a paper must hold for this leaf to be true.
    pub fn key(&self, leaf: Sign) -> Option<PhraseId> {
        match code::head(leaf) {
            Head::Phrase(phrase, _) => Some(phrase),
            Head::Other(number) => self.others[number as usize].as_ref().and_then(|other| other.key),
            Head::All | Head::Any => None,
        }
    }

    fn acquire_term(&mut self, term: &Term) -> Sign {
        match &term.pattern {
            Pattern::Words(words) => {
                let (space, parts) = place(term.field);
                code::phrase(self.phrases.acquire(space, words), parts)
            }
            Pattern::Category(name) => {
                let name = name.to_ascii_lowercase();
                code::phrase(self.phrases.acquire(Space::Categories, &[name]), ANYWHERE)
            }
            Pattern::Name { .. } => code::other(self.acquire_other(term)),
        }
    }

    fn acquire_other(&mut self, term: &Term) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            let other = self.others[*number as usize].as_mut().expect("numbers are of live conditions");
            other.uses += 1;
            return *number;
        }
        let key = match &term.pattern {
            Pattern::Name { last, .. } => Some(self.phrases.acquire(Space::Authors, last)),
            _ => None,
        };
        let other = Other { term: term.clone(), key, uses: 1 };
        let id = self.free.pop().unwrap_or(number(self.others.len()));
        match self.others.get_mut(id as usize) {
            Some(unused) => *unused = Some(other),
            None => self.others.push(Some(other)),
        }
        self.numbers.insert(term.clone(), id);
        id
    }

    fn release_other(&mut self, number: u32) {
        let slot = &mut self.others[number as usize];
        let other = slot.as_mut().expect("codes name live conditions");
        other.uses -= 1;
        if other.uses == 0 {
            if let Some(key) = other.key {
                self.phrases.release(key);
            }
            self.numbers.remove(&other.term);
            *slot = None;
            self.free.push(number);
        }
    }

    fn phrase_term(&self, phrase: PhraseId, parts: code::Parts) -> Term {
        let words = self.phrases.words(phrase);
        let texts = || words.iter().map(|word| (*word).to_owned()).collect();
        match self.phrases.space(phrase) {
            Space::Categories => Term::new(Some(Field::Category), Pattern::Category(spelled(words[0]))),
            Space::Authors => Term::new(Some(Field::Author), Pattern::Words(texts())),
            Space::Organizations => Term::new(Some(Field::Organization), Pattern::Words(texts())),
            Space::Words => {
                let field = match parts {
                    TITLE => Some(Field::Title),
                    KEYWORDS => Some(Field::Keyword),
                    ABSTRACT => Some(Field::Abstract),
                    _ => None,
                };
                Term::new(field, Pattern::Words(texts()))
            }
        }
    }

    pub fn bytes(&self) -> usize {
        let other = size_of::<Option<Other>>() + size_of::<(Term, u32)>();
        self.phrases.bytes() + self.others.capacity() * other + self.free.capacity() * size_of::<u32>()
    }
}

fn place(field: Option<Field>) -> (Space, code::Parts) {
    match field {
        None | Some(Field::Category) => (Space::Words, ANYWHERE),
        Some(Field::Title) => (Space::Words, TITLE),
        Some(Field::Keyword) => (Space::Words, KEYWORDS),
        Some(Field::Abstract) => (Space::Words, ABSTRACT),
        Some(Field::Author) => (Space::Authors, ANYWHERE),
        Some(Field::Organization) => (Space::Organizations, ANYWHERE),
    }
}

/// Writes a folded category as the query language does: subjects of two letters are capitals.
fn spelled(category: &str) -> String {
    match category.split_once('.') {
        Some((archive, subject)) if subject.len() == 2 => {
            format!("{archive}.{}", subject.to_ascii_uppercase())
        }
        _ => category.to_owned(),
    }
}
