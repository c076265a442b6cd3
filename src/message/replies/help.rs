//! `help`: all commands at a glance, and one of them in full.

use super::mistakes::sentence;
use crate::command::{ABOUT_MESSAGE, COMMANDS, ROOT, Spec, written};
use crate::domain::Platform;
use crate::message::{Block, Line, Piece, Reply};

/// Where the query language is explained in full.
pub const QUERY_LANGUAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/query-language.md");

/// Queries that show what a query can say, and what each finds.
pub const EXAMPLES: [(&str, &str); 6] = [
    ("diffusion video", "both words"),
    ("\"flow matching\" OR \"rectified flow\"", "one of two phrases"),
    ("robot* -survey", "words that begin so, without surveys"),
    ("ti:attention au:\"Hinton, G\"", "a word of the title, by an author"),
    ("cat:cs.CL has:code", "a category, with code"),
    ("llm upvotes>=50", "once fifty people have voted for it"),
];

/// Says what the bot can do.
pub fn overview(platform: Platform) -> Reply {
    let heading = "What Paperwire can do".to_owned();
    let what = "New research papers come into your channels by subscription: each once, with the reason. \
                Everything that is stored can be searched.";
    let mut blocks = vec![Block::Heading { text: heading }, Block::Text { line: Piece::from(what).into() }];
    for (title, changes) in [("Look at papers", false), ("Set up this channel", true)] {
        let mut line = vec![Piece::Strong(title.to_owned())];
        for spec in COMMANDS.iter().filter(|spec| spec.changes == changes) {
            line.extend([
                Piece::from("\n"),
                Piece::Code(format!("/{ROOT} {}", spec.name)),
                Piece::from(format!(" – {}", spec.about)),
            ]);
        }
        blocks.push(Block::Text { line });
    }
    let mut line = vec![Piece::Strong("What a query can say".to_owned())];
    for (query, finds) in EXAMPLES {
        line.extend([Piece::from("\n"), Piece::Code(query.to_owned()), Piece::from(format!(" – {finds}"))]);
    }
    blocks.push(Block::Text { line });
    blocks.push(Block::Note { line: more(platform) });
    Reply { blocks, ..Reply::default() }
}

/// Where there is more to read.
fn more(platform: Platform) -> Line {
    let mut line = vec![
        Piece::from("More about a command: "),
        Piece::Code(written(platform, "help subscribe")),
        Piece::from(". All about queries: "),
        Piece::Link { text: "the query language".to_owned(), url: QUERY_LANGUAGE.to_owned() },
        Piece::from("."),
    ];
    let menu = match platform {
        Platform::Discord => "Apps",
        Platform::Slack => "More actions",
        Platform::Email | Platform::Sandbox => return line,
    };
    line.push(Piece::from(format!(
        " “{ABOUT_MESSAGE}” in the menu of a message, under {menu}, finds the papers that it links to."
    )));
    line
}

