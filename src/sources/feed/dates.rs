//! Dates as feeds write them: RFC 3339, RFC 822 in all its spellings, and plain dates in words.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

/// An earlier year is a fault, such as the 1970 of a clock that was never set.
const BEGINNING: i16 = 1971;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The zones that RFC 822 names, and those that are seen beside them, in hours from UTC.
const ZONES: [(&str, i8); 17] = [
    ("gmt", 0),
    ("utc", 0),
    ("ut", 0),
    ("z", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
    ("bst", 1),
    ("cet", 1),
    ("cest", 2),
    ("jst", 9),
    ("pm", 12),
];

/// Reads a time; without a zone it is UTC, without an hour it is midnight.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let read = iso(text).or_else(|| in_words(text))?;
    (read.to_zoned(TimeZone::UTC).year() >= BEGINNING).then_some(read)
}

fn iso(text: &str) -> Option<Timestamp> {
    let civil = || {
        let month = || format!("{text}-01").parse::<Date>().ok();
        let date = || text.parse::<Date>().ok().or_else(month).map(|date| date.to_datetime(Time::midnight()));
        in_zone(text.parse::<DateTime>().ok().or_else(date)?, Offset::UTC)
    };
    text.parse::<Timestamp>().ok().or_else(civil)
}

fn in_zone(at: DateTime, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(at).ok()
}

/// Reads `Mon, 23 Nov 2026 10:00:00 GMT`, `November 23, 2026`, `23 Nov 26 10:00 +0100`, …
fn in_words(text: &str) -> Option<Timestamp> {
    let (mut day, mut month, mut year, mut time, mut offset) = (None, None, None, None, None);
    let mut afternoon = false;
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).take(12) {
        let word = word.trim_matches(['(', ')', '.']).to_ascii_lowercase();
        if let Some((number, digits)) = number(&word) {
            match (day, year) {
                (None, _) if (1..=31).contains(&number) && digits <= 2 => day = i8::try_from(number).ok(),
                (_, None) => year = Some(full_year(number, digits)),
                _ => {}
            }
        } else if word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()) {
            time = Some(hour_of_day(&word)?);
        } else if let Some(found) = zone(&word).filter(|_| time.is_some()) {
            // The first zone counts: “+0100 (CET)” says it twice.
            match word.as_str() {
                "pm" => afternoon = true,
                _ => offset = offset.or(Some(found)),
            }
        } else if let Some(found) = MONTHS.iter().position(|name| word.starts_with(name)) {
            month = month.or(i8::try_from(found + 1).ok());
        }
    }
    let date = Date::new(year?, month?, day?).ok()?;
    let time = time.unwrap_or(Time::midnight());
    let hour = if afternoon && time.hour() < 12 { time.hour() + 12 } else { time.hour() };
    let time = Time::new(hour, time.minute(), time.second(), 0).ok()?;
    in_zone(date.to_datetime(time), offset.unwrap_or(Offset::UTC))
}

/// A whole number and how many digits it has.
fn number(word: &str) -> Option<(i16, usize)> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    // “23rd” is a day; “23abc” is nothing.
    let ordinal = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    let number = digits.parse().ok().filter(|_| ordinal && digits.bytes().all(|b| b.is_ascii_digit()))?;
    Some((number, digits.len()))
}

/// RFC 822 wrote years with two digits.
fn full_year(number: i16, digits: usize) -> i16 {
    match number {
        0..=69 if digits == 2 => 2000 + number,
        70..=99 if digits == 2 => 1900 + number,
        _ => number,
    }
}

/// Reads `10:00` or `23:59:60`; a leap second is the second before it.
fn hour_of_day(word: &str) -> Option<Time> {
    let mut parts = word.split(':').map(|part| part.split('.').next().unwrap_or_default().parse::<i8>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().flatten().unwrap_or(0);
    Time::new(hour, minute, second.min(59), 0).ok()
}

fn zone(word: &str) -> Option<Offset> {
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Offset::from_hours(*hours).ok();
    }
    let digits = word.strip_prefix(['+', '-'])?.replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if word.starts_with('-') { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_is_read_in_every_spelling() {
        for text in [
            "2026-11-23T10:00:00Z",
            "2026-11-23T05:00:00-05:00",
            "2026-11-23 10:00:00",
            "2026-11-23T10:00",
            "Mon, 23 Nov 2026 10:00:00 GMT",
            "Sun, 23 Nov 2026 10:00:00 +0000 (UTC)",
            "23 Nov 26 10:00 Z",
            "Monday, 23 November 2026 05:00:00 EST",
            "Mon, 23 Nov 2026 11:00:00 +01:00",
            "Nov 23, 2026 10:00:00 AM",
        ] {
            assert_eq!(read(text).unwrap().to_string(), "2026-11-23T10:00:00Z", "{text}");
        }
        assert_eq!(read("23 Nov 2026 3:04 PM").unwrap().to_string(), "2026-11-23T15:04:00Z");
        assert_eq!(read("31 Dec 2016 23:59:60 GMT").unwrap().to_string(), "2016-12-31T23:59:59Z");
    }

    #[test]
    fn a_day_alone_is_its_midnight() {
        for text in ["2026-11-23", "November 23rd, 2026", "23 Nov 2026", "Mon 23 Nov 2026"] {
            assert_eq!(read(text).unwrap().to_string(), "2026-11-23T00:00:00Z", "{text}");
        }
        assert_eq!(read("2026-11").unwrap().to_string(), "2026-11-01T00:00:00Z");
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "32 Nov 2026",
            "30 Feb 2026",
            "2026",
            "25:00",
            "0000-00-00",
            "1970-01-01T00:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
