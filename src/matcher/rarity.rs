//! How many papers hold a phrase, estimated: queries are filed under their rarest.
//!
//! The figures are shares of the machine-learning papers listed on arXiv in 2025. They need not be exact: a wrong
//! one costs time, never an answer.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::Space;

/// Papers in a thousand, and a word or phrase that so many hold: all words of 20, phrases of keywords of 4.
const COMMON: &str = include_str!("common.tsv");

static FREQUENCIES: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
    let shares = COMMON.lines().filter_map(|line| {
        let (share, text) = line.split_once('\t')?;
        Some((text, share.parse::<u32>().ok()? * 1_000))
    });
    shares.collect()
});

/// Estimates how many papers in a million hold these words next to each other.
pub(super) fn frequency(space: Space, words: &[&str]) -> u32 {
    match space {
        Space::Words | Space::Written => of_words(words),
        // Many words begin alike.
        Space::Starts => 40_000,
        Space::AuthorStarts | Space::OrganizationStarts => 10_000,
        Space::Conditions if words.iter().any(|word| word.starts_with("id:")) => 1,
        Space::Conditions => 600_000,
        Space::Authors | Space::Organizations => words.iter().map(|word| of_name(word)).min().unwrap_or(0),
        Space::Categories => 300_000,
    }
}

fn of_words(words: &[&str]) -> u32 {
    match words {
        [word] => FREQUENCIES.get(word).copied().unwrap_or_else(|| of_rare(word)),
        _ => FREQUENCIES.get(words.join(" ").as_str()).copied().unwrap_or_else(|| {
            let rarest = words.iter().map(|word| of_words(&[word])).min().unwrap_or(0);
            // One more word in a row is about as rare as that.
            let extra = u32::try_from(words.len() - 1).unwrap_or(u32::MAX).min(4);
            (rarest >> (2 * extra)).max(20)
        }),
    }
}

/// Short words are acronyms and numbers, and common; the others hardly differ by their length.
fn of_rare(word: &str) -> u32 {
    match word.chars().count() {
        0 | 1 => 8_000,
        2 => 1_300,
        _ => 400,
    }
}

fn of_name(word: &str) -> u32 {
    match word.chars().count() {
        0 | 1 => 60_000,
        2..=4 => 20_000,
        5..=7 => 3_000,
        _ => 1_000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_share_and_a_folded_text() {
        assert_eq!(FREQUENCIES.len(), COMMON.lines().count());
        for text in FREQUENCIES.keys() {
            let folded: Vec<_> = crate::text::tokens(text).into_iter().map(|token| token.text).collect();
            assert_eq!(folded.join(" "), *text);
        }
    }

    #[test]
    fn what_says_more_is_rarer() {
        let frequency = |text: &str| frequency(Space::Words, &text.split(' ').collect::<Vec<_>>());
        assert!(frequency("model") > frequency("language model"));
        assert!(frequency("language model") > frequency("reinforcement learning"));
        assert!(frequency("reinforcement learning") > frequency("speculative decoding"));
        assert!(frequency("large language model") > frequency("watermark"));
    }
}
