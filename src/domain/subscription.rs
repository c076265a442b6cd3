//! A channel's standing interest in papers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Cadence, Destination, Query, Style, query::MatchedTerm};

/// The store's own number of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(pub i64);

/// One query whose papers go to one destination.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The store's number.
    pub id: SubscriptionId,
    /// Where matching papers go.
    pub destination: Destination,
    /// Which papers.
    pub query: Query,
    /// Who made it, as the platform names them; `cli` from the terminal.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its papers come.
    pub cadence: Cadence,
    /// How much of each paper is shown.
    pub style: Style,
    /// Since when a person has paused it; see [`Subscription::rest`].
    pub paused_at: Option<Timestamp>,
    /// When that pause ends by itself; `None` is never.
    pub paused_until: Option<Timestamp>,
    /// How many papers it has brought into its channel.
    pub posted: i64,
}

/// A pause that a person wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` is until it is resumed.
    pub until: Option<Timestamp>,
}

impl Subscription {
    /// The pause that holds at a time; a timed one ends by itself.
    pub fn rest(&self, now: Timestamp) -> Option<Rest> {
        let since = self.paused_at.filter(|_| self.paused_until.is_none_or(|until| now < until))?;
        Some(Rest { since, until: self.paused_until })
    }
}

/// Why a paper goes to a channel: one entry for each subscription that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The subscription's query in canonical form.
    pub query: String,
    /// The parts of it that the paper holds, with the field where each stands.
    pub terms: Vec<MatchedTerm>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChannelId, DestinationId, Platform};

    #[test]
    fn a_timed_pause_ends_by_itself_at_its_time() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let channel = ChannelId::parse(Platform::Sandbox, "lab").unwrap();
        let mut subscription = Subscription {
            id: SubscriptionId(1),
            destination: Destination {
                id: DestinationId(1),
                platform: Platform::Sandbox,
                channel,
                pause: None,
            },
            query: "robots".parse().unwrap(),
            created_by: "cli".to_owned(),
            created_at: at(0),
            cadence: Cadence::Instant,
            style: Style::Card,
            paused_at: Some(at(10)),
            paused_until: Some(at(20)),
            posted: 0,
        };
        assert_eq!(subscription.rest(at(19)), Some(Rest { since: at(10), until: Some(at(20)) }));
        assert_eq!(subscription.rest(at(20)), None);
        subscription.paused_until = None;
        assert_eq!(subscription.rest(at(99)), Some(Rest { since: at(10), until: None }));
    }
}
