//! What `trending` answers.

use super::words::counted;
use crate::command::Window;
use crate::message::{Block, Entry, Line, Piece, Reply};

/// Shows a page of the papers whose numbers rise.
pub fn trending(window: Window, entries: Vec<Entry>, total: u64, page: u32) -> Reply {
    let span = match window {
        Window::Day => "24 hours",
        Window::Week => "7 days",
        Window::Month => "30 days",
    };
    if entries.is_empty() {
        let line = vec![
            format!(
                "No paper gained votes or stars in the last {span}, as far as Paperwire has seen itself. "
            )
            .into(),
            "A paper needs two looks for that: what it had at the first one is no rise.".into(),
        ];
        return Reply { blocks: vec![Block::Text { line }], ..Reply::default() };
    }
    let text = format!("Rising in the last {span}");
    let mut blocks = vec![Block::Heading { text }];
    blocks.extend(entries.into_iter().map(|entry| Block::Entry(Box::new(entry))));
    let note = format!(
        "{}{} gained votes or stars. A vote counts one, stars count four times their square root.",
        if page > 1 { format!("Page {page} · ") } else { String::new() },
        counted(total, "paper", "papers")
    );
    blocks.push(Block::Note { line: Piece::from(note).into() });
    Reply { blocks, ..Reply::default() }
}

/// What a paper gained: `+41 upvotes, +100 stars`.
pub fn gained(upvotes: u32, stars: u32) -> Line {
    let words = gained_words(upvotes, stars);
    if words.is_empty() { Line::new() } else { vec![Piece::Strong(words)] }
}

/// The same without mark-up; empty when it gained nothing.
pub fn gained_words(upvotes: u32, stars: u32) -> String {
    let mut parts = Vec::new();
    if upvotes > 0 {
        parts.push(format!("+{}", counted(upvotes.into(), "upvote", "upvotes")));
    }
    if stars > 0 {
        parts.push(format!("+{}", counted(stars.into(), "star", "stars")));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{entry, plain};
    use super::*;

    #[test]
    fn what_a_paper_gained_stands_beside_it() {
        let rising = Entry { remark: gained(41, 1_000), ..entry(1, "Flow") };
        let told = [
            trending(Window::Week, vec![rising], 1, 1),
            trending(Window::Day, vec![Entry { remark: gained(1, 0), ..entry(6, "Flow") }], 9, 2),
            trending(Window::Month, Vec::new(), 0, 1),
        ];
        insta::assert_snapshot!(told.map(|reply| plain(&reply)).join("\n\n"), @"
        # Rising in the last 7 days
        1. Flow · cs.RO · 4 Aug 2026 · 12 upvotes
           *+41 upvotes, +1,000 stars*
        ~ 1 paper gained votes or stars. A vote counts one, stars count four times their square root.

        # Rising in the last 24 hours
        6. Flow · cs.RO · 4 Aug 2026 · 12 upvotes
           *+1 upvote*
        ~ Page 2 · 9 papers gained votes or stars. A vote counts one, stars count four times their square root.

        No paper gained votes or stars in the last 30 days, as far as Paperwire has seen itself. A paper needs two looks for that: what it had at the first one is no rise.
        ");
    }
}
