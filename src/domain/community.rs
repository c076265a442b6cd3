//! What the people of a channel do with papers: they vote, and put papers before the channel.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UserId;

/// One person's vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ballot {
    /// Worth reading.
    Up,
    /// Not for this channel.
    Down,
}

impl Ballot {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Up, Self::Down];

    /// The name in what can be pressed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// The sign that people see.
    pub fn sign(self) -> char {
        match self {
            Self::Up => '▲',
            Self::Down => '▼',
        }
    }

    /// What it counts.
    pub fn value(self) -> i64 {
        match self {
            Self::Up => 1,
            Self::Down => -1,
        }
    }
}

/// The votes of a channel on a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// For it.
    pub up: u32,
    /// Against it.
    pub down: u32,
}

impl Tally {
    /// How many of a kind.
    pub fn of(self, ballot: Ballot) -> u32 {
        match ballot {
            Ballot::Up => self.up,
            Ballot::Down => self.down,
        }
    }

    /// Those for it less those against it.
    pub fn net(self) -> i64 {
        i64::from(self.up) - i64::from(self.down)
    }
}

/// Who put a paper before a channel, and with which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// The person.
    pub by: UserId,
    /// How the platform named the person then.
    pub name: String,
    /// What the person said of it; may be empty.
    pub note: String,
}

/// What a channel's people did with one paper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Community {
    /// Their votes.
    pub tally: Tally,
    /// Who put it before the channel; `None`: a subscription brought it.
    pub submitted: Option<Submitted>,
}

/// Who may put papers before a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Submitters {
    /// Everybody who may write there.
    #[default]
    Everyone,
    /// Those who may manage it.
    Managers,
}

impl Submitters {
    /// The name in commands and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Managers => "managers",
        }
    }
}

impl FromStr for Submitters {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = [Self::Everyone, Self::Managers].into_iter().find(|one| one.name() == text);
        found.ok_or_else(|| format!("“{text}” is neither everyone nor managers"))
    }
}
