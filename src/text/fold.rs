//! Folding of characters: compatibility forms, case and accents, so that `Erdős`, `ERDOS` and `Erdos` are one.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::unit::{Unit, push_composed};

/// Folds decoded characters; folding the result again changes nothing.
pub(super) fn fold(units: &[Unit], out: &mut Vec<Unit>) {
    out.clear();
    for unit in units {
        if unit.ch.is_ascii() {
            out.push(Unit { ch: unit.ch.to_ascii_lowercase(), span: unit.span.clone() });
        } else {
            fold_wide(unit, out);
        }
    }
}

fn fold_wide(unit: &Unit, out: &mut Vec<Unit>) {
    let before = out.len();
    decompose_compatible(unit.ch, |part| {
        for ch in part.to_lowercase() {
            if let Some(plain) = without_decomposition(ch) {
                out.extend(plain.chars().map(|ch| Unit { ch, span: unit.span.clone() }));
            } else if !is_accent(ch) {
                push_composed(out, ch, unit.span.clone());
            }
        }
    });
    // `™` decomposes to `TM`: a sign must not become part of the word before it.
    let is_sign = !unit.ch.is_alphanumeric() && !is_combining_mark(unit.ch);
    if is_sign && out[before..].iter().any(|unit| unit.ch.is_alphanumeric()) {
        out.truncate(before);
        out.push(Unit { ch: ' ', span: unit.span.clone() });
    }
}

/// Marks over and under Latin, Greek and Cyrillic letters; those of other scripts carry the meaning of the word.
fn is_accent(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// Letters that Unicode does not take apart but people type without the stroke.
fn without_decomposition(ch: char) -> Option<&'static str> {
    Some(match ch {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ȷ' => "j",
        'ς' => "σ",
        _ => return None,
    })
}
