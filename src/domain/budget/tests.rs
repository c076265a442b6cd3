use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::time;
use proptest::prelude::*;

use super::*;
use crate::domain::schedule::zone;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn quiet(from: i8, until: i8) -> Quiet {
    Quiet::new(time(from, 0, 0, 0), time(until, 0, 0, 0)).unwrap()
}

#[test]
fn quiet_hours_go_over_midnight_and_end_on_the_minute() {
    let berlin = zone("Europe/Berlin").unwrap();
    let ends = |now: &str| quiet(22, 7).ends(&berlin, at(now)).map(|end| end.to_string());
    assert_eq!(ends("2026-08-21T19:59:59Z"), None);
    assert_eq!(ends("2026-08-21T20:00:00Z").as_deref(), Some("2026-08-22T05:00:00Z"));
    assert_eq!(ends("2026-08-22T04:59:59Z").as_deref(), Some("2026-08-22T05:00:00Z"));
    assert_eq!(ends("2026-08-22T05:00:00Z"), None);
    let siesta = |now: &str| quiet(13, 15).ends(&berlin, at(now)).map(|end| end.to_string());
    assert_eq!(siesta("2026-08-22T11:30:00Z").as_deref(), Some("2026-08-22T13:00:00Z"));
    assert_eq!(siesta("2026-08-22T20:30:00Z"), None);
    assert_eq!(Quiet::new(time(9, 0, 0, 0), time(9, 0, 0, 0)), None);
}

#[test]
fn quiet_hours_end_once_whatever_the_clocks_do() {
    let berlin = zone("Europe/Berlin").unwrap();
    let night = Quiet::new(time(22, 0, 0, 0), time(2, 30, 0, 0)).unwrap();
    // 02:30 is skipped on 29 March, and comes twice on 25 October.
    assert_eq!(night.ends(&berlin, at("2026-03-29T00:00:00Z")), Some(at("2026-03-29T01:00:00Z")));
    assert_eq!(night.ends(&berlin, at("2026-10-25T00:00:00Z")), Some(at("2026-10-25T00:30:00Z")));
    assert_eq!(night.ends(&berlin, at("2026-10-25T00:45:00Z")), None);
    assert_eq!(night.ends(&berlin, at("2026-10-25T01:15:00Z")), None, "the second 02:15 is not quiet again");
    // Hours that the clocks skip altogether do not become a day.
    let gone = Quiet::new(time(2, 10, 0, 0), time(2, 20, 0, 0)).unwrap();
    assert_eq!(gone.ends(&berlin, at("2026-03-29T01:00:00Z")), None);
}

#[test]
fn a_spike_is_three_times_the_usual_and_at_least_twenty() {
    let weeks = [6, 5, 7, 6, 90, 0, 0, 6, 4, 8, 6, 5, 0, 0];
    assert_eq!(usual(&weeks), Some(6), "neither weekends nor the day with 90 move it");
    assert_eq!(spike(19, &weeks), None);
    assert_eq!(spike(20, &weeks), Some(Spike { came: 20, usual: 6 }));
    assert_eq!(spike(29, &[10, 10, 10]), None);
    assert_eq!(spike(30, &[10, 10, 10]), Some(Spike { came: 30, usual: 10 }));
    assert_eq!(spike(900, &[0, 3, 0, 4]), None, "two days do not tell what is usual");
    assert_eq!(usual(&[1, 2, 3, 4]), Some(2));
}

#[test]
fn quiet_hours_come_before_a_spike_and_a_spike_before_the_limit() {
    let limits = Limits { per_day: Some(2), quiet: Some(quiet(22, 7)), spike: true };
    let today = Today { posted: 1, came: 30, before: vec![3, 4, 5], spike: false };
    let ruled = |now, today: &Today| rule(&limits, &TimeZone::UTC, at(now), today);
    assert_eq!(ruled("2026-08-21T23:00:00Z", &today), Ruling::Wait(at("2026-08-22T07:00:00Z")));
    let news = Spike { came: 30, usual: 4 };
    assert_eq!(ruled("2026-08-21T12:00:00Z", &today), Ruling::Roundup(Some(news)));
    let told = Today { spike: true, ..today.clone() };
    assert_eq!(ruled("2026-08-21T12:00:00Z", &told), Ruling::Roundup(None), "it is said once");
    let calm = Today { came: 3, ..today };
    assert_eq!(ruled("2026-08-21T12:00:00Z", &calm), Ruling::Post(1));
    let spent = Today { posted: 5, ..calm };
    assert_eq!(
        ruled("2026-08-21T12:00:00Z", &spent),
        Ruling::Post(0),
        "the limit was lowered during the day"
    );
    let free = rule(&Limits::default(), &TimeZone::UTC, at("2026-08-21T23:00:00Z"), &spent);
    assert_eq!(free, Ruling::Post(usize::MAX));
}

