//! Unicode and LaTeX normalisation, tokens, plural folding, sentences; no I/O.
//!
//! Queries and papers go through the same analyser, so that both mean the same by a word:
//!
//! ```text
//! bytes --latex--> characters with their place --fold--> NFKC, case and accents folded --token--> words
//! ```
//! Pieces of plain ASCII, which most are, take a short cut through `runs` and `ascii`.
//! People read the result of the first step alone, which is [`readable`].

mod ascii;
mod fold;
mod head;
mod latex;
mod name;
mod plural;
mod readable;
mod runs;
mod sentence;
mod symbols;
mod token;
mod truncate;
mod unit;
mod words;

pub use head::Head;
pub use name::spoken;
pub use plural::{has_plural, singular};
pub use readable::readable;
pub use sentence::sentences;
pub use token::{Folding, Token, display_tokens, is_pair, name_tokens, tokens};
pub use truncate::truncate;
pub use words::{Word, Words, for_each_token, for_each_word};
