//! Which of a channel's roundups is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::SubscriptionId;

/// A kind of roundup; with the destination and the local date it is the key by which each is made once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum RoundupKind {
    /// The papers that the channel's subscriptions have collected.
    Matches,
    /// The papers whose votes and stars rise, whatever the channel is subscribed to.
    Trending,
    /// The papers of one subscription that has a roundup of its own.
    Subscription(SubscriptionId),
}

impl fmt::Display for RoundupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matches => f.write_str("matches"),
            Self::Trending => f.write_str("trending"),
            Self::Subscription(id) => write!(f, "sub:{}", id.0),
        }
    }
}

impl FromStr for RoundupKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "matches" => Ok(Self::Matches),
            "trending" => Ok(Self::Trending),
            other => {
                let number = other.strip_prefix("sub:").and_then(|number| number.parse().ok());
                let number = number.filter(|number: &i64| *number > 0);
                number.map(|number| Self::Subscription(SubscriptionId(number))).ok_or_else(|| {
                    format!(
                        "“{text}” is no kind of roundup: use matches, trending, or sub:3 for subscription 3"
                    )
                })
            }
        }
    }
}

impl From<RoundupKind> for String {
    fn from(kind: RoundupKind) -> Self {
        kind.to_string()
    }
}

impl TryFrom<String> for RoundupKind {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_as_it_is_written_and_nothing_else_is() {
        for kind in
            [RoundupKind::Matches, RoundupKind::Trending, RoundupKind::Subscription(SubscriptionId(12))]
        {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        for wrong in ["", "sub:", "sub:0", "sub:-1", "sub:x", "Trending "] {
            assert!(wrong.parse::<RoundupKind>().unwrap_err().contains("sub:3"), "{wrong}");
        }
    }
}
