//! The short text of a paper: the source's own summary, else the first sentences of the abstract; no I/O.

use crate::domain::{Facts, ShortText, SourceSummary};
use crate::text::{readable, sentences, truncate};

/// Named where a source shows a machine-written summary without saying which model wrote it.
pub const UNNAMED_MODEL: &str = "a language model";

/// Makes the short text of a paper: one readable paragraph of at most `max_chars` characters.
///
/// A source's summary is machine-written, so it always comes with a model. Without one the abstract's first
/// sentences speak, as many as fit; where not even the first fits, it is cut with an ellipsis.
pub fn short_text(facts: &Facts, max_chars: usize) -> ShortText {
    if let Some(summary) = &facts.summary {
        let text = first_sentences(&summary.text, max_chars);
        if !text.is_empty() {
            return ShortText { text, model: Some(model(summary)) };
        }
    }
    ShortText { text: first_sentences(&facts.abstract_text, max_chars), model: None }
}

/// The whole abstract as one readable paragraph; where there is none, the source's summary.
pub fn whole_text(facts: &Facts) -> ShortText {
    let text = readable(&facts.abstract_text);
    if text.is_empty() { short_text(facts, usize::MAX) } else { ShortText { text, model: None } }
}

fn model(summary: &SourceSummary) -> String {
    let name = summary.model.as_deref().map(readable).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| UNNAMED_MODEL.to_owned())
}

fn first_sentences(text: &str, max_chars: usize) -> String {
    let text = readable(text);
    let mut end = 0;
    for sentence in sentences(&text) {
        let gap = text[end..].find(sentence).expect("a sentence is a part of its text");
        let sentence_end = end + gap + sentence.len();
        if text[..sentence_end].chars().count() > max_chars {
            break;
        }
        end = sentence_end;
    }
    if end > 0 { text[..end].to_owned() } else { truncate(&text, max_chars).into_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn facts(abstract_text: &str, summary: Option<(&str, Option<&str>)>) -> Facts {
        let summary =
            summary.map(|(text, model)| SourceSummary { text: text.into(), model: model.map(Into::into) });
        Facts { abstract_text: abstract_text.into(), summary, ..Facts::default() }
    }

    #[test]
    fn the_source_s_own_summary_comes_first_and_names_its_model() {
        for (model, expected) in
            [(Some("Qwen2.5"), "Qwen2.5"), (None, UNNAMED_MODEL), (Some(" "), UNNAMED_MODEL)]
        {
            let short = short_text(&facts("Ours.", Some(("A $\\beta$-test.\n", model))), 100);
            assert_eq!(short, ShortText { text: "A β-test.".into(), model: Some(expected.into()) });
        }
        let empty = short_text(&facts("Ours.", Some((" \u{200b}", Some("Qwen2.5")))), 100);
        assert_eq!(empty, ShortText { text: "Ours.".into(), model: None });
    }

    #[test]
    fn the_whole_text_is_the_abstract_and_only_without_one_the_summary() {
        let whole = |text| whole_text(&facts(text, Some(("Short.", Some("Qwen2.5")))));
        let long = "One sentence.\n\nAnd $\\beta$.";
        assert_eq!(whole(long), ShortText { text: "One sentence. And β.".into(), model: None });
        assert_eq!(whole(""), ShortText { text: "Short.".into(), model: Some("Qwen2.5".into()) });
    }

    #[test]
    fn whole_sentences_of_the_abstract_are_shown_as_many_as_fit() {
        let text = "We study\n  \\textbf{graphs} (cf. Fig. 2).\n\nThey are large. They grow.";
        let short = |max| short_text(&facts(text, None), max).text;
        assert_eq!(short(200), "We study graphs (cf. Fig. 2). They are large. They grow.");
        assert_eq!(short(50), "We study graphs (cf. Fig. 2). They are large.");
        assert_eq!(short(20), "We study graphs…");
        assert_eq!(short_text(&facts("", None), 20).text, "");
    }

    proptest! {
        #[test]
        fn the_limit_holds_for_any_text(text in "(\\PC|[.!? \n]){0,60}", max in 0_usize..50) {
            let short = short_text(&facts(&text, None), max).text;
            prop_assert!(short.chars().count() <= max && !short.contains('\n'));
            prop_assert!(max == 0 || short.is_empty() == readable(&text).is_empty());
        }
    }
}
