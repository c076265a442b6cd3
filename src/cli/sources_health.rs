//! `paperwire sources`: how each source is.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::exit::CliError;
use super::output::{Output, table};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::calendar::{Expected, day_of, expected, named, next_due};
use crate::store::SourceHealth;

/// A source, as programs read it.
#[derive(Serialize)]
struct Row {
    source: String,
    state: State,
    /// The state in words, with its reason.
    status: String,
    last_success: Option<Timestamp>,
    last_error: Option<String>,
    last_error_at: Option<Timestamp>,
    failures: u32,
    next_poll: Option<Timestamp>,
    items: u64,
    items_last_day: u64,
    lag_p50_s: Option<u64>,
    lag_max_s: Option<u64>,
}

/// How a source is, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// It has papers of its day.
    Current,
    /// Its day has begun and no paper has come yet.
    Waiting,
    /// Its day begins later.
    NotYet,
    Weekend,
    Holiday,
    Failing,
    /// Most of its items were suddenly new, and nobody has decided about them yet.
    Held,
    /// It has papers and was never polled: they were imported.
    NotPolled,
}

/// Shows every source.
pub async fn run(config: &Config, output: Output) -> Result<(), CliError> {
    let store = app::open_store(config).await?;
    let now = SystemClock.now();
    let mut rows = Vec::new();
    for health in store.source_health(now).await? {
        let held = store.held(&health.source).await?;
        rows.push(row(health, held, now));
    }
    if rows.is_empty() {
        output.note(
            "No source has been read yet: `paperwire poll` reads once, `paperwire serve` keeps on reading.",
        )?;
        return Ok(());
    }
    output.rows(&rows, |rows| {
        let mut table =
            table(&["SOURCE", "STATUS", "LAST READ", "NEXT", "LISTED", "24 H", "LAG (HALF, MOST)"]);
        for row in rows {
            let lag = row.lag_p50_s.zip(row.lag_max_s);
            table.add_row([
                row.source.clone(),
                row.status.clone(),
                row.last_success.map_or_else(|| "never".to_owned(), minute),
                row.next_poll.map(minute).unwrap_or_default(),
                row.items.to_string(),
                row.items_last_day.to_string(),
                lag.map(|(half, most)| format!("{}, {}", hours(half), hours(most))).unwrap_or_default(),
            ]);
        }
        table
    })?;
    Ok(())
}

fn row(health: SourceHealth, held: u64, now: Timestamp) -> Row {
    let (state, status) = judge(&health, held, now);
    let seconds = |duration: Duration| duration.as_secs();
    Row {
        state,
        status,
        last_success: health.last_success,
        last_error: health.last_error,
        last_error_at: health.last_error_at,
        failures: health.failures,
        next_poll: health.next_poll,
        items: health.items,
        items_last_day: health.items_last_day,
        lag_p50_s: health.lag.map(|lag| seconds(lag.p50)),
        lag_max_s: health.lag.map(|lag| seconds(lag.max)),
        source: health.source,
    }
}

/// Tells “nothing new” apart from “failed”, “not yet” and “holiday”.
fn judge(health: &SourceHealth, held: u64, now: Timestamp) -> (State, String) {
    if health.failures > 0 {
        let reason = health.last_error.as_deref().unwrap_or("for an unknown reason");
        return (State::Failing, format!("failed {}: {reason}", times(health.failures)));
    }
    if health.last_success.is_none() {
        return (State::NotPolled, "not polled; its papers were imported or read back".to_owned());
    }
    if held > 0 {
        return (State::Held, super::held::waiting(&health.source, held));
    }
    let source = named(&health.source);
    match expected(source, now) {
        Expected::Weekend => {
            (State::Weekend, format!("weekend; the next papers from {}", minute(next_due(source, now))))
        }
        Expected::Holiday { name } => {
            (State::Holiday, format!("{name}; the next papers from {}", minute(next_due(source, now))))
        }
        Expected::NotYet { at } => (State::NotYet, format!("not yet; the next papers from {}", minute(at))),
        Expected::Due { .. } if health.newest_day >= Some(day_of(source, now)) => {
            (State::Current, "up to date".to_owned())
        }
        Expected::Due { since } => (State::Waiting, format!("nothing new; expected since {}", minute(since))),
    }
}

fn minute(time: Timestamp) -> String {
    time.strftime("%F %H:%M UTC").to_string()
}

fn times(failures: u32) -> String {
    if failures == 1 { "once".to_owned() } else { format!("{failures} times in a row") }
}

