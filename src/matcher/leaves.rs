//! What queries are made of: phrases, and conditions that only the paper itself can answer.

use std::collections::HashMap;

use super::code::{self, ABSTRACT, ANYWHERE, Head, KEYWORDS, Parts, Sign, TITLE};
use super::document::condition_key;
use super::lexicon::Space;
use super::phrases::{PhraseId, Phrases};
use super::pool::number;
use crate::domain::query::{Expr, Field, Pattern, Term};

/// The leaves of all stored queries.
#[derive(Debug, Default)]
pub(super) struct Leaves {
    pub phrases: Phrases,
    others: Vec<Option<Other>>,
    numbers: HashMap<Expr, u32>,
    free: Vec<u32>,
}

/// A leaf that is no phrase.
#[derive(Debug)]
struct Other {
    leaf: Expr,
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
                let sign = match phrase(term) {
                    Some((space, parts, words)) => code::phrase(self.phrases.acquire(space, &words), parts),
                    None => code::other(self.acquire_other(expr)),
                };
                code.push(sign);
            }
            Expr::Condition(_) => code.push(code::other(self.acquire_other(expr))),
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
            Head::Other(number) => self.other(number).clone(),
            Head::All => Expr::And(code::parts(code).map(|part| self.expr(part)).collect()),
            Head::Any => Expr::Or(code::parts(code).map(|part| self.expr(part)).collect()),
        };
        if code::is_negated(code[0]) { Expr::Not(Box::new(expr)) } else { expr }
    }

    /// A leaf that is no phrase, as the query has it.
    pub fn other(&self, number: u32) -> &Expr {
        &self.others[number as usize].as_ref().expect("codes name live conditions").leaf
    }

    /// The phrase that a paper must hold for this leaf to be true.
    pub fn key(&self, leaf: Sign) -> Option<PhraseId> {
        match code::head(leaf) {
            Head::Phrase(phrase, _) => Some(phrase),
            Head::Other(number) => self.others[number as usize].as_ref().and_then(|other| other.key),
            Head::All | Head::Any => None,
        }
    }

    fn acquire_other(&mut self, leaf: &Expr) -> u32 {
        if let Some(number) = self.numbers.get(leaf) {
            let other = self.others[*number as usize].as_mut().expect("numbers are of live conditions");
            other.uses += 1;
            return *number;
        }
        let key = key(leaf).map(|(space, words)| self.phrases.acquire(space, &words));
        let other = Other { leaf: leaf.clone(), key, uses: 1 };
        let id = self.free.pop().unwrap_or(number(self.others.len()));
        match self.others.get_mut(id as usize) {
            Some(unused) => *unused = Some(other),
            None => self.others.push(Some(other)),
        }
        self.numbers.insert(leaf.clone(), id);
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
            self.numbers.remove(&other.leaf);
            *slot = None;
            self.free.push(number);
        }
    }

    fn phrase_term(&self, phrase: PhraseId, parts: Parts) -> Term {
        let words = self.phrases.words(phrase);
        let texts = || words.iter().map(|word| (*word).to_owned()).collect();
        let start = || Pattern::Prefix { before: Vec::new(), start: words.concat() };
        let running = match parts {
            TITLE => Some(Field::Title),
            KEYWORDS => Some(Field::Keyword),
            ABSTRACT => Some(Field::Abstract),
            _ => None,
        };
        let (field, pattern) = match self.phrases.space(phrase) {
            Space::Words => (running, Pattern::Words(texts())),
            Space::Written => (running, Pattern::Exact(texts())),
            Space::Starts => (running, start()),
            Space::Authors => (Some(Field::Author), Pattern::Words(texts())),
            Space::AuthorStarts => (Some(Field::Author), start()),
            Space::Organizations => (Some(Field::Organization), Pattern::Words(texts())),
            Space::OrganizationStarts => (Some(Field::Organization), start()),
            Space::Categories => (Some(Field::Category), Pattern::Category(spelled(words[0]))),
            Space::Conditions => unreachable!("conditions are no phrases"),
        };
        Term::new(field, pattern)
    }

    pub fn bytes(&self) -> usize {
        let other = size_of::<Option<Other>>() + size_of::<(Expr, u32)>();
        self.phrases.bytes() + self.others.capacity() * other + self.free.capacity() * size_of::<u32>()
    }
}

/// The phrase that is the same as a term, with the parts of a paper where it counts; `None` when there is none.
fn phrase(term: &Term) -> Option<(Space, Parts, Vec<String>)> {
    let parts = match term.field {
        Some(Field::Title) => TITLE,
        Some(Field::Keyword) => KEYWORDS,
        Some(Field::Abstract) => ABSTRACT,
        _ => ANYWHERE,
    };
    let (words, starts) = space(term.field);
    let (space, texts) = match &term.pattern {
        Pattern::Words(texts) => (words, texts.clone()),
        Pattern::Exact(texts) if words == Space::Words => (Space::Written, texts.clone()),
        Pattern::Prefix { before, start } if before.is_empty() => (starts, vec![start.clone()]),
        Pattern::Category(name) => (Space::Categories, vec![name.to_ascii_lowercase()]),
        Pattern::Exact(_) | Pattern::Prefix { .. } | Pattern::Name { .. } => return None,
    };
    Some((space, parts, texts))
}

/// A phrase without which a leaf that is no phrase cannot hold.
fn key(leaf: &Expr) -> Option<(Space, Vec<String>)> {
    let term = match leaf {
        Expr::Condition(condition) => return Some((Space::Conditions, vec![condition_key(condition)])),
        Expr::Term(term) => term,
        _ => return None,
    };
    let words = match &term.pattern {
        Pattern::Name { last, .. } => last,
        Pattern::Prefix { before, .. } => before,
        // Names are not folded further than they are written.
        Pattern::Exact(words) => words,
        Pattern::Words(_) | Pattern::Category(_) => return None,
    };
    (!words.is_empty()).then(|| (space(term.field).0, words.clone()))
}

/// Where the words of a field are, and where their beginnings.
fn space(field: Option<Field>) -> (Space, Space) {
    match field {
        Some(Field::Author) => (Space::Authors, Space::AuthorStarts),
        Some(Field::Organization) => (Space::Organizations, Space::OrganizationStarts),
        _ => (Space::Words, Space::Starts),
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
