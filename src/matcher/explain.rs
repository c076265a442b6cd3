//! Why one query does or does not match one paper, leaf by leaf.

use std::ops::Range;

use serde::Serialize;

use super::{Document, Spot};
use crate::domain::Query;
use crate::domain::query::{Expr, Field};

/// The answer to one query for one paper, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The query in canonical form.
    pub query: String,
    /// True when the paper matches.
    pub matches: bool,
    /// Why, in one sentence.
    pub reason: String,
    /// The query, part by part.
    pub part: Part,
}

/// A part of a query and what the paper says to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The part in canonical form.
    pub text: String,
    /// True when it holds.
    pub holds: bool,
    /// What it is made of, or where it was found.
    #[serde(flatten)]
    pub said: Said,
}

/// What a part is made of, or where it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Holds when all of these do.
    All(Vec<Part>),
    /// Holds when one of these does.
    Any(Vec<Part>),
    /// Holds when this does not.
    Not(Box<Part>),
    /// A word, phrase, name or category: every place where it stands.
    Spots(Vec<Spot>),
    /// A condition: what is known of the paper.
    Known(String),
}

/// Asks one query of one paper and keeps every reason.
pub fn explain(query: &Query, document: &Document) -> Explanation {
    let part = explained(query.expr(), document);
    let mut reasons = Vec::new();
    part.reasons(part.holds, &mut reasons);
    let verdict = if part.holds { "It matches" } else { "It does not match" };
    let reason = format!("{verdict}: {}.", reasons.join("; "));
    Explanation { query: query.to_string(), matches: part.holds, reason, part }
}

fn explained(expr: &Expr, document: &Document) -> Part {
    let all = |parts: &[Expr]| parts.iter().map(|part| explained(part, document)).collect::<Vec<_>>();
    let (holds, said) = match expr {
        Expr::And(parts) => {
            let parts = all(parts);
            (parts.iter().all(|part| part.holds), Said::All(parts))
        }
        Expr::Or(parts) => {
            let parts = all(parts);
            (parts.iter().any(|part| part.holds), Said::Any(parts))
        }
        Expr::Not(inner) => {
            let inner = explained(inner, document);
            (!inner.holds, Said::Not(Box::new(inner)))
        }
        Expr::Term(term) => {
            let spots = document.spots(term);
            (!spots.is_empty(), Said::Spots(spots))
        }
        Expr::Condition(condition) => (document.holds(condition), Said::Known(document.known(condition))),
    };
    Part { text: expr.to_string(), holds, said }
}

impl Explanation {
    /// The bytes to highlight in one text of a field: where the parts that ask for something stand, in order and
    /// without overlap.
    pub fn highlights(&self, field: Field, entry: usize) -> Vec<Range<usize>> {
        let mut spans = Vec::new();
        self.part.wanted(false, &mut |spot| {
            if (spot.field, spot.entry) == (field, entry) {
                spans.push(spot.span.clone());
            }
        });
        spans.sort_by_key(|span| (span.start, span.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(spans.len());
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        merged
    }

    /// The query part by part, one line each, with a tick or a cross and where it was found.
    ///
    /// ```text
    /// ✓ all of these
    ///   ✓ diffusion: in the title, 3 times in the abstract
    ///   ✗ -survey
    ///     ✓ survey: in the title
    /// ```
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.part.lines(0, &mut lines);
        lines
    }
}

impl Part {
    fn lines(&self, depth: usize, lines: &mut Vec<String>) {
        let sign = if self.holds { '✓' } else { '✗' };
        let said = match &self.said {
            Said::All(_) => "all of these".to_owned(),
            Said::Any(_) => "one of these".to_owned(),
            Said::Not(_) => self.text.clone(),
            Said::Spots(spots) => format!("{}: {}", self.text, places(spots)),
            Said::Known(known) => format!("{}: {known}", self.text),
        };
        lines.push(format!("{}{sign} {said}", "  ".repeat(depth)));
        match &self.said {
            Said::All(parts) | Said::Any(parts) => parts.iter().for_each(|part| part.lines(depth + 1, lines)),
            Said::Not(inner) => inner.lines(depth + 1, lines),
            Said::Spots(_) | Said::Known(_) => {}
        }
    }

    /// Collects why this part holds, or why not.
    fn reasons(&self, holds: bool, reasons: &mut Vec<String>) {
        match &self.said {
            Said::All(parts) | Said::Any(parts) => {
                for part in parts.iter().filter(|part| part.holds == holds) {
                    part.reasons(holds, reasons);
                }
            }
            Said::Not(inner) => inner.reasons(!holds, reasons),
            Said::Spots(spots) => reasons.push(format!("{} is {}", self.text, places(spots))),
            Said::Known(known) => reasons.push(format!(
                "{} {}, as {known}",
                self.text,
                if self.holds { "holds" } else { "does not hold" }
            )),
        }
    }

    /// Calls `visit` with the spots of every leaf that is asked for rather than excluded.
    fn wanted(&self, denied: bool, visit: &mut impl FnMut(&Spot)) {
        match &self.said {
            Said::All(parts) | Said::Any(parts) => parts.iter().for_each(|part| part.wanted(denied, visit)),
            Said::Not(inner) => inner.wanted(!denied, visit),
            Said::Spots(spots) if !denied => spots.iter().for_each(visit),
            Said::Spots(_) | Said::Known(_) => {}
        }
    }
}

/// Says where a term stands: `in the title, 3 times in the abstract`.
fn places(spots: &[Spot]) -> String {
    let mut counted: Vec<(Field, usize)> = Vec::new();
    for spot in spots {
        match counted.last_mut() {
            Some((field, times)) if *field == spot.field => *times += 1,
            _ => counted.push((spot.field, 1)),
        }
    }
    let said: Vec<String> = counted
        .into_iter()
        .map(|(field, times)| match times {
            1 => format!("in the {}", field.title()),
            times => format!("{times} times in the {}", field.title()),
        })
        .collect();
    if said.is_empty() { "not found".to_owned() } else { said.join(", ") }
}