/// Explains one command: how it is written, what it takes, a line to try.
pub fn command(spec: &'static Spec, platform: Platform) -> Reply {
    let mut about = sentence(spec.about);
    if !spec.detail.is_empty() {
        about = format!("{about} {}", spec.detail);
    }
    let mut blocks = vec![
        Block::Heading { text: format!("/{ROOT} {}", spec.name) },
        Block::Text { line: Piece::from(about).into() },
        Block::Text { line: Piece::Code(spec.usage(platform)).into() },
    ];
    if !spec.options.is_empty() {
        let rows =
            spec.options.iter().map(|option| (option.name.to_owned(), Piece::from(option.about).into()));
        blocks.push(Block::Facts { rows: rows.collect() });
    }
    blocks.push(Block::Text { line: vec![Piece::from("For example: "), Piece::Code(spec.try_it(platform))] });
    if spec.changes {
        let who = match platform {
            Platform::Discord => "It changes this channel: you need the permission Manage Channels here.",
            Platform::Slack | Platform::Email | Platform::Sandbox => {
                "It changes this channel: only those who may manage its subscriptions can use it."
            }
        };
        blocks.push(Block::Note { line: Piece::from(who).into() });
    }
    Reply { blocks, ..Reply::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::spec;
    use crate::domain::Query;
    use crate::message::replies::seen;

    #[test]
    fn the_overview_names_every_command_once() {
        insta::assert_snapshot!(seen(&overview(Platform::Slack)), @r#"
        What Paperwire can do

        New research papers come into your channels by subscription: each once, with the reason.
        Everything that is stored can be searched.

        Look at papers
        /papers search – Find papers
        /papers show – Show one paper in full, and where it was posted here
        /papers latest – Show the papers listed last
        /papers trending – Show the papers whose votes and stars are rising
        /papers similar – Find papers like one that you know
        /papers subscriptions – List what this channel is subscribed to
        /papers explain – Say why a paper was or was not posted in this channel
        /papers status – Say how the sources and this channel are, and why it is quiet
        /papers source list – List the feeds that this channel follows, and how reading them goes
        /papers email – Get trending papers by e-mail
        /papers submit – Put a paper before this channel
        /papers remove – Take a paper out of this channel for good
        /papers help – Explain the commands and the query language

        Set up this channel
        /papers subscribe – Bring the papers of a query into this channel
        /papers unsubscribe – End a subscription of this channel
        /papers pause – Post nothing for a while
        /papers resume – End a pause
        /papers roundup – Show or set this channel's roundup
        /papers source add – Follow a feed (RSS, Atom or JSON Feed) in this channel
        /papers source remove – Follow a feed no longer in this channel
        /papers limits – Show or set how much this channel gets at once
        /papers community – Show or set who may submit papers to this channel

        What a query can say
        diffusion video – both words
        "flow matching" OR "rectified flow" – one of two phrases
        robot* -survey – words that begin so, without surveys
        ti:attention au:"Hinton, G" – a word of the title, by an author
        cat:cs.CL has:code – a category, with code
        llm upvotes>=50 – once fifty people have voted for it

        More about a command: /papers help subscribe. All about queries: the query language
        <https://github.com/paperwire/paperwire/blob/main/docs/query-language.md>. “About this
        paper” in the menu of a message, under More actions, finds the papers that it links to.
        "#);
        for platform in Platform::WITH_COMMANDS {
            let seen = seen(&overview(platform));
            for spec in COMMANDS {
                assert_eq!(seen.matches(&format!("/papers {} –", spec.name)).count(), 1, "{}", spec.name);
            }
        }
    }

    #[test]
    fn a_command_is_explained_as_each_platform_writes_it() {
        let subscribe = spec("subscribe").unwrap();
        insta::assert_snapshot!(seen(&command(subscribe, Platform::Slack)), @r#"
        /papers subscribe

        Bring the papers of a query into this channel. First you see what it would have posted in
        the last 30 days; nothing changes before you confirm. The same query again changes when
        and how its papers come.

        /papers subscribe QUERY [when:instant|daily|weekly] [style:line|card|full]
        [channel:#CHANNEL]

        query    Words, "phrases", AND, OR, -not, and fields such as ti: au: cat:
        when     Each at once, or together daily or weekly
        style    How much of each paper is shown
        channel  Another channel than this one

        For example: /papers subscribe "diffusion policy" -survey style:line

        It changes this channel: only those who may manage its subscriptions can use it.
        "#);
        insta::assert_snapshot!(seen(&command(subscribe, Platform::Discord)), @r#"
        /papers subscribe

        Bring the papers of a query into this channel. First you see what it would have posted in
        the last 30 days; nothing changes before you confirm. The same query again changes when
        and how its papers come.

        /papers subscribe query:QUERY [when:instant|daily|weekly] [style:line|card|full]
        [channel:#CHANNEL]

        query    Words, "phrases", AND, OR, -not, and fields such as ti: au: cat:
        when     Each at once, or together daily or weekly
        style    How much of each paper is shown
        channel  Another channel than this one

        For example: /papers subscribe query:"diffusion policy" -survey style:line

        It changes this channel: you need the permission Manage Channels here.
        "#);
    }

    #[test]
    fn the_examples_are_queries() {
        for (query, _) in EXAMPLES {
            Query::for_subscription(query).unwrap_or_else(|error| panic!("{}", error.pointed()));
        }
    }
}
