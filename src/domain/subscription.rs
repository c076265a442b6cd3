//! A channel's standing interest in papers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Destination, Query, query::MatchedTerm};

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
    /// Since when a person has paused it.
    pub paused_at: Option<Timestamp>,
    /// How many papers it has brought into its channel.
    pub posted: i64,
}

/// Why a paper goes to a channel: one entry for each subscription that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The subscription's query in canonical form.
    pub query: String,
    /// The parts of it that the paper holds, with the field where each stands.
    pub terms: Vec<MatchedTerm>,
}
