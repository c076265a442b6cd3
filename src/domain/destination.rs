//! Where a message goes: a channel on a platform.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A chat platform that Paperwire can post to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Discord channels.
    Discord,
    /// Slack channels.
    Slack,
    /// People who get letters.
    Email,
    /// Channels kept in the store and printed to the terminal.
    Sandbox,
}

impl Platform {
    /// Every platform, in the order in which they are listed to people.
    pub const ALL: [Self; 4] = [Self::Discord, Self::Slack, Self::Email, Self::Sandbox];

    /// Those on which people give commands.
    pub const WITH_COMMANDS: [Self; 3] = [Self::Discord, Self::Slack, Self::Sandbox];

    /// The name in commands, configuration and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Slack => "slack",
            Self::Email => "email",
            Self::Sandbox => "sandbox",
        }
    }

    /// The name in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Discord => "Discord",
            Self::Slack => "Slack",
            Self::Email => "e-mail",
            Self::Sandbox => "the sandbox",
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Platform {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|p| p.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("“{text}” is not a platform: use discord, slack, email or sandbox"))
    }
}

/// A channel's id in the platform's own spelling, checked for the platform's shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(String);

impl ChannelId {
    /// Accepts a channel id as the platform writes it.
    ///
    /// Discord: a snowflake (1 to 20 digits). Slack: `C…`, `G…` or `D…` in capitals and digits.
    /// E-mail: `m-` and 22 small letters and digits, which stand for an address and do not show it.
    /// Sandbox: any name of 1 to 80 characters without white space; a leading `#` is dropped.
    pub fn parse(platform: Platform, text: &str) -> Result<Self, String> {
        let text = text.trim();
        match platform {
            Platform::Discord if text.parse::<u64>().is_ok_and(|id| id > 0) => Ok(Self(text.to_owned())),
            Platform::Discord => Err(format!(
                "“{text}” is not a Discord channel id: switch on Developer Mode in Discord's \
                 advanced settings, right-click the channel and choose “Copy Channel ID” (digits only)"
            )),
            Platform::Slack if is_slack_id(text) => Ok(Self(text.to_owned())),
            Platform::Slack => Err(format!(
                "“{text}” is not a Slack channel id: open the channel's details in Slack; \
                 the id is at the bottom and starts with C, G or D"
            )),
            Platform::Email if is_subscriber_id(text) => Ok(Self(text.to_owned())),
            Platform::Email => {
                Err("a subscriber is named by its id, m- and 22 letters and digits, not by its address; \
                     people subscribe on the web page"
                    .to_owned())
            }
            Platform::Sandbox => {
                let name = text.trim_start_matches('#');
                let ok = (1..=80).contains(&name.chars().count())
                    && !name.contains(|c: char| c.is_whitespace() || c.is_control());
                if ok {
                    Ok(Self(name.to_owned()))
                } else {
                    Err(format!(
                        "“{text}” is not a sandbox channel: use a name without spaces, such as robotics"
                    ))
                }
            }
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_slack_id(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.starts_with(['C', 'G', 'D'])
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_subscriber_id(text: &str) -> bool {
    text.strip_prefix("m-")
        .is_some_and(|id| id.len() == 22 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// The store's own number of a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct DestinationId(pub i64);

/// A channel that messages go to, and whether they may go there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The store's number.
    pub id: DestinationId,
    /// The platform.
    pub platform: Platform,
    /// The channel on it.
    pub channel: ChannelId,
    /// Set while nothing may be posted there.
    pub pause: Option<Pause>,
}

/// Why and since when a destination is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pause {
    /// Whose fault it is, which decides what ends the pause.
    pub cause: PauseCause,
    /// A sentence for the people of the channel.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// What a pause comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PauseCause {
    /// The channel refuses messages; somebody has to resume it.
    Channel,
    /// The platform refuses our credentials; a start with new ones resumes it.
    Account,
}

impl PauseCause {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Account => "account",
        }
    }
}

impl FromStr for PauseCause {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "channel" => Ok(Self::Channel),
            "account" => Ok(Self::Account),
            other => Err(format!("unknown pause cause {other}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_id_has_its_platforms_shape_or_is_refused_with_the_way_to_find_it() {
        let ok = |p, t: &str| ChannelId::parse(p, t).map(|c| c.to_string());
        assert_eq!(ok(Platform::Discord, " 1234567890 ").unwrap(), "1234567890");
        assert_eq!(ok(Platform::Slack, "C0AB12CD3").unwrap(), "C0AB12CD3");
        assert_eq!(ok(Platform::Email, "m-0123456789abcdefghijkl").unwrap(), "m-0123456789abcdefghijkl");
        assert_eq!(ok(Platform::Sandbox, "#robotics").unwrap(), "robotics");
        assert!(ok(Platform::Discord, "general").unwrap_err().contains("Copy Channel ID"));
        assert!(ok(Platform::Slack, "#general").unwrap_err().contains("starts with C"));
        let address = ok(Platform::Email, "ada@example.org").unwrap_err();
        assert!(address.contains("not by its address") && !address.contains("ada"), "{address}");
        assert!(ok(Platform::Sandbox, "two words").unwrap_err().contains("without spaces"));
    }
}
