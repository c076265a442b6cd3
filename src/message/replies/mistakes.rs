//! What people read when a command cannot be carried out as written: each says what to write instead.

use crate::command::{Mistake, ROOT, Spec, spec, written};
use crate::domain::{PaperIdError, Platform, Query, QueryError};
use crate::message::{Block, Piece, Reply, clean, cut};

/// The most characters of somebody's own text that are repeated.
const REPEATED: usize = 80;
/// The longest line of the picture of a query, in characters.
const POINTED: usize = 400;

/// Says what is wrong, and what to write instead as the platform writes it.
pub fn reply(mistake: &Mistake, platform: Platform) -> Reply {
    match mistake {
        Mistake::NoSuchCommand { given, meant } => no_such_command(given, *meant, platform),
        Mistake::Missing { spec, option } => {
            let what = format!(": {}.", lower_first(option.about));
            let mut line = vec![
                Piece::Code(format!("/{ROOT} {}", spec.name)),
                Piece::from(" needs a "),
                Piece::Strong(option.name.to_owned()),
                Piece::from(what),
            ];
            line.extend(write(spec.line_with(option, platform)));
            Reply::text(line)
        }
        Mistake::Query { spec, error } => query(spec, error, platform),
        Mistake::Paper { spec, error } => paper(spec, error, platform),
        Mistake::Value { spec, option, reason } => {
            let mut line =
                vec![Piece::Strong(option.name.to_owned()), Piece::from(format!(": {}", ended(reason)))];
            line.extend(write(spec.line_with(option, platform)));
            Reply::text(line)
        }
        Mistake::Unexpected { spec, given } => {
            let mut line = vec![
                Piece::from(format!("“{}” is more than ", cut(&clean(given), REPEATED))),
                Piece::Code(format!("/{ROOT} {}", spec.name)),
                Piece::from(" takes."),
            ];
            line.extend(write(spec.try_it(platform)));
            if !spec.options.is_empty() {
                line.push(Piece::from("\nAll that it takes: "));
                line.push(Piece::Code(written(platform, &format!("help {}", spec.name))));
            }
            Reply::text(line)
        }
    }
}

fn no_such_command(given: &str, meant: Option<&'static str>, platform: Platform) -> Reply {
    let given = cut(&clean(given), REPEATED);
    let mut line = vec![Piece::from(format!("There is no command “{given}”."))];
    if let Some(spec) = meant.and_then(spec) {
        line.extend([Piece::from(" Did you mean "), Piece::Strong(spec.name.to_owned()), Piece::from("?")]);
        line.extend(write(spec.try_it(platform)));
    } else {
        if Query::parse(&given).is_ok() {
            line.push(Piece::from("\nTo search for it: "));
            line.push(Piece::Code(written(platform, &format!("search {given}"))));
        }
        line.extend([Piece::from("\nAll commands: "), Piece::Code(written(platform, "help"))]);
    }
    Reply::text(line)
}

fn query(spec: &Spec, error: &QueryError, platform: Platform) -> Reply {
    let pointed = error.pointed();
    let text: Vec<_> = pointed.lines().map(|line| cut(line, POINTED)).collect();
    let mut line = vec![Piece::from("A query that can be read: "), Piece::Code(spec.try_it(platform))];
    line.extend([Piece::from(". More about queries: "), Piece::Code(written(platform, "help"))]);
    Reply {
        blocks: vec![
            Block::Text { line: Piece::from("This query cannot be read:").into() },
            Block::Code { text: text.join("\n") },
            Block::Note { line },
        ],
        ..Reply::default()
    }
}

fn paper(spec: &Spec, error: &PaperIdError, platform: Platform) -> Reply {
    let given = cut(&clean(&error.0), REPEATED);
    let words = Query::parse(&given).is_ok().then(|| written(platform, &format!("search {given}")));
    let mut line = vec![Piece::from(sentence(&PaperIdError(given).to_string()))];
    line.extend(write(spec.try_it(platform)));
    if let Some(search) = words {
        line.extend([Piece::from("\nTo find a paper by its words: "), Piece::Code(search)]);
    }
    Reply::text(line)
}

/// “Write it so” with a line.
fn write(example: String) -> [Piece; 2] {
    [Piece::from("\nWrite it like this: "), Piece::Code(example)]
}

/// A clause as a sentence: a capital letter, a full stop unless it asks.
pub(super) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    ended(&format!("{first}{}", letters.as_str()))
}

