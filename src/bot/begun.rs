//! The part of a half-written query that is being written.

/// A query up to where it is being written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Begun<'a> {
    /// What stands before and stays.
    pub head: &'a str,
    /// The field that is being written, with its colon: `au:`.
    pub field: &'a str,
    /// As far as it is written, without an opening quote.
    pub stem: &'a str,
}

const FIELDS: [&str; 6] = ["ti:", "abs:", "au:", "cat:", "kw:", "org:"];

/// Splits a query where the last phrase, name or run of words without operators begins.
pub(super) fn begun(query: &str) -> Begun<'_> {
    let (mut at, mut field) = (0, "");
    for word in (Words { query, from: 0 }) {
        let text = &query[word.start..word.end];
        let bare = text.trim_start_matches(['-', '(']);
        let start = word.end - bare.len();
        if matches!(bare, "OR" | "AND" | "NOT" | "|") || bare.ends_with(')') || word.closed {
            (at, field) = (word.end, "");
        } else if let Some(named) = FIELDS.iter().find(|field| bare.starts_with(*field)) {
            (at, field) = (start, named);
        } else if !field.is_empty() || bare.len() < text.len() || bare.starts_with('"') {
            (at, field) = (start, "");
        }
    }
    let rest = &query[at..];
    let begin = at + (rest.len() - rest.trim_start().len());
    let stem = query[begin + field.len()..].trim_start_matches(['"', '“']);
    Begun { head: &query[..begin], field, stem }
}

/// Splits at white space outside quotes.
struct Words<'a> {
    query: &'a str,
    from: usize,
}

struct Word {
    start: usize,
    end: usize,
    /// It ends with a closing quote.
    closed: bool,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        let rest = &self.query[self.from..];
        let start = self.from + rest.find(|ch: char| !ch.is_whitespace())?;
        let (mut quoted, mut closed) = (false, false);
        let mut end = self.query.len();
        for (at, ch) in self.query[start..].char_indices() {
            match ch {
                '"' | '“' | '”' => (quoted, closed) = (!quoted, quoted),
                ch if ch.is_whitespace() && !quoted => {
                    end = start + at;
                    break;
                }
                _ => closed = false,
            }
        }
        self.from = end;
        Some(Word { start, end, closed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_written_begins_after_the_last_whole_part() {
        let split = |query| {
            let Begun { head, field, stem } = begun(query);
            (head, field, stem)
        };
        assert_eq!(split("diffusion pol"), ("", "", "diffusion pol"));
        assert_eq!(split("robots OR diffusion po"), ("robots OR ", "", "diffusion po"));
        assert_eq!(split("robots au:hin"), ("robots ", "au:", "hin"));
        assert_eq!(split("robots au:\"geoffrey hin"), ("robots ", "au:", "geoffrey hin"));
        assert_eq!(split("au:hinton bolt"), ("au:hinton ", "", "bolt"));
        assert_eq!(split("\"flow matching\" rob"), ("\"flow matching\" ", "", "rob"));
        assert_eq!(split("robots -sur"), ("robots -", "", "sur"));
        assert_eq!(split("(image OR vid"), ("(image OR ", "", "vid"));
        assert_eq!(split("(image OR video) ed"), ("(image OR video) ", "", "ed"));
        assert_eq!(split("\"flow ma"), ("", "", "flow ma"));
        assert_eq!(split("diffusion cat:cs.R"), ("diffusion ", "cat:", "cs.R"));
        assert_eq!(split("robots -cat:cs"), ("robots -", "cat:", "cs"));
        assert_eq!(split("机器 学"), ("", "", "机器 学"));
        assert_eq!(split(""), ("", "", ""));
    }
}
