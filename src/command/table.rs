//! The table of commands.

use super::given::Given;
use super::{Command, Order, Scope, Window};
use crate::domain::{LimitsChange, MailRhythm, RoundupSettings, RoundupWish};

/// One command.
#[derive(Debug)]
pub struct Spec {
    /// The word after `/papers`, or two of which the first is one of [`GROUPS`].
    pub name: &'static str,
    /// What it does, for lists: at most 100 characters, as an order without a full stop.
    pub about: &'static str,
    /// A sentence or two more for `help NAME` and the docs; may be empty.
    pub detail: &'static str,
    /// True when it changes the channel, so that only those who may manage it can use it.
    pub changes: bool,
    /// What it takes; what is required comes first.
    pub options: &'static [Opt],
    /// A whole line that people can try.
    pub example: &'static str,
    /// Makes the command of what was given; `None` when something required is missing.
    pub(super) make: fn(&mut Given) -> Option<Command>,
}

impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Spec {}

impl Spec {
    /// What it takes under a name.
    pub fn option(&self, name: &str) -> Option<&Opt> {
        self.options.iter().find(|option| option.name.eq_ignore_ascii_case(name))
    }
}

/// Something that a command takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Opt {
    /// The name: on Discord the option's, in a line of text `name:value`.
    pub name: &'static str,
    /// What it is: at most 100 characters.
    pub about: &'static str,
    /// True when the command cannot do without.
    pub required: bool,
    /// What may be given.
    pub kind: Kind,
}

/// What may be given for an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A query for searching; in a line of text, all that is not `name:value` of another option.
    Query,
    /// A query for a subscription, which has no dates.
    StandingQuery,
    /// A paper: arXiv id, DOI or address.
    Paper,
    /// The number of a subscription of this channel.
    Subscription,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A day: `2026-08-01`, or counted back: `7d`.
    Since,
    /// The end of a pause: `2026-08-01`, or a time from now: `3d`, `12h`, `2w`.
    Until,
    /// A time of day: `09:00`, `9am`, `17`.
    Time,
    /// An IANA time zone: `Europe/Berlin`.
    Zone,
    /// A whole number in this range.
    Number(u16, u16),
    /// A whole number in this range, or `off`.
    Cap(u16, u16),
    /// Hours of the day, `22:00-07:00`, or `off`.
    Hours,
    /// A channel of the platform.
    Channel,
    /// The address of a feed.
    Address,
    /// A feed that the channel follows: address, number or name.
    Feed,
    /// An e-mail address.
    Mail,
    /// The name of a command.
    Command,
    /// Some words; in a line of text, all that follows the paper.
    Text,
}

/// What can be completed while it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Queries: recent ones, popular ones, and categories after `cat:`.
    Query,
    /// Papers by id or by words of the title.
    Paper,
    /// The channel's subscriptions.
    Subscription,
    /// Time zones.
    Zone,
    /// The feeds that the channel follows.
    Feed,
}

impl Kind {
    /// What is completed while an option of this kind is written.
    pub fn topic(self) -> Option<Topic> {
        match self {
            Self::Query | Self::StandingQuery => Some(Topic::Query),
            Self::Paper => Some(Topic::Paper),
            Self::Subscription => Some(Topic::Subscription),
            Self::Zone => Some(Topic::Zone),
            Self::Feed => Some(Topic::Feed),
            _ => None,
        }
    }
}

const QUERY: Opt = Opt {
    name: "query",
    about: "Words, \"phrases\", AND, OR, -not, and fields such as ti: au: cat:",
    required: true,
    kind: Kind::Query,
};
const STANDING_QUERY: Opt = Opt { kind: Kind::StandingQuery, ..QUERY };
const PAPER: Opt = Opt {
    name: "paper",
    about: "An arXiv id, a DOI or a paper's address",
    required: true,
    kind: Kind::Paper,
};
const SUBSCRIPTION: Opt = Opt {
    name: "subscription",
    about: "The number of a subscription of this channel",
    required: true,
    kind: Kind::Subscription,
};
const ANY_SUBSCRIPTION: Opt = Opt {
    about: "The number of a subscription of this channel; all of them when left out",
    required: false,
    ..SUBSCRIPTION
};

