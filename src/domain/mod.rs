//! The words of the trade: papers, listings, queries, subscriptions and deliveries, free of I/O.
//!
//! Everything above speaks in these types; they are parsed at the border and keep the proof.

mod allowed_host;
pub mod budget;
pub mod calendar;
mod community;
mod delivery;
mod destination;
mod event;
mod hand;
pub mod identity;
mod listing;
pub mod mail;
mod mail_address;
pub mod outbox;
mod paper;
mod paper_id;
pub mod precedence;
pub mod query;
pub mod ranking;
mod repeat;
mod roundup;
pub mod schedule;
mod subscription;
mod verdict;
mod wish;

pub use allowed_host::{AllowedHost, AllowedHostError, WEB_PORTS, unrooted};
pub use budget::{Bound, Limits, LimitsChange, Quiet};
pub use community::{Ballot, Community, Submitted, Submitters, Tally};
pub use delivery::{DeliveryId, DeliveryKind, DeliveryState};
pub use destination::{ChannelId, Destination, DestinationId, Pause, PauseCause, Platform};
pub use event::{Event, EventKind};
pub use hand::{Deed, Objection};
pub use listing::{Counters, Facts, Listing, Organization, SourceName, SourceSummary};
pub use mail::{MailKey, MailPurpose, MailRhythm, MailWish};
pub use mail_address::{Correspondent, MailAddress, MailAddressError};
pub use paper::{Paper, PaperKey, ShortText};
pub use paper_id::{PaperId, PaperIdError};
pub use query::{Query, QueryError};
pub use repeat::{judge_repeatable, must_wait};
pub use roundup::RoundupKind;
pub use schedule::{Firing, Schedule};
pub use subscription::{Rest, Subscription, SubscriptionId, Why};
pub use verdict::{Attempt, Found, RetryPolicy, SendOutcome, Settle, Verdict, judge, judge_found, settle};
pub use wish::{AlreadyPosted, Cadence, Every, QuietDay, RoundupSettings, RoundupWish, Style, UserId};
