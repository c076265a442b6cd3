//! Prints the configuration in force, in the order of the sample, without its secrets.

use std::fmt::Write;

use figment::value::Value;

use super::layers::{DEFAULTS, Origin};
use super::reader::Reader;
use super::redact::{REDACTED, userinfo_hidden};

/// What is shown of a setting that is not simply what its layer says.
pub(super) struct Derived {
    pub(super) key: &'static str,
    /// Empty when it is unset.
    pub(super) shown: String,
    /// Where it comes from, when no layer sets it.
    pub(super) origin: Option<String>,
}

impl Derived {
    /// A secret, of which nothing is shown but that it is set.
    pub(super) fn secret(key: &'static str, set: bool) -> Self {
        let shown = if set { REDACTED.to_owned() } else { String::new() };
        Self { key, shown, origin: set.then(|| format!("{key}_file")) }
    }
}

/// One line of the embedded sample that says something.
enum Line<'a> {
    Section(&'a str),
    Key(String),
}

/// Every setting as a person may see it, as TOML.
pub(super) fn effective(reader: &Reader, derived: &[Derived]) -> String {
    let mut out = String::new();
    for line in sample() {
        match line {
            Line::Section(section) => {
                let _ = writeln!(out, "\n[{section}]");
            }
            Line::Key(key) => {
                let name = key.rsplit('.').next().unwrap_or(&key);
                let (value, origin) = shown(reader, &key, derived);
                let _ = match origin {
                    Some(origin) => writeln!(out, "{name} = {value}  # from {origin}"),
                    None => writeln!(out, "{name} = {value}"),
                };
            }
        }
    }
    out
}

/// The value to show and, where it is not the default, where it comes from.
fn shown(reader: &Reader, key: &str, derived: &[Derived]) -> (String, Option<String>) {
    let value = reader.layers.value(key);
    let changed = value != reader.layers.default_value(key);
    let origin = changed.then(|| reader.layers.origin(key)).filter(|origin| *origin != Origin::Default);
    let origin = origin.map(|origin| one_line(&origin.place()));
    match derived.iter().find(|derived| derived.key == key) {
        None => (toml(&value), origin),
        Some(derived) => {
            (toml(&Value::from(derived.shown.as_str())), origin.or_else(|| derived.origin.clone()))
        }
    }
}

/// A value as TOML writes it.
pub(super) fn toml(value: &Value) -> String {
    match value {
        Value::String(_, text) => quoted(&userinfo_hidden(text)),
        Value::Char(_, c) => quoted(&c.to_string()),
        Value::Bool(_, yes) => yes.to_string(),
        Value::Num(_, number) => number
            .to_i128()
            .map(|n| n.to_string())
            .or_else(|| number.to_u128().map(|n| n.to_string()))
            .or_else(|| number.to_f64().map(|n| n.to_string()))
            .unwrap_or_default(),
        Value::Array(_, items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        Value::Dict(..) => "{…}".to_owned(),
        Value::Empty(..) => quoted(""),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

fn sample() -> impl Iterator<Item = Line<'static>> {
    let mut section = "";
    DEFAULTS.lines().filter_map(move |line| {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = name;
            return Some(Line::Section(name));
        }
        let (name, _) = line.split_once(" = ").filter(|_| !line.starts_with('#'))?;
        let key = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
        Some(Line::Key(key))
    })
}
