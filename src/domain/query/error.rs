//! Why a text is no query, said so that a person can mend it.

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

/// Characters of the query shown on each side of the fault.
const SHOWN: usize = 36;

impl QueryError {
    pub(super) fn new(input: &str, position: usize, message: &str) -> Self {
        // It quotes the query, which may hold line breaks.
        Self { input: input.to_owned(), position, message: message.chars().map(visible).collect() }
    }

    /// The query, a caret under the fault, and what was expected; three lines for a fixed-width font.
    ///
    /// ```text
    /// transformer (attention OR
    ///             ^
    /// this “(” is never closed: add “)”
    /// ```
    pub fn pointed(&self) -> String {
        let from = self.position.saturating_sub(SHOWN);
        let (before, after) = (self.position - from, SHOWN);
        let mut rest = self.input.chars().skip(from).map(visible);
        let shown: String = rest.by_ref().take(before + after).collect();
        let (cut, lead) = if from > 0 { ("…", 1) } else { ("", 0) };
        let more = if rest.next().is_some() { "…" } else { "" };
        format!("{cut}{shown}{more}\n{}^\n{}", " ".repeat(lead + before), self.message)
    }
}

fn visible(ch: char) -> char {
    if ch.is_whitespace() || ch.is_control() { ' ' } else { ch }
}
