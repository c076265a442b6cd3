//! Lays the three layers over each other: embedded defaults, a file, the environment.
//!
//! The defaults say which settings exist and of which kind each is; whatever else a layer holds is a fault.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::util::nest;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};

use super::error::Fault;
use super::nearest::nearest;

/// The sample configuration, which is also the first layer, so that the two cannot differ.
pub(super) const DEFAULTS: &str = include_str!("../../config/paperwire.toml");

const PREFIX: &str = "PAPERWIRE__";

/// Where the value of a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    Default,
    File(PathBuf),
    /// The variable's name.
    Environment(String),
}

impl Origin {
    /// The place as faults and comments name it.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Default => "default".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Environment(variable) => variable.clone(),
        }
    }
}

/// All layers, merged, with the memory of where each value comes from.
pub(super) struct Layers {
    merged: Figment,
    defaults: Dict,
}

impl Layers {
    /// Reads every layer; what cannot be used is left out and reported.
    pub(super) fn read(
        file: Option<&Path>,
        environment: &BTreeMap<String, String>,
        faults: &mut Vec<Fault>,
    ) -> Self {
        let defaults: Dict = Toml::from_str(DEFAULTS).expect("the embedded defaults are TOML");
        let known = leaves(&defaults);
        let mut merged =
            Figment::from(Layer { metadata: Metadata::named("default"), dict: defaults.clone() });
        if let Some(path) = file {
            let dict = read_file(path, &known, faults);
            merged = merged.merge(Layer { metadata: Metadata::from("file", path), dict });
        }
        for (variable, value) in read_environment(environment, &known, faults) {
            let metadata = Metadata::from("environment", Source::Custom(variable));
            if let Value::Dict(_, dict) = value {
                merged = merged.merge(Layer { metadata, dict });
            }
        }
        Self { merged, defaults }
    }

    /// The value in force.
    pub(super) fn value(&self, key: &str) -> Value {
        self.merged.find_value(key).unwrap_or_else(|_| self.default_value(key))
    }

    /// The value that is in force when nobody sets one.
    pub(super) fn default_value(&self, key: &str) -> Value {
        let value = find(&self.defaults, key);
        value.cloned().unwrap_or_else(|| unreachable!("{key} is a setting in config/paperwire.toml"))
    }

    /// The layer that the value in force comes from.
    pub(super) fn origin(&self, key: &str) -> Origin {
        match self.merged.find_metadata(key).and_then(|metadata| metadata.source.as_ref()) {
            Some(Source::File(path)) => Origin::File(path.clone()),
            Some(Source::Custom(variable)) => Origin::Environment(variable.clone()),
            _ => Origin::Default,
        }
    }
}

/// The environment variable of a setting.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").to_uppercase())
}

struct Layer {
    metadata: Metadata,
    dict: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        self.metadata.clone()
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

fn read_file(path: &Path, known: &BTreeMap<String, Value>, faults: &mut Vec<Fault>) -> Dict {
    let place = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            faults.push(Fault::new(
                place,
                "",
                None,
                format!("the configuration file cannot be read: {error}"),
            ));
            return Dict::new();
        }
    };
    match Toml::from_str::<Dict>(&text) {
        Ok(dict) => only_known(dict, "", known, &place, faults),
        Err(error) => {
            // The error's own text quotes the line, which may hold a secret.
            let at = error.span().map_or(0, |span| span.start);
            let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
            let problem = format!("line {line} is not TOML: {}", error.message().replace('\n', ", "));
            faults.push(Fault::new(place, "", None, problem));
            Dict::new()
        }
    }
}

