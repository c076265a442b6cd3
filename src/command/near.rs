//! What somebody probably meant.

/// Longer words are no slip of the hand, and comparing them would only cost time.
const LONGEST: usize = 48;

/// The name that is nearest to a mistyped one, if one is near: a slip for every three letters.
pub(super) fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = written.to_lowercase();
    let near = names.into_iter().map(|name| {
        let slips = strsim::osa_distance(&written, &name.to_lowercase());
        (slips, name, slips <= (name.chars().count() / 3).max(1))
    });
    near.filter(|(.., close)| *close).min_by_key(|(slips, ..)| *slips).map(|(_, name, _)| name)
}

/// The most characters of somebody's text that a sentence repeats.
const SHOWN: usize = 60;

/// Somebody's text as a sentence repeats it: in quotes, shortened, on one line.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("“{shown}”")
}

/// A choice of words: `instant, daily or weekly`.
pub(super) fn either(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_forgiven_and_another_word_is_not() {
        let names = ["search", "subscribe", "show"];
        assert_eq!(nearest("serach", names), Some("search"));
        assert_eq!(nearest("SUBSCRIB", names), Some("subscribe"));
        assert_eq!(nearest("diffusion", names), None);
        assert_eq!(nearest(&"search".repeat(20), names), None);
    }

    #[test]
    fn what_is_repeated_is_short_and_on_one_line() {
        assert_eq!(quoted("a\nb"), "“a b”");
        assert_eq!(quoted(&"x".repeat(61)), format!("“{}…”", "x".repeat(60)));
    }

    #[test]
    fn a_choice_is_read_as_a_sentence() {
        assert_eq!(either(&["a"]), "a");
        assert_eq!(either(&["a", "b", "c"]), "a, b or c");
    }
}
