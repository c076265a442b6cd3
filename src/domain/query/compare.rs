//! Reads what is compared: `upvotes>=50`, `stars+24h>=100`, `listed>=7d`, and the days after `listed:`.
//!
//! White space may stand on both sides of the sign. What only looks like a comparison (`p<0.05`, `a=b`) is left to
//! be read as a word.

use jiff::civil::Date;

use super::lexer::{Fault, Lexeme, ends_word};
use super::listed::MAX_DAYS_BACK;
use super::number::MAX_SPAN_HOURS;
use super::prefix::nearest;
use super::{Comparison, Counter, Day, Listed, Number, Span};

/// The highest number that can be asked for.
const MAX_VALUE: u32 = 1_000_000_000;

/// The signs, with the longer ones before those that they begin with.
const SIGNS: &[(&str, Sign)] = &[
    (">=", Sign::AtLeast),
    ("=>", Sign::AtLeast),
    ("≥", Sign::AtLeast),
    ("<=", Sign::AtMost),
    ("=<", Sign::AtMost),
    ("≤", Sign::AtMost),
    ("==", Sign::Equal),
    (">", Sign::Above),
    ("<", Sign::Below),
    ("=", Sign::Equal),
];

/// What people call the counters elsewhere.
const OTHER_NAMES: &[(&str, Counter)] = &[
    ("votes", Counter::Upvotes),
    ("likes", Counter::Upvotes),
    ("points", Counter::Upvotes),
    ("replies", Counter::Comments),
    ("stargazers", Counter::Stars),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    AtLeast,
    AtMost,
    Above,
    Below,
    Equal,
}

/// The parts of a comparison, with their places in bytes.
struct Parts<'a> {
    text: &'a str,
    name: &'a str,
    span: Option<&'a str>,
    sign: Sign,
    value: &'a str,
    /// Where the value begins.
    at: usize,
}

/// Reads the comparison that a text begins with; gives its length in bytes.
pub(super) fn scan(text: &str) -> Result<Option<(Lexeme<'_>, usize)>, Fault> {
    let Some(parts) = split(text)? else { return Ok(None) };
    let end = parts.at + parts.value.len();
    if parts.name.eq_ignore_ascii_case("listed") && parts.span.is_none() {
        return Ok(Some((Lexeme::Listed(listed(&parts)?), end)));
    }
    if let Some(counter) = counter(parts.name) {
        return Ok(Some((Lexeme::Number(number(&parts, counter)?), end)));
    }
    let counters = Counter::ALL.into_iter().map(|counter| (counter.name(), counter));
    let near = nearest(parts.name, counters.chain(OTHER_NAMES.iter().copied()));
    let is_number = parts.value.starts_with(|ch: char| ch.is_ascii_digit());
    if !is_number || parts.sign == Sign::Equal || parts.name.len() < 3 {
        return Ok(None);
    }
    let way_out = near.map_or_else(
        || format!("the numbers are {}", Counter::ALL.map(Counter::name).join(", ")),
        |counter| format!("did you mean “{}”?", counter.name()),
    );
    Err((0, format!("there is no number “{}”: {way_out}", parts.name)))
}

pub(super) fn counter(name: &str) -> Option<Counter> {
    Counter::ALL.into_iter().find(|counter| counter.name().eq_ignore_ascii_case(name))
}

fn split(text: &str) -> Result<Option<Parts<'_>>, Fault> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    if letters == 0 {
        return Ok(None);
    }
    let (name, mut rest) = text.split_at(letters);
    let mut span = None;
    if let Some(after) = rest.strip_prefix('+')
        && after.starts_with(|ch: char| ch.is_ascii_digit())
    {
        let length = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
        span = Some(&after[..length]);
        rest = &after[length..];
    }
    let from_sign = rest.trim_start();
    let found = SIGNS.iter().find(|(sign, _)| from_sign.starts_with(sign));
    let Some((written, sign)) = found else {
        return match (counter(name), span) {
            (Some(counter), Some(span)) => {
                let rise = format!("{}+{span}", counter.name());
                let message = format!("expected a comparison after “{rise}”, such as {rise}>=100");
                Err((characters(text, text.len() - rest.len()), message))
            }
            _ => Ok(None),
        };
    };
    let value = from_sign[written.len()..].trim_start();
    // `upvotes =word` is a word and an exact word.
    if *sign == Sign::Equal
        && from_sign.len() < rest.len()
        && !value.starts_with(|ch: char| ch.is_ascii_digit())
    {
        return Ok(None);
    }
    let at = text.len() - value.len();
    let value = &value[..value.find(ends_word).unwrap_or(value.len())];
    Ok(Some(Parts { text, name, span, sign: *sign, value, at }))
}

