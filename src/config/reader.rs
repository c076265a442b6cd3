//! Reads settings one by one, and goes on after a fault so that one run shows them all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::value::Value;
use secrecy::SecretString;

use super::effective::toml;
use super::error::Fault;
use super::layers::{Layers, Origin, variable};
use super::value::{Parsed, text};

/// The layers, the rest of the environment, and what was found wrong so far.
pub(super) struct Reader {
    pub(super) layers: Layers,
    pub(super) faults: Vec<Fault>,
    environment: BTreeMap<String, String>,
}

impl Reader {
    pub(super) fn new(file: Option<&Path>, environment: BTreeMap<String, String>) -> Self {
        let mut faults = Vec::new();
        let layers = Layers::read(file, &environment, &mut faults);
        Self { layers, faults, environment }
    }

    /// Reads a setting; a value that does not fit is reported and its default stands in.
    pub(super) fn read<T>(&mut self, key: &str, parse: impl Fn(&Value) -> Parsed<T>) -> T {
        let value = self.layers.value(key);
        parse(&value).unwrap_or_else(|problem| {
            self.fault(key, Some(&toml(&value)), problem);
            parse(&self.layers.default_value(key)).expect("every embedded default fits its setting")
        })
    }

    /// Reports a value that does not fit.
    pub(super) fn fault(&mut self, key: &str, value: Option<&str>, problem: String) {
        let place = self.layers.origin(key).place();
        self.faults.push(Fault::new(place, key, value, problem));
    }

    /// A variable of the environment that is not empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Reads a path; a leading `~` is the home folder, an empty text is none.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        let given = self.read(key, text);
        let home = match given.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                self.variable("HOME").map(str::to_owned)
            }
            _ => return (!given.is_empty()).then(|| PathBuf::from(given)),
        };
        let Some(home) = home else {
            let shown = toml(&Value::from(given.as_str()));
            let problem = format!("HOME is not set: set it, or name the place in full in {}", variable(key));
            self.fault(key, Some(&shown), problem);
            return None;
        };
        Some(Path::new(&home).join(given.trim_start_matches(['~', '/'])))
    }

    /// Reads a secret from the environment or from the file that `KEY_file` names; an empty one is none.
    ///
    /// `fits` says which characters such a secret is made of; a pasted line break would only fail at the platform.
    pub(super) fn secret(&mut self, key: &str, fits: fn(char) -> bool) -> Option<SecretString> {
        let file_key = format!("{key}_file");
        let path = self.path(&file_key);
        let given = self.layers.value(key);
        let direct = given.as_str().map(str::trim);
        if direct == Some("") {
            return self.secret_from_file(key, &file_key, &path?, fits);
        }
        let Some(direct) = direct.filter(|_| !matches!(self.layers.origin(key), Origin::File(_))) else {
            self.refuse_in_file(key, &file_key);
            return None;
        };
        if path.is_some() {
            self.refuse_both(key, &file_key);
        }
        self.checked(key, direct, fits)
    }

    fn secret_from_file(
        &mut self,
        key: &str,
        file_key: &str,
        path: &Path,
        fits: fn(char) -> bool,
    ) -> Option<SecretString> {
        match std::fs::read_to_string(path) {
            Ok(content) if content.trim().is_empty() => None,
            Ok(content) => self.checked(file_key, content.trim(), fits),
            Err(error) => {
                let shown = toml(&Value::from(path.display().to_string()));
                self.fault(file_key, Some(&shown), format!("the file with {key} cannot be read: {error}"));
                None
            }
        }
    }

    fn checked(&mut self, key: &str, secret: &str, fits: fn(char) -> bool) -> Option<SecretString> {
        if secret.chars().all(fits) {
            return Some(SecretString::from(secret));
        }
        let problem = "the secret holds white space or other characters that it cannot hold: give it alone";
        self.fault(key, None, problem.to_owned());
        None
    }

    /// Reports a secret that is given twice.
    pub(super) fn refuse_both(&mut self, key: &str, file_key: &str) {
        self.fault(key, None, format!("{file_key} is set as well: keep one of the two"));
    }

    /// Reports a secret that stands in a configuration file.
    fn refuse_in_file(&mut self, key: &str, file_key: &str) {
        let problem = format!(
            "a secret does not belong into a configuration file, which gets copied, shown and committed: \
             set {} in the environment, or {file_key} to a file that holds it",
            variable(key)
        );
        self.fault(key, None, problem);
    }
}
