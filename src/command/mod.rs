//! What people can ask the bot for: one table of commands, from which registration, usage, help and parsers come.
//!
//! A platform gives either a line of text (Slack: [`parse_line`]) or named options (Discord: [`parse_options`]);
//! both come to the same [`Command`] or to a [`Mistake`] that says what to write instead.

#[cfg(test)]
mod documented;
mod feed;
mod given;
mod hours;
mod line;
mod mistake;
mod near;
mod options;
mod table;
#[cfg(test)]
mod tests;
mod time;
mod typed;
mod usage;
mod value;
mod zone;

use serde::{Deserialize, Serialize};

use crate::domain::query::Day;
use crate::domain::{
    Cadence, ChannelId, LimitsChange, MailAddress, MailRhythm, PaperId, Query, RoundupWish, Style,
    Submitters, SubscriptionId,
};

pub use feed::FeedText;
pub use line::parse_line;
pub use mistake::Mistake;
pub use options::parse_options;
pub use table::{COMMANDS, GROUPS, Kind, Opt, Spec, Topic, spec};
pub use usage::written;
pub use zone::zones;

/// The name of the one slash command; the commands of the table follow it.
pub const ROOT: &str = "papers";

/// The name of the entry in a message's menu.
pub const ABOUT_MESSAGE: &str = "About this paper";

/// A command with everything it needs, read and checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `search`: papers that a query finds.
    Search {
        /// What is looked for.
        query: Query,
        /// In which order.
        order: Order,
        /// Only papers listed since this day.
        since: Option<Day>,
    },
    /// `show`: one paper in full.
    Show {
        /// Which.
        paper: PaperId,
    },
    /// `latest`: the papers listed last.
    Latest {
        /// Only those that match.
        query: Option<Query>,
    },
    /// `trending`: papers whose numbers rise.
    Trending {
        /// Over which time.
        window: Window,
        /// Whose votes count.
        scope: Scope,
    },
    /// `similar`: papers that resemble one.
    Similar {
        /// Which.
        paper: PaperId,
    },
    /// `subscribe`: papers of a query into a channel.
    Subscribe {
        /// Which papers.
        query: Query,
        /// When; `None` keeps what the channel has, or is instant.
        when: Option<Cadence>,
        /// How much of each; `None` keeps what the channel has, or is a card.
        style: Option<Style>,
        /// Into which channel; `None` is where it was asked.
        channel: Option<ChannelId>,
    },
    /// `subscriptions`: what the channel is subscribed to.
    Subscriptions,
    /// `unsubscribe`: ends a subscription.
    Unsubscribe {
        /// Which.
        subscription: SubscriptionId,
    },
    /// `pause`: nothing is posted until resumed, or until a time.
    Pause {
        /// One of the channel's subscriptions; `None` is all of them.
        subscription: Option<SubscriptionId>,
        /// Until when; `None` is until resumed.
        until: Option<Until>,
    },
    /// `resume`: ends a pause.
    Resume {
        /// One of the channel's subscriptions; `None` is all of them.
        subscription: Option<SubscriptionId>,
    },
    /// `explain`: why a paper was or was not posted here.
    Explain {
        /// Which.
        paper: PaperId,
    },
    /// `status`: how the sources and the channel are.
    Status,
    /// `roundup`: shows or sets the channel's roundups; nothing given only shows them.
    Roundup {
        /// What is to be set; the zone is checked against the zone database.
        wanted: RoundupWish,
    },
    /// `source add`: a feed into a channel.
    SourceAdd {
        /// The feed's address.
        feed: FeedText,
        /// Only papers of it that match.
        query: Option<Query>,
    },
    /// `source list`: the feeds that the channel follows.
    SourceList,
    /// `source remove`: a feed out of a channel.
    SourceRemove {
        /// Its address, number or name.
        feed: FeedText,
    },
    /// `email`: papers by e-mail for who asks.
    Email {
        /// Where to; `None` leads to the form.
        address: Option<MailAddress>,
        /// How often; `None` is daily.
        every: Option<MailRhythm>,
    },
    /// `limits`: shows or sets how much the channel gets at once; nothing given only shows it.
    Limits {
        /// What is changed.
        change: LimitsChange,
    },
    /// `submit`: puts a paper before the channel.
    Submit {
        /// Which.
        paper: PaperId,
        /// What is said of it.
        note: Option<Note>,
    },
    /// `remove`: takes a paper out of the channel.
    Remove {
        /// Which.
        paper: PaperId,
    },
    /// `community`: shows or sets who may submit.
    Community {
        /// Who; `None` only shows it.
        submit: Option<Submitters>,
    },
    /// `help`: how to use all, or one of them.
    Help {
        /// The one that is asked about.
        about: Option<&'static Spec>,
    },
}

impl Command {
    /// The row of the table that it comes from.
    pub fn spec(&self) -> &'static Spec {
        let name = match self {
            Self::Search { .. } => "search",
            Self::Show { .. } => "show",
            Self::Latest { .. } => "latest",
            Self::Trending { .. } => "trending",
            Self::Similar { .. } => "similar",
            Self::Subscribe { .. } => "subscribe",
            Self::Subscriptions => "subscriptions",
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Explain { .. } => "explain",
            Self::Status => "status",
            Self::Roundup { .. } => "roundup",
            Self::SourceAdd { .. } => "source add",
            Self::SourceList => "source list",
            Self::SourceRemove { .. } => "source remove",
            Self::Email { .. } => "email",
            Self::Limits { .. } => "limits",
            Self::Submit { .. } => "submit",
            Self::Remove { .. } => "remove",
            Self::Community { .. } => "community",
            Self::Help { .. } => "help",
        };
        spec(name).expect("every command has a row in the table")
    }
}

/// The order of found papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The best first.
    #[default]
    Relevance,
    /// The newest first.
    Date,
    /// The most votes first.
    Upvotes,
}

impl Order {
    /// The order of a name in the table.
    fn named(name: &str) -> Option<Self> {
        match name {
            "relevance" => Some(Self::Relevance),
            "date" => Some(Self::Date),
            "upvotes" => Some(Self::Upvotes),
            _ => None,
        }
    }
}

/// The time over which a rise is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// 24 hours.
    Day,
    /// 7 days.
    #[default]
    Week,
    /// 30 days.
    Month,
}

impl Window {
    /// The time of a name in the table.
    fn named(name: &str) -> Option<Self> {
        match name {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            _ => None,
        }
    }
}

/// Whose votes rank what is trending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The channel's, beside the world's.
    #[default]
    Here,
    /// The world's alone.
    World,
}

impl Scope {
    /// The scope of a name in the table.
    fn named(name: &str) -> Option<Self> {
        match name {
            "here" => Some(Self::Here),
            "world" => Some(Self::World),
            _ => None,
        }
    }
}

/// What somebody says of a paper, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(pub String);

/// When a timed pause ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Until {
    /// The beginning of a day (UTC).
    Day(jiff::civil::Date),
    /// So many seconds from now.
    After(u32),
}
