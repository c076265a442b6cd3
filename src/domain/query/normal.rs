//! The normal form: what is the same question becomes the same text.

use super::lexer::Fault;
use super::parser::Node;
use super::term::is_begun_by_all;
use super::{Comparison, Condition, Expr, Number, Pattern};

/// Turns a parsed query into its normal form; refuses one that asks for nothing.
pub(super) fn lower(node: Node) -> Result<Expr, Fault> {
    asks_for_something(&node)?;
    let expr = without_idle(node)?.expect("a query that asks for something is not idle as a whole");
    Ok(normal(expr))
}

/// Refuses a query that would select nearly every paper, at the first part to blame.
fn asks_for_something(node: &Node) -> Result<(), Fault> {
    match node {
        Node::Term(term, at) => match &term.pattern {
            Pattern::Prefix { start, .. } if is_begun_by_all(term.field, start) => {
                Err((*at, format!("words in nearly every paper begin with “{start}”: write more letters")))
            }
            _ => Ok(()),
        },
        Node::Condition(Condition::Number(number), at) if holds_at_first(*number) => {
            Err((*at, format!("“{number}” holds for nearly every new paper: add a word that must be there")))
        }
        Node::Condition(..) => Ok(()),
        Node::And(parts) => {
            let mut faults = parts.iter().map(asks_for_something);
            let first = faults.next().expect("AND has parts");
            if first.is_ok() || faults.any(|fault| fault.is_ok()) { Ok(()) } else { first }
        }
        Node::Or(parts) => parts.iter().try_for_each(asks_for_something),
        Node::Not(_, at) => Err((
            *at,
            "excluding alone would select nearly every paper: add a word that must be there".to_owned(),
        )),
        Node::Idle(text, at) => Err((*at, idle(text))),
    }
}

/// True for numbers that a paper has on the day on which it is listed.
fn holds_at_first(number: Number) -> bool {
    number.comparison == Comparison::Below || number.value == 0
}

fn idle(text: &str) -> String {
    if text.chars().any(char::is_alphanumeric) {
        format!("“{}” is in nearly every paper: add a more telling word", text.trim())
    } else {
        "there is no letter or digit to look for: write a word or a phrase".to_owned()
    }
}

/// Drops idle words from what must hold together; elsewhere they would change the meaning and are refused.
fn without_idle(node: Node) -> Result<Option<Expr>, Fault> {
    Ok(match node {
        Node::Term(term, _) => Some(Expr::Term(term)),
        Node::Condition(condition, _) => Some(Expr::Condition(condition)),
        Node::Idle(..) => None,
        Node::Not(inner, at) => match without_idle(*inner)? {
            Some(inner) => Some(Expr::Not(Box::new(inner))),
            None => return Err((at, "this would exclude nearly every paper: leave it out".to_owned())),
        },
        Node::And(parts) => {
            let parts = parts.into_iter().filter_map(|part| without_idle(part).transpose());
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            (!parts.is_empty()).then_some(Expr::And(parts))
        }
        Node::Or(parts) => {
            let mut kept = Vec::with_capacity(parts.len());
            for part in parts {
                let at = position(&part);
                let idle =
                    || (at, "this part of the OR holds in nearly every paper: leave it out".to_owned());
                kept.push(without_idle(part)?.ok_or_else(idle)?);
            }
            Some(Expr::Or(kept))
        }
    })
}

/// Where the first date stands.
pub(super) fn first_date(node: &Node) -> Option<usize> {
    match node {
        Node::Condition(Condition::Listed(_), at) => Some(*at),
        Node::And(parts) | Node::Or(parts) => parts.iter().find_map(first_date),
        Node::Not(inner, _) => first_date(inner),
        Node::Term(..) | Node::Condition(..) | Node::Idle(..) => None,
    }
}

fn position(node: &Node) -> usize {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.first().map_or(0, position),
        Node::Not(_, at) | Node::Term(_, at) | Node::Condition(_, at) | Node::Idle(_, at) => *at,
    }
}

/// Flattens, sorts (what is excluded last) and drops repetitions.
fn normal(expr: Expr) -> Expr {
    match expr {
        Expr::Term(_) | Expr::Condition(_) => expr,
        Expr::Not(inner) => match normal(*inner) {
            Expr::Not(inner) => *inner,
            inner => Expr::Not(Box::new(inner)),
        },
        Expr::And(parts) => joined(parts, Expr::And, |part| match part {
            Expr::And(parts) => Ok(parts),
            part => Err(part),
        }),
        Expr::Or(parts) => joined(parts, Expr::Or, |part| match part {
            Expr::Or(parts) => Ok(parts),
            part => Err(part),
        }),
    }
}

fn joined(parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr, open: fn(Expr) -> Result<Vec<Expr>, Expr>) -> Expr {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match open(normal(part)) {
            Ok(inner) => flat.extend(inner),
            Err(part) => flat.push(part),
        }
    }
    flat.sort_by_cached_key(|part| (matches!(part, Expr::Not(_)), part.to_string()));
    flat.dedup();
    if flat.len() == 1 { flat.remove(0) } else { join(flat) }
}

/// Counts the parentheses that the canonical text opens inside one another.
pub(super) fn levels(expr: &Expr) -> usize {
    let inside = |part: &Expr| match part {
        Expr::And(_) | Expr::Or(_) => 1 + levels(part),
        Expr::Not(_) | Expr::Term(_) | Expr::Condition(_) => levels(part),
    };
    match expr {
        Expr::Term(_) | Expr::Condition(_) => 0,
        Expr::Not(inner) => inside(inner),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().map(inside).max().unwrap_or(0),
    }
}
