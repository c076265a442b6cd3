//! When a source has something new, so that “nothing new” is told apart from “not yet”, “weekend” and “holiday”.
//!
//! ```text
//! arXiv          announced at 20:00 in New York, Sunday to Thursday; its RSS holds them from the midnight after, so
//!                a feed's day is Monday to Friday in New York
//! Hugging Face   a list for each Monday to Friday in UTC, begun soon after midnight
//! ```
//! arXiv defers announcements on some days of its own choice. Its list of 2026 is known; for other years the holidays
//! that come every year are computed, and those that it chooses freely (around the turn of the year) are not.

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::SourceName;

/// The name by which the calendar knows a source; one without hours of its own is like any feed.
pub fn named(name: &str) -> SourceName {
    let names = ["arxiv", "huggingface"];
    SourceName(names.into_iter().find(|known| *known == name).unwrap_or("feed"))
}

/// What there is to expect of a source at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The day's papers are not there yet.
    NotYet {
        /// When they should be.
        at: Timestamp,
    },
    /// The source keeps a holiday; an empty answer is right.
    Holiday {
        /// Its English name.
        name: &'static str,
    },
    /// The source rests at weekends; an empty answer is right.
    Weekend,
    /// The day's papers should be there; an empty answer means that something is late or wrong.
    Due {
        /// Since when.
        since: Timestamp,
    },
}

/// The days and the hour at which a source begins them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calendar {
    Arxiv,
    HuggingFace,
    /// A feed that may bring something at any time.
    None,
}

/// arXiv's clock.
const EASTERN: &str = "America/New_York";
/// The hour of arXiv's announcements in New York.
const ANNOUNCED_AT: i8 = 20;
/// Minutes after midnight in New York that the rebuilding of arXiv's feeds may take.
const REBUILT_WITHIN: i8 = 15;
/// Minutes after midnight in UTC within which Hugging Face's list has its first papers (22 at most on 15 recorded days).
const BEGUN_WITHIN: i8 = 45;

/// The days on which arXiv said it would defer announcements, as far as its lists are known.
const ARXIV_2026: [(i8, i8, &str); 9] = [
    (1, 1, NEW_YEAR),
    (1, 19, KING),
    (6, 19, JUNETEENTH),
    (7, 3, INDEPENDENCE),
    (9, 7, LABOR),
    (11, 26, THANKSGIVING),
    (12, 25, CHRISTMAS),
    (12, 29, YEARS_END),
    (12, 31, YEARS_END),
];
const NEW_YEAR: &str = "New Year’s Day";
const KING: &str = "Martin Luther King Jr. Day";
const JUNETEENTH: &str = "Juneteenth";
const INDEPENDENCE: &str = "Independence Day";
const LABOR: &str = "Labor Day";
const THANKSGIVING: &str = "Thanksgiving";
const CHRISTMAS: &str = "Christmas";
const YEARS_END: &str = "arXiv’s days off at the end of the year";

/// What there is to expect of a source; one without a calendar is due since the beginning of the day in UTC.
pub fn expected(source: SourceName, now: Timestamp) -> Expected {
    let calendar = Calendar::of(source);
    let zone = calendar.zone();
    let day = now.to_zoned(zone.clone()).date();
    if let Some(rest) = calendar.rest(day) {
        return rest;
    }
    let since = at(day, 0, calendar.grace(), &zone);
    if now < since { Expected::NotYet { at: since } } else { Expected::Due { since } }
}

/// When a source's next day with papers begins, later than `now`.
pub fn next_due(source: SourceName, now: Timestamp) -> Timestamp {
    let calendar = Calendar::of(source);
    let zone = calendar.zone();
    let today = now.to_zoned(zone.clone()).date();
    let days = today.series(1.day()).filter(|day| calendar.rest(*day).is_none());
    let mut begins = days.map(|day| at(day, 0, calendar.grace(), &zone)).filter(|begin| *begin > now);
    begins.next().unwrap_or(now)
}

/// The day, as the source counts it, whose papers are due or expected at `now`.
pub fn day_of(source: SourceName, now: Timestamp) -> Date {
    now.to_zoned(Calendar::of(source).zone()).date()
}