fn number(parts: &Parts<'_>, counter: Counter) -> Result<Number, Fault> {
    let at = characters(parts.text, parts.at);
    let rise = parts.span.map(span).transpose().map_err(|message| (parts.name.len() + 1, message))?;
    if parts.value.is_empty() || !parts.value.bytes().all(|b| b.is_ascii_digit()) {
        let name = counter.name();
        return Err((at, format!("expected a whole number here, such as {name}>=50")));
    }
    let most = || (at, format!("at most {MAX_VALUE} can be asked for"));
    let value: u32 = parts.value.parse().map_err(|_| most())?;
    let above = || value.checked_add(1).ok_or_else(most);
    let (comparison, value) = match parts.sign {
        Sign::AtLeast => (Comparison::AtLeast, value),
        Sign::Above => (Comparison::AtLeast, above()?),
        Sign::Below if value == 0 => return Err((at, "no number is below 0".to_owned())),
        Sign::Below => (Comparison::Below, value),
        Sign::AtMost => (Comparison::Below, above()?),
        Sign::Equal => (Comparison::Exactly, value),
    };
    if value > MAX_VALUE {
        return Err(most());
    }
    Ok(Number { counter, rise, comparison, value })
}

fn span(text: &str) -> Result<Span, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let hours_each = match &text[digits..] {
        "h" | "H" => 1,
        "d" | "D" => 24,
        "w" | "W" => 7 * 24,
        _ => return Err(format!("“{text}” is no time: write hours or days, such as 24h or 7d")),
    };
    let hours = text[..digits].parse::<u16>().ok().and_then(|count| count.checked_mul(hours_each));
    match hours {
        Some(hours @ 1..=MAX_SPAN_HOURS) => Ok(Span { hours }),
        _ => Err(format!("a rise is asked for over 1h to {}d", MAX_SPAN_HOURS / 24)),
    }
}

fn listed(parts: &Parts<'_>) -> Result<Listed, Fault> {
    let fault = |message| (characters(parts.text, parts.at), message);
    let day = day(parts.value).map_err(fault)?;
    let beyond = || fault("that is later or earlier than any paper".to_owned());
    let (from, to) = match parts.sign {
        Sign::AtLeast => (Some(day), None),
        Sign::AtMost => (None, Some(day)),
        Sign::Above => (Some(next(day).ok_or_else(beyond)?), None),
        Sign::Below => (None, Some(previous(day).ok_or_else(beyond)?)),
        Sign::Equal => (Some(day), Some(day)),
    };
    Ok(Listed { from, to })
}

/// Reads what follows `listed:`.
pub(super) fn days(text: &str) -> Result<Listed, Fault> {
    let fault = |message| (0, message);
    let Some((from, to)) = text.split_once("..") else {
        return match day(text).map_err(fault)? {
            Day::Back(_) => Err((0, format!("did you mean “listed>={text}”, the last days up to today?"))),
            on @ Day::On(_) => Ok(Listed { from: Some(on), to: Some(on) }),
        };
    };
    let end = |text: &str| if text.is_empty() { Ok(None) } else { day(text).map(Some) };
    let at_to = characters(text, text.len() - to.len());
    let (from, to) = (end(from).map_err(fault)?, end(to).map_err(|message| (at_to, message))?);
    let backwards = match (from, to) {
        (None, None) => return Err((0, "expected a day on one side of “..”".to_owned())),
        (Some(Day::On(from)), Some(Day::On(to))) => to < from,
        (Some(Day::Back(from)), Some(Day::Back(to))) => from < to,
        _ => false,
    };
    if backwards {
        return Err((0, "this ends before it begins: write the earlier day first".to_owned()));
    }
    Ok(Listed { from, to })
}

pub(super) fn day(text: &str) -> Result<Day, String> {
    let expected = || format!("“{text}” is no day: write 2026-08-01, or 7d for seven days ago");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let days_each = match &text[digits..] {
        "d" | "D" => 1,
        "w" | "W" => 7,
        _ if text.len() == 10 && digits == 4 => {
            return text.parse::<Date>().map(Day::On).map_err(|_| expected());
        }
        _ => return Err(expected()),
    };
    match text[..digits].parse::<u16>().ok().and_then(|count| count.checked_mul(days_each)) {
        Some(days @ 0..=MAX_DAYS_BACK) => Ok(Day::Back(days)),
        _ if digits == 0 => Err(expected()),
        _ => Err(format!("at most {MAX_DAYS_BACK} days back can be asked for")),
    }
}

fn next(day: Day) -> Option<Day> {
    match day {
        Day::On(date) => date.tomorrow().ok().map(Day::On),
        Day::Back(days) => days.checked_sub(1).map(Day::Back),
    }
}

fn previous(day: Day) -> Option<Day> {
    match day {
        Day::On(date) => date.yesterday().ok().map(Day::On),
        Day::Back(days) => Some(Day::Back(days + 1)).filter(|_| days < MAX_DAYS_BACK),
    }
}

fn characters(text: &str, bytes: usize) -> usize {
    text[..bytes].chars().count()
}
