//! The order of papers in a roundup, and of those that are trending.
//!
//! ```text
//! votes = votes gained + 10 × votes here         those against it taken off
//! score = ±log2(1 + |votes|) + 1/2 log2(1 + stars gained) + match + 2^(-age / 7 days)
//! match = 1 when a part of the query stands in the title, 1/2 when among the keywords, else 0
//! momentum = votes + 4 × √(stars gained)
//! ```
//! Few people are in a channel and many in the world: one vote here weighs as much as ten there. Logarithms, since the hundredth vote says less than the first; a paper of unknown numbers is ranked by the rest.

use serde::{Deserialize, Serialize};

use super::query::{Field, MatchedTerm};

/// What the rank of a paper is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// Votes gained since it was first seen.
    pub votes: u32,
    /// Stars gained since it was first seen.
    pub stars: u32,
    /// Votes of the channel, those against it taken off.
    pub here: i64,
    /// How strongly it matches, from 0 to 1.
    pub strength: f64,
    /// Days since it was listed.
    pub age_days: f64,
}

impl Standing {
    /// The number that papers are ranked by; greater comes first.
    pub fn score(&self) -> f64 {
        self.parts().iter().sum()
    }

    /// What it is the sum of: votes, stars, match and age.
    pub fn parts(&self) -> [f64; 4] {
        let damped = |count: f64| count.signum() * count.abs().ln_1p() / std::f64::consts::LN_2;
        let age = (-self.age_days.max(0.0) / 7.0).exp2();
        [damped(votes(self.votes, self.here)), 0.5 * damped(f64::from(self.stars)), self.strength, age]
    }
}

/// Why a paper has its place in a roundup.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rank {
    /// By how it stands among what subscriptions have collected.
    Match(Standing),
    /// By how its numbers rise.
    Rise {
        /// Votes gained.
        upvotes: u32,
        /// Stars gained.
        stars: u32,
        /// The channel's votes, those against it taken off.
        #[serde(default)]
        here: i64,
    },
}

impl Rank {
    /// The number that papers are ranked by; greater comes first.
    pub fn score(&self) -> f64 {
        match self {
            Self::Match(standing) => standing.score(),
            Self::Rise { upvotes, stars, here } => momentum(*upvotes, *stars, *here),
        }
    }
}

/// What a vote in the channel weighs against one in the world.
const HERE: f64 = 10.0;
/// What a square root of stars weighs against a vote.
const STARS: f64 = 4.0;
/// Nobody has more votes; keeps sums exact.
const VOTES_MAX: i64 = 1 << 31;

/// The world's votes and the channel's together.
fn votes(gained: u32, here: i64) -> f64 {
    let here = i32::try_from(here.clamp(-VOTES_MAX, VOTES_MAX - 1)).unwrap_or_default();
    f64::from(gained) + HERE * f64::from(here)
}

/// How strongly a paper rises: its votes, and its stars damped, for a repository can gain thousands in a day.
pub fn momentum(gained: u32, stars: u32, here: i64) -> f64 {
    votes(gained, here) + STARS * f64::from(stars).sqrt()
}

/// How strongly a paper matches, by the places where the parts of the query stand in it.
pub fn strength(terms: &[MatchedTerm]) -> f64 {
    let stands = |field| terms.iter().any(|term| term.field == field);
    if stands(Field::Title) {
        1.0
    } else if stands(Field::Keyword) {
        0.5
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_can_be_redone_by_hand() {
        let paper = Standing { votes: 7, stars: 3, here: 0, strength: 0.5, age_days: 7.0 };
        // log2(8) + log2(4) / 2 + 1/2 + 1/2
        assert!((paper.score() - 5.0).abs() < 1e-9, "{}", paper.score());
        // log2(1 + 5 + 10) instead of log2(8)
        let here = Standing { votes: 5, here: 1, ..paper };
        assert!((here.score() - 6.0).abs() < 1e-9, "{}", here.score());
        // -log2(1 + 5 - 10 taken the other way round) = -log2(6)
        let unloved = Standing { votes: 5, here: -1, ..paper };
        assert!((unloved.score() - (2.0 - 6_f64.log2())).abs() < 1e-9, "{}", unloved.score());
        assert!((Standing::default().score() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_match_in_the_title_counts_most() {
        let term = |field| MatchedTerm { text: "flow".to_owned(), field };
        assert!(strength(&[term(Field::Abstract), term(Field::Title)]) > strength(&[term(Field::Keyword)]));
        assert!(strength(&[term(Field::Keyword)]) > strength(&[term(Field::Author)]));
    }
}
