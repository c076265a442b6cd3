//! What `roundup` answers.

use super::subscribe::period;
use super::terms::{command, count};
use jiff::civil::Time;

use crate::domain::{Cadence, Every, RoundupSettings};
use crate::message::{Block, Entry, Line, Piece, Reply};

/// The papers that have come together for one rhythm.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// Daily or weekly.
    pub when: Cadence,
    /// How many subscriptions of the channel ask for it.
    pub subscriptions: u64,
    /// The newest of them.
    pub entries: Vec<Entry>,
    /// How many there are.
    pub total: u64,
}

/// Shows the settings of a channel's roundup and what has come together; `changed` when they were just set.
pub fn settings(settings: &RoundupSettings, changed: bool, together: &[Together]) -> Reply {
    let heading = if changed { "The roundup is set" } else { "The roundup of this channel" };
    let mut blocks = vec![Block::Heading { text: heading.to_owned() }, Block::Facts { rows: rows(settings) }];
    if settings.every == Some(Every::Off) {
        blocks
            .push(Block::Text { line: Piece::from("It is off; papers are collected all the same.").into() });
    }
    for part in together {
        let asking = [format!("{} subscription", part.when), format!("{} subscriptions", part.when)];
        let text = format!(
            "{} in the last {} for {}",
            count(part.total, "paper", "papers"),
            period(part.when),
            count(part.subscriptions, &asking[0], &asking[1]),
        );
        blocks.push(Block::Text { line: Piece::Strong(text).into() });
        blocks.extend(part.entries.iter().map(|entry| Block::Entry(Box::new(entry.clone()))));
        let more = part.total.saturating_sub(part.entries.len() as u64);
        if more > 0 {
            let text = format!("And {}.", count(more, "older one", "older ones"));
            blocks.push(Block::Note { line: Piece::from(text).into() });
        }
    }
    if together.is_empty() {
        let line: Line = vec![
            "Nothing is collected here: no subscription of this channel is daily or weekly. ".into(),
            command("subscribe diffusion when:daily"),
            " proposes one.".into(),
        ];
        blocks.push(Block::Text { line });
    }
    Reply { blocks, ..Reply::default() }
}

fn rows(settings: &RoundupSettings) -> Vec<(String, Line)> {
    let or = |value: Option<String>, default: &str| -> Line {
        Piece::from(value.unwrap_or_else(|| format!("{default}, unless you choose"))).into()
    };
    let at = |at: Time| at.strftime("%H:%M").to_string();
    let size = |n: u16| format!("at most {}", count(n.into(), "paper", "papers"));
    vec![
        ("Every".to_owned(), or(settings.every.map(|every| rhythm(every).to_owned()), rhythm(Every::Daily))),
        ("At".to_owned(), or(settings.at.map(at), &at(RoundupSettings::AT))),
        ("Zone".to_owned(), or(settings.zone.clone(), "UTC")),
        ("Size".to_owned(), or(settings.size.map(size), &size(RoundupSettings::SIZE))),
    ]
}

fn rhythm(every: Every) -> &'static str {
    match every {
        Every::Daily => "each day",
        Every::Weekdays => "Monday to Friday",
        Every::Weekly => "on Mondays",
        Every::Monthly => "on the first of the month",
        Every::Off => "never",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::super::terms::tests::shown;
    use super::*;

    #[test]
    fn the_settings_say_what_was_chosen_and_what_was_not() {
        let chosen = RoundupSettings {
            at: Some(time(17, 30, 0, 0)),
            zone: Some("Europe/Berlin".to_owned()),
            every: Some(Every::Weekdays),
            size: Some(1),
        };
        let together = [
            Together { when: Cadence::Daily, subscriptions: 2, entries: Vec::new(), total: 0 },
            Together { when: Cadence::Weekly, subscriptions: 1, entries: Vec::new(), total: 1_200 },
        ];
        let off = RoundupSettings { every: Some(Every::Off), ..RoundupSettings::default() };
        let told = [
            settings(&RoundupSettings::default(), false, &[]),
            settings(&chosen, true, &together),
            settings(&off, true, &[]),
        ];
        insta::assert_snapshot!(told.map(|reply| shown(&reply)).join("\n\n"), @"
        # The roundup of this channel
        Every: each day, unless you choose
        At: 09:00, unless you choose
        Zone: UTC, unless you choose
        Size: at most 10 papers, unless you choose
        Nothing is collected here: no subscription of this channel is daily or weekly. `/papers subscribe diffusion when:daily` proposes one.

        # The roundup is set
        Every: Monday to Friday
        At: 17:30
        Zone: Europe/Berlin
        Size: at most 1 paper
        *0 papers in the last 24 hours for 2 daily subscriptions*
        *1,200 papers in the last 7 days for 1 weekly subscription*
        (And 1,200 older ones.)

        # The roundup is set
        Every: never
        At: 09:00, unless you choose
        Zone: UTC, unless you choose
        Size: at most 10 papers, unless you choose
        It is off; papers are collected all the same.
        Nothing is collected here: no subscription of this channel is daily or weekly. `/papers subscribe diffusion when:daily` proposes one.
        ");
    }
}
