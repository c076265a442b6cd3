//! The query language: one grammar for subscriptions and for search.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A part of a paper that a query can ask for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Field {
    /// `ti:` the title.
    Title,
    /// `abs:` the abstract.
    Abstract,
    /// `au:` an author.
    Author,
    /// `cat:` an arXiv category.
    Category,
    /// `kw:` a keyword of the source.
    Keyword,
    /// `org:` the laboratory or company.
    Organization,
}

/// A leaf of a query that a paper holds, and where.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MatchedTerm {
    /// The leaf as the query writes it, without its field prefix: `flow matching`.
    pub text: String,
    /// The field it stands in (the first of title, keywords, abstract, … that holds it).
    pub field: Field,
}

/// A parsed query; `Display` is canonical.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Query(String);

/// Why a text is no query, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The query as given.
    pub input: String,
    /// Characters before the fault.
    pub position: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl FromStr for Query {
    type Err = QueryError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
