//! A query of the language as a query of the index.

use std::ops::Bound;

use jiff::civil::Date;
use tantivy::Term as IndexTerm;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as IndexQuery, RangeQuery,
    RegexQuery, TermQuery,
};
use tantivy::schema::{Field as IndexField, IndexRecordOption};

use super::SearchError;
use super::document::day_number;
use super::run::{Run, Slot};
use super::schema::{Fields, column};
use super::within::Within;
use crate::domain::query::{Comparison, Condition, Counter, Expr, Field, Number, Pattern, Term};
use crate::text::tokens;

/// The most words of a free text that are looked for; a long one has said by then what it is about.
const FREE_WORDS: usize = 128;

type Clause = Box<dyn IndexQuery>;

/// A query of the index.
pub(super) struct Compiled {
    pub query: Clause,
    /// True when the index can leave out blocks of papers that cannot come in front.
    pub skips: bool,
}

/// Turns queries of one day into queries of the index.
pub(super) struct Compiler<'a> {
    pub fields: &'a Fields,
    /// The day from which days are counted back.
    pub today: Date,
}

impl Compiler<'_> {
    /// Asks the index what the expression asks.
    pub fn compile(&self, expr: &Expr) -> Result<Compiled, SearchError> {
        Ok(Compiled { query: self.part(expr, false)?, skips: skips(expr) })
    }

    /// `denied` under a NOT.
    fn part(&self, expr: &Expr, denied: bool) -> Result<Clause, SearchError> {
        Ok(match expr {
            Expr::Term(term) => self.leaf(term, denied)?,
            Expr::Condition(condition) => unscored(self.condition(condition, denied)),
            Expr::Not(inner) => both(vec![(Occur::MustNot, self.part(inner, true)?)]),
            Expr::Or(parts) => {
                one_of(parts.iter().map(|part| self.part(part, denied)).collect::<Result<_, _>>()?)
            }
            Expr::And(parts) => {
                let clauses = parts.iter().map(|part| match part {
                    Expr::Not(inner) => Ok((Occur::MustNot, self.part(inner, true)?)),
                    part => Ok((Occur::Must, self.part(part, denied)?)),
                });
                both(clauses.collect::<Result<_, SearchError>>()?)
            }
        })
    }

    fn leaf(&self, term: &Term, denied: bool) -> Result<Clause, SearchError> {
        let fields = self.fields;
        let line = match term.field {
            Some(Field::Title) => fields.title,
            Some(Field::Keyword) => fields.keywords,
            Some(Field::Author) => fields.authors,
            Some(Field::Organization) => fields.organizations,
            _ => fields.text,
        };
        let in_abstract = term.field == Some(Field::Abstract);
        let run = |slots| -> Clause { Box::new(Run { line, slots, in_abstract }) };
        Ok(match &term.pattern {
            Pattern::Category(name) => {
                let term = IndexTerm::from_field_text(fields.categories, &name.to_ascii_lowercase());
                unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
            }
            Pattern::Name { last, given } => {
                let names = RegexQuery::from_pattern(&name_pattern(last, given), fields.author_names)?;
                unscored(Box::new(names))
            }
            // The index's own query of neighbours must not be asked again once it has ended, as exclusion does.
            Pattern::Words(words) if in_abstract || (denied && words.len() > 1) => {
                let place = run(words.iter().cloned().map(Slot::Folded).collect());
                if denied { place } else { scored_by(adjacent(line, words), place) }
            }
            Pattern::Words(words) => adjacent(line, words),
            Pattern::Exact(words) => run(words.iter().cloned().map(Slot::Written).collect()),
            Pattern::Prefix { before, start } => {
                let mut slots: Vec<Slot> = before.iter().cloned().map(Slot::Folded).collect();
                slots.push(Slot::Begins(start.clone()));
                run(slots)
            }
        })
    }

    fn condition(&self, condition: &Condition, denied: bool) -> Clause {
        let fields = self.fields;
        let whole = |field, text: &str| -> Clause {
            Box::new(TermQuery::new(IndexTerm::from_field_text(field, text), IndexRecordOption::Basic))
        };
        match condition {
            Condition::Id(id) => whole(fields.id, id.as_str()),
            Condition::Has(extra) => whole(fields.extras, extra.name()),
            Condition::Number(Number { rise: None, counter, comparison, value }) => {
                let (field, name) = match counter {
                    Counter::Upvotes => (fields.upvotes, column::UPVOTES),
                    Counter::Comments => (fields.comments, column::COMMENTS),
                    Counter::Stars => (fields.stars, column::STARS),
                };
                let number = u64::from(*value);
                if denied {
                    return Box::new(match (comparison, number.checked_sub(1)) {
                        (Comparison::AtLeast, _) => Within::Count(name, number..=u64::MAX),
                        (Comparison::Exactly, _) => Within::Count(name, number..=number),
                        (Comparison::Below, Some(last)) => Within::Count(name, 0..=last),
                        (Comparison::Below, None) => return Box::new(EmptyQuery),
                    });
                }
                let value = IndexTerm::from_field_u64(field, (*value).into());
                let (from, to) = match comparison {
                    Comparison::AtLeast => (Bound::Included(value), Bound::Unbounded),
                    Comparison::Below => (Bound::Unbounded, Bound::Excluded(value)),
                    Comparison::Exactly => (Bound::Included(value.clone()), Bound::Included(value)),
                };
                Box::new(RangeQuery::new(from, to))
            }
            Condition::Listed(listed) => {
                let (from, to) = listed.dates(self.today);
                if denied {
                    let first = from.map_or(i64::MIN, day_number);
                    let last = to.map_or(i64::MAX, day_number);
                    return Box::new(Within::Day(column::DAY, first..=last));
                }
                let bound = |day: Option<Date>, furthest| {
                    Bound::Included(IndexTerm::from_field_i64(fields.day, day.map_or(furthest, day_number)))
                };
                Box::new(RangeQuery::new(bound(from, i64::MIN), bound(to, i64::MAX)))
            }
            Condition::Source(name) => whole(fields.sources, &name.to_ascii_lowercase()),
            // How numbers rose and how a paper was announced is not known here, and what is not known does not hold.
            Condition::Number(_) | Condition::Type(_) => Box::new(EmptyQuery),
        }
    }

    /// Asks for a part of what the expression asks for: one of its words instead of all of them.
    ///
    /// Names, categories, conditions and what is excluded hold as before. `None` when that would be the same question.
    pub fn relaxed(&self, expr: &Expr) -> Result<Option<Compiled>, SearchError> {
        let parts = match expr {
            Expr::And(parts) => parts.as_slice(),
            single => std::slice::from_ref(single),
        };
        let (mut wishes, mut clauses) = (Vec::new(), Vec::new());
        for part in parts {
            match part {
                Expr::Not(inner) => clauses.push((Occur::MustNot, self.part(inner, true)?)),
                part if is_text(part) => loose_words(self.fields, part, &mut wishes),
                part => clauses.push((Occur::Must, self.part(part, false)?)),
            }
        }
        if wishes.len() < 2 {
            return Ok(None);
        }
        let skips = clauses.is_empty();
        clauses.push((Occur::Must, one_of(wishes)));
        Ok(Some(Compiled { query: both(clauses), skips }))
    }
}

