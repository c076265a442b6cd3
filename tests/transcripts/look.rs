//! The page of a transcript, and moments as clients show them.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;

/// When the transcripts are.
pub const NOW: &str = "2026-09-02T06:00:00Z";

/// A transcript on its way.
pub struct Page(String);

impl Page {
    pub fn new(platform: &str) -> Self {
        Self(format!(
            "# What is seen on {platform}\n\n\
             Every command as it is given in `#papers`, and what is then seen. The papers and people are made up, the answers \
             are not:\na test gives these commands and compares what comes. `[…]` is a button, `<…>` a menu. Links are not \
             shown.\n"
        ))
    }

    pub fn scene(&mut self, title: &str) {
        let _ = writeln!(self.0, "\n## {title}");
    }

    pub fn step(&mut self, done: &str, who: &str, seen: &str) {
        let mut seen = seen.lines().map(str::trim_end).collect::<Vec<_>>();
        seen.dedup_by(|line, before| line.is_empty() && before.is_empty());
        let seen = seen.join("\n");
        let _ = writeln!(self.0, "\n{done}\n\n{who}\n\n~~~text\n{}\n~~~", seen.trim_matches('\n'));
    }

    pub fn text(self) -> String {
        self.0
    }
}

/// A distance in time as clients say it.
pub fn ago(seconds: i64) -> String {
    let away = seconds - NOW.parse::<Timestamp>().unwrap().as_second();
    let (count, unit) = match away.abs() {
        size @ 0..3_600 => (size / 60, "minute"),
        size @ 3_600..86_400 => (size / 3_600, "hour"),
        size => (size / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    match (away, count) {
        (_, 0) => "just now".to_owned(),
        (..0, _) => format!("{count} {unit}{plural} ago"),
        _ => format!("in {count} {unit}{plural}"),
    }
}

/// A moment as clients show it to somebody in UTC.
pub fn moment(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap().strftime("%-d %b %Y, %H:%M").to_string()
}

/// Puts what `shown` makes of it in the place of each `<…>` for which it makes something.
pub fn replaced(text: &str, shown: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let inside = after.split_once('>').and_then(|(inside, rest)| Some((shown(inside)?, rest)));
        if let Some((words, end)) = inside {
            out.push_str(&words);
            rest = end;
        } else {
            out.push('<');
            rest = after;
        }
    }
    out + rest
}

/// The text under a key; empty when there is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The elements under a key.
pub fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}
