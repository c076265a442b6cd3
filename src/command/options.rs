//! From named options, as Discord gives them, to a command.

use super::given::Given;
use super::{Command, Mistake, spec, typed};
use crate::domain::Platform;

/// Reads named options; all values come as text, a channel as the platform's id.
pub fn parse_options(
    platform: Platform,
    name: &str,
    options: &[(String, String)],
) -> Result<Command, Mistake> {
    let spec = spec(name).ok_or_else(|| Mistake::no_such_command(name))?;
    let mut written = Vec::with_capacity(options.len());
    for (name, value) in options {
        let option = spec.option(name).ok_or_else(|| Mistake::Unexpected { spec, given: name.clone() })?;
        written.push((option, typed::plain(platform, value)));
    }
    Given::command(platform, spec, written)
}
