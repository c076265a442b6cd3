//! How a channel wants its papers: when they come and how much of each is shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SubscriptionId;

macro_rules! named {
    ($type:ident, $what:literal, $($variant:ident = $name:literal),+) => {
        impl $type {
            /// Every one, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in commands and in the store.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|one| one.name().eq_ignore_ascii_case(text));
                let names = || Self::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
                found.ok_or_else(|| format!(concat!("“{}” is no ", $what, ": use one of {}"), text, names()))
            }
        }
    };
}

/// When the papers of a subscription come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// Each as soon as it is listed.
    #[default]
    Instant,
    /// Together, in the channel's daily roundup.
    Daily,
    /// Together, in the channel's weekly roundup.
    Weekly,
}

/// How much of a paper a message shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Title and byline.
    Line,
    /// Title, byline, short text and reason.
    #[default]
    Card,
    /// The card with the whole abstract.
    Full,
}

named!(Cadence, "time", Instant = "instant", Daily = "daily", Weekly = "weekly");
named!(AlreadyPosted, "way with posted papers", Hide = "hide", Mark = "mark");
named!(QuietDay, "way of a quiet day", Silent = "silent", Say = "say");
named!(Style, "style", Line = "line", Card = "card", Full = "full");

/// A person, as the platform numbers them: `80351110224678912`, `U2147483697`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a channel's roundups are set to; what is `None` was never chosen there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundupSettings {
    /// The local time of day.
    pub at: Option<jiff::civil::Time>,
    /// The IANA name of the zone in which `at` is meant.
    pub zone: Option<String>,
    /// On which days.
    pub every: Option<Every>,
    /// At most so many papers.
    pub size: Option<u16>,
    /// What becomes of papers that were posted one by one.
    pub posted: Option<AlreadyPosted>,
    /// What is posted on a day without papers.
    pub quiet: Option<QuietDay>,
}

/// What somebody asks of a channel's roundups; nothing at all only looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoundupWish {
    /// What is to be set.
    pub settings: RoundupSettings,
    /// When the trending papers come: daily, weekly or off.
    pub trending: Option<Every>,
    /// The subscription whose own roundup is meant; `None` is the channel's.
    pub subscription: Option<SubscriptionId>,
}

impl RoundupWish {
    /// True when something is to be set.
    pub fn changes(&self) -> bool {
        self.settings != RoundupSettings::default() || self.trending.is_some()
    }
}

/// What a roundup does with papers that were posted one by one since the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlreadyPosted {
    /// They are left out.
    #[default]
    Hide,
    /// They stand in it with a link to their message.
    Mark,
}

/// What comes on a day without papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuietDay {
    /// Nothing.
    #[default]
    Silent,
    /// One line that says why.
    Say,
}

/// On which days a roundup comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// Each day.
    Daily,
    /// Monday to Friday.
    Weekdays,
    /// Mondays.
    Weekly,
    /// The first of the month.
    Monthly,
    /// Never.
    Off,
}

named!(
    Every,
    "rhythm",
    Daily = "daily",
    Weekdays = "weekdays",
    Weekly = "weekly",
    Monthly = "monthly",
    Off = "off"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_in_any_case_and_a_wrong_one_is_told_the_right_ones() {
        assert_eq!("Weekly".parse(), Ok(Cadence::Weekly));
        assert_eq!("LINE".parse(), Ok(Style::Line));
        let error = "hourly".parse::<Every>().unwrap_err();
        assert_eq!(error, "“hourly” is no rhythm: use one of daily, weekdays, weekly, monthly, off");
    }
}
