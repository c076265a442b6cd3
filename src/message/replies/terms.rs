//! What several answers about subscriptions say in the same words.

use std::time::Duration;

use crate::domain::{Cadence, Pause, Rest, Style};
use crate::message::{Button, Line, Look, Piece, Press, clean, cut};

/// The longest query that is repeated to a person, in characters.
const QUERY_MAX: usize = 120;

/// A count with its noun: `1 paper`, `12,345 papers`.
pub(super) fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(n)) }
}

/// A number with its thousands apart: `12,345`.
pub(super) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).expect("digits are ASCII"))
        .collect();
    groups.join(",")
}

/// A query as it is repeated to a person.
pub(super) fn query(text: &str) -> String {
    cut(&clean(text), QUERY_MAX)
}

/// How long somebody is to wait: `12 seconds`, `3 minutes`.
pub(super) fn wait(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    match seconds.max(1) {
        seconds @ 0..=90 => count(seconds, "second", "seconds"),
        seconds => count(seconds.div_ceil(60), "minute", "minutes"),
    }
}

/// When papers come, as a part of a sentence.
pub(super) fn when(cadence: Cadence) -> &'static str {
    match cadence {
        Cadence::Instant => "each as soon as it is listed",
        Cadence::Daily => "collected for the daily roundup",
        Cadence::Weekly => "collected for the weekly roundup",
    }
}

/// How much of a paper is shown, as a part of a sentence.
pub(super) fn style(style: Style) -> &'static str {
    match style {
        Style::Line => "as one line",
        Style::Card => "as a card",
        Style::Full => "as a card with the whole abstract",
    }
}

/// Until when a subscription rests: `paused, until in 3 days`.
pub(super) fn resting(rest: Rest) -> Line {
    match rest.until {
        Some(until) => vec!["paused until ".into(), Piece::Moment(until)],
        None => vec!["paused since ".into(), Piece::Moment(rest.since)],
    }
}

/// What keeps a whole channel quiet.
pub(super) fn refused(pause: &Pause) -> Line {
    vec![
        "Nothing is posted in this channel since ".into(),
        Piece::Moment(pause.since),
        format!(": {}.", clean(&pause.reason).trim_end_matches('.')).into(),
    ]
}

/// A command as people type it.
pub(super) fn command(line: &str) -> Piece {
    Piece::Code(format!("/{} {line}", crate::command::ROOT))
}

/// A button that asks the bot.
pub(super) fn button(label: &str, look: Look, control: &str) -> Button {
    Button { label: label.to_owned(), look, press: Press::Control(control.to_owned()) }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::message::{Block, Reply};

    /// A reply as plain lines, for snapshots.
    pub fn shown(reply: &Reply) -> String {
        let mut lines = blocks(&reply.blocks);
        if let Some(menu) = &reply.menu {
            let labels: Vec<&str> = menu.choices.iter().map(|choice| choice.label.as_str()).collect();
            lines.push(format!("<{}> {}", menu.placeholder, labels.join(" / ")));
        }
        let buttons: Vec<String> = reply.buttons.iter().map(|button| format!("[{}]", button.label)).collect();
        lines.extend((!buttons.is_empty()).then(|| buttons.join(" ")));
        lines.join("\n")
    }

    pub fn blocks(blocks: &[Block]) -> Vec<String> {
        let block = |block: &Block| match block {
            Block::Heading { text } => format!("# {text}"),
            Block::Text { line } => said(line),
            Block::Note { line } => format!("({})", said(line)),
            Block::Code { text } => text.clone(),
            Block::Paper { card } => card.plain_text(),
            Block::Facts { rows } => {
                let rows: Vec<String> =
                    rows.iter().map(|(name, line)| format!("{name}: {}", said(line))).collect();
                rows.join("\n")
            }
            Block::Entry(entry) => format!("- {} | {}", entry.card.heading(), entry.card.why),
        };
        blocks.iter().map(block).collect()
    }

    pub fn said(line: &Line) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Plain(text) => text.clone(),
            Piece::Strong(text) => format!("*{text}*"),
            Piece::Mark(text) => format!("_{text}_"),
            Piece::Code(text) => format!("`{text}`"),
            Piece::Link { text, url } => format!("{text} <{url}>"),
            Piece::User(user) => format!("@{user}"),
            Piece::Channel(channel) => format!("#{channel}"),
            Piece::Message { text, message, .. } => format!("{text} <{message}>"),
            Piece::Moment(at) => format!("{{{at}}}"),
            Piece::Relative(at) => format!("{{~{at}}}"),
        };
        line.iter().map(piece).collect()
    }

    #[test]
    fn numbers_and_waits_are_written_for_people() {
        let papers = |n| count(n, "paper", "papers");
        assert_eq!(
            [0, 1, 999, 1_000, 1_234_567].map(papers).join(", "),
            "0 papers, 1 paper, 999 papers, 1,000 papers, 1,234,567 papers"
        );
        let waits = [0, 400, 1_000, 1_001, 90_000, 91_000, 600_000].map(|ms| wait(Duration::from_millis(ms)));
        assert_eq!(
            waits.join(", "),
            "1 second, 1 second, 1 second, 2 seconds, 90 seconds, 2 minutes, 10 minutes"
        );
    }
}
