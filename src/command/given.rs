//! What was given for a command, and the command that it makes.

use super::value::{Held, Value, read};
use super::{Command, Mistake, Opt, Spec};
use crate::domain::Platform;

/// The values of a command's options, by name.
pub(super) struct Given(Vec<(&'static str, Value)>);

impl Given {
    /// Reads the values and makes the command of them.
    pub fn command(
        platform: Platform,
        spec: &'static Spec,
        written: Vec<(&'static Opt, String)>,
    ) -> Result<Command, Mistake> {
        let mut values: Vec<(&'static str, Value)> = Vec::with_capacity(written.len());
        for (option, text) in written {
            if text.trim().is_empty() {
                continue;
            }
            let value = read(platform, spec, option, &text)?;
            if values.iter().any(|(name, _)| *name == option.name) {
                let reason = format!("“{}” is given twice: leave one out", option.name);
                return Err(Mistake::Value { spec, option, reason });
            }
            values.push((option.name, value));
        }
        let is_given = |option: &&Opt| values.iter().any(|(name, _)| *name == option.name);
        if let Some(option) = spec.options.iter().find(|option| option.required && !is_given(option)) {
            return Err(Mistake::Missing { spec, option });
        }
        let made = (spec.make)(&mut Self(values));
        Ok(made.expect("what is required is there, and of the kind that the table says"))
    }

    /// Takes what was given for an option; `None` when nothing was.
    pub fn take<T: Held>(&mut self, name: &str) -> Option<T> {
        let at = self.0.iter().position(|(given, _)| *given == name)?;
        T::held(self.0.swap_remove(at).1)
    }

    /// Takes the word that was chosen for an option, as what it names.
    pub fn chosen<T>(&mut self, name: &str, named: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        named(self.take(name)?)
    }
}
