//! A card as coloured lines for a terminal; printed through a stream that drops colours when piped.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use unicode_segmentation::UnicodeSegmentation;

use crate::message::{PaperCard, RoundupCard, clean};

const CHANNEL: Style = AnsiColor::Cyan.on_default().bold();
const TITLE: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const WHY: Style = AnsiColor::Green.on_default();
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
    let width = width.clamp(WIDTH_MIN, WIDTH_MAX) - INDENT.len();
    let mut out = String::new();
    let mut put = |style: Style, indent: &str, line: &str| {
        writeln!(out, "{indent}{style}{line}{style:#}").expect("writing to a string never fails");
    };
    put(CHANNEL, "", &format!("#{}", clean(channel)));
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
    ];
    for (style, paragraph) in paragraphs {
        for line in wrapped(&clean(&paragraph), width) {
            put(style, INDENT, &line);
        }
    }
    out
}

/// Shows a roundup in the same way: a section for each query, a paragraph for each paper.
pub fn roundup_lines(channel: &str, roundup: &RoundupCard, width: usize) -> String {
    let width = width.clamp(WIDTH_MIN, WIDTH_MAX) - 2 * INDENT.len();
    let mut out = format!("{CHANNEL}#{}{CHANNEL:#}\n", clean(channel));
    let mut put = |style: Style, indent: usize, text: &str| {
        for line in wrapped(&clean(text), width) {
            let indent = INDENT.repeat(indent);
            writeln!(out, "{indent}{style}{line}{style:#}").expect("writing to a string never fails");
        }
    };
    put(TITLE, 1, &roundup.heading);
    for section in &roundup.sections {
        put(WHY, 1, &section.label);
        for line in &section.lines {
            put(TITLE, 2, &line.title);
            put(DIM, 2, &line.facts.join(" · "));
            put(DIM, 2, &line.url);
        }
    }
    put(DIM, 1, &roundup.note);
    out
}

/// Breaks one paragraph at spaces, and inside a word only when it fills more than a line.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let size: usize = word.graphemes(true).map(columns).sum();
        if used > 0 && used + 1 + size > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        for grapheme in word.graphemes(true) {
            if used + columns(grapheme) > width {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += columns(grapheme);
        }
    }
    lines.extend(Some(line).filter(|line| !line.is_empty()));
    lines
}

/// Columns of a grapheme: East Asian letters and pictures take two.
fn columns(grapheme: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c),
            0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF | 0xFE30..=0xFE6F
            | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1_F300..=0x1_FAFF | 0x2_0000..=0x3_FFFD)
    };
    if grapheme.starts_with(wide) { 2 } else { 1 }
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
        }
    }

    fn shown(width: usize) -> String {
        anstream::adapter::strip_str(&card_lines("robotics", &card(), width)).to_string()
    }

    #[test]
    fn a_card_is_its_channel_title_facts_text_and_reason() {
        insta::assert_snapshot!(shown(40), @r"
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

    #[test]
    fn no_line_is_wider_than_asked_even_for_long_words_and_wide_letters() {
        let text = format!("{} 深度学习深度学习深度学习深度学习深度学习 end", "x".repeat(95));
        for line in wrapped(&text, 30) {
            assert!(line.graphemes(true).map(columns).sum::<usize>() <= 30, "{line}");
        }
        assert_eq!(wrapped(&text, 30).concat().replace(' ', ""), text.replace(' ', ""));
    }
}
