//! The clock of sources: what is due when, over weekends, holidays and changes of the clocks.

use jiff::civil::{Date, Weekday, date};
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::SourceName;
use paperwire::domain::calendar::{Expected, arxiv_holiday, day_of, expected, next_announcement, next_due};

const ARXIV: SourceName = SourceName("arxiv");
const HUB: SourceName = SourceName("huggingface");

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn due(text: &str) -> Expected {
    Expected::Due { since: at(text) }
}

#[test]
fn arxivs_day_begins_at_midnight_in_new_york_in_summer_and_in_winter() {
    // A Wednesday in summer (UTC−4) and one in winter (UTC−5).
    assert_eq!(
        expected(ARXIV, at("2026-08-19T04:14:59Z")),
        Expected::NotYet { at: at("2026-08-19T04:15:00Z") }
    );
    assert_eq!(expected(ARXIV, at("2026-08-19T04:15:00Z")), due("2026-08-19T04:15:00Z"));
    assert_eq!(expected(ARXIV, at("2026-08-20T03:59:59Z")), due("2026-08-19T04:15:00Z"));
    assert_eq!(
        expected(ARXIV, at("2026-12-02T05:14:59Z")),
        Expected::NotYet { at: at("2026-12-02T05:15:00Z") }
    );
    assert_eq!(expected(ARXIV, at("2026-12-02T05:15:00Z")), due("2026-12-02T05:15:00Z"));
    assert_eq!(day_of(ARXIV, at("2026-08-20T03:59:59Z")), date(2026, 8, 19));
}

#[test]
fn the_day_after_each_change_of_the_clocks_begins_an_hour_earlier_or_later() {
    // On Sundays 2026-03-08 and 2026-11-01 the clocks change in New York, not in Europe.
    assert_eq!(next_due(ARXIV, at("2026-03-07T12:00:00Z")), at("2026-03-09T04:15:00Z"));
    assert_eq!(next_due(ARXIV, at("2026-03-05T12:00:00Z")), at("2026-03-06T05:15:00Z"));
    assert_eq!(next_due(ARXIV, at("2026-10-31T12:00:00Z")), at("2026-11-02T05:15:00Z"));
    assert_eq!(next_announcement(at("2026-03-06T12:00:00Z")), at("2026-03-09T00:00:00Z"));
    assert_eq!(next_announcement(at("2026-10-30T12:00:00Z")), at("2026-11-02T01:00:00Z"));
}

#[test]
fn weekends_are_those_of_each_sources_own_clock() {
    // Friday evening in New York is Saturday in UTC.
    let evening = at("2026-08-22T01:00:00Z");
    assert_eq!(expected(ARXIV, evening), due("2026-08-21T04:15:00Z"));
    assert_eq!(expected(HUB, evening), Expected::Weekend);
    let morning = at("2026-08-24T01:00:00Z");
    assert_eq!(expected(ARXIV, morning), Expected::Weekend);
    assert_eq!(expected(HUB, morning), due("2026-08-24T00:45:00Z"));
}

#[test]
fn an_empty_feed_on_a_holiday_and_on_the_morning_after_is_right() {
    let thanksgiving = Expected::Holiday { name: "Thanksgiving" };
    for day in ["2026-11-26T12:00:00Z", "2026-11-27T12:00:00Z"] {
        assert_eq!(expected(ARXIV, at(day)), thanksgiving);
        assert!(matches!(expected(HUB, at(day)), Expected::Due { .. }), "Hugging Face has no holidays");
    }
    assert!(matches!(expected(ARXIV, at("2026-11-25T12:00:00Z")), Expected::Due { .. }));
    assert_eq!(expected(ARXIV, at("2026-11-28T12:00:00Z")), Expected::Weekend);
    // Thursday’s announcement is deferred, the next one is on Sunday.
    assert_eq!(next_announcement(at("2026-11-26T12:00:00Z")), at("2026-11-30T01:00:00Z"));
}

#[test]
fn the_holidays_of_2026_are_arxivs_own_list() {
    let days = date(2026, 1, 1).series(1.day()).take_while(|day| day.year() == 2026);
    let holidays: Vec<(i8, i8)> =
        days.filter(|day| arxiv_holiday(*day).is_some()).map(|day| (day.month(), day.day())).collect();
    assert_eq!(holidays, [(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)]);
}

#[test]
fn the_computed_holidays_of_another_year_are_those_that_arxiv_announced_for_it() {
    // arXiv’s list of 2023 without the two days that it chose freely (14 June, 27 December).
    let listed = [(1, 16), (6, 19), (7, 4), (9, 4), (11, 23), (12, 25)].map(|(m, d)| date(2023, m, d));
    for day in listed {
        assert!(arxiv_holiday(day).is_some(), "{day}");
    }
    // 2022-01-01 was a Saturday, 2027-07-04 is a Sunday.
    assert_eq!(arxiv_holiday(date(2021, 12, 31)), Some("New Year’s Day"));
    assert_eq!(arxiv_holiday(date(2027, 7, 5)), Some("Independence Day"));
    assert_eq!(arxiv_holiday(date(2027, 7, 6)), None);
}

#[test]
fn every_hour_of_three_years_has_one_answer_and_the_next_due_time_is_due() {
    let mut now = at("2025-01-01T00:30:00Z");
    let end = at("2028-01-01T00:00:00Z");
    let mut rests = 0;
    while now < end {
        for source in [ARXIV, HUB, SourceName("feed")] {
            let next = next_due(source, now);
            // The longest rest on the list is the turn of the year 2026.
            assert!(next > now && next <= now + 7 * 24.hours(), "{source} at {now}: {next}");
            assert_eq!(expected(source, next), Expected::Due { since: next }, "{source} at {now}");
            match expected(source, now) {
                Expected::NotYet { at } => assert_eq!(at, next),
                Expected::Due { since } => assert!(since <= now && now < since + 25.hours()),
                Expected::Weekend | Expected::Holiday { .. } => rests += 1,
            }
        }
        now += 5.hours();
    }
    assert!(rests > 2_000, "{rests}");
}

#[test]
fn a_feed_without_a_calendar_may_bring_something_every_day() {
    let sunday: Date = date(2026, 8, 23);
    assert_eq!(sunday.weekday(), Weekday::Sunday);
    assert_eq!(expected(SourceName("feed"), at("2026-08-23T12:00:00Z")), due("2026-08-23T00:00:00Z"));
}