/// Drops what is no setting, with a fault for each; values are not shown, they may be misplaced secrets.
fn only_known(
    dict: Dict,
    section: &str,
    known: &BTreeMap<String, Value>,
    place: &str,
    faults: &mut Vec<Fault>,
) -> Dict {
    let mut kept = Dict::new();
    for (name, value) in dict {
        let key = if section.is_empty() { name.clone() } else { format!("{section}.{name}") };
        match (value, Kind::of(&key, known)) {
            (Value::Dict(tag, inner), Kind::Section) => {
                kept.insert(name, Value::Dict(tag, only_known(inner, &key, known, place, faults)));
            }
            (Value::Dict(..), Kind::Setting) => {
                faults.push(Fault::new(
                    place,
                    &key,
                    None,
                    "is a setting and takes a value, not a section".into(),
                ));
            }
            (value, Kind::Setting) => {
                kept.insert(name, value);
            }
            (_, Kind::Section) => {
                faults.push(Fault::new(place, &key, None, format!("is a section: write it as [{key}]")));
            }
            (_, Kind::Unknown) => {
                let guess = nearest(&key, known.keys().map(String::as_str).chain(sections(known)));
                faults.push(Fault::new(place, &key, None, unknown("no such setting", guess, section, known)));
            }
        }
    }
    kept
}

/// Reads every variable that names a setting, as a dict that holds nothing else.
fn read_environment(
    environment: &BTreeMap<String, String>,
    known: &BTreeMap<String, Value>,
    faults: &mut Vec<Fault>,
) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, text) in environment {
        let key = name.strip_prefix(PREFIX).map(|rest| rest.to_lowercase().replace("__", "."));
        let default = key.as_ref().and_then(|key| known.get(key));
        match (key, default) {
            (Some(key), Some(default)) => found.push((name.clone(), nest(&key, like(default, text)))),
            (Some(_), None) => {
                let variables: Vec<String> = known.keys().map(|key| variable(key)).collect();
                let guess = nearest(name, variables.iter().map(String::as_str));
                faults.push(Fault::new(name, "", None, unknown("no such setting", guess, "", known)));
            }
            (None, _) => {
                // One underscore where two belong would otherwise be passed over without a word.
                let meant = known.keys().map(|key| variable(key)).find(|v| v.replace("__", "_") == *name);
                if let Some(meant) = meant {
                    let problem = unknown("no such setting", Some(&meant), "", known);
                    faults.push(Fault::new(name, "", None, problem));
                }
            }
        }
    }
    found
}

/// Reads a variable's text as the kind of value that its default is; other text stays text and is refused later.
fn like(default: &Value, text: &str) -> Value {
    let trimmed = text.trim();
    match default {
        Value::Bool(..) => trimmed.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        Value::Num(..) => trimmed.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Value::Array(..) => {
            let inner = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(trimmed);
            let items = inner.split(',').map(|item| item.trim().trim_matches(['"', '\'']));
            Value::from(items.filter(|item| !item.is_empty()).collect::<Vec<_>>())
        }
        _ => Value::from(text),
    }
}

enum Kind {
    Setting,
    Section,
    Unknown,
}

impl Kind {
    fn of(key: &str, known: &BTreeMap<String, Value>) -> Self {
        if known.contains_key(key) {
            Self::Setting
        } else if sections(known).any(|section| section == key || within(section, key)) {
            Self::Section
        } else {
            Self::Unknown
        }
    }
}

/// True when `key` is in the section `section`.
fn within(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}

fn sections(known: &BTreeMap<String, Value>) -> impl Iterator<Item = &str> {
    known.keys().filter_map(|key| key.rsplit_once('.')).map(|(section, _)| section)
}

fn unknown(what: &str, guess: Option<&str>, section: &str, known: &BTreeMap<String, Value>) -> String {
    if let Some(guess) = guess {
        return format!("{what}; did you mean “{guess}”?");
    }
    let here: Vec<&str> = known.keys().map(String::as_str).filter(|key| within(key, section)).collect();
    if here.is_empty() {
        format!("{what}; config/paperwire.toml lists them all")
    } else {
        format!("{what}; allowed here: {}", here.join(", "))
    }
}

/// Every setting in dotted form with its default.
fn leaves(dict: &Dict) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (name, value) in dict {
        match value {
            Value::Dict(_, inner) => {
                found.extend(leaves(inner).into_iter().map(|(key, value)| (format!("{name}.{key}"), value)));
            }
            _ => {
                found.insert(name.clone(), value.clone());
            }
        }
    }
    found
}

fn find<'a>(dict: &'a Dict, key: &str) -> Option<&'a Value> {
    match key.split_once('.') {
        None => dict.get(key),
        Some((section, rest)) => match dict.get(section)? {
            Value::Dict(_, inner) => find(inner, rest),
            _ => None,
        },
    }
}