/// When arXiv's day in New York begins, at whose midnight its feeds are made anew.
pub fn arxiv_day_begins(day: Date) -> Timestamp {
    at(day, 0, 0, &eastern())
}

/// True for a day in New York whose feed can hold papers: arXiv announces nothing for weekends.
pub fn is_arxiv_working_day(day: Date) -> bool {
    !is_weekend(day)
}

/// arXiv's next announcement after `now`: 20:00 in New York, Sunday to Thursday, not on its holidays.
pub fn next_announcement(now: Timestamp) -> Timestamp {
    let zone = eastern();
    let days = now.to_zoned(zone.clone()).date().series(1.day());
    let announced = days.filter(|day| {
        !matches!(day.weekday(), Weekday::Friday | Weekday::Saturday) && arxiv_holiday(*day).is_none()
    });
    let mut times = announced.map(|day| at(day, ANNOUNCED_AT, 0, &zone)).filter(|time| *time > now);
    times.next().unwrap_or(now)
}

/// The holiday on which arXiv defers its announcement, if this day in New York is one.
pub fn arxiv_holiday(day: Date) -> Option<&'static str> {
    let named = |(month, number, name): &(i8, i8, &'static str)| {
        (day.month() == *month && day.day() == *number).then_some(*name)
    };
    if day.year() == 2026 { ARXIV_2026.iter().find_map(named) } else { computed_holiday(day) }
}

/// The holidays that come every year; one at a weekend is kept on the Friday before or the Monday after.
fn computed_holiday(day: Date) -> Option<&'static str> {
    let kept = |month, number, name| {
        // New Year's Day may be kept in the year before.
        let years = [day.year(), day.year().saturating_add(1)];
        let days = years.into_iter().filter_map(|year| Date::new(year, month, number).ok());
        days.map(observed).any(|observed| observed == day).then_some(name)
    };
    let nth = |month, nth, weekday, name| {
        let first = Date::new(day.year(), month, 1).ok()?;
        (first.nth_weekday_of_month(nth, weekday).ok()? == day).then_some(name)
    };
    kept(1, 1, NEW_YEAR)
        .or_else(|| nth(1, 3, Weekday::Monday, KING))
        .or_else(|| kept(6, 19, JUNETEENTH))
        .or_else(|| kept(7, 4, INDEPENDENCE))
        .or_else(|| nth(9, 1, Weekday::Monday, LABOR))
        .or_else(|| nth(11, 4, Weekday::Thursday, THANKSGIVING))
        .or_else(|| kept(12, 25, CHRISTMAS))
}

fn observed(day: Date) -> Date {
    match day.weekday() {
        Weekday::Saturday => day.yesterday().unwrap_or(day),
        Weekday::Sunday => day.tomorrow().unwrap_or(day),
        _ => day,
    }
}

impl Calendar {
    fn of(source: SourceName) -> Self {
        match source.0 {
            "arxiv" => Self::Arxiv,
            "huggingface" => Self::HuggingFace,
            _ => Self::None,
        }
    }

    fn zone(self) -> TimeZone {
        if self == Self::Arxiv { eastern() } else { TimeZone::UTC }
    }

    fn grace(self) -> i8 {
        match self {
            Self::Arxiv => REBUILT_WITHIN,
            Self::HuggingFace => BEGUN_WITHIN,
            Self::None => 0,
        }
    }

    /// Why nothing comes on a day, if so.
    fn rest(self, day: Date) -> Option<Expected> {
        if self == Self::None {
            return None;
        }
        if is_weekend(day) {
            return Some(Expected::Weekend);
        }
        // A deferred announcement empties the feed of the morning after; the lists do not say which of the two days is
        // meant, and taking a full day for a holiday does no harm, for what is there is read all the same.
        let evening = day.yesterday().unwrap_or(day);
        let holiday =
            arxiv_holiday(evening).or_else(|| arxiv_holiday(day)).filter(|_| self == Self::Arxiv)?;
        Some(Expected::Holiday { name: holiday })
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn eastern() -> TimeZone {
    TimeZone::get(EASTERN).expect("the zone data are built in")
}

fn at(day: Date, hour: i8, minute: i8, zone: &TimeZone) -> Timestamp {
    let zoned = day.at(hour, minute, 0, 0).to_zoned(zone.clone());
    zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
