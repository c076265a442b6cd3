//! What a query asks for.

use std::fmt;

use super::{Condition, Field};
use crate::text::display_tokens;

/// A query's parts; in a [`super::Query`] always in normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// All of these hold.
    And(Vec<Expr>),
    /// One of these holds.
    Or(Vec<Expr>),
    /// This does not hold.
    Not(Box<Expr>),
    /// A leaf that looks at the paper's text, names or categories.
    Term(Term),
    /// A leaf that looks at anything else.
    Condition(Condition),
}

/// A word, phrase, name or category, asked of one field or of title, keywords and abstract.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The field, when the query names one.
    pub field: Option<Field>,
    /// The leaf in canonical spelling, without field prefix, quotes and `=`.
    pub text: String,
    /// What is compared.
    pub pattern: Pattern,
}

/// What a paper must hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// These folded words next to each other, in one field (for authors, keywords and laboratories: in one entry).
    Words(Vec<String>),
    /// The same, but as written: case and accents fold, plurals do not.
    Exact(Vec<String>),
    /// These folded words, and next to them one that begins so as it is written; most often there are none before.
    Prefix {
        /// The folded words before.
        before: Vec<String>,
        /// The letters that the last word, plural or not, begins with; at least three.
        start: String,
    },
    /// A name that ends with `last` and begins with `given`, where one letter stands for any name with it: `Hinton, G`.
    Name {
        /// The folded last name.
        last: Vec<String>,
        /// The folded given names or initials.
        given: Vec<String>,
    },
    /// A category (`cs.CL`) or, without a point, a whole archive (`cs`).
    Category(String),
}

impl Term {
    pub(super) fn new(field: Option<Field>, pattern: Pattern) -> Self {
        let text = match &pattern {
            Pattern::Words(words) | Pattern::Exact(words) => display_tokens(words),
            Pattern::Prefix { before, start } => {
                let words = before.iter().map(String::as_str).chain([start.as_str()]);
                words.collect::<Vec<_>>().join("-") + "*"
            }
            Pattern::Name { last, given } => format!("{}, {}", display_tokens(last), display_tokens(given)),
            Pattern::Category(name) => name.clone(),
        };
        Self { field, text, pattern }
    }
}

impl Expr {
    /// Calls `visit` with every leaf, from left to right, and whether it stands under an odd number of NOTs.
    pub fn for_each_leaf<'a>(&'a self, visit: &mut impl FnMut(&'a Expr, bool)) {
        self.leaves(false, visit);
    }

    fn leaves<'a>(&'a self, denied: bool, visit: &mut impl FnMut(&'a Expr, bool)) {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.leaves(denied, visit)),
            Self::Not(inner) => inner.leaves(!denied, visit),
            Self::Term(_) | Self::Condition(_) => visit(self, denied),
        }
    }

    fn fmt_inside(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(_) | Self::Or(_) => write!(f, "({self})"),
            Self::Not(_) | Self::Term(_) | Self::Condition(_) => write!(f, "{self}"),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field {
            write!(f, "{}:", field.prefix())?;
        }
        let exact = if matches!(self.pattern, Pattern::Exact(_)) { "=" } else { "" };
        let quote = if self.text.contains(' ') { "\"" } else { "" };
        write!(f, "{exact}{quote}{}{quote}", self.text)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, between) = match self {
            Self::Term(term) => return term.fmt(f),
            Self::Condition(condition) => return condition.fmt(f),
            Self::Not(inner) => {
                f.write_str("-")?;
                return inner.fmt_inside(f);
            }
            Self::And(parts) => (parts, " "),
            Self::Or(parts) => (parts, " OR "),
        };
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                f.write_str(between)?;
            }
            part.fmt_inside(f)?;
        }
        Ok(())
    }
}
