//! What is wrong with a command as it was written.

use crate::domain::{PaperIdError, QueryError};

use super::{Opt, Spec};

/// A command that cannot be carried out as written; `message` makes the sentence of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Mistake {
    /// There is no such command.
    NoSuchCommand {
        /// As written.
        given: String,
        /// The one that was probably meant.
        meant: Option<&'static str>,
    },
    /// Something that the command needs is missing.
    Missing {
        /// The command.
        spec: &'static Spec,
        /// What is missing.
        option: &'static Opt,
    },
    /// The query cannot be read.
    Query {
        /// The command.
        spec: &'static Spec,
        /// Where and why.
        error: QueryError,
    },
    /// The text names no paper.
    Paper {
        /// The command.
        spec: &'static Spec,
        /// Why.
        error: PaperIdError,
    },
    /// The value of an option cannot be used.
    Value {
        /// The command.
        spec: &'static Spec,
        /// The option.
        option: &'static Opt,
        /// A clause that says what it should be: `“noon” is no time of day: write it as 09:00`.
        reason: String,
    },
    /// There is something more that the command does not take.
    Unexpected {
        /// The command.
        spec: &'static Spec,
        /// As written.
        given: String,
    },
}
