//! What the entry in a message's menu answers: the papers behind its links.

use super::words::{Stand, button, counted};
use crate::domain::PaperId;
use crate::message::{Block, Button, Line, PaperCard, Piece, Reply};

/// Unknown papers that are named; further ones are counted.
const UNKNOWN_MAX: usize = 5;

/// Shows the papers that a message names; `more` of the known ones are not shown.
pub fn about(known: Vec<(PaperCard, Option<Stand>)>, more: u64, unknown: &[PaperId]) -> Reply {
    if known.is_empty() && unknown.is_empty() {
        return Reply::text(Piece::from(
            "This message names no paper: there is no link to arXiv, Hugging Face, alphaXiv or a DOI in it, and no \
             arXiv id.",
        ));
    }
    let mut blocks = Vec::new();
    for (card, stand) in known {
        blocks.push(Block::Paper { card: Box::new(card) });
        blocks.extend(stand.map(|stand| Block::Note { line: stand.sentences() }));
    }
    if more > 0 {
        let text = format!("The message names {}.", counted(more, "more paper", "more papers"));
        blocks.push(Block::Note { line: Piece::from(text).into() });
    }
    if !unknown.is_empty() {
        blocks.push(Block::Text { line: not_known(unknown) });
    }
    Reply { blocks, ..Reply::default() }
}

/// What can be pressed under a message's only paper: showing it in full, and papers that resemble it.
pub fn buttons(controls: Vec<String>) -> Vec<Button> {
    let labels = ["Show in full", "Similar papers"];
    labels.iter().zip(controls).map(|(label, control)| button(label, control)).collect()
}

fn not_known(unknown: &[PaperId]) -> Line {
    let mut line: Line = vec!["No source of Paperwire has listed ".into()];
    for (at, id) in unknown.iter().take(UNKNOWN_MAX).enumerate() {
        line.extend((at > 0).then(|| Piece::from(", ")));
        line.push(Piece::Link { text: id.to_string(), url: id.url() });
    }
    let more = unknown.len().saturating_sub(UNKNOWN_MAX);
    if more > 0 {
        line.push(format!(" and {more} more").into());
    }
    line.push(" since it was started here.".into());
    line
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::{entry, plain, stand};
    use super::*;
    use crate::domain::DeliveryState;

    #[test]
    fn known_papers_are_shown_and_unknown_ones_are_named() {
        let ids: Vec<PaperId> = (1..=7).map(|n| format!("2607.{n:05}").parse().unwrap()).collect();
        let known = vec![(entry(1, "Flow").card, Some(stand(DeliveryState::Sent)))];
        let told = [about(known, 2, &ids), about(Vec::new(), 0, &ids[..1]), about(Vec::new(), 0, &[])];
        insta::assert_snapshot!(told.map(|reply| plain(&reply)).join("\n\n"), @"
        Flow
        https://arxiv.org/abs/2608.00001
        Ada Lovelace · cs.RO · 4 Aug 2026 · 12 upvotes

        Robots learn.
        ~ It was posted here <C1 1785.1> {~2026-08-04T06:01:00Z} ({2026-08-04T06:01:00Z}).
        ~ The message names 2 more papers.
        No source of Paperwire has listed 2607.00001 <https://arxiv.org/abs/2607.00001>, 2607.00002 <https://arxiv.org/abs/2607.00002>, 2607.00003 <https://arxiv.org/abs/2607.00003>, 2607.00004 <https://arxiv.org/abs/2607.00004>, 2607.00005 <https://arxiv.org/abs/2607.00005> and 2 more since it was started here.

        No source of Paperwire has listed 2607.00001 <https://arxiv.org/abs/2607.00001> since it was started here.

        This message names no paper: there is no link to arXiv, Hugging Face, alphaXiv or a DOI in it, and no arXiv id.
        ");
    }
}
