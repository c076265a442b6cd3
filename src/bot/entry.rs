//! A paper as the lists of these commands show it.

use super::Bot;
use crate::domain::{Paper, Query, Why};
use crate::matcher::{Document, matches_query};
use crate::message::{Entry, Line, PaperCard, paper_card};
use crate::summary::short_text;

/// A paper with what it holds of a query.
pub(super) fn by_query(bot: &Bot, paper: &Paper, query: &Query) -> Entry {
    let terms = matches_query(query, &Document::of(paper)).unwrap_or_default();
    by_why(bot, paper, Why { query: query.to_string(), terms })
}

/// A paper with the reason why it is listed.
pub(super) fn by_why(bot: &Bot, paper: &Paper, why: Why) -> Entry {
    Entry {
        number: None,
        card: card(bot, paper, &[why]),
        title: Line::new(),
        text: Line::new(),
        remark: Line::new(),
    }
}

/// The card of a paper with its short text.
pub(super) fn card(bot: &Bot, paper: &Paper, why: &[Why]) -> PaperCard {
    paper_card(paper, &short_text(&paper.facts, bot.settings.short_text), why)
}
