//! A delivery and the states of its life; `verdict` judges what came of a try, `outbox` has the transitions.
//!
//! ```text
//! pending --claim--> leased --intent committed--> POST --> sent
//!    ^                 |                            |
//!    |   not sent      |  lease over, no intent     |-- refused for good --> dead
//!    +-----------------+                            |-- answer lost -------> unknown
//!    ^                                                                          |
//!    +------ it is proved absent, or the same nonce may go again ---------------+--> sent: it is there
//!                                                                               +--> ambiguous: nobody can tell
//! skipped: too old to post when its turn came
//! ```
//! `sent` is absorbing. A post is only repeated when it is known that none is visible, or when
//! the platform itself drops the second one (Discord's enforced nonce).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identity of a delivery: a `UUIDv7`, so that text order is the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub Uuid);

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a delivery brings; one destination gets each paper at most once per kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryKind {
    /// A paper, on its own.
    Paper,
}

impl DeliveryKind {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its turn.
    Pending,
    /// A sender holds it.
    Leased,
    /// It was posted, or not: the answer was lost and the platform can still settle it.
    Unknown,
    /// It is in the channel.
    Sent,
    /// The answer was lost and nobody can settle it; it is not posted again.
    Ambiguous,
    /// The platform refuses it for good.
    Dead,
    /// It was not posted on purpose.
    Skipped,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Pending, Self::Leased, Self::Unknown, Self::Sent, Self::Ambiguous, Self::Dead, Self::Skipped];

    /// The name in the store and on the terminal.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Ambiguous => "ambiguous",
            Self::Dead => "dead",
            Self::Skipped => "skipped",
        }
    }

    /// True when nothing will happen to the delivery any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Ambiguous | Self::Dead | Self::Skipped)
    }
}

impl FromStr for DeliveryState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|s| s.name() == text);
        found.ok_or_else(|| format!("“{text}” is no delivery state"))
    }
}
