//! How a channel wants its papers: when they come and how much of each is shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

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