fn hours(seconds: u64) -> String {
    format!("{}:{:02} h", seconds / 3_600, seconds % 3_600 / 60)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::civil::{Date, Weekday};

    use super::*;
    use crate::domain::SourceName;
    use crate::domain::calendar::arxiv_holiday;

    fn health(now: &str, newest: &str) -> (State, String) {
        judged("huggingface", now.parse().unwrap(), newest.parse().unwrap())
    }

    fn judged(source: &str, now: Timestamp, newest: Date) -> (State, String) {
        let health = SourceHealth {
            source: source.into(),
            last_success: Some("2026-08-21T06:00:00Z".parse().unwrap()),
            failures: 0,
            last_error: None,
            last_error_at: None,
            next_poll: None,
            items: 3,
            items_last_day: 1,
            newest_day: Some(newest),
            lag: None,
        };
        judge(&health, 0, now)
    }

    #[test]
    fn nothing_new_is_told_apart_from_not_yet_weekend_and_failure() {
        let friday = "2026-08-21";
        assert_eq!(health("2026-08-21T07:00:00Z", friday), (State::Current, "up to date".into()));
        assert_eq!(
            health("2026-08-22T07:00:00Z", friday),
            (State::Weekend, "weekend; the next papers from 2026-08-24 00:45 UTC".into())
        );
        assert_eq!(
            health("2026-08-24T00:10:00Z", friday),
            (State::NotYet, "not yet; the next papers from 2026-08-24 00:45 UTC".into())
        );
        assert_eq!(
            health("2026-08-24T09:10:00Z", friday),
            (State::Waiting, "nothing new; expected since 2026-08-24 00:45 UTC".into())
        );
    }

    /// The newest day of which arXiv has told papers, by its own rule: evenings from Sunday to Thursday that are no
    /// holiday, shown in the feed of the morning after.
    fn newest_of_arxiv(now: Timestamp) -> Date {
        let told = |day: &Date| {
            let evening = day.yesterday().unwrap();
            !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
                && arxiv_holiday(evening).is_none()
                && arxiv_holiday(*day).is_none()
        };
        // The feed is built within a quarter of an hour after midnight in New York.
        let there = now - 15.minutes();
        let mut day = there.in_tz("America/New_York").unwrap().date();
        while !told(&day) {
            day = day.yesterday().unwrap();
        }
        day
    }

    #[test]
    fn a_year_of_a_source_that_is_well_is_told_without_an_alarm() {
        for (source, newest) in [
            ("arxiv", newest_of_arxiv as fn(Timestamp) -> Date),
            ("huggingface", |now| {
                let mut day = (now - 45.minutes()).in_tz("UTC").unwrap().date();
                while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                    day = day.yesterday().unwrap();
                }
                day
            }),
        ] {
            let mut hours = std::collections::BTreeMap::new();
            let mut now: Timestamp = "2026-01-01T00:20:00Z".parse().unwrap();
            while now < "2027-01-01T00:00:00Z".parse().unwrap() {
                let (state, said) = judged(source, now, newest(now));
                assert!(!matches!(state, State::Waiting | State::Failing), "{source} at {now}: {said}");
                *hours.entry(format!("{state:?}")).or_insert(0) += 1;
                now += 1.hour();
            }
            assert_eq!(hours.values().sum::<u32>(), 365 * 24);
            // Weekends are 104 days; arXiv keeps nine holidays and five working mornings after them besides.
            let holidays = hours.get("Holiday").copied().unwrap_or_default().div_ceil(24);
            assert_eq!(
                (hours["Weekend"] / 24, holidays),
                (104, if source == "arxiv" { 14 } else { 0 }),
                "{hours:?}"
            );
        }
    }

    #[test]
    fn a_source_that_is_late_waits_and_is_told_apart_on_every_working_day_of_a_year() {
        let mut waiting = 0;
        let mut now: Timestamp = "2026-01-01T12:20:00Z".parse().unwrap();
        while now < "2027-01-01T00:00:00Z".parse().unwrap() {
            let stuck = "2025-12-31".parse().unwrap();
            let (state, said) = judged("arxiv", now, stuck);
            match expected(SourceName("arxiv"), now) {
                Expected::Due { .. } => {
                    assert_eq!(state, State::Waiting, "{now}");
                    assert!(said.starts_with("nothing new; expected since 2026-"), "{said}");
                    waiting += 1;
                }
                _ => assert_ne!(state, State::Waiting, "{now}"),
            }
            now += 24.hours();
        }
        assert_eq!(waiting, 365 - 104 - 14);
    }

    #[test]
    fn a_lag_is_told_in_hours_and_minutes() {
        assert_eq!((hours(59), hours(3_660)), ("0:00 h".to_owned(), "1:01 h".to_owned()));
    }
}
