//! Quiet hours as people write them.

use super::near::quoted;
use super::time::time_of_day;
use crate::domain::{Bound, Quiet};

/// True for what switches a limit off.
pub(super) fn is_off(text: &str) -> bool {
    ["off", "none", "no"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
}

/// Reads hours of the day: `22:00-07:00`, `22-7`, `10pm – 7am`, or `off`.
pub(super) fn hours(text: &str) -> Result<Bound<Quiet>, String> {
    if is_off(text) {
        return Ok(Bound::Off);
    }
    let (from, until) = text
        .split_once(['-', '–', '—'])
        .or_else(|| text.split_once(" to "))
        .ok_or_else(|| format!("{} are no hours: write them as 22:00-07:00, or off", quoted(text)))?;
    let quiet = Quiet::new(time_of_day(from)?, time_of_day(until)?);
    quiet.map(Bound::At).ok_or_else(|| {
        format!("{} ends when it begins: a channel that is to be silent is paused with “pause”", quoted(text))
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    #[test]
    fn hours_are_read_in_every_spelling() {
        let night = Quiet::new(time(22, 0, 0, 0), time(7, 0, 0, 0)).unwrap();
        for text in ["22:00-07:00", "22-7", "10pm – 7am", "22:00 to 07:00", "2200—0700"] {
            assert_eq!(hours(text), Ok(Bound::At(night)), "{text}");
        }
        for text in ["off", " OFF", "none"] {
            assert_eq!(hours(text), Ok(Bound::Off));
        }
    }

    #[test]
    fn what_are_no_hours_is_told_how_to_write_them() {
        assert!(hours("at night").unwrap_err().ends_with("write them as 22:00-07:00, or off"));
        assert!(hours("22-25").unwrap_err().contains("“25” is no time of day"));
        assert!(hours("9-9").unwrap_err().contains("pause"));
    }
}
