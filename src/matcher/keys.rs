//! Under which phrases a query is filed: a paper that matches holds at least one of them.

use super::code::{self, ANYWHERE, Head, Sign};
use super::leaves::Leaves;
use super::phrases::PhraseId;

/// A phrase that brings a query up, and what remains to be asked then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub phrase: PhraseId,
    pub remainder: Remainder,
}

/// What must hold beside the phrase under which a query is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remainder {
    /// Nothing.
    Nothing,
    /// This leaf.
    Leaf(Sign),
    /// The query as a whole.
    Query,
}

/// Chooses the phrases to file a query under; `None` for one that can hold without any.
pub(super) fn keys(code: &[Sign], leaves: &Leaves) -> Option<Vec<Key>> {
    let (chosen, _) = rarest(code, leaves)?;
    let mut keys: Vec<Key> = Vec::with_capacity(chosen.len());
    for leaf in chosen {
        let phrase = leaves.key(leaf).expect("chosen for its phrase");
        let remainder = remainder(code, leaf, phrase);
        match keys.iter_mut().find(|key| key.phrase == phrase) {
            None => keys.push(Key { phrase, remainder }),
            Some(known) if known.remainder == Remainder::Nothing => {}
            Some(known) if remainder == Remainder::Nothing => known.remainder = remainder,
            Some(known) => known.remainder = Remainder::Query,
        }
    }
    Some(keys)
}

/// The leaves one of which must hold, at the least cost: estimated papers in a million that hold them.
fn rarest(code: &[Sign], leaves: &Leaves) -> Option<(Vec<Sign>, u64)> {
    if code::is_negated(code[0]) {
        return None;
    }
    match code::head(code[0]) {
        Head::Phrase(..) | Head::Other(_) => {
            let phrase = leaves.key(code[0])?;
            Some((vec![code[0]], u64::from(leaves.phrases.frequency(phrase))))
        }
        Head::All => code::parts(code).filter_map(|part| rarest(part, leaves)).min_by_key(|(_, cost)| *cost),
        Head::Any => {
            let mut all = (Vec::new(), 0);
            for part in code::parts(code) {
                let (chosen, cost) = rarest(part, leaves)?;
                all.0.extend(chosen);
                all.1 += cost;
            }
            Some(all)
        }
    }
}

/// What remains of a query when a paper is known to hold the phrase of one of its leaves.
fn remainder(code: &[Sign], leaf: Sign, phrase: PhraseId) -> Remainder {
    let is_answered = leaf == code::phrase(phrase, ANYWHERE);
    let asked = if is_answered { Remainder::Nothing } else { Remainder::Leaf(leaf) };
    match code::head(code[0]) {
        Head::Phrase(..) | Head::Other(_) => asked,
        Head::Any if code::parts(code).any(|part| part == [leaf]) => asked,
        Head::All if is_answered => {
            let mut others = code::parts(code).filter(|part| *part != [leaf]);
            match (others.next(), others.next()) {
                (Some([other]), None) => Remainder::Leaf(*other),
                _ => Remainder::Query,
            }
        }
        _ => Remainder::Query,
    }
}
