//! The order of papers in a roundup.
//!
//! ```text
//! score = log2(1 + votes gained) + 1/2 log2(1 + stars gained) + match + 2^(-age / 7 days)
//! match = 1 when a part of the query stands in the title, 1/2 when among the keywords, else 0
//! ```
//! Logarithms, since the hundredth vote says less than the first; a paper of unknown numbers is ranked by the rest.

use super::query::{Field, MatchedTerm};

/// What a square root of stars weighs against a vote among trending papers.
const RISING_STARS: f64 = 4.0;

/// What the rank of a paper is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// Votes gained since it was first seen.
    pub votes: u32,
    /// Stars gained since it was first seen.
    pub stars: u32,
    /// How strongly it matches, from 0 to 1.
    pub strength: f64,
    /// Days since it was listed.
    pub age_days: f64,
}

impl Standing {
    /// The number that papers are ranked by; greater comes first.
    pub fn score(&self) -> f64 {
        let gained = |count: u32| f64::from(count).ln_1p() / std::f64::consts::LN_2;
        gained(self.votes) + 0.5 * gained(self.stars) + self.strength + (-self.age_days.max(0.0) / 7.0).exp2()
    }
}

/// How strongly a paper rises: its votes, and its stars damped, for a repository can gain thousands in a day.
pub fn momentum(upvotes: u32, stars: u32) -> f64 {
    f64::from(upvotes) + RISING_STARS * f64::from(stars).sqrt()
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
        let paper = Standing { votes: 7, stars: 3, strength: 0.5, age_days: 7.0 };
        // log2(8) + log2(4) / 2 + 1/2 + 1/2
        assert!((paper.score() - 5.0).abs() < 1e-9, "{}", paper.score());
        assert!((Standing::default().score() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_match_in_the_title_counts_most() {
        let term = |field| MatchedTerm { text: "flow".to_owned(), field };
        assert!(strength(&[term(Field::Abstract), term(Field::Title)]) > strength(&[term(Field::Keyword)]));
        assert!(strength(&[term(Field::Keyword)]) > strength(&[term(Field::Author)]));
    }
}
