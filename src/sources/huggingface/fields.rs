//! Tolerant access to the fields of a row: what has the wrong type is not there.
//!
//! Texts come out trimmed, capped and without control characters; PostgreSQL cannot store NUL at all.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde_json::Value;
use url::Url;

/// The longest address that is kept, in bytes; browsers and chat platforms cut longer ones.
const LONGEST_URL: usize = 2048;

/// Reads a text field, if there is anything in it.
pub(super) fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// Reads a text field as one line of at most `max` characters.
pub(super) fn line(object: &Value, key: &str, max: usize) -> Option<String> {
    one_line(text(object, key)?, max)
}

/// Collapses all white space and control characters to single spaces.
pub(in crate::sources) fn one_line(text: &str, max: usize) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = capped(&words.collect::<Vec<_>>().join(" "), max);
    (!line.is_empty()).then_some(line)
}

/// Joins hard-wrapped lines and keeps paragraphs apart by blank lines.
///
/// A paragraph begins after a blank line, or, as arXiv writes it, with an indented line; an indented
/// line that goes on in lower case is only a wrapped one.
pub(in crate::sources) fn paragraphs(text: &str, max: usize) -> String {
    let mut paragraphs: Vec<Vec<String>> = vec![Vec::new()];
    for raw in text.lines() {
        let Some(words) = one_line(raw, usize::MAX) else {
            paragraphs.push(Vec::new());
            continue;
        };
        let goes_on = words.starts_with(char::is_lowercase);
        if raw.starts_with([' ', '\t']) && !goes_on {
            paragraphs.push(Vec::new());
        }
        if let Some(last) = paragraphs.last_mut() {
            last.push(words);
        }
    }
    let whole = paragraphs.iter().filter(|lines| !lines.is_empty()).map(|lines| lines.join(" "));
    capped(&whole.collect::<Vec<_>>().join("\n\n"), max)
}

/// Reads a counter: a whole number that is not negative.
pub(super) fn count(object: &Value, key: &str) -> Option<u32> {
    object.get(key)?.as_u64().map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

/// Reads a web address that can be shown as a link.
pub(super) fn url(object: &Value, key: &str) -> Option<String> {
    let text = text(object, key)?;
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    // “https://github.com@evil.example” leads elsewhere than it reads.
    let honest = url.username().is_empty() && url.password().is_none();
    let plain = text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"'));
    let kept = if plain { text.to_owned() } else { url.into() };
    (web && honest && kept.len() <= LONGEST_URL).then_some(kept)
}

/// Reads a time as RFC 3339, as a civil time (then it is UTC) or as a bare date (then midnight).
pub(super) fn time(object: &Value, key: &str) -> Option<Timestamp> {
    let text = text(object, key)?;
    let civil = || {
        let midnight = || text.parse::<Date>().map(|date| date.to_datetime(jiff::civil::Time::midnight()));
        let at = text.parse::<DateTime>().or_else(|_| midnight()).ok()?;
        Some(at.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    text.parse::<Timestamp>().ok().or_else(civil)
}

/// Reads a time's day in UTC.
pub(super) fn day(object: &Value, key: &str) -> Option<Date> {
    Some(time(object, key)?.to_zoned(TimeZone::UTC).date())
}

fn capped(text: &str, max: usize) -> String {
    text.chars().take(max).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn wrapped_lines_join_and_paragraphs_stay_apart() {
        assert_eq!(paragraphs("One line\nthat goes\non.", 99), "One line that goes on.");
        assert_eq!(paragraphs("First.\n  We show\nit.\n\n\nLast.", 99), "First.\n\nWe show it.\n\nLast.");
        assert_eq!(paragraphs("to the first\n  response tokens", 99), "to the first response tokens");
        assert_eq!(paragraphs("  \n ", 99), "");
        assert_eq!(paragraphs("abc def", 4), "abc");
    }

    #[test]
    fn a_line_holds_no_control_characters() {
        let row = json!({"title": " A\n  tale \u{0}of\u{1b}[31m  two\u{a0}lines "});
        assert_eq!(line(&row, "title", 99).unwrap(), "A tale of [31m two lines");
        assert_eq!(line(&json!({"title": "\u{0}\u{7}"}), "title", 99), None);
    }

    #[test]
    fn only_whole_numbers_count() {
        let row = json!({"a": 7, "b": "7", "c": -1, "d": 7.5, "e": null, "f": 5_000_000_000_u64, "g": {}});
        let read = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|key| count(&row, key));
        assert_eq!(read, [Some(7), None, None, None, None, Some(u32::MAX), None, None]);
    }

    #[test]
    fn only_links_that_lead_where_they_read_are_kept() {
        let read = |text: &str| url(&json!({"u": text}), "u");
        assert_eq!(read(" https://sites.google.com/x ").as_deref(), Some("https://sites.google.com/x"));
        assert_eq!(read("https://x.org/a b>c").as_deref(), Some("https://x.org/a%20b%3Ec"));
        for text in
            ["github.com/o/r", "javascript:alert(1)", "https://github.com@evil.example/", "https://", ""]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&format!("https://x.org/{}", "a".repeat(LONGEST_URL))), None);
    }

    #[test]
    fn times_are_read_in_every_shape_seen() {
        for text in
            ["2026-08-21T00:00:00.000Z", "2026-08-21T02:00:00+02:00", "2026-08-21", "2026-08-21T00:00:00"]
        {
            let read = time(&json!({"t": text}), "t").unwrap();
            assert_eq!(read.to_string(), "2026-08-21T00:00:00Z", "{text}");
        }
        assert_eq!(time(&json!({"t": "yesterday"}), "t"), None);
        assert_eq!(time(&json!({"t": 1_787_270_400}), "t"), None);
    }
}
