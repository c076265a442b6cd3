//! What is wrong with a configuration, said once for everything that is.

use std::fmt;

use super::redact::userinfo_hidden;

/// Longer values are cut in messages; the beginning is enough to find them.
const SHOWN_CHARS: usize = 120;

/// One wrong setting: where it stands, what it says and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file or the environment variable.
    pub place: String,
    /// The setting in dotted form; empty when the whole file is meant.
    pub key: String,
    /// The value as TOML; `None` where it is, or may be, a secret.
    pub value: Option<String>,
    /// What is wrong and what is allowed.
    pub problem: String,
}

impl Fault {
    pub(super) fn new(place: impl Into<String>, key: &str, value: Option<&str>, problem: String) -> Self {
        let value = value.map(|text| {
            let text = userinfo_hidden(text);
            match text.char_indices().nth(SHOWN_CHARS) {
                Some((at, _)) => format!("{}…", &text[..at]),
                None => text,
            }
        });
        Self { place: place.into(), key: key.to_owned(), value, problem }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        match (self.key.is_empty(), &self.value) {
            (true, _) => {}
            (false, Some(value)) => write!(f, ": {} = {value}", self.key)?,
            (false, None) => write!(f, ": {}", self.key)?,
        }
        write!(f, ": {}", self.problem)
    }
}

/// The configuration cannot be used; holds every fault that was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// At least one.
    pub faults: Vec<Fault>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [fault] => write!(f, "the configuration cannot be used: {fault}"),
            faults => {
                write!(f, "the configuration cannot be used, it has {} faults:", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}
