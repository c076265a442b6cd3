//! The part of a paper that shows why it was found.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use super::request::Ask;
use super::wanted::{Found, Wanted, is_plain};
use crate::domain::Facts;
use crate::domain::query::Field;
use crate::text::readable;

/// How much of the abstract is shown, in bytes; the ends move to the next space.
const EXCERPT: usize = 280;
/// How much of that stands before the first hit.
const LEAD: usize = 60;

/// A readable text and the bytes in it that answer the question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Highlighted {
    /// One line.
    pub text: String,
    /// In order, without overlap.
    pub spans: Vec<Range<usize>>,
}

/// Title and excerpt of a paper, with what was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The whole title.
    pub title: Highlighted,
    /// The part of the abstract that holds most of what was looked for.
    pub excerpt: Highlighted,
}

/// Shows a paper as the answer to a question; `relaxed` as the answer says it.
pub fn snippet(ask: Ask<'_>, relaxed: bool, facts: &Facts) -> Snippet {
    let wanted = Wanted::new(ask);
    let wanted = if relaxed { wanted.loosened() } else { wanted };
    let title = line(&facts.title);
    let found = wanted.find(Field::Title, &title, None);
    let abstract_text = line(&facts.abstract_text);
    let shown = wanted.find(Field::Abstract, &abstract_text, Some(EXCERPT - LEAD));
    Snippet {
        title: Highlighted {
            spans: apart(found.iter().map(|found| found.span.clone())),
            text: title.into_owned(),
        },
        excerpt: excerpt(&abstract_text, &shown),
    }
}

/// The text for people; nearly always it is that already but for its line breaks.
fn line(text: &str) -> Cow<'_, str> {
    let text = text.trim_ascii();
    let is_space = |byte: u8| u8::from(byte <= b' ');
    let bytes = text.as_bytes();
    // Numbers, not conditions: without a branch for each byte.
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let is_wide = pairs.fold(0, |wide, (one, next)| wide | (is_space(*one) & is_space(*next))) > 0;
    if is_wide || !text.is_ascii() || !is_plain(text) {
        Cow::Owned(readable(text))
    } else if text.contains('\n') {
        Cow::Owned(text.replace('\n', " "))
    } else {
        Cow::Borrowed(text)
    }
}

fn excerpt(text: &str, found: &[Found]) -> Highlighted {
    let window = window(text, found);
    let (before, after) =
        (if window.start > 0 { "… " } else { "" }, if window.end < text.len() { " …" } else { "" });
    let shown = text[window.clone()].replace('\n', " ");
    let inside =
        found.iter().filter(|found| window.start <= found.span.start && found.span.end <= window.end);
    let moved = |at: usize| at - window.start + before.len();
    let spans = inside.map(|found| moved(found.span.start)..moved(found.span.end));
    Highlighted { spans: apart(spans), text: format!("{before}{shown}{after}") }
}

/// The stretch that holds most different things that were looked for; the earliest of equals.
fn window(text: &str, found: &[Found]) -> Range<usize> {
    let held = |from: &Found| {
        let until = from.span.start + EXCERPT - LEAD;
        let inside = found.iter().filter(|one| one.span.start >= from.span.start && one.span.end <= until);
        inside.map(|one| one.run).collect::<BTreeSet<_>>().len()
    };
    let best = found.iter().rev().max_by_key(|from| held(from));
    let start = best.map_or(0, |best| best.span.start.saturating_sub(LEAD));
    // Near the end the stretch moves back, so that it is as long as elsewhere.
    let start = text.floor_char_boundary(start.min(text.len().saturating_sub(EXCERPT)));
    let start = match (start, text[start..].find(char::is_whitespace)) {
        (0, _) | (_, None) => start,
        (_, Some(space)) => {
            let next = start + space + 1;
            if best.is_some_and(|best| best.span.start < next) { start } else { next }
        }
    };
    let start = text.ceil_char_boundary(start);
    let end = text.floor_char_boundary((start + EXCERPT).min(text.len()));
    if end == text.len() {
        return start..end;
    }
    let cut = text[start..end].rfind(char::is_whitespace).map_or(end, |space| start + space);
    start..cut
}

/// Joins spans that overlap; they come in the order of their beginnings.
fn apart(spans: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut apart: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Query;

    fn shown(query: &str, title: &str, abstract_text: &str) -> (String, String) {
        let query: Query = query.parse().unwrap();
        let facts = Facts { title: title.into(), abstract_text: abstract_text.into(), ..Facts::default() };
        let snippet = snippet(Ask::Query(&query), false, &facts);
        let marked = |part: &Highlighted| {
            let mut out = part.text.clone();
            for span in part.spans.iter().rev() {
                out.insert(span.end, ']');
                out.insert(span.start, '[');
            }
            out
        };
        (marked(&snippet.title), marked(&snippet.excerpt))
    }

    #[test]
    fn what_was_looked_for_is_marked_as_a_person_reads_it() {
        let (title, excerpt) = shown(
            "\"flow matching\" robot -matching abs:policy",
            "Flow-Matching Policies for Erd\\H{o}s’s Robots",
            "Matching flows, then flow matching policies.",
        );
        assert_eq!(title, "[Flow-Matching] Policies for Erdős’s [Robots]");
        assert_eq!(excerpt, "Matching flows, then [flow matching] [policies].");
    }

    #[test]
    fn the_excerpt_is_where_most_of_it_stands() {
        let filler = "Nothing of interest is said here. ".repeat(12);
        let text = format!("A flow. {filler}The flow of robots is studied. {filler}");
        let (_, excerpt) = shown("flow robot", "T", &text);
        assert!(excerpt.contains("The [flow] of [robots] is studied."), "{excerpt}");
        assert!(excerpt.starts_with("… ") && excerpt.ends_with(" …"), "{excerpt}");
        assert!(excerpt.chars().count() < 310, "{excerpt}");
    }

    #[test]
    fn a_text_of_any_script_is_cut_between_characters() {
        let text = "机器学习研究 ".repeat(60) + "流匹配";
        let (_, excerpt) = shown("流匹配", "T", &text);
        assert!(excerpt.contains("[流匹配]"), "{excerpt}");
        assert!(shown("robot", "T", &"é".repeat(900)).1.ends_with(" …"));
    }
}
