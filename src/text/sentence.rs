//! Sentences of scientific prose.

/// Splits a text into its sentences, each trimmed; `e.g.`, `et al.`, `Fig. 2` and `3.5` end none.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let (sentence, after) = rest.split_at(sentence_end(rest));
        rest = after;
        Some(sentence.trim_end())
    })
}

fn sentence_end(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        let after = at + ch.len_utf8();
        match ch {
            '。' | '！' | '？' => return after,
            '\n' if text[after..].trim_start_matches([' ', '\t', '\r']).starts_with('\n') => return after,
            '.' | '!' | '?' => {
                let closers = text[after..]
                    .chars()
                    .take_while(|ch| matches!(ch, '.' | '!' | '?' | '"' | '”' | '’' | '\'' | ')' | ']'));
                let end = after + closers.map(char::len_utf8).sum::<usize>();
                if begins_another(&text[end..])
                    && !(ch == '.' && end == after && is_abbreviation(&text[..at]))
                {
                    return end;
                }
                while chars.next_if(|(at, _)| *at < end).is_some() {}
            }
            _ => {}
        }
    }
    text.len()
}

/// True when what follows is white space and then no lower-case word.
fn begins_another(rest: &str) -> bool {
    let next = rest.trim_start();
    next.is_empty() || (next.len() < rest.len() && !next.starts_with(char::is_lowercase))
}

/// True when the text before a full stop is shortened: `e.g`, `et al`, `Fig`, the `J` of `J. Smith`.
fn is_abbreviation(before: &str) -> bool {
    let word = before
        .rsplit(|ch: char| ch.is_whitespace() || matches!(ch, '(' | '[' | '“' | '"'))
        .next()
        .unwrap_or_default();
    let mut letters = word.chars();
    if let (Some(initial), None) = (letters.next(), letters.next()) {
        return initial.is_uppercase();
    }
    ABBREVIATIONS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Written with a full stop inside a sentence; `etc` is absent because it mostly ends one.
const ABBREVIATIONS: &[&str] = &[
    "al", "alg", "app", "approx", "ca", "cf", "ch", "def", "dr", "e.g", "eg", "eq", "eqn", "eqs", "fig",
    "figs", "i.e", "ie", "incl", "inc", "mr", "mrs", "ms", "no", "nos", "p", "pp", "prof", "prop", "ref",
    "refs", "resp", "sec", "secs", "sect", "st", "tab", "thm", "viz", "vol", "vs", "w.r.t",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_stops_inside_a_sentence_do_not_end_it() {
        let text = "We follow Smith et al. (2020), e.g. GPT-3.5. See Fig. 2 of J. Doe! It works (see Sec. 3.) Does \
                    it?” Yes... mostly, i.e. always. 3D is next";
        assert_eq!(
            sentences(text).collect::<Vec<_>>(),
            [
                "We follow Smith et al. (2020), e.g. GPT-3.5.",
                "See Fig. 2 of J. Doe!",
                "It works (see Sec. 3.)",
                "Does it?”",
                "Yes... mostly, i.e. always.",
                "3D is next",
            ]
        );
    }

    #[test]
    fn paragraphs_and_full_width_stops_end_a_sentence() {
        assert_eq!(sentences("一。二\n\nthree\nfour").collect::<Vec<_>>(), ["一。", "二", "three\nfour"]);
        assert_eq!(sentences(" \n ").count(), 0);
    }
}
