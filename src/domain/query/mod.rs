//! The query language: one grammar for subscriptions and for search.
//!
//! ```text
//! query   = any
//! any     = all { ("OR" | "|") all }
//! all     = operand { ["AND"] operand }
//! operand = { "NOT" | "-" } ( leaf | "(" any ")" | prefix ":" ( leaf | "(" any ")" ) | number | listed )
//! leaf    = ["="] ( word | word "*" | '"' words '"' )
//! prefix  = "ti" | "abs" | "au" | "cat" | "kw" | "org" | "id" | "src" | "type" | "has" | "listed"
//! number  = ( "upvotes" | "comments" | "stars" ) [ "+" span ] sign digits
//! listed  = "listed" sign day
//! sign    = ">=" | ">" | "<=" | "<" | "="
//! ```
//! `docs/query-language.md` explains it to people.

mod ast;
mod compare;
mod condition;
mod error;
mod field;
mod lexer;
mod listed;
mod normal;
mod number;
mod parser;
mod prefix;
mod rise;
mod term;
#[cfg(test)]
mod tests;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use ast::{Expr, Pattern, Term};
pub use condition::{Announcement, Condition, Extra};
pub use error::QueryError;
pub use field::Field;
pub use listed::{Day, Listed};
pub use number::{Comparison, Counter, Number, Rise, Span};
pub use prefix::Prefix;
pub use rise::{measure, numbers_at};

/// The longest query, in characters; its canonical form is held to the same.
pub const MAX_CHARS: usize = 1_000;

/// The most words and phrases in a query.
pub const MAX_TERMS: usize = 64;

/// The most parentheses inside one another.
pub const MAX_LEVELS: usize = 8;

/// A leaf of a query that a paper holds, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MatchedTerm {
    /// The leaf as the canonical query writes it, without field prefix and quotes: `flow matching`.
    pub text: String,
    /// The field it stands in (the first of title, keywords, abstract, … that holds it).
    pub field: Field,
}

/// A parsed query; `Display` is canonical, and two queries are equal when their canonical texts are.
///
/// Every query asks for something: a paper of which none of its words and conditions holds never matches.
#[derive(Debug, Clone)]
pub struct Query {
    text: Arc<str>,
    expr: Arc<Expr>,
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::read(text, false)
    }

    /// Reads the query of a subscription, which has no dates: what is posted is always new.
    pub fn for_subscription(text: &str) -> Result<Self, QueryError> {
        Self::read(text, true)
    }

    fn read(text: &str, undated: bool) -> Result<Self, QueryError> {
        let fault = |position, message: String| QueryError::new(text, position, &message);
        let node = parser::parse(text).map_err(|(position, message)| fault(position, message))?;
        if undated && let Some(position) = normal::first_date(&node) {
            let message =
                "a subscription posts papers as they are listed: leave out the date, which is for searching";
            return Err(fault(position, message.to_owned()));
        }
        let expr = normal::lower(node).map_err(|(position, message)| fault(position, message))?;
        let canonical = expr.to_string();
        let length = canonical.chars().count();
        if length > MAX_CHARS {
            let message =
                format!("written out, the query has {length} characters; at most {MAX_CHARS} are allowed");
            return Err(fault(0, message));
        }
        if normal::levels(&expr) > MAX_LEVELS {
            let message = format!("written out, the query has more than {MAX_LEVELS} levels of parentheses");
            return Err(fault(0, message));
        }
        Ok(Self { text: canonical.into(), expr: expr.into() })
    }

    /// What the query asks for, in normal form.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// True when a number is asked for: the answer for a paper can change after it is listed.
    pub fn has_numbers(&self) -> bool {
        self.has(|condition| matches!(condition, Condition::Number(_)))
    }

    /// True when a source is asked for: the caller then has to tell which list the paper.
    pub fn has_sources(&self) -> bool {
        self.has(|condition| matches!(condition, Condition::Source(_)))
    }

    /// True when it asks how a paper is announced.
    pub fn has_types(&self) -> bool {
        self.has(|condition| matches!(condition, Condition::Type(_)))
    }

    /// True when its answer for a paper can become another one after the paper is listed, for more than new words.
    pub fn can_change(&self) -> bool {
        use Condition::{Has, Number, Source, Type};
        self.has(|condition| matches!(condition, Number(_) | Has(_) | Source(_) | Type(_)))
    }

    /// The categories that it asks for, as written; those it denies are left out.
    pub fn categories(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.expr.for_each_leaf(&mut |leaf, denied| {
            if let (Expr::Term(Term { pattern: Pattern::Category(name), .. }), false) = (leaf, denied) {
                found.push(name.as_str());
            }
        });
        found
    }

    fn has(&self, wanted: fn(&Condition) -> bool) -> bool {
        let mut found = false;
        self.expr.for_each_leaf(&mut |leaf, _| {
            found |= matches!(leaf, Expr::Condition(condition) if wanted(condition));
        });
        found
    }

    /// The canonical text: equal for queries that differ only in case, white space, order or notation.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The canonical text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }
}

impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Query {}

impl Hash for Query {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl FromStr for Query {
    type Err = QueryError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
