//! From what a platform gives to a command.

use super::{Command, Mistake};
use crate::domain::Platform;

/// Reads a line of text, as it stands after `/papers`; an empty line is `help`.
///
/// `name:value` sets an option of the command; the rest is its query, or its options in order.
pub fn parse_line(_platform: Platform, line: &str) -> Result<Command, Mistake> {
    Err(Mistake::NoSuchCommand { given: line.to_owned(), meant: None })
}

/// Reads named options; all values come as text, a channel as the platform's id.
pub fn parse_options(
    _platform: Platform,
    name: &str,
    _options: &[(String, String)],
) -> Result<Command, Mistake> {
    Err(Mistake::NoSuchCommand { given: name.to_owned(), meant: None })
}
