//! What is wrong with a command as it was written.

use crate::domain::{PaperIdError, QueryError};

use super::near::nearest;
use super::{COMMANDS, GROUPS, Opt, Spec};

/// A command that cannot be carried out as written; `message` makes the sentence of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Mistake {
    /// There is no such command.
    NoSuchCommand {
        /// As written.
        given: String,
        /// The one that was probably meant.
        meant: Option<&'static str>,
    },
    /// Something that the command needs is missing.
    Missing {
        /// The command.
        spec: &'static Spec,
        /// What is missing.
        option: &'static Opt,
    },
    /// The query cannot be read.
    Query {
        /// The command.
        spec: &'static Spec,
        /// Where and why.
        error: QueryError,
    },
    /// The text names no paper.
    Paper {
        /// The command.
        spec: &'static Spec,
        /// Why.
        error: PaperIdError,
    },
    /// The value of an option cannot be used.
    Value {
        /// The command.
        spec: &'static Spec,
        /// The option.
        option: &'static Opt,
        /// A clause that says what it should be: `“teatime” is no time of day: write it as 09:00`.
        reason: String,
    },
    /// There is something more that the command does not take.
    Unexpected {
        /// The command.
        spec: &'static Spec,
        /// As written.
        given: String,
    },
}

/// Words that people try, and the command that they mean.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("about", "show"),
    ("add", "subscribe"),
    ("budget", "limits"),
    ("commands", "help"),
    ("delete", "unsubscribe"),
    ("digest", "roundup"),
    ("feed", "source add"),
    ("feeds", "source list"),
    ("find", "search"),
    ("follow", "subscribe"),
    ("get", "show"),
    ("hot", "trending"),
    ("info", "show"),
    ("limit", "limits"),
    ("list", "subscriptions"),
    ("mute", "pause"),
    ("new", "latest"),
    ("newest", "latest"),
    ("paper", "show"),
    ("query", "search"),
    ("quiet", "limits"),
    ("recent", "latest"),
    ("related", "similar"),
    ("remove", "unsubscribe"),
    ("sources", "source list"),
    ("start", "resume"),
    ("stop", "pause"),
    ("sub", "subscribe"),
    ("subs", "subscriptions"),
    ("top", "trending"),
    ("unfollow", "unsubscribe"),
    ("unmute", "resume"),
    ("unpause", "resume"),
    ("unsub", "unsubscribe"),
    ("usage", "help"),
    ("watch", "subscribe"),
    ("why", "explain"),
];

impl Mistake {
    /// There is no command of this name: with the one that was probably meant.
    pub(super) fn no_such_command(given: &str) -> Self {
        let given = given.trim();
        let other = OTHER_WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(given));
        let names = COMMANDS.iter().map(|spec| spec.name);
        let of_group = || {
            let first = given.split(' ').next().unwrap_or_default();
            let group = GROUPS.iter().find(|(group, _)| group.eq_ignore_ascii_case(first))?.0;
            COMMANDS.iter().map(|spec| spec.name).find(|name| name.starts_with(group))
        };
        let meant = other.map(|(_, name)| *name).or_else(|| nearest(given, names)).or_else(of_group);
        Self::NoSuchCommand { given: given.to_owned(), meant }
    }
}
