//! One query asked of one paper.

use super::Document;
use crate::domain::Query;
use crate::domain::query::{Expr, MatchedTerm};

/// Says whether a paper matches a query, and by which of its words.
///
/// The terms are those that make the query true, each once, in the order of the canonical text: of
/// `(a b) OR c` only `c` where the paper holds `a` and `c` but not `b`. What is excluded is never among them.
pub fn matches_query(query: &Query, document: &Document) -> Option<Vec<MatchedTerm>> {
    let mut terms = Vec::new();
    holds(query.expr(), document, true, &mut terms).then_some(terms)
}

/// True when the expression is as `wanted`; adds the terms that make it so.
fn holds(expr: &Expr, document: &Document, wanted: bool, terms: &mut Vec<MatchedTerm>) -> bool {
    match expr {
        Expr::Term(term) => {
            let found = document.find(term);
            if let (Some(field), true) = (found, wanted) {
                let hit = MatchedTerm { text: term.text.clone(), field };
                if !terms.contains(&hit) {
                    terms.push(hit);
                }
            }
            found.is_some() == wanted
        }
        Expr::Condition(condition) => document.holds(condition) == wanted,
        Expr::Not(inner) => holds(inner, document, !wanted, terms),
        // Denied, AND and OR change places.
        Expr::And(parts) if wanted => all(parts, document, wanted, terms),
        Expr::Or(parts) if !wanted => all(parts, document, wanted, terms),
        Expr::And(parts) | Expr::Or(parts) => {
            // Each part is asked, also after one has held: all that made it true are named.
            parts.iter().filter(|part| holds(part, document, wanted, terms)).count() > 0
        }
    }
}

fn all(parts: &[Expr], document: &Document, wanted: bool, terms: &mut Vec<MatchedTerm>) -> bool {
    let before = terms.len();
    let held = parts.iter().all(|part| holds(part, document, wanted, terms));
    if !held {
        terms.truncate(before);
    }
    held
}
