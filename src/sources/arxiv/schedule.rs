//! When to ask arXiv for the announcements of a day: by New York's clock, on working days.
//!
//! What is submitted until 14:00 is announced at 20:00, Sunday to Thursday, and stands in the RSS that is built at
//! midnight. So the RSS of Monday to Friday holds papers and that of a weekend is valid and empty. A holiday is
//! asked for like a working day: an empty answer costs little, and a day without papers is not taken for read.

use std::time::Duration;

use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// The zone whose midnight counts; its data are part of the program.
const ZONE: &str = "America/New_York";
/// When the RSS of a day is there, some minutes after it is begun.
const BUILT: Time = time(0, 10, 0, 0);
/// The first question of a day falls into so many seconds after [`BUILT`], so that not all ask together.
const SPREAD: u64 = 20 * 60;
/// How long after [`BUILT`] a working day that is still empty is asked for again.
const AGAIN: [Duration; 2] = [Duration::from_hours(2), Duration::from_hours(6)];

/// True for a day in New York whose RSS can hold papers.
pub fn is_working(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day in New York.
pub fn new_york(at: Timestamp) -> Date {
    at.to_zoned(zone()).date()
}

/// True once the RSS of `day` has been built.
pub fn is_built(day: Date, now: Timestamp) -> bool {
    now >= on(day, BUILT)
}

/// When to ask next: later on the same day while `wanting` (the day should have papers and shows none), else on the
/// next working day.
pub fn next_poll(now: Timestamp, wanting: bool) -> Timestamp {
    let today = new_york(now);
    let spread = Duration::from_secs(1 + fastrand::u64(..SPREAD));
    let built = on(today, BUILT);
    let mut hours = AGAIN.iter().map(|after| built + *after);
    let later = if now < built { Some(built) } else { hours.find(|at| wanting && *at > now) };
    let at = later.filter(|_| is_working(today)).unwrap_or_else(|| {
        let mut days = today.series(1.day()).skip(1);
        on(days.find(|day| is_working(*day)).unwrap_or(today), BUILT)
    });
    at + spread
}

fn on(day: Date, time: Time) -> Timestamp {
    // Midnight is never skipped in New York, whose clocks change at two.
    day.to_datetime(time).to_zoned(zone()).map_or(Timestamp::MAX, |at| at.timestamp())
}

fn zone() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Asserts that the next question falls into the spread after `earliest`.
    fn next(now: &str, wanting: bool, earliest: &str) {
        for _ in 0..50 {
            let wait = next_poll(at(now), wanting).duration_since(at(earliest)).as_secs();
            assert!((1..=1200).contains(&wait), "{now}: {wait} s after {earliest}");
        }
    }

    #[test]
    fn the_day_begins_at_midnight_in_new_york_in_summer_and_in_winter() {
        assert_eq!(new_york(at("2026-08-21T03:59:59Z")), date(2026, 8, 20));
        assert_eq!(new_york(at("2026-08-21T04:00:00Z")), date(2026, 8, 21));
        assert_eq!(new_york(at("2026-01-21T04:59:59Z")), date(2026, 1, 20));
        assert!(!is_built(date(2026, 8, 21), at("2026-08-21T04:09:59Z")));
        assert!(is_built(date(2026, 8, 21), at("2026-08-21T04:10:00Z")));
    }

    #[test]
    fn a_working_day_that_is_empty_is_asked_for_three_times() {
        next("2026-08-21T01:00:00Z", true, "2026-08-21T04:10:00Z");
        next("2026-08-21T04:20:00Z", true, "2026-08-21T06:10:00Z");
        next("2026-08-21T06:25:00Z", true, "2026-08-21T10:10:00Z");
        next("2026-08-21T10:25:00Z", true, "2026-08-24T04:10:00Z");
        next("2026-01-21T05:20:00Z", true, "2026-01-21T07:10:00Z");
    }

    #[test]
    fn a_day_that_has_been_read_and_a_day_without_announcements_are_left_alone() {
        next("2026-08-20T04:30:00Z", false, "2026-08-21T04:10:00Z");
        next("2026-08-21T04:30:00Z", false, "2026-08-24T04:10:00Z");
        next("2026-08-22T12:00:00Z", true, "2026-08-24T04:10:00Z");
        next("2026-12-24T12:00:00Z", false, "2026-12-25T05:10:00Z");
    }
}
