//! The arguments, as clap reads them; their doc comments are the help text.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ColorChoice, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use url::Url;

use crate::app::ArchiveName;
use crate::config::Role;
use crate::domain::{Every, Platform, RoundupKind};

/// A wire service for research papers: new papers into the right Discord and Slack channels, each once,
/// with the reason.
#[derive(Debug, Parser)]
#[command(name = "paperwire", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 not found.\n\
    Try it without any set-up: paperwire demo")]
pub struct Args {
    /// Configuration file (else the one that `PAPERWIRE_CONFIG` names)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON Lines for programs instead of text for people
    #[arg(long, global = true)]
    pub json: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    #[command(subcommand)]
    pub command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Sets it for everything that the process prints.
    pub fn write_global(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        match choice {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Poll, match and post until stopped
    Serve(Serve),
    /// Show it at work: sample papers arrive in three sandbox channels (no network, no tokens)
    Demo(Demo),
    /// Fetch listings into the store and end
    Poll(Poll),
    /// What channels are subscribed to
    #[command(subcommand, visible_alias = "subs")]
    Subscriptions(Subscriptions),
    /// Look at stored papers
    #[command(subcommand)]
    Papers(Papers),
    /// What is on its way into channels, what is in doubt, and what to do with it
    Deliveries(super::deliveries::Deliveries),
    /// Show how each source is: last read, last error, next poll, what it brings and how late
    Sources {
        #[command(subcommand)]
        command: Option<Sources>,
    },
    /// Take a dump of papers in; they can be searched and are never posted
    Import(Import),
    /// Read past days of a source; their papers can be searched and are never posted
    Backfill(Backfill),
    /// List the stored papers that a query would have matched
    Match(Match),
    /// Search the stored papers
    Search(Search),
    /// Say why a query does or does not match a stored paper
    Explain(Explain),
    /// Look at what roundups will do
    #[command(subcommand)]
    Roundup(Roundup),
    /// Try a chat command in the terminal, without any account: paperwire ask '/papers help'
    Ask(Ask),
    /// Show the chat commands as people see them on each platform
    Commands,
    /// Bring the database to this version's tables
    Migrate,
    /// Set up the Slack app
    #[command(subcommand)]
    Slack(Slack),
    /// Check and show the configuration
    #[command(subcommand)]
    Config(Config),
    /// Connect Discord
    #[command(subcommand)]
    Discord(Discord),
    /// Letters by e-mail
    #[command(subcommand)]
    Mail(Mail),
    /// Ask a running `paperwire serve` whether it is well (for containers)
    Healthcheck,
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub struct Serve {
    /// Do only this part of the work; several with commas (docs/operations.md)
    #[arg(long, value_name = "ROLE", value_delimiter = ',')]
    pub only: Vec<Role>,
}

#[derive(Debug, ClapArgs)]
pub struct Demo {
    /// End when all papers are delivered, and print what went where
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Poll {
    /// Poll once and end (what this command does anyway)
    #[arg(long)]
    pub once: bool,
    /// First listing day to fetch, such as 2026-08-03; days before the backlog are stored but never posted
    #[arg(long, value_name = "DAY", requires = "to")]
    pub from: Option<Date>,
    /// Last listing day to fetch
    #[arg(long, value_name = "DAY", requires = "from")]
    pub to: Option<Date>,
}

#[derive(Debug, ClapArgs)]
pub struct Import {
    /// JSON Lines, plain or gzipped: one paper in each line (docs/sources.md); - is standard input
    pub file: PathBuf,
    /// Where the papers were listed
    #[arg(long, value_name = "SOURCE", default_value = "import")]
    pub source: ImportedFrom,
}

/// The source that a dump's listings are of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ImportedFrom {
    /// None that Paperwire polls
    Import,
    /// arXiv's daily announcements
    Arxiv,
    /// Hugging Face Daily Papers
    Huggingface,
}

#[derive(Debug, ClapArgs)]
pub struct Backfill {
    /// Which source
    #[arg(long, value_name = "SOURCE")]
    pub source: ArchiveName,
    /// First day, such as 2026-01-01
    #[arg(long, value_name = "DAY")]
    pub from: Date,
    /// Last day
    #[arg(long, value_name = "DAY")]
    pub to: Date,
    /// Only this category, where the source has them
    #[arg(long, value_name = "NAME")]
    pub category: Option<String>,
    /// Read days again that were read before
    #[arg(long)]
    pub again: bool,
}

#[derive(Debug, Subcommand)]
pub enum Subscriptions {
    /// Subscribe a channel to a query
    Add(AddSubscription),
    /// List subscriptions, with what pauses them
    List,
    /// Remove a subscription
    Remove(SubscriptionArg),
    /// Pause a subscription: nothing is queued for it until it is resumed
    Pause(SubscriptionArg),
    /// Resume a subscription, and its channel if a refusal paused it
    Resume(SubscriptionArg),
}

#[derive(Debug, ClapArgs)]
pub struct AddSubscription {
    /// discord, slack, email or sandbox
    #[arg(long)]
    pub platform: Platform,
    /// The channel's id on the platform (a name of your choice in the sandbox)
    #[arg(long, value_name = "ID")]
    pub channel: String,
    /// What to post: words, "phrases", prefix*, =exact, OR, -not, (…), ti: au: cat: …, upvotes>=50
    #[arg(long, value_name = "Q", allow_hyphen_values = true)]
    pub query: String,
}

#[derive(Debug, ClapArgs)]
pub struct SubscriptionArg {
    /// The number that `subscriptions list` shows
    pub id: i64,
}

#[derive(Debug, Subcommand)]
pub enum Papers {
    /// List stored papers, the newest day first
    List {
        /// Only this listing day, such as 2026-08-03
        #[arg(long, value_name = "DAY")]
        day: Option<Date>,
        /// At most this many
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
    },
    /// Show one paper, with where it was posted
    Show {
        /// An arXiv id, a DOI or the address of the paper
        id: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Sources {
    /// Say whether an address that somebody adds may be fetched, without connecting to it (exit code 1: refused)
    CheckUrl(CheckUrl),
    /// Print what a source's answer in a file gives: its listings, and the rows that were refused with the reason
    Parse(ParseBody),
    /// Follow a feed (RSS, Atom, RDF or JSON Feed); reads it once and shows what it brings
    Add(AddSource),
    /// List the feeds that are followed, with how reading them goes
    List,
    /// Follow a feed no longer; its papers stay
    Remove(SourceArg),
    /// Post what is held for review, because most items of a source were suddenly new
    Release(HeldOf),
    /// Keep what is held for review without ever posting it
    Drop(HeldOf),
}

#[derive(Debug, ClapArgs)]
pub struct ParseBody {
    /// What the file is
    #[arg(long, value_name = "KIND")]
    pub kind: BodyKind,
    /// The file; - reads standard input
    pub file: PathBuf,
}

/// What a source answers with.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum BodyKind {
    /// Atom of arXiv's query API
    ArxivApi,
    /// RSS or Atom of rss.arxiv.org
    ArxivRss,
    /// OAI-PMH of arXiv, in the formats arXiv and arXivRaw
    Oai,
    /// A feed: RSS, Atom, RDF or JSON Feed
    Feed,
    /// JSON of Hugging Face's daily papers
    Huggingface,
}

#[derive(Debug, ClapArgs)]
pub struct AddSource {
    /// The address of the feed
    pub url: String,
    /// Only show what it brings
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub struct SourceArg {
    /// The number that `sources list` shows
    pub id: i64,
}

#[derive(Debug, ClapArgs)]
pub struct HeldOf {
    /// The source's short name, such as feed-3, or the number of a feed
    pub name: String,
}

#[derive(Debug, ClapArgs)]
pub struct CheckUrl {
    /// The address
    pub url: String,
    /// Look its name up, and judge the addresses too
    #[arg(long)]
    pub resolve: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Match {
    /// The query, in quotes
    #[arg(allow_hyphen_values = true)]
    pub query: String,
    /// Look at this many days back from today
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub days: u16,
}

#[derive(Debug, ClapArgs)]
pub struct Search {
    /// The query, in quotes
    #[arg(allow_hyphen_values = true)]
    pub query: String,
    /// What comes first
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    pub sort: SearchOrder,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: u16,
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SearchOrder {
    /// The best match
    Relevance,
    /// The newest
    Date,
    /// The most votes
    Upvotes,
}

#[derive(Debug, ClapArgs)]
pub struct Explain {
    /// The query, in quotes
    #[arg(allow_hyphen_values = true)]
    pub query: String,
    /// An arXiv id, a DOI or the address of the paper
    pub paper: String,
}

#[derive(Debug, ClapArgs)]
pub struct Ask {
    /// The command as it is written in a channel, in quotes: '/papers search diffusion since:7d'
    #[arg(required = true)]
    pub line: Vec<String>,
    /// The sandbox channel it is given in
    #[arg(long, value_name = "NAME", default_value = "terminal")]
    pub channel: String,
    /// Press what has this number in the answer; again for what has a number in the next answer
    #[arg(long, value_name = "N")]
    pub press: Vec<usize>,
    /// Fill in a field of the form that a press opens, and send it
    #[arg(long, value_name = "FIELD=VALUE")]
    pub fill: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub enum Roundup {
    /// List when the roundups of a rhythm come, in UTC and in local time
    Next(NextRoundups),
    /// Show what a channel's roundup would hold
    Preview(PreviewRoundup),
}

#[derive(Debug, ClapArgs)]
pub struct PreviewRoundup {
    /// The channel, as platform and id: sandbox:papers, discord:1234567890, slack:C0AB12CD3
    #[arg(long, value_name = "PLATFORM:ID")]
    pub destination: String,
    /// As if it were this instant, such as 2026-08-10T09:00Z; now when left out
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<Timestamp>,
    /// Which of its roundups: matches, trending, or sub:3 for the own one of subscription 3
    #[arg(long, value_name = "KIND", default_value = "matches")]
    pub kind: RoundupKind,
    /// List all of its papers with what the place of each comes from
    #[arg(long)]
    pub explain: bool,
}

#[derive(Debug, ClapArgs)]
pub struct NextRoundups {
    /// daily, weekdays, weekly (Mondays) or monthly (the first)
    #[arg(long, value_name = "RHYTHM", default_value = "daily")]
    pub every: Every,
    /// The local time, such as 09:00
    #[arg(long, value_name = "TIME", default_value = "09:00")]
    pub at: Time,
    /// The IANA time zone, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub zone: String,
    /// The first instant that counts, such as 2026-01-01T00:00Z; now when left out
    #[arg(long, value_name = "INSTANT")]
    pub from: Option<Timestamp>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub count: u16,
}

#[derive(Debug, Subcommand)]
pub enum Subscribers {
    /// List them (what this command does anyway)
    List,
    /// End somebody's letters and erase the address
    Remove {
        /// The address, or the id that the list shows
        who: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Slack {
    /// Print the app's manifest, to paste at api.slack.com/apps (YAML, or JSON with --json)
    Manifest {
        /// The public address for mode "http", such as `https://papers.example.org`; without it: Socket Mode
        #[arg(long, value_name = "URL")]
        url: Option<Url>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Check the configuration and print what is in force, secrets redacted
    Check,
}

#[derive(Debug, Subcommand)]
pub enum Discord {
    /// Print the link that adds the bot to a server, with what it asks for and why
    Invite,
}

#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Send a test letter, and tell what the server said (without a server: where the file lies)
    Test {
        /// Whom it goes to
        address: String,
    },
    /// Who gets letters; addresses are masked
    Subscribers {
        #[command(subcommand)]
        command: Option<Subscribers>,
    },
}
