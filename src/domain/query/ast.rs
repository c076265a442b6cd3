//! What a query asks for.

use std::fmt;

use super::Field;
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
    /// A leaf.
    Term(Term),
}

/// A word, phrase, name or category, asked of one field or of title, keywords and abstract.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The field, when the query names one.
    pub field: Option<Field>,
    /// The leaf in canonical spelling, without field prefix and quotes.
    pub text: String,
    /// What is compared.
    pub pattern: Pattern,
}

/// What a paper must hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pattern {
    /// These folded words next to each other, in one field (for authors, keywords and laboratories: in one entry).
    Words(Vec<String>),
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
    /// Makes a leaf; its text follows from what it compares.
    pub fn new(field: Option<Field>, pattern: Pattern) -> Self {
        let text = match &pattern {
            Pattern::Words(words) => display_tokens(words),
            Pattern::Name { last, given } => format!("{}, {}", display_tokens(last), display_tokens(given)),
            Pattern::Category(name) => name.clone(),
        };
        Self { field, text, pattern }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.field {
            write!(f, "{}:", field.prefix())?;
        }
        let quote = if self.text.contains(' ') { "\"" } else { "" };
        write!(f, "{quote}{}{quote}", self.text)
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, between) = match self {
            Self::Term(term) => return term.fmt(f),
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

impl Expr {
    fn fmt_inside(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(_) | Self::Or(_) => write!(f, "({self})"),
            Self::Not(_) | Self::Term(_) => write!(f, "{self}"),
        }
    }
}
