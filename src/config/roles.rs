//! What a process does of all that `serve` does.

use clap::ValueEnum;
use figment::value::Value;

use super::reader::Reader;
use super::value::Parsed;

/// A part of the work that a process can be kept to; the words are help texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Posts what is queued
    Sender,
    /// Web pages, and what platforms send to the public address (commands in mode "http")
    Web,
    /// Asks sources and feeds
    Poller,
    /// Finds out which channels a paper goes to
    Router,
    /// Makes the channels' roundups
    Roundups,
    /// Edits posted messages when something happens to their paper
    Cards,
    /// Commands over Discord's gateway and Slack's socket
    Commands,
    /// Keeps this machine's search index up to date
    Indexer,
}

impl Role {
    /// Its name, as it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Web => "web",
            Self::Poller => "poller",
            Self::Router => "router",
            Self::Roundups => "roundups",
            Self::Cards => "cards",
            Self::Commands => "commands",
            Self::Indexer => "indexer",
        }
    }
}

/// What `serve` does.
#[derive(Debug, Clone, Default)]
pub struct ServeConfig {
    /// Only these roles; none named: all.
    pub only: Vec<Role>,
}

impl ServeConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self { only: reader.read("serve.only", roles) }
    }

    /// True when this process has a role.
    pub fn has(&self, role: Role) -> bool {
        self.only.is_empty() || self.only.contains(&role)
    }

    /// The roles of this process, in the order of the table.
    pub fn roles(&self) -> impl Iterator<Item = Role> + '_ {
        Role::value_variants().iter().copied().filter(|role| self.has(*role))
    }
}

/// A list of roles; in the environment a text with commas is as good.
fn roles(value: &Value) -> Parsed<Vec<Role>> {
    let wrong = || {
        let names: Vec<&str> = Role::value_variants().iter().map(|role| role.name()).collect();
        format!(r#"must be a list of roles, [] for all: "{}""#, names.join(r#"", ""#))
    };
    let role = |name: &str| {
        let name = name.trim();
        Role::value_variants().iter().copied().find(|role| role.name() == name).ok_or_else(wrong)
    };
    match (value.as_str(), value.as_array()) {
        (Some(text), _) if text.trim().is_empty() => Ok(Vec::new()),
        (Some(text), _) => text.split(',').map(role).collect(),
        (None, Some(items)) => {
            items.iter().map(|item| item.as_str().ok_or_else(wrong).and_then(role)).collect()
        }
        (None, None) => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_from_a_list_or_a_text_and_a_wrong_one_brings_the_list() {
        assert_eq!(roles(&Value::from(vec!["web", "sender"])), Ok(vec![Role::Web, Role::Sender]));
        assert_eq!(roles(&Value::from("sender, web")), Ok(vec![Role::Sender, Role::Web]));
        assert_eq!(roles(&Value::from("")), Ok(vec![]));
        let wrong = roles(&Value::from("sender,webs")).unwrap_err();
        assert!(wrong.contains("\"sender\"") && wrong.contains("\"indexer\""), "{wrong}");
        assert!(roles(&Value::from(3)).is_err());
    }

    #[test]
    fn the_command_line_knows_the_same_names() {
        for role in Role::value_variants() {
            assert_eq!(role.to_possible_value().unwrap().get_name(), role.name());
        }
    }
}