/// The first words of commands of two words, and what these do together: at most 100 characters.
pub static GROUPS: &[(&str, &str)] = &[("source", "The feeds that this channel follows")];

/// Every command, in the order in which they are shown.
pub static COMMANDS: &[Spec] = &[
    Spec {
        name: "search",
        about: "Find papers",
        detail: "Only you see the answer until you press Share.",
        changes: false,
        options: &[
            QUERY,
            Opt {
                name: "sort",
                about: "Best, newest or most voted first",
                required: false,
                kind: Kind::Choice(&["relevance", "date", "upvotes"]),
            },
            Opt {
                name: "since",
                about: "Only papers listed since a day (2026-08-01), or in the last days (7d)",
                required: false,
                kind: Kind::Since,
            },
        ],
        example: "search \"flow matching\" cat:cs.RO since:30d",
        make: |given| {
            Some(Command::Search {
                query: given.take("query")?,
                order: given.chosen("sort", Order::named).unwrap_or_default(),
                since: given.take("since"),
            })
        },
    },
    Spec {
        name: "show",
        about: "Show one paper in full, and where it was posted here",
        detail: "",
        changes: false,
        options: &[PAPER],
        example: "show 2608.01234",
        make: |given| Some(Command::Show { paper: given.take("paper")? }),
    },
    Spec {
        name: "latest",
        about: "Show the papers listed last",
        detail: "With a query, only those that match it.",
        changes: false,
        options: &[Opt { required: false, ..QUERY }],
        example: "latest diffusion",
        make: |given| Some(Command::Latest { query: given.take("query") }),
    },
    Spec {
        name: "trending",
        about: "Show the papers whose votes and stars are rising",
        detail: "Measured on the numbers that Paperwire has seen itself.",
        changes: false,
        options: &[
            Opt {
                name: "window",
                about: "Over which time; a week when left out",
                required: false,
                kind: Kind::Choice(&["day", "week", "month"]),
            },
            Opt {
                name: "scope",
                about: "With this channel's votes, or by the world's alone; with them when left out",
                required: false,
                kind: Kind::Choice(&["here", "world"]),
            },
        ],
        example: "trending week",
        make: |given| {
            Some(Command::Trending {
                window: given.chosen("window", Window::named).unwrap_or_default(),
                scope: given.chosen("scope", Scope::named).unwrap_or_default(),
            })
        },
    },
    Spec {
        name: "similar",
        about: "Find papers like one that you know",
        detail: "",
        changes: false,
        options: &[PAPER],
        example: "similar 2608.01234",
        make: |given| Some(Command::Similar { paper: given.take("paper")? }),
    },
    Spec {
        name: "subscribe",
        about: "Bring the papers of a query into this channel",
        detail: "First you see what it would have posted in the last 30 days; nothing changes before you confirm. \
                 The same query again changes when and how its papers come.",
        changes: true,
        options: &[
            STANDING_QUERY,
            Opt {
                name: "when",
                about: "Each at once, or together daily or weekly",
                required: false,
                kind: Kind::Choice(&["instant", "daily", "weekly"]),
            },
            Opt {
                name: "style",
                about: "How much of each paper is shown",
                required: false,
                kind: Kind::Choice(&["line", "card", "full"]),
            },
            Opt {
                name: "channel",
                about: "Another channel than this one",
                required: false,
                kind: Kind::Channel,
            },
        ],
        example: "subscribe \"diffusion policy\" -survey style:line",
        make: |given| {
            Some(Command::Subscribe {
                query: given.take("query")?,
                when: given.chosen("when", |name| name.parse().ok()),
                style: given.chosen("style", |name| name.parse().ok()),
                channel: given.take("channel"),
            })
        },
    },
    Spec {
        name: "subscriptions",
        about: "List what this channel is subscribed to",
        detail: "",
        changes: false,
        options: &[],
        example: "subscriptions",
        make: |_| Some(Command::Subscriptions),
    },
    Spec {
        name: "unsubscribe",
        about: "End a subscription of this channel",
        detail: "",
        changes: true,
        options: &[SUBSCRIPTION],
        example: "unsubscribe 3",
        make: |given| Some(Command::Unsubscribe { subscription: given.take("subscription")? }),
    },
    Spec {
        name: "pause",
        about: "Post nothing for a while",
        detail: "Papers listed meanwhile are not posted later.",
        changes: true,
        options: &[
            Opt {
                name: "until",
                about: "A day (2026-08-01) or a time from now (3d, 12h); until resumed when left out",
                required: false,
                kind: Kind::Until,
            },
            ANY_SUBSCRIPTION,
        ],
        example: "pause 3d",
        make: |given| {
            Some(Command::Pause { subscription: given.take("subscription"), until: given.take("until") })
        },
    },
    Spec {
        name: "resume",
        about: "End a pause",
        detail: "",
        changes: true,
        options: &[ANY_SUBSCRIPTION],
        example: "resume",
        make: |given| Some(Command::Resume { subscription: given.take("subscription") }),
    },
    Spec {
        name: "explain",
        about: "Say why a paper was or was not posted in this channel",
        detail: "",
        changes: false,
        options: &[PAPER],
        example: "explain 2608.01234",
        make: |given| Some(Command::Explain { paper: given.take("paper")? }),
    },
    Spec {
        name: "status",
        about: "Say how the sources and this channel are, and why it is quiet",
        detail: "",
        changes: false,
        options: &[],
        example: "status",
        make: |_| Some(Command::Status),
    },
    Spec {
        name: "roundup",
        about: "Show or set this channel's roundup",
        detail: "What is left out stays as it is. A subscription can have a roundup of its own, at another time; \
                 every:off gives its papers back to the channel's.",
        changes: true,
        options: &[
            Opt { name: "at", about: "The local time of day: 09:00", required: false, kind: Kind::Time },
            Opt { name: "zone", about: "The time zone: Europe/Berlin", required: false, kind: Kind::Zone },
            Opt {
                name: "every",
                about: "On which days",
                required: false,
                kind: Kind::Choice(&["daily", "weekdays", "weekly", "monthly", "off"]),
            },
            Opt { name: "size", about: "At most so many papers", required: false, kind: Kind::Number(1, 50) },
            Opt {
                name: "posted",
                about: "Papers that were posted one by one: left out, or marked with a link",
                required: false,
                kind: Kind::Choice(&["hide", "mark"]),
            },
            Opt {
                name: "quiet",
                about: "A day without papers: nothing, or one line that says why",
                required: false,
                kind: Kind::Choice(&["silent", "say"]),
            },
            Opt {
                name: "trending",
                about: "When the trending papers come, whatever the channel is subscribed to",
                required: false,
                kind: Kind::Choice(&["daily", "weekly", "off"]),
            },
            Opt {
                about: "A subscription of this channel that has its own roundup; the channel's when left out",
                ..ANY_SUBSCRIPTION
            },
        ],
        example: "roundup at:09:00 zone:Europe/Berlin every:weekdays",
        make: |given| {
            let settings = RoundupSettings {
                at: given.take("at"),
                zone: given.take("zone"),
                every: given.chosen("every", |name| name.parse().ok()),
                size: given.take("size"),
                posted: given.chosen("posted", |name| name.parse().ok()),
                quiet: given.chosen("quiet", |name| name.parse().ok()),
            };
            let trending = given.chosen("trending", |name| name.parse().ok());
            let subscription = given.take("subscription");
            Some(Command::Roundup { wanted: RoundupWish { settings, trending, subscription } })
        },
    },
    Spec {
        name: "source add",
        about: "Follow a feed (RSS, Atom or JSON Feed) in this channel",
        detail: "What is in it now is not posted; what comes later is. With a query, only what matches it.",
        changes: true,
        options: &[
            Opt { name: "feed", about: "The address of the feed", required: true, kind: Kind::Address },
            Opt {
                about: "Only the papers of this feed that match: words, \"phrases\", OR, -not, ti: au: cat:",
                required: false,
                ..STANDING_QUERY
            },
        ],
        example: "source add https://www.nature.com/nature.rss",
        make: |given| Some(Command::SourceAdd { feed: given.take("feed")?, query: given.take("query") }),
    },
    Spec {
        name: "source list",
        about: "List the feeds that this channel follows, and how reading them goes",
        detail: "",
        changes: false,
        options: &[],
        example: "source list",
        make: |_| Some(Command::SourceList),
    },
    Spec {
        name: "source remove",
        about: "Follow a feed no longer in this channel",
        detail: "Its subscription here ends. What was posted stays.",
        changes: true,
        options: &[Opt {
            name: "feed",
            about: "The number, name or address of a feed that this channel follows",
            required: true,
            kind: Kind::Feed,
        }],
        example: "source remove 2",
        make: |given| Some(Command::SourceRemove { feed: given.take("feed")? }),
    },
    Spec {
        name: "email",
        about: "Get trending papers by e-mail",
        detail: "Only you see the answer. Nothing but a letter with a link to confirm is sent before you confirm.",
        changes: false,
        options: &[
            Opt {
                name: "address",
                about: "Your e-mail address; a link to a form when left out",
                required: false,
                kind: Kind::Mail,
            },
            Opt {
                name: "every",
                about: "How often; daily when left out",
                required: false,
                kind: Kind::Choice(&["daily", "weekly"]),
            },
        ],
        example: "email weekly",
        make: |given| {
            Some(Command::Email {
                address: given.take("address"),
                every: given.chosen("every", MailRhythm::named),
            })
        },
    },
    Spec {
        name: "limits",
        about: "Show or set how much this channel gets at once",
        detail: "What is over the limit waits for the roundup. What is left out stays as it is.",
        changes: true,
        options: &[
            Opt {
                name: "per_day",
                about: "At most so many posts a day: the best of what comes together",
                required: false,
                kind: Kind::Cap(1, 500),
            },
            Opt {
                name: "quiet",
                about: "Hours without posts, in the zone of the roundup: 22:00-07:00",
                required: false,
                kind: Kind::Hours,
            },
            Opt {
                name: "spike",
                about: "Whether a day with far more papers than usual turns into a roundup",
                required: false,
                kind: Kind::Choice(&["on", "off"]),
            },
        ],
        example: "limits per_day:8 quiet:22:00-07:00 spike:on",
        make: |given| {
            Some(Command::Limits {
                change: LimitsChange {
                    per_day: given.take("per_day"),
                    quiet: given.take("quiet"),
                    spike: given.chosen("spike", |name| Some(name == "on")),
                },
            })
        },
    },
    Spec {
        name: "submit",
        about: "Put a paper before this channel",
        detail: "One that is not known yet is looked up at arXiv and Hugging Face. One that is here already gets your \
                 vote.",
        changes: false,
        options: &[
            PAPER,
            Opt {
                name: "note",
                about: "What you want to say of it, in at most 300 characters",
                required: false,
                kind: Kind::Text,
            },
        ],
        example: "submit 2608.01234 Worth reading for its ablations",
        make: |given| Some(Command::Submit { paper: given.take("paper")?, note: given.take("note") }),
    },
    Spec {
        name: "remove",
        about: "Take a paper out of this channel for good",
        detail: "Its message is deleted and it is never posted here again. For those who may manage the channel, and \
                 for who submitted the paper.",
        changes: false,
        options: &[PAPER],
        example: "remove 2608.01234",
        make: |given| Some(Command::Remove { paper: given.take("paper")? }),
    },
    Spec {
        name: "community",
        about: "Show or set who may submit papers to this channel",
        detail: "",
        changes: true,
        options: &[Opt {
            name: "submit",
            about: "Everybody who may write here, or only those who may manage the channel",
            required: false,
            kind: Kind::Choice(&["everyone", "managers"]),
        }],
        example: "community submit:managers",
        make: |given| Some(Command::Community { submit: given.chosen("submit", |name| name.parse().ok()) }),
    },
    Spec {
        name: "help",
        about: "Explain the commands and the query language",
        detail: "",
        changes: false,
        options: &[Opt {
            name: "command",
            about: "The command you want to know more about",
            required: false,
            kind: Kind::Command,
        }],
        example: "help subscribe",
        make: |given| Some(Command::Help { about: given.take("command") }),
    },
];

/// The command of a name.
pub fn spec(name: &str) -> Option<&'static Spec> {
    COMMANDS.iter().find(|spec| spec.name.eq_ignore_ascii_case(name))
}