/// Asks for any of the words of a text.
pub(super) fn any_word(fields: &Fields, text: &str) -> Compiled {
    let mut words: Vec<String> = Vec::new();
    for token in tokens(text) {
        if words.len() < FREE_WORDS && !words.contains(&token.text) {
            words.push(token.text);
        }
    }
    Compiled { query: one_of(words.iter().map(|word| word_in(fields.text, word)).collect()), skips: true }
}

/// True for a word, and for words that all or one of hold.
fn skips(expr: &Expr) -> bool {
    let is_word = |part: &Expr| {
        matches!(part, Expr::Term(Term { field, pattern: Pattern::Words(words), .. })
            if words.len() == 1 && *field != Some(Field::Abstract))
    };
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(is_word),
        part => is_word(part),
    }
}

fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::Term(Term { pattern: Pattern::Words(_), field, .. }) => {
            !matches!(field, Some(Field::Author | Field::Organization | Field::Category))
        }
        Expr::Or(parts) | Expr::And(parts) => parts.iter().all(is_text),
        Expr::Term(_) | Expr::Condition(_) | Expr::Not(_) => false,
    }
}

fn loose_words(fields: &Fields, expr: &Expr, wishes: &mut Vec<Clause>) {
    match expr {
        Expr::Term(Term { pattern: Pattern::Words(words), .. }) => {
            wishes.extend(words.iter().map(|word| word_in(fields.text, word)));
        }
        Expr::Or(parts) | Expr::And(parts) => {
            for part in parts {
                loose_words(fields, part, wishes);
            }
        }
        Expr::Term(_) | Expr::Condition(_) | Expr::Not(_) => {}
    }
}

/// The words next to each other.
fn adjacent(field: IndexField, words: &[String]) -> Clause {
    match words {
        [] => Box::new(EmptyQuery),
        [word] => word_in(field, word),
        words => {
            let terms = words.iter().map(|word| IndexTerm::from_field_text(field, word)).collect();
            Box::new(PhraseQuery::new(terms))
        }
    }
}

fn word_in(field: IndexField, word: &str) -> Clause {
    Box::new(TermQuery::new(IndexTerm::from_field_text(field, word), IndexRecordOption::WithFreqs))
}

/// Names lie in the index with the last name first, so that only those with this last name are looked at.
fn name_pattern(last: &[String], given: &[String]) -> String {
    let mut pattern: Vec<String> = last.iter().rev().map(|word| escaped(word)).collect();
    let mut given = given.iter().rev().map(|word| {
        let initial = word.chars().count() == 1;
        if initial { format!("{}[^ ]*", escaped(word)) } else { escaped(word) }
    });
    // What stands between the given names that are asked for and the last name may be anything.
    if let Some(first) = given.next() {
        let between = pattern.pop().unwrap_or_default();
        pattern.push(format!("{between}( [^ ]+)*"));
        pattern.push(first);
    }
    pattern.extend(given);
    pattern.join(" ")
}

fn escaped(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for ch in word.chars() {
        if ch.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(ch);
    }
    out
}

fn one_of(mut clauses: Vec<Clause>) -> Clause {
    match clauses.len() {
        0 => Box::new(EmptyQuery),
        1 => clauses.remove(0),
        _ => Box::new(BooleanQuery::union(clauses)),
    }
}

fn both(mut clauses: Vec<(Occur, Clause)>) -> Clause {
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, unscored(Box::new(AllQuery))));
    }
    Box::new(BooleanQuery::new(clauses))
}

/// Matches what `place` does and scores as `words` do.
fn scored_by(words: Clause, place: Clause) -> Clause {
    Box::new(BooleanQuery::intersection(vec![words, unscored(place)]))
}

fn unscored(query: Clause) -> Clause {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
