//! How values look in the store, and the way back, where a value that does not parse is named.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

/// A time as whole microseconds since 1970.
pub(super) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// Reads a time back.
pub(super) fn timestamp(micros: i64, what: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|e| corrupt(what, micros, &e))
}

/// Reads a time back where there may be none.
pub(super) fn opt_timestamp(micros: Option<i64>, what: &str) -> Result<Option<Timestamp>, StoreError> {
    micros.map(|m| timestamp(m, what)).transpose()
}

/// A day as `YYYY-MM-DD`, whose text order is the order of days.
pub(super) fn day(date: Date) -> String {
    date.to_string()
}

/// Reads anything back that has a text form.
pub(super) fn parsed<T>(text: &str, what: &str) -> Result<T, StoreError>
where
    T: FromStr<Err: fmt::Display>,
{
    text.parse().map_err(|e| corrupt(what, text, &e))
}

/// A list or record as JSON.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data with text keys has a JSON form")
}

/// Reads a list or record back.
pub(super) fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| corrupt(what, text, &e))
}

/// Reads a count back; the store keeps all whole numbers as BIGINT.
pub(super) fn count(number: i64, what: &str) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|e| corrupt(what, number, &e))
}

/// Free text as both databases take it: PostgreSQL has no NUL character.
pub(super) fn text(free: &str) -> String {
    free.replace('\0', "")
}

/// A limit for `LIMIT`, where none means all.
pub(super) fn limit(rows: Option<u32>) -> i64 {
    rows.map_or(i64::MAX, i64::from)
}

/// Says which value cannot be read, shortened, and why.
pub(super) fn corrupt(what: &str, value: impl fmt::Display, reason: &dyn fmt::Display) -> StoreError {
    let shown: String = value.to_string().chars().take(80).collect();
    StoreError::Corrupt { what: format!("{what} “{shown}”: {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_does_not_parse_is_named_with_its_place() {
        let error = parsed::<Date>("yesterday", "the day of paper 7").unwrap_err().to_string();
        assert!(error.contains("the day of paper 7 “yesterday”"), "{error}");
        let error = from_json::<Vec<String>>(&"x".repeat(200), "its authors").unwrap_err().to_string();
        assert!(error.len() < 300, "{error}");
    }

    #[test]
    fn days_and_times_come_back_as_they_went_in() {
        let date: Date = "2026-08-03".parse().unwrap();
        assert_eq!(parsed::<Date>(&day(date), "day").unwrap(), date);
        let time = Timestamp::from_microsecond(1_785_000_000_000_001).unwrap();
        assert_eq!(timestamp(micros(time), "time").unwrap(), time);
    }
}
