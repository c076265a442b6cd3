//! Time zones by name, checked against the database that the program carries.

use std::sync::LazyLock;

use jiff::tz::TimeZoneDatabase;

use super::near::{nearest, quoted};

static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut names: Vec<_> =
        TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect();
    names.sort_unstable();
    names
});

/// The zones that are worth offering: `Europe/Berlin`, `America/New_York`, `UTC`; in alphabetical order.
pub fn zones() -> impl Iterator<Item = &'static str> {
    ZONES.iter().map(String::as_str).filter(|name| *name == "UTC" || is_place(name))
}

/// The parts of the world after which places are named; other names are there for old programs.
const REGIONS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

fn is_place(name: &str) -> bool {
    name.split_once('/').is_some_and(|(region, _)| REGIONS.contains(&region))
}

/// Abbreviations and cities that are no names of zones, and the zone that they keep.
const ELSEWHERE: &[(&str, &str)] = &[
    ("aest", "Australia/Sydney"),
    ("bangalore", "Asia/Kolkata"),
    ("barcelona", "Europe/Madrid"),
    ("beijing", "Asia/Shanghai"),
    ("boston", "America/New_York"),
    ("bst", "Europe/London"),
    ("california", "America/Los_Angeles"),
    ("cambridge", "Europe/London"),
    ("cdt", "America/Chicago"),
    ("cest", "Europe/Berlin"),
    ("cst", "America/Chicago"),
    ("delhi", "Asia/Kolkata"),
    ("edinburgh", "Europe/London"),
    ("edt", "America/New_York"),
    ("eest", "Europe/Helsinki"),
    ("geneva", "Europe/Zurich"),
    ("hamburg", "Europe/Berlin"),
    ("ist", "Asia/Kolkata"),
    ("jst", "Asia/Tokyo"),
    ("kst", "Asia/Seoul"),
    ("kyoto", "Asia/Tokyo"),
    ("mdt", "America/Denver"),
    ("milan", "Europe/Rome"),
    ("montreal", "America/Toronto"),
    ("mumbai", "Asia/Kolkata"),
    ("munich", "Europe/Berlin"),
    ("osaka", "Asia/Tokyo"),
    ("pdt", "America/Los_Angeles"),
    ("pst", "America/Los_Angeles"),
    ("san francisco", "America/Los_Angeles"),
    ("seattle", "America/Los_Angeles"),
    ("sgt", "Asia/Singapore"),
    ("shenzhen", "Asia/Shanghai"),
    ("washington", "America/New_York"),
];

/// The zone's name in its own spelling, or what to write instead.
pub(super) fn zone(text: &str) -> Result<String, String> {
    let written = text.trim().replace(' ', "_");
    let found = ZONES.iter().find(|name| name.eq_ignore_ascii_case(&written));
    found.cloned().ok_or_else(|| {
        let bare = written.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        if bare.starts_with(['+', '-', '−']) && bare.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
            return format!(
                "{} is an offset, which summer time would move: name a city, such as Europe/Berlin",
                quoted(text)
            );
        }
        let way_out = meant(&written).map_or_else(
            || "write a region and a city, such as Europe/Berlin".to_owned(),
            |zone| format!("did you mean “{zone}”?"),
        );
        format!("{} is no time zone: {way_out}", quoted(text))
    })
}

/// The zone that was probably meant: of the city, of a well-known name, or the nearest by spelling.
pub(super) fn meant(written: &str) -> Option<&'static str> {
    let written = written.replace(' ', "_");
    let city = |name: &'static str| name.rsplit('/').next().unwrap_or(name);
    let of_city = zones().find(|name| city(name).eq_ignore_ascii_case(&written));
    let spoken = written.replace('_', " ");
    let elsewhere = || ELSEWHERE.iter().find(|(name, _)| name.eq_ignore_ascii_case(&spoken));
    of_city.or_else(|| elsewhere().map(|(_, zone)| *zone)).or_else(|| nearest(&written, zones())).or_else(
        || {
            let meant = nearest(&written, zones().map(city))?;
            zones().find(|name| city(name) == meant)
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_in_any_case_and_comes_back_in_its_own_spelling() {
        for (text, name) in [
            ("europe/berlin", "Europe/Berlin"),
            ("America/New York", "America/New_York"),
            ("utc", "UTC"),
            (" ASIA/tokyo ", "Asia/Tokyo"),
        ] {
            assert_eq!(zone(text).as_deref(), Ok(name));
        }
    }

    #[test]
    fn what_is_no_zone_is_told_the_one_that_was_meant() {
        for (text, name) in [
            ("Berlin", "Europe/Berlin"),
            ("new york", "America/New_York"),
            ("Europe/Berln", "Europe/Berlin"),
            ("Lodnon", "Europe/London"),
            ("PST", "America/Los_Angeles"),
            ("San Francisco", "America/Los_Angeles"),
        ] {
            let error = zone(text).unwrap_err();
            assert!(error.ends_with(&format!("did you mean “{name}”?")), "{error}");
        }
        assert!(zone("UTC+2").unwrap_err().contains("is an offset"));
        assert!(zone("middle earth").unwrap_err().contains("a region and a city"));
        assert!(zone(&"x".repeat(5_000)).unwrap_err().len() < 200);
    }

    #[test]
    fn every_zone_that_is_suggested_for_a_name_exists() {
        for (name, zone) in ELSEWHERE {
            assert!(zones().any(|known| known == *zone), "{name}: {zone}");
            assert!(super::zone(name).is_err(), "{name} is a zone itself");
        }
    }

    #[test]
    fn places_are_offered_and_names_for_old_programs_are_not() {
        let offered: Vec<_> = zones().collect();
        assert!(offered.len() > 300 && offered.contains(&"Europe/Berlin") && offered.contains(&"UTC"));
        assert!(!offered.iter().any(|name| name.starts_with("Etc/") || *name == "EST5EDT"));
    }
}
