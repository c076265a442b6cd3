//! A query of the language as a query of the index.

use tantivy::Term as IndexTerm;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as IndexQuery, RegexQuery,
    TermQuery,
};
use tantivy::schema::{Field as IndexField, IndexRecordOption};

use super::SearchError;
use super::schema::Fields;
use super::within::InAbstract;
use crate::domain::query::{Expr, Field, Pattern, Term};
use crate::text::tokens;

/// The most words of a free text that are looked for; a long one has said by then what it is about.
const FREE_WORDS: usize = 128;

type Clause = Box<dyn IndexQuery>;

/// Asks the index what the expression asks.
pub(super) fn compile(fields: &Fields, expr: &Expr) -> Result<Clause, SearchError> {
    Ok(match expr {
        Expr::Term(term) => leaf(fields, term)?,
        Expr::Not(inner) => without(vec![], compile(fields, inner)?),
        Expr::Or(parts) => {
            let parts = parts.iter().map(|part| compile(fields, part)).collect::<Result<_, _>>()?;
            Box::new(BooleanQuery::union(parts))
        }
        Expr::And(parts) => {
            let clauses = parts.iter().map(|part| match part {
                Expr::Not(inner) => Ok((Occur::MustNot, compile(fields, inner)?)),
                part => Ok((Occur::Must, compile(fields, part)?)),
            });
            both(clauses.collect::<Result<_, SearchError>>()?)
        }
    })
}

/// Asks for any of the words of a text.
pub(super) fn any_word(fields: &Fields, text: &str) -> Clause {
    let mut words: Vec<String> = Vec::new();
    for token in tokens(text) {
        if words.len() < FREE_WORDS && !words.contains(&token.text) {
            words.push(token.text);
        }
    }
    one_of(words.iter().map(|word| word_in(fields.text, word)).collect())
}

/// Asks for a part of what the expression asks for: one of its words instead of all of them.
///
/// Names, categories and what is excluded hold as before. `None` when that would be the same question.
pub(super) fn relaxed(fields: &Fields, expr: &Expr) -> Result<Option<Clause>, SearchError> {
    let parts = match expr {
        Expr::And(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    let (mut wishes, mut clauses) = (Vec::new(), Vec::new());
    for part in parts {
        match part {
            Expr::Not(inner) => clauses.push((Occur::MustNot, compile(fields, inner)?)),
            part if is_text(part) => loose_words(fields, part, &mut wishes),
            part => clauses.push((Occur::Must, compile(fields, part)?)),
        }
    }
    if wishes.len() < 2 {
        return Ok(None);
    }
    clauses.push((Occur::Must, one_of(wishes)));
    Ok(Some(both(clauses)))
}

fn is_text(expr: &Expr) -> bool {
    match expr {
        Expr::Term(Term { pattern: Pattern::Words(_), field, .. }) => {
            !matches!(field, Some(Field::Author | Field::Organization | Field::Category))
        }
        Expr::Or(parts) | Expr::And(parts) => parts.iter().all(is_text),
        Expr::Term(_) | Expr::Not(_) => false,
    }
}

fn loose_words(fields: &Fields, expr: &Expr, wishes: &mut Vec<Clause>) {
    match expr {
        Expr::Term(Term { pattern: Pattern::Words(words), .. }) => {
            wishes.extend(words.iter().map(|word| word_in(fields.text, word)));
        }
        Expr::Or(parts) | Expr::And(parts) => {
            parts.iter().for_each(|part| loose_words(fields, part, wishes));
        }
        Expr::Term(_) | Expr::Not(_) => {}
    }
}

fn leaf(fields: &Fields, term: &Term) -> Result<Clause, SearchError> {
    Ok(match (&term.pattern, term.field) {
        (Pattern::Category(name), _) => {
            let term = IndexTerm::from_field_text(fields.categories, &name.to_ascii_lowercase());
            unscored(Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        }
        (Pattern::Name { last, given }, _) => {
            unscored(Box::new(RegexQuery::from_pattern(&name_pattern(last, given), fields.author_names)?))
        }
        (Pattern::Words(words), Some(Field::Title)) => adjacent(fields.title, words),
        (Pattern::Words(words), Some(Field::Keyword)) => adjacent(fields.keywords, words),
        (Pattern::Words(words), Some(Field::Author)) => adjacent(fields.authors, words),
        (Pattern::Words(words), Some(Field::Organization)) => adjacent(fields.organizations, words),
        (Pattern::Words(words), Some(Field::Abstract)) => {
            let place = InAbstract::new(fields.text, words);
            let place = unscored(Box::new(place));
            Box::new(BooleanQuery::intersection(vec![adjacent(fields.text, words), place]))
        }
        (Pattern::Words(words), _) => adjacent(fields.text, words),
    })
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

fn without(mut clauses: Vec<(Occur, Clause)>, excluded: Clause) -> Clause {
    clauses.push((Occur::MustNot, excluded));
    both(clauses)
}

fn unscored(query: Clause) -> Clause {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
