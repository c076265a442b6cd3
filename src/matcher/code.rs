//! A query as a row of numbers: what is stored of it, compared, and evaluated.
//!
//! ```text
//! code    = leaf | joint code…       a joint says how many numbers belong to it
//! leaf    = phrase and the parts of a paper where it counts | number of another condition
//! ```
//! Each may be negated. Queries in normal form are equal when their codes are.

use super::phrases::PhraseId;

/// One number of a code.
pub(super) type Sign = u32;

const KIND: Sign = 0b11 << 30;
const PHRASE: Sign = 0b00 << 30;
const OTHER: Sign = 0b01 << 30;
const ALL: Sign = 0b10 << 30;
const ANY: Sign = 0b11 << 30;
const NEGATED: Sign = 1 << 29;
const PARTS: u32 = 26;

/// More phrases than this cannot be told apart.
const MAX_PHRASES: u32 = 1 << PARTS;

/// The parts of a paper where a phrase counts, as bits.
pub(super) type Parts = u8;

pub(super) const TITLE: Parts = 1;
pub(super) const KEYWORDS: Parts = 2;
pub(super) const ABSTRACT: Parts = 4;
pub(super) const ANYWHERE: Parts = TITLE | KEYWORDS | ABSTRACT;

/// What the beginning of a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    Phrase(PhraseId, Parts),
    Other(u32),
    All,
    Any,
}

#[inline]
pub(super) fn head(sign: Sign) -> Head {
    match sign & KIND {
        PHRASE => Head::Phrase(sign & (MAX_PHRASES - 1), (sign >> PARTS) as u8 & ANYWHERE),
        OTHER => Head::Other(sign & (NEGATED - 1)),
        ALL => Head::All,
        _ => Head::Any,
    }
}

#[inline]
pub(super) fn is_negated(sign: Sign) -> bool {
    sign & NEGATED != 0
}

#[inline]
pub(super) fn is_joint(sign: Sign) -> bool {
    sign & ALL != 0
}

pub(super) fn phrase(phrase: PhraseId, parts: Parts) -> Sign {
    assert!(phrase < MAX_PHRASES, "a matcher holds fewer than 67 million phrases");
    PHRASE | u32::from(parts) << PARTS | phrase
}

pub(super) fn other(number: u32) -> Sign {
    assert!(number < NEGATED, "a matcher holds fewer than 500 million conditions");
    OTHER | number
}

/// A joint of `len` numbers that follow.
pub(super) fn joint(all: bool, len: usize) -> Sign {
    let len = u32::try_from(len).ok().filter(|len| *len < NEGATED);
    (if all { ALL } else { ANY }) | len.expect("a query has few terms")
}

pub(super) fn negate(sign: Sign) -> Sign {
    sign ^ NEGATED
}

/// The first whole code of a row of codes, and the rest.
#[inline]
pub(super) fn split(codes: &[Sign]) -> Option<(&[Sign], &[Sign])> {
    let first = *codes.first()?;
    let len = if is_joint(first) { 1 + (first & (NEGATED - 1)) as usize } else { 1 };
    Some(codes.split_at(len))
}

/// The parts that a joint joins.
pub(super) fn parts(code: &[Sign]) -> impl Iterator<Item = &[Sign]> {
    let mut rest = split(code).map_or(&[][..], |(code, _)| &code[1..]);
    std::iter::from_fn(move || {
        let (first, after) = split(rest)?;
        rest = after;
        Some(first)
    })
}

/// Every leaf, without its negation.
pub(super) fn leaves(code: &[Sign]) -> impl Iterator<Item = Sign> {
    code.iter().filter(|sign| !is_joint(**sign)).map(|sign| sign & !NEGATED)
}

/// Evaluates the code that begins here.
pub(super) fn holds(code: &[Sign], leaf: &mut impl FnMut(Sign) -> bool) -> bool {
    let first = code[0];
    let held = if is_joint(first) {
        let all = first & KIND == ALL;
        let mut left = (first & (NEGATED - 1)) as usize;
        let mut rest = &code[1..];
        let mut held = all;
        while left > 0 {
            let len = if is_joint(rest[0]) { 1 + (rest[0] & (NEGATED - 1)) as usize } else { 1 };
            if holds(rest, leaf) != all {
                held = !all;
                break;
            }
            rest = &rest[len..];
            left -= len;
        }
        held
    } else {
        leaf(first & !NEGATED)
    };
    held != is_negated(first)
}