/// What happens to a channel.
#[derive(Debug, Clone)]
enum Deed {
    /// Papers come.
    Come(usize),
    /// What is kept is decided on.
    Decide,
    /// What is on its way is posted, at most so many.
    Send(usize),
    /// The day's roundup takes what waits for it.
    Roundup,
    /// Minutes pass.
    Pass(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        (1_usize..12).prop_map(Deed::Come),
        Just(Deed::Decide),
        (1_usize..6).prop_map(Deed::Send),
        Just(Deed::Roundup),
        (1_i64..900).prop_map(Deed::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_local_day_has_more_posts_than_its_limit_and_no_paper_is_lost(
        deeds in prop::collection::vec(deed(), 1..120),
        per_day in prop::option::of(1_u16..6),
        hours in prop::option::of((0_i8..24, 0_i8..24)),
        spikes in any::<bool>(),
        // Half a year on either side of a change of the clocks, at another minute each time.
        start in 1_767_225_600_i64..1_798_761_600,
        name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe",
            "Africa/Cairo", "Pacific/Apia", "Antarctica/Troll"]),
    ) {
        let zone = zone(name).unwrap();
        let quiet = hours.and_then(|(from, until)| Quiet::new(time(from, 30, 0, 0), time(until, 30, 0, 0)));
        let limits = Limits { per_day, quiet, spike: spikes };
        let mut now = Timestamp::from_second(start).unwrap();
        let (mut kept, mut open, mut waiting): (Vec<usize>, Vec<usize>, Vec<usize>) = Default::default();
        let (mut posted, mut in_roundup) = (BTreeSet::new(), BTreeSet::new());
        let mut sent: BTreeMap<Date, u64> = BTreeMap::new();
        let mut came: BTreeMap<Date, u64> = BTreeMap::new();
        let mut spike_days = BTreeSet::new();
        let mut next = 0;
        for deed in deeds {
            let (date, _) = local_day(&zone, now);
            match deed {
                Deed::Come(papers) => {
                    kept.extend(next..next + papers);
                    next += papers;
                    *came.entry(date).or_default() += papers as u64;
                }
                Deed::Decide => {
                    let before = came.iter().filter(|(day, _)| **day < date).map(|(_, n)| *n).collect();
                    let today = Today {
                        posted: sent.get(&date).copied().unwrap_or(0) + open.len() as u64,
                        came: came.get(&date).copied().unwrap_or(0),
                        before,
                        spike: spike_days.contains(&date),
                    };
                    match rule(&limits, &zone, now, &today) {
                        Ruling::Wait(until) => {
                            prop_assert!(until > now && quiet.is_some());
                            prop_assert_eq!(quiet.unwrap().ends(&zone, until), None, "it ends");
                        }
                        Ruling::Post(most) => {
                            prop_assert_eq!(quiet.and_then(|quiet| quiet.ends(&zone, now)), None);
                            let rest = kept.split_off(most.min(kept.len()));
                            open.append(&mut kept);
                            waiting.extend(rest);
                        }
                        Ruling::Roundup(news) => {
                            prop_assert!(spikes);
                            prop_assert_eq!(news.is_some(), spike_days.insert(date), "it is said once");
                            waiting.append(&mut kept);
                        }
                    }
                }
                Deed::Send(most) => {
                    for paper in open.drain(..most.min(open.len())) {
                        prop_assert!(posted.insert(paper));
                        *sent.entry(date).or_default() += 1;
                    }
                }
                Deed::Roundup => in_roundup.extend(waiting.drain(..)),
                Deed::Pass(minutes) => now += minutes.minutes(),
            }
            if let Some(most) = per_day {
                prop_assert!(sent.values().all(|posts| *posts <= most.into()), "{sent:?} of {most}");
            }
            let places = kept.len() + open.len() + waiting.len() + posted.len() + in_roundup.len();
            prop_assert_eq!(places, next, "each paper is in one place");
            prop_assert!(posted.is_disjoint(&in_roundup));
        }
    }
}
