//! The words of the trade: papers, listings, queries, subscriptions and deliveries, free of I/O.
//!
//! Everything above speaks in these types; they are parsed at the border and keep the proof.

mod allowed_host;
mod community;
mod delivery;
mod destination;
mod event;
pub mod identity;
mod listing;
pub mod outbox;
mod paper;
mod paper_id;
pub mod precedence;
pub mod query;
pub mod ranking;
pub mod schedule;
mod subscription;
mod verdict;
mod wish;

pub use allowed_host::{AllowedHost, AllowedHostError, WEB_PORTS, unrooted};
pub use community::{Ballot, Community, Submitted, Submitters, Tally};
pub use delivery::{DeliveryId, DeliveryKind, DeliveryState};
pub use destination::{ChannelId, Destination, DestinationId, Pause, PauseCause, Platform};
pub use event::{Event, EventKind};
pub use listing::{Counters, Facts, Listing, Organization, SourceName, SourceSummary};
pub use paper::{Paper, PaperKey, ShortText};
pub use paper_id::{PaperId, PaperIdError};
pub use query::{Query, QueryError};
pub use schedule::{Firing, Schedule};
pub use subscription::{Rest, Subscription, SubscriptionId, Why};
pub use verdict::{Attempt, Found, RetryPolicy, SendOutcome, Settle, Verdict, judge, judge_found, settle};
pub use wish::{Cadence, Every, RoundupSettings, Style, UserId};
