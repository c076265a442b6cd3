//! When roundups come: a rhythm at a local time, turned into instants.
//!
//! Each local date of the rhythm has exactly one firing, whatever the clocks of the zone do:
//! * A time that does not exist that day (clocks go forward over it) fires at the first instant after the gap.
//! * A time that exists twice (clocks go back) fires at the first of the two.
//! * A date that does not exist (a zone moves over the date line) does not fire.

use std::sync::LazyLock;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan as _};

use super::{Every, RoundupSettings};

/// The zones that the program brings along, so that every machine fires alike.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an IANA name, in any case: `europe/berlin`.
pub fn zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// A rhythm at a local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// On which dates.
    pub every: Every,
    /// At which local time.
    pub at: Time,
    /// In which zone.
    pub zone: TimeZone,
}

/// One time at which a schedule fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Firing {
    /// The local date that it is for; with the destination it is the key that makes it fire once.
    pub date: Date,
    /// When.
    pub at: Timestamp,
}

impl RoundupSettings {
    /// When roundups come where nobody chose.
    pub const AT: Time = Time::constant(9, 0, 0, 0);
    /// How many papers a roundup names where nobody chose.
    pub const SIZE: u16 = 10;

    /// The channel's rhythm, each day at nine in UTC where nobody chose; `None` when the zone is unknown.
    pub fn schedule(&self) -> Option<Schedule> {
        let zone = self.zone.as_deref().map_or(Some(TimeZone::UTC), zone)?;
        Some(Schedule { every: self.every.unwrap_or(Every::Daily), at: self.at.unwrap_or(Self::AT), zone })
    }
}

impl Schedule {
    /// The firings at and after a time, in order, without end but for the calendar's.
    pub fn firings(&self, from: Timestamp) -> impl Iterator<Item = Firing> + '_ {
        // A firing for a date can come a little after that date, over a gap at midnight.
        let first = from.to_zoned(self.zone.clone()).date().saturating_sub(1.day());
        let dates = first.series(1.day()).filter(|date| self.is_due(*date));
        dates.filter_map(|date| self.firing(date)).filter(move |firing| firing.at >= from)
    }

    /// The last firing at or before a time.
    pub fn latest(&self, until: Timestamp) -> Option<Firing> {
        let last = until.to_zoned(self.zone.clone()).date();
        let dates = last.series(-1.day()).take(63).filter(|date| self.is_due(*date));
        dates.filter_map(|date| self.firing(date)).find(|firing| firing.at <= until)
    }

    /// True when the rhythm has this date.
    fn is_due(&self, date: Date) -> bool {
        match self.every {
            Every::Daily => true,
            Every::Weekdays => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
            Every::Weekly => date.weekday() == Weekday::Monday,
            Every::Monthly => date.day() == 1,
            Every::Off => false,
        }
    }

    /// When it fires for a date; `None` when the zone has no such date.
    fn firing(&self, date: Date) -> Option<Firing> {
        let ambiguous = self.zone.to_ambiguous_timestamp(date.to_datetime(self.at));
        let at = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok()?,
            AmbiguousOffset::Gap { before, .. } => {
                let end = self.zone.following(ambiguous.earlier().ok()?).next()?.timestamp();
                let start = before.to_datetime(end);
                let whole_day = start <= date.to_datetime(Time::midnight())
                    && end.to_zoned(self.zone.clone()).date() > date;
                if whole_day {
                    return None;
                }
                end
            }
        };
        Some(Firing { date, at })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    use super::*;

    fn schedule(every: Every, at: Time, name: &str) -> Schedule {
        Schedule { every, at, zone: zone(name).unwrap() }
    }

    fn utc(schedule: &Schedule, from: &str, count: usize) -> Vec<String> {
        schedule.firings(from.parse().unwrap()).take(count).map(|f| f.at.to_string()).collect()
    }

    #[test]
    fn a_time_that_the_clocks_leap_over_fires_when_the_gap_ends() {
        let berlin = schedule(Every::Daily, time(2, 30, 0, 0), "Europe/Berlin");
        let around = utc(&berlin, "2026-03-28T00:00Z", 3);
        assert_eq!(around, ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    }

    #[test]
    fn a_time_that_comes_twice_fires_at_the_first() {
        let york = schedule(Every::Daily, time(1, 30, 0, 0), "America/New_York");
        let around = utc(&york, "2026-10-31T12:00Z", 2);
        assert_eq!(around, ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
    }

    #[test]
    fn a_date_that_a_zone_never_had_does_not_fire() {
        let apia = schedule(Every::Daily, time(9, 0, 0, 0), "Pacific/Apia");
        let from = "2011-12-29T12:00Z".parse().unwrap();
        let dates: Vec<Date> = apia.firings(from).take(2).map(|f| f.date).collect();
        assert_eq!(dates, [date(2011, 12, 29), date(2011, 12, 31)]);
    }

    #[test]
    fn a_gap_at_midnight_fires_for_the_date_that_begins_late() {
        let cairo = schedule(Every::Daily, time(0, 0, 0, 0), "Africa/Cairo");
        let from = "2023-04-27T12:00Z".parse().unwrap();
        let first = cairo.firings(from).next().unwrap();
        assert_eq!((first.date, first.at.to_string().as_str()), (date(2023, 4, 28), "2023-04-27T22:00:00Z"));
    }

    #[test]
    fn each_rhythm_has_its_dates() {
        let dates = |every, count| {
            let schedule = schedule(every, time(9, 0, 0, 0), "UTC");
            let firings = schedule.firings("2026-08-28T10:00Z".parse().unwrap());
            firings.take(count).map(|f| f.date.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(dates(Every::Daily, 2), ["2026-08-29", "2026-08-30"]);
        assert_eq!(dates(Every::Weekdays, 2), ["2026-08-31", "2026-09-01"]);
        assert_eq!(dates(Every::Weekly, 2), ["2026-08-31", "2026-09-07"]);
        assert_eq!(dates(Every::Monthly, 2), ["2026-09-01", "2026-10-01"]);
        assert!(dates(Every::Off, 1).is_empty());
    }

    #[test]
    fn a_zone_is_found_in_any_case_and_nothing_else_is() {
        assert!(zone("europe/BERLIN").is_some());
        assert!(zone("Berlin").is_none());
        assert!(zone("").is_none());
    }

    proptest! {
        #[test]
        fn firings_rise_and_each_has_another_date_and_the_latest_is_the_one_before_the_next(
            from in 1_577_836_800_i64..2_082_758_400,
            minute in 0_i8..60,
            hour in 0_i8..24,
            which in 0..4_usize,
            name in prop::sample::select(vec!["Africa/Cairo", "America/St_Johns", "Australia/Lord_Howe",
                "Antarctica/Troll", "Asia/Gaza", "Pacific/Chatham", "Europe/Dublin", "America/Nuuk"]),
        ) {
            let schedule = schedule(Every::ALL[which], time(hour, minute, 0, 0), name);
            let from = Timestamp::from_second(from).unwrap();
            let firings: Vec<Firing> = schedule.firings(from).take(20).collect();
            for pair in firings.windows(2) {
                prop_assert!(pair[0].at < pair[1].at && pair[0].date < pair[1].date);
                prop_assert_eq!(schedule.latest(pair[1].at - jiff::Span::new().seconds(1)), Some(pair[0]));
            }
            prop_assert!(firings[0].at >= from);
            prop_assert_eq!(schedule.latest(firings[0].at), Some(firings[0]));
        }
    }
}
