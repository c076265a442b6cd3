//! Letters as text, for programs and people who read no HTML.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;

use super::LetterLinks;
use crate::message::{PaperCard, RoundupCard, clean, cut};

/// Columns of a line; mail programs break longer ones where they please.
const WIDTH: usize = 74;
/// Longest text: with the HTML it stays below what mail services cut off.
const TEXT_MAX: usize = 90_000;
/// Longest title of a paper.
pub(super) const TITLE_MAX: usize = 300;
/// Longest line of small facts.
pub(super) const FACTS_MAX: usize = 240;
/// Longest label of a section.
pub(super) const LABEL_MAX: usize = 120;

/// One paper.
pub(super) fn paper(card: &PaperCard) -> String {
    let mut out = paragraph(&cut(&card.heading(), TITLE_MAX), "");
    out.push_str(&paragraph(&cut(&facts(card).join(" · "), FACTS_MAX), ""));
    let _ = writeln!(out, "{}", card.url);
    for (name, link) in [("Code", &card.repository), ("Project page", &card.project_page)] {
        if let Some(link) = link {
            let stars = card.stars_text().filter(|_| name == "Code").map(|stars| format!(" ({stars})"));
            let _ = writeln!(out, "{name}{}: {link}", stars.unwrap_or_default());
        }
    }
    for part in [Some(&card.text), card.text_credit.as_ref(), Some(&card.why)].into_iter().flatten() {
        let part = paragraph(&clean(part), "");
        if !part.is_empty() {
            out.push('\n');
            out.push_str(&part);
        }
    }
    out
}

/// Byline and small facts.
pub(super) fn facts(card: &PaperCard) -> Vec<String> {
    let byline = Some(clean(&card.byline)).filter(|byline| !byline.is_empty());
    byline.into_iter().chain(card.facts()).collect()
}

/// A roundup; papers beyond what a letter holds are counted.
pub(super) fn roundup(roundup: &RoundupCard) -> String {
    let heading = clean(&roundup.heading);
    let mut out = format!("{}{}\n", paragraph(&heading, ""), "=".repeat(columns(&heading).min(WIDTH)));
    let total: usize = roundup.sections.iter().map(|section| section.lines.len()).sum();
    let mut shown = 0;
    'sections: for section in &roundup.sections {
        let label = cut(&clean(&section.label), LABEL_MAX);
        if !label.is_empty() {
            let _ = write!(out, "\n{}", paragraph(&label, ""));
            let _ = writeln!(out, "{}", "-".repeat(columns(&label).min(WIDTH)));
        }
        for line in &section.lines {
            let number = format!("{:>2}. ", shown + 1);
            let title = paragraph(&cut(&clean(&line.title), TITLE_MAX), &number);
            let facts = paragraph(&cut(&clean(&line.facts.join(" · ")), FACTS_MAX), "    ");
            let entry = format!("\n{title}{facts}    {}\n", line.url);
            if out.len() + entry.len() > TEXT_MAX {
                break 'sections;
            }
            out.push_str(&entry);
            shown += 1;
        }
    }
    if shown < total {
        let _ = write!(out, "\n… and {} more\n", total - shown);
    }
    let note = clean(&roundup.note);
    if !note.is_empty() {
        let _ = write!(out, "\n{}", paragraph(&note, ""));
    }
    out
}

/// What stands below a letter that nobody asked for one by one.
pub(super) fn footer(links: &LetterLinks) -> String {
    let change = links.manage.as_ref().map(|url| format!("To change what comes: {url}\n"));
    let end = match &links.unsubscribe {
        Some(url) => format!("To get no more of them: {url}"),
        None => "To get no more of them, answer this letter.".to_owned(),
    };
    // Two hyphens and a space begin a signature, which programs fold and leave out of answers.
    format!("\n-- \n{WHY}\n{}{end}\n", change.unwrap_or_default())
}

/// Why somebody gets a letter.
pub(super) const WHY: &str = "You get these letters because somebody confirmed this address for them.";

fn columns(text: &str) -> usize {
    text.graphemes(true).count()
}

/// A paragraph in lines of at most [`WIDTH`], the first after `lead` and the others below it.
fn paragraph(text: &str, lead: &str) -> String {
    let mut out = String::new();
    let mut line = lead.to_owned();
    let mut used = columns(lead);
    let begin = used;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = columns(word);
        if used > begin && used + 1 + length > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = " ".repeat(begin);
            used = begin;
        }
        if used > begin {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += length;
    }
    if used > begin {
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_hangs_below_its_lead_and_a_long_word_stands_alone() {
        let text = format!("{} {} end", "word ".repeat(16).trim(), "x".repeat(90));
        let expected =
            format!(" 1. {}\n    word word\n    {}\n    end\n", "word ".repeat(14).trim(), "x".repeat(90));
        assert_eq!(paragraph(&text, " 1. "), expected);
        assert_eq!(paragraph("", "x "), "");
    }
}