fn ended(clause: &str) -> String {
    let stop = if clause.ends_with(['.', '?', '!', '…']) { "" } else { "." };
    format!("{clause}{stop}")
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{COMMANDS, parse_line};
    use crate::message::replies::seen;

    fn told(platform: Platform, line: &str) -> String {
        seen(&reply(&parse_line(platform, line).expect_err(line), platform))
    }

    fn slack(line: &str) -> String {
        told(Platform::Slack, line)
    }

    #[test]
    fn an_unknown_command_leads_to_one_that_is_there() {
        insta::assert_snapshot!(slack("serach diffusion"), @r#"
        There is no command “serach”. Did you mean search?
        Write it like this: /papers search "flow matching" cat:cs.RO since:30d
        "#);
        insta::assert_snapshot!(slack("diffusion"), @"
        There is no command “diffusion”.
        To search for it: /papers search diffusion
        All commands: /papers help
        ");
        insta::assert_snapshot!(told(Platform::Discord, "diffusion"), @"
        There is no command “diffusion”.
        To search for it: /papers search query:diffusion
        All commands: /papers help
        ");
        insta::assert_snapshot!(slack("(((("), @"
        There is no command “((((”.
        All commands: /papers help
        ");
    }

    #[test]
    fn a_query_is_shown_with_its_fault() {
        insta::assert_snapshot!(slack("subscribe diffusion auther:hinton"), @r#"
        This query cannot be read:

            diffusion auther:hinton
                      ^
            there is no field “auther:”: did you mean “au:”?

        A query that can be read: /papers subscribe "diffusion policy" -survey style:line. More
        about queries: /papers help
        "#);
        insta::assert_snapshot!(told(Platform::Discord, "latest transformer (attention OR"), @"
        This query cannot be read:

            transformer (attention OR
                                     ^
            the query stops here: expected a word, a phrase or “(” here

        A query that can be read: /papers latest query:diffusion. More about queries: /papers help
        ");
    }

    #[test]
    fn what_is_no_paper_leads_to_the_search() {
        insta::assert_snapshot!(slack("show attention is all you need"), @"
        “attention is all you need” is not a paper: give an arXiv id (2608.01234), a DOI
        (10.1038/…) or the address of a paper (https://…).
        Write it like this: /papers show 2608.01234
        To find a paper by its words: /papers search attention is all you need
        ");
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        insta::assert_snapshot!(slack("unsubscribe"), @"
        /papers unsubscribe needs a subscription: the number of a subscription of this channel.
        Write it like this: /papers unsubscribe 3
        ");
        insta::assert_snapshot!(told(Platform::Discord, "show"), @"
        /papers show needs a paper: an arXiv id, a DOI or a paper's address.
        Write it like this: /papers show paper:2608.01234
        ");
        insta::assert_snapshot!(slack("status now"), @"
        “now” is more than /papers status takes.
        Write it like this: /papers status
        ");
        insta::assert_snapshot!(slack("trending windw:day"), @"
        “windw:day” is more than /papers trending takes.
        Write it like this: /papers trending week
        All that it takes: /papers help trending
        ");
    }

    #[test]
    fn a_value_that_cannot_be_used_is_told_one_that_can() {
        insta::assert_snapshot!(slack("roundup at:teatime"), @"
        at: “teatime” is no time of day: write it as 09:00.
        Write it like this: /papers roundup at:09:00 zone:Europe/Berlin every:weekdays
        ");
        insta::assert_snapshot!(told(Platform::Discord, "roundup zone:Berlin"), @"
        zone: “Berlin” is no time zone: did you mean “Europe/Berlin”?
        Write it like this: /papers roundup at:09:00 zone:Europe/Berlin every:weekdays
        ");
        insta::assert_snapshot!(slack("subscribe diffusion when:hourly"), @"
        when: “hourly” cannot be chosen: write instant, daily or weekly.
        Write it like this: /papers subscribe diffusion when:weekly
        ");
        insta::assert_snapshot!(slack("subscribe diffusion stlye:line"), @r#"
        style: there is no “stlye:”: did you mean “style:”?
        Write it like this: /papers subscribe "diffusion policy" -survey style:line
        "#);
        insta::assert_snapshot!(slack("subscribe diffusion channel:#papers"), @"
        channel: “#papers” came without its id: choose the channel from the list that opens when
        you type #.
        Write it like this: /papers subscribe diffusion channel:C0AB12CD3
        ");
        insta::assert_snapshot!(slack("pause 400d"), @"
        until: a timed pause lasts at most 366 days: leave the time out to pause until somebody
        resumes.
        Write it like this: /papers pause 3d
        ");
        insta::assert_snapshot!(slack("roundup size:500"), @"
        size: “500” is no whole number from 1 to 50.
        Write it like this: /papers roundup size:13
        ");
    }

    #[test]
    fn every_line_that_a_mistake_offers_is_a_command() {
        for spec in COMMANDS {
            for option in spec.options {
                for platform in Platform::WITH_COMMANDS {
                    let line = spec.line_with(option, platform);
                    let command =
                        parse_line(platform, &line).unwrap_or_else(|wrong| panic!("{line}: {wrong:?}"));
                    assert_eq!(command.spec(), spec);
                    assert!(
                        platform != Platform::Discord || line.contains(&format!(" {}:", option.name)),
                        "{line}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_mistake_repeats_little_of_a_long_text() {
        for line in
            ["", "show ", "status ", "search x sort:", "roundup zone:", "subscribe (", "subscribe x channel:"]
        {
            let told = slack(&format!("{line}{}", "x".repeat(20_000)));
            assert!(told.chars().count() < 1_200, "{line}: {told}");
        }
    }
}
