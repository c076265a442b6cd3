//! What `trending` answers.

use super::words::counted;
use crate::command::{Scope, Window};
use crate::message::{Block, Entry, Line, Piece, Reply};

/// Shows a page of the papers whose numbers rise.
pub fn trending(window: Window, scope: Scope, entries: Vec<Entry>, total: u64, page: u32) -> Reply {
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
    let here = match scope {
        Scope::Here => ", a vote in this channel ten",
        Scope::World => "",
    };
    let note = format!(
        "{}{} gained votes or stars. A vote counts one{here}, stars count four times their square root.",
        if page > 1 { format!("Page {page} · ") } else { String::new() },
        counted(total, "paper", "papers")
    );
    blocks.push(Block::Note { line: Piece::from(note).into() });
    Reply { blocks, ..Reply::default() }
}

/// What a paper gained: `+41 upvotes, +100 stars, +2 votes here`.
pub fn gained(upvotes: u32, stars: u32, here: i64) -> Line {
    let words = gained_words(upvotes, stars, here);
    if words.is_empty() { Line::new() } else { vec![Piece::Strong(words)] }
}

/// The same without mark-up; empty when it gained nothing.
pub fn gained_words(upvotes: u32, stars: u32, here: i64) -> String {
    let mut parts = Vec::new();
    if upvotes > 0 {
        parts.push(format!("+{}", counted(upvotes.into(), "upvote", "upvotes")));
    }
    if stars > 0 {
        parts.push(format!("+{}", counted(stars.into(), "star", "stars")));
    }
    if here != 0 {
        let sign = if here > 0 { '+' } else { '−' };
        parts.push(format!("{sign}{} here", counted(here.unsigned_abs(), "vote", "votes")));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{entry, plain};
    use super::*;

    #[test]
    fn what_a_paper_gained_stands_beside_it() {
        let rising = Entry { remark: gained(41, 1_000, 2), ..entry(1, "Flow") };
        let told = [
            trending(Window::Week, Scope::Here, vec![rising], 1, 1),
            trending(
                Window::Day,
                Scope::World,
                vec![Entry { remark: gained(1, 0, -1), ..entry(6, "Flow") }],
                9,
                2,
            ),
            trending(Window::Month, Scope::Here, Vec::new(), 0, 1),
        ];
        insta::assert_snapshot!(told.map(|reply| plain(&reply)).join("\n\n"), @"
        # Rising in the last 7 days
        1. Flow · cs.RO · 4 Aug 2026 · 12 upvotes
           *+41 upvotes, +1,000 stars, +2 votes here*
        ~ 1 paper gained votes or stars. A vote counts one, a vote in this channel ten, stars count four times their square root.

        # Rising in the last 24 hours
        6. Flow · cs.RO · 4 Aug 2026 · 12 upvotes
           *+1 upvote, −1 vote here*
        ~ Page 2 · 9 papers gained votes or stars. A vote counts one, stars count four times their square root.

        No paper gained votes or stars in the last 30 days, as far as Paperwire has seen itself. A paper needs two looks for that: what it had at the first one is no rise.
        ");
    }
}
