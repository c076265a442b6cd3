//! What `similar` answers.

use super::words::{listed, quoted};
use crate::message::{Block, Entry, Piece, Reply, clean};

/// Words that are named; further ones would not be read.
const WORDS_MAX: usize = 8;

/// Shows the papers that resemble one, and the words that were compared.
pub fn similar(title: &str, entries: Vec<Entry>, words: &[String]) -> Reply {
    let title = quoted(title);
    if entries.is_empty() {
        let text = format!("No other paper here shares the words that tell most about {title}.");
        return Reply::text(Piece::from(text));
    }
    let mut blocks = vec![Block::Heading { text: format!("Papers like {title}") }];
    blocks.extend(entries.into_iter().map(|entry| Block::Entry(Box::new(entry))));
    let words: Vec<String> = words.iter().take(WORDS_MAX).map(|word| clean(word)).collect();
    let note = format!("Compared by the words that tell most about it: {}.", listed(&words));
    blocks.push(Block::Note { line: Piece::from(note).into() });
    Reply { blocks, ..Reply::default() }
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{entry, plain};
    use super::*;

    #[test]
    fn the_words_that_were_compared_are_named() {
        let words = ["flow", "matching", "robot"].map(str::to_owned);
        let told = [similar("Flow", vec![entry(1, "Flows")], &words), similar("Flow", Vec::new(), &words)];
        insta::assert_snapshot!(told.map(|reply| plain(&reply)).join("\n\n"), @"
        # Papers like “Flow”
        1. Flows · cs.RO · 4 Aug 2026 · 12 upvotes
        ~ Compared by the words that tell most about it: flow, matching and robot.

        No other paper here shares the words that tell most about “Flow”.
        ");
    }
}
