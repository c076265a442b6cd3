//! The sentence that says why a paper is posted.

use super::plain::{clean, cut};
use crate::domain::{
    Why,
    query::{Field, MatchedTerm},
};

/// The longest part of a query that is quoted, in characters.
const QUERY_MAX: usize = 80;
/// The longest term that is quoted, in characters.
const TERM_MAX: usize = 30;
/// Subscriptions that are named; further ones are counted.
const SUBSCRIPTIONS_MAX: usize = 3;
/// Terms that are named for one subscription; further ones are counted.
const TERMS_MAX: usize = 4;

/// Says why: `Matches “diffusion OR "flow matching"”: “flow matching” in the title`.
///
/// Empty when there is no reason to give.
pub fn why_sentence(why: &[Why]) -> String {
    if why.is_empty() {
        return String::new();
    }
    let mut parts: Vec<String> = why.iter().take(SUBSCRIPTIONS_MAX).map(reason).collect();
    match why.len().saturating_sub(SUBSCRIPTIONS_MAX) {
        0 => {}
        1 => parts.push("and 1 more subscription".to_owned()),
        more => parts.push(format!("and {more} more subscriptions")),
    }
    format!("Matches {}", parts.join("; "))
}

fn reason(why: &Why) -> String {
    let query = clean(&why.query);
    let places = places(&why.terms);
    match why.terms.as_slice() {
        [] => quoted(&query, QUERY_MAX),
        // The query is this one term: naming both would say the same twice.
        [only] if bare(&query) == clean(&only.text) => places,
        _ => format!("{}: {places}", quoted(&query, QUERY_MAX)),
    }
}

/// The query without its field prefix and quotes, to compare it with a term.
fn bare(query: &str) -> &str {
    let after_field = query.split_once(':').map_or(query, |(_, rest)| rest);
    after_field.trim_matches('"')
}

/// Names each term with its place: `“gan” and “vae” in the title, “diffusion” in the abstract`.
fn places(terms: &[MatchedTerm]) -> String {
    let mut groups: Vec<(Field, Vec<String>)> = Vec::new();
    for term in terms.iter().take(TERMS_MAX) {
        let text = quoted(&clean(&term.text), TERM_MAX);
        match groups.iter_mut().find(|(field, _)| *field == term.field) {
            Some((_, texts)) => texts.push(text),
            None => groups.push((term.field, vec![text])),
        }
    }
    let mut parts: Vec<String> =
        groups.iter().map(|(field, texts)| format!("{} {}", listed(texts), place(*field))).collect();
    let more = terms.len().saturating_sub(TERMS_MAX);
    if more > 0 {
        parts.push(format!("and {more} more"));
    }
    parts.join(", ")
}

fn place(field: Field) -> &'static str {
    match field {
        Field::Title => "in the title",
        Field::Abstract => "in the abstract",
        Field::Author => "among the authors",
        Field::Category => "among the categories",
        Field::Keyword => "among the keywords",
        Field::Organization => "as the organisation",
    }
}

fn quoted(text: &str, max: usize) -> String {
    format!("“{}”", cut(text, max))
}

fn listed(texts: &[String]) -> String {
    match texts {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(query: &str, terms: &[(&str, Field)]) -> Why {
        let terms = terms.iter().map(|&(text, field)| MatchedTerm { text: text.to_owned(), field });
        Why { query: query.to_owned(), terms: terms.collect() }
    }

    #[test]
    fn each_term_is_named_with_the_place_where_it_stands() {
        let one = why(
            "diffusion OR \"flow matching\"",
            &[("flow matching", Field::Title), ("diffusion", Field::Abstract)],
        );
        assert_eq!(
            why_sentence(&[one]),
            "Matches “diffusion OR \"flow matching\"”: “flow matching” in the title, “diffusion” in the abstract"
        );
        let same_place = why("gan vae", &[("gan", Field::Title), ("vae", Field::Title)]);
        assert_eq!(why_sentence(&[same_place]), "Matches “gan vae”: “gan” and “vae” in the title");
    }

    #[test]
    fn a_query_of_one_term_is_not_said_twice() {
        assert_eq!(
            why_sentence(&[why("diffusion", &[("diffusion", Field::Title)])]),
            "Matches “diffusion” in the title"
        );
        assert_eq!(
            why_sentence(&[why("au:\"Ada Lovelace\"", &[("Ada Lovelace", Field::Author)])]),
            "Matches “Ada Lovelace” among the authors"
        );
    }

    #[test]
    fn many_subscriptions_and_long_queries_stay_one_short_sentence() {
        let long = why(&"word ".repeat(300), &[("term".repeat(99).as_str(), Field::Keyword); 40]);
        let sentence = why_sentence(&vec![long; 12]);
        assert!(sentence.ends_with("; and 9 more subscriptions"), "{sentence}");
        assert!(sentence.chars().count() < 1_000, "{}", sentence.chars().count());
    }

    #[test]
    fn no_reason_gives_no_sentence() {
        assert_eq!(why_sentence(&[]), "");
        assert_eq!(why_sentence(&[why("cat:cs.CL", &[])]), "Matches “cat:cs.CL”");
    }
}
