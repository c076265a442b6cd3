//! A character together with the bytes of the input that it stands for.

use std::ops::Range;

use unicode_normalization::char::{canonical_combining_class, compose};

/// One character after decoding or folding, with its place in the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub ch: char,
    pub span: Range<usize>,
}

/// Appends a character, joined with the one before where Unicode has one character for both.
pub(super) fn push_composed(units: &mut Vec<Unit>, ch: char, span: Range<usize>) {
    if joins(ch)
        && let Some(last) = units.last_mut()
        && let Some(joined) = compose(last.ch, ch)
    {
        last.ch = joined;
        last.span.end = last.span.end.max(span.end);
        return;
    }
    units.push(Unit { ch, span });
}

/// True for what can follow another character inside a composed one: marks, and Hangul vowels and finals.
fn joins(ch: char) -> bool {
    ch >= '\u{300}' && (canonical_combining_class(ch) != 0 || matches!(ch, '\u{1160}'..='\u{11ff}'))
}

/// True for characters that nobody sees: controls, zero-width and bidirectional marks, soft hyphens.
pub(super) fn is_hidden(ch: char) -> bool {
    match ch {
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => true,
        _ => ch.is_control() && !ch.is_whitespace(),
    }
}
