//! Times as people write them: a time of day, and the end of a pause.

use jiff::civil::{Date, Time, time};

use super::Until;
use super::near::quoted;

/// The longest timed pause.
const PAUSE_DAYS: u32 = 366;

/// Reads a time of day: `9`, `9am`, `09:00`, `9.30`, `17h30`, `noon`.
pub(super) fn time_of_day(text: &str) -> Result<Time, String> {
    let unreadable = || format!("{} is no time of day: write it as 09:00", quoted(text));
    let written: String =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    match written.as_str() {
        "noon" => return Ok(time(12, 0, 0, 0)),
        "midnight" => return Ok(Time::midnight()),
        "24" | "24:00" => return Err("a day ends at 23:59: write midnight as 00:00".to_owned()),
        _ => {}
    }
    let halves = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)];
    let half = halves.iter().find_map(|(name, hours)| Some((written.strip_suffix(name)?, *hours)));
    let clock = half.map_or(written.as_str(), |(clock, _)| clock);
    let clock = clock.strip_suffix('h').unwrap_or(clock);
    let (hour, minute) = match clock.split_once([':', '.', 'h']) {
        Some(parts) => parts,
        // 0930
        None if (3..=4).contains(&clock.len()) && clock.is_ascii() => clock.split_at(clock.len() - 2),
        None => (clock, "00"),
    };
    let number = |digits: &str| {
        let is_number = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<i8>().ok().filter(|_| is_number)
    };
    let (Some(hour), Some(minute), 2) = (number(hour), number(minute), minute.len()) else {
        return Err(unreadable());
    };
    let hour = match half {
        Some((_, hours)) if (1..=12).contains(&hour) => hour % 12 + hours,
        Some(_) => return Err(unreadable()),
        None => hour,
    };
    Time::new(hour, minute, 0, 0).map_err(|_| unreadable())
}

/// Reads the end of a pause: `2026-08-01`, or a time from now: `12h`, `3d`, `2w`.
pub(super) fn until(text: &str) -> Result<Until, String> {
    let unreadable =
        || format!("{} is no day and no time from now: write 2026-08-01, 3d or 12h", quoted(text));
    if let Ok(day) = text.parse::<Date>() {
        // A date with a time of day parses too, and would lose it.
        return if text.len() == 10 { Ok(Until::Day(day)) } else { Err(unreadable()) };
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let hours_each: u32 = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "h" | "hour" | "hours" => 1,
        "d" | "day" | "days" => 24,
        "w" | "week" | "weeks" => 7 * 24,
        _ => return Err(unreadable()),
    };
    if digits == 0 {
        return Err(unreadable());
    }
    let hours = text[..digits].parse::<u32>().ok().and_then(|count| count.checked_mul(hours_each));
    match hours {
        Some(0) => Err("a pause lasts at least an hour: write 1h".to_owned()),
        Some(hours) if hours <= PAUSE_DAYS * 24 => Ok(Until::After(hours * 3_600)),
        _ => Err(format!(
            "a timed pause lasts at most {PAUSE_DAYS} days: leave the time out to pause until somebody resumes"
        )),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_time_of_day_is_read_in_every_spelling() {
        for (text, hour, minute) in [
            ("9", 9, 0),
            ("9am", 9, 0),
            ("9 AM", 9, 0),
            ("12am", 0, 0),
            ("12 p.m.", 12, 0),
            ("9:30pm", 21, 30),
            ("09:00", 9, 0),
            ("17:30", 17, 30),
            ("9.30", 9, 30),
            ("0930", 9, 30),
            ("9h", 9, 0),
            ("17h30", 17, 30),
            ("0", 0, 0),
            ("noon", 12, 0),
            ("Midnight", 0, 0),
        ] {
            assert_eq!(time_of_day(text), Ok(time(hour, minute, 0, 0)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_of_day_is_told_how_to_write_one() {
        for text in ["", "teatime", "25", "9:60", "13pm", "0am", "9:5", "-9", "+9", "9:00:00", "٩", "am", ":"]
        {
            assert!(time_of_day(text).unwrap_err().ends_with("write it as 09:00"), "{text}");
        }
        assert!(time_of_day("24:00").unwrap_err().contains("00:00"));
    }

    #[test]
    fn a_pause_ends_on_a_day_or_after_a_time() {
        assert_eq!(until("2026-08-01"), Ok(Until::Day(date(2026, 8, 1))));
        for (text, hours) in [("12h", 12), ("3d", 72), ("2 Weeks", 336), ("366d", 8_784)] {
            assert_eq!(until(text), Ok(Until::After(hours * 3_600)), "{text}");
        }
    }

    #[test]
    fn a_pause_has_limits_and_says_them() {
        for text in ["367d", "99999999999w", "4294967295h"] {
            assert!(until(text).unwrap_err().contains("at most 366 days"), "{text}");
        }
        assert!(until("0d").unwrap_err().contains("1h"));
        for text in ["", "3", "d", "soon", "3m", "2026-02-30", "2026-08-01T10:00", "20260801"] {
            assert!(until(text).unwrap_err().contains("write 2026-08-01, 3d or 12h"), "{text}");
        }
    }
}
