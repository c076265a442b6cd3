//! A card as coloured lines for a terminal; printed through a stream that drops colours when piped.

use anstyle::{AnsiColor, Style};

use super::lines::{Run, paragraph};
use crate::message::{GroupCard, PaperCard, RoundupCard, clean};

const CHANNEL: Style = AnsiColor::Cyan.on_default().bold();
pub(super) const TITLE: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const WHY: Style = AnsiColor::Green.on_default();
/// Left of every line below the channel's.
const INDENT: &str = "  ";
/// Lines are never narrower than this, whatever the terminal says.
const WIDTH_MIN: usize = 30;
/// Nor wider than is pleasant to read.
const WIDTH_MAX: usize = 100;

/// Shows a card as lines of at most `width` columns, each ended by a newline.
///
/// Colours are ANSI escapes; everything untrusted is cleaned of its own.
pub fn card_lines(channel: &str, card: &PaperCard, width: usize) -> String {
    let byline = Some(card.byline.clone()).filter(|byline| !byline.is_empty());
    let mut facts: Vec<String> = byline.into_iter().chain(card.facts()).collect();
    facts.extend(card.stars_text());
    let paragraphs = [
        (TITLE, card.heading()),
        (DIM, facts.join(" · ")),
        (DIM, card.url.clone()),
        (Style::new(), card.text.clone()),
        (DIM, card.text_credit.clone().unwrap_or_default()),
        (WHY, card.why.clone()),
        (WHY, card.submitted_by_name().unwrap_or_default()),
    ];
    let mut out = format!("{CHANNEL}#{}{CHANNEL:#}\n", clean(channel));
    for (style, text) in paragraphs.iter().filter(|(_, text)| !text.is_empty()) {
        out += &paragraph(&[Run::new(*style, text)], INDENT, within(width));
    }
    out
}

/// Shows a roundup in the same way: a section for each query, a paragraph for each paper.
pub fn roundup_lines(channel: &str, roundup: &RoundupCard, width: usize) -> String {
    let mut paragraphs = vec![(TITLE, 1, roundup.heading.clone())];
    for section in &roundup.sections {
        paragraphs.push((WHY, 1, section.label.clone()));
        for line in &section.lines {
            let facts = line.facts_text();
            paragraphs.extend([(TITLE, 2, line.title.clone()), (DIM, 2, facts), (DIM, 2, line.url.clone())]);
        }
    }
    paragraphs.push((DIM, 1, roundup.note.clone()));
    shown(channel, &paragraphs, width)
}

/// Shows several papers that came in one message.
pub fn group_lines(channel: &str, group: &GroupCard, width: usize) -> String {
    let mut paragraphs = vec![(DIM, 1, group.heading.clone())];
    for paper in &group.papers {
        paragraphs.extend([
            (TITLE, 1, paper.title.clone()),
            (DIM, 2, paper.facts.join(" · ")),
            (DIM, 2, paper.url.clone()),
            (Style::new(), 2, paper.text.clone()),
            (WHY, 2, paper.why.clone()),
        ]);
    }
    shown(channel, &paragraphs, width)
}

/// Paragraphs below their channel's name, each as far to the right as it says.
fn shown(channel: &str, paragraphs: &[(Style, usize, String)], width: usize) -> String {
    let mut out = format!("{CHANNEL}#{}{CHANNEL:#}\n", clean(channel));
    for (style, level, text) in paragraphs.iter().filter(|(_, _, text)| !text.is_empty()) {
        out += &paragraph(&[Run::new(*style, text)], &INDENT.repeat(*level), within(width));
    }
    out
}

/// The width that is used on a terminal of so many columns.
pub(super) fn within(width: usize) -> usize {
    width.clamp(WIDTH_MIN, WIDTH_MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn card() -> PaperCard {
        PaperCard {
            paper: "2608.01234".parse().unwrap(),
            title: "Flow Matching\u{1b}[2J for Robots".to_owned(),
            url: "https://arxiv.org/abs/2608.01234".to_owned(),
            byline: "Ada Lovelace".to_owned(),
            category: Some("cs.RO".to_owned()),
            day: date(2026, 8, 4),
            text: "Robots learn to walk and to talk, faster than anybody thought.".to_owned(),
            text_credit: None,
            why: "Matches “robots” in the title".to_owned(),
            thumbnail: None,
            repository: None,
            project_page: None,
            upvotes: Some(3),
            stars: None,
            withdrawn: false,
            badges: Vec::new(),
            community: None,
        }
    }

    fn seen(width: usize) -> String {
        anstream::adapter::strip_str(&card_lines("robotics", &card(), width)).to_string()
    }

    #[test]
    fn a_card_is_its_channel_title_facts_text_and_reason() {
        insta::assert_snapshot!(seen(40), @r"
        #robotics
          Flow Matching[2J for Robots
          Ada Lovelace · cs.RO · 4 Aug 2026 · 3
          upvotes
          https://arxiv.org/abs/2608.01234
          Robots learn to walk and to talk,
          faster than anybody thought.
          Matches “robots” in the title
        ");
    }

    #[test]
    fn colours_are_ours_alone() {
        let lines = card_lines("robotics", &card(), 80);
        assert!(lines.contains("\u{1b}[1m"), "the title is bold");
        assert!(!lines.contains("\u{1b}[2J"), "a title cannot clear the screen");
    }
}
