//! What `latest` answers.

use crate::message::{Block, Entry, Line, Piece, Reply};

/// Shows a page of the papers listed last.
pub fn latest(entries: Vec<Entry>, page: u32) -> Reply {
    if entries.is_empty() && page < 2 {
        return Reply::text(nothing_stored());
    }
    let text = if page < 2 {
        "The papers listed last".to_owned()
    } else {
        format!("The papers listed last, page {page}")
    };
    let mut blocks = vec![Block::Heading { text }];
    if entries.is_empty() {
        blocks.push(Block::Text { line: Piece::from("There are no older ones.").into() });
    }
    blocks.extend(entries.into_iter().map(|entry| Block::Entry(Box::new(entry))));
    Reply { blocks, ..Reply::default() }
}

/// Says that there is no paper at all.
pub(super) fn nothing_stored() -> Line {
    vec![
        "No paper is stored yet: they come with the first poll of a source. ".into(),
        Piece::Code("/papers status".to_owned()),
        " shows how the sources are.".into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{entry, plain};
    use super::*;

    #[test]
    fn the_newest_papers_are_listed_and_an_empty_store_says_so() {
        let told =
            [latest(vec![entry(1, "Flow")], 1), latest(vec![entry(6, "Flow")], 2), latest(Vec::new(), 1)];
        insta::assert_snapshot!(told.map(|reply| plain(&reply)).join("\n\n"), @"
        # The papers listed last
        1. Flow · cs.RO · 4 Aug 2026 · 12 upvotes

        # The papers listed last, page 2
        6. Flow · cs.RO · 4 Aug 2026 · 12 upvotes

        No paper is stored yet: they come with the first poll of a source. `/papers status` shows how the sources are.
        ");
    }
}
