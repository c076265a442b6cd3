//! When to ask arXiv for the announcements of a day; its hours and days are those of the [`calendar`].
//!
//! A holiday is asked for like a working day: an empty answer costs little, and a day without papers is not taken for read.

use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::Arxiv;
use crate::domain::calendar::{self, arxiv_day_begins, is_arxiv_working_day};

/// How long after the beginning of a day its RSS is there.
const BUILT: Duration = Duration::from_mins(10);
/// The first question of a day falls into so many seconds after [`BUILT`], so that not all ask together.
const SPREAD: u64 = 20 * 60;
/// How long after [`BUILT`] a working day that is still empty is asked for again.
const AGAIN: [Duration; 2] = [Duration::from_hours(2), Duration::from_hours(6)];

/// The day in New York.
pub fn new_york(at: Timestamp) -> Date {
    calendar::day_of(Arxiv::NAME, at)
}

/// True once the RSS of `day` has been built.
pub fn is_built(day: Date, now: Timestamp) -> bool {
    now >= built(day)
}

/// When to ask next: later on the same day while `wanting` (the day should have papers and shows none), else on the
/// next working day.
pub fn next_poll(now: Timestamp, wanting: bool) -> Timestamp {
    let today = new_york(now);
    let spread = Duration::from_secs(1 + fastrand::u64(..SPREAD));
    let first = built(today);
    let mut hours = AGAIN.iter().map(|after| first + *after);
    let later = if now < first { Some(first) } else { hours.find(|at| wanting && *at > now) };
    let at = later.filter(|_| is_arxiv_working_day(today)).unwrap_or_else(|| {
        let mut days = today.series(1.day()).skip(1);
        built(days.find(|day| is_arxiv_working_day(*day)).unwrap_or(today))
    });
    at + spread
}

fn built(day: Date) -> Timestamp {
    arxiv_day_begins(day) + BUILT
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
