//! Time zones as people look for them: by city, by name, the common ones first.

use std::sync::LazyLock;

use jiff::{Timestamp, tz::TimeZone};

/// Offered first; more or less from west to east.
const COMMON: [&str; 18] = [
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Zurich",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Seoul",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Asia/Jerusalem",
    "Australia/Sydney",
];

/// Every zone of a region and city, the common ones first.
static ZONES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut zones: Vec<String> = COMMON.map(str::to_owned).to_vec();
    let mut others: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| name.contains('/') && !name.starts_with("Etc/") && !COMMON.contains(&name.as_str()))
        .collect();
    others.sort_unstable();
    zones.extend(others);
    zones
});

/// The zones that fit what is written: by the beginning of the city, of the name, or by any part.
pub(super) fn zones(text: &str, most: usize) -> Vec<&'static str> {
    let text = text.trim().to_lowercase().replace(' ', "_");
    let mut fitting: Vec<(u8, &str)> =
        ZONES.iter().filter_map(|name| rank(name, &text).map(|rank| (rank, name.as_str()))).collect();
    // The sort is stable, so that the common ones stay in front.
    fitting.sort_by_key(|(rank, _)| *rank);
    fitting.into_iter().map(|(_, name)| name).take(most).collect()
}

fn rank(name: &str, text: &str) -> Option<u8> {
    let name = name.to_lowercase();
    let city = name.rsplit('/').next().unwrap_or(&name);
    if city.starts_with(text) {
        return Some(0);
    }
    if name.starts_with(text) { Some(1) } else { name.contains(text).then_some(2) }
}

/// How far a zone is from UTC at a time: `UTC+2`, `UTC-3:30`.
pub(super) fn offset(name: &str, at: Timestamp) -> Option<String> {
    let minutes = TimeZone::get(name).ok()?.to_offset(at).seconds() / 60;
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let sign = if minutes < 0 { '-' } else { '+' };
    Some(match (hours, rest) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_city_or_any_part_of_its_name() {
        assert_eq!(zones("", 3), ["UTC", "Europe/London", "Europe/Berlin"]);
        assert_eq!(zones("new y", 3), ["America/New_York"]);
        assert_eq!(zones("ber", 1), ["Europe/Berlin"]);
        assert_eq!(zones("Europe/B", 2), ["Europe/Berlin", "Europe/Belfast"]);
        assert!(zones("e", 500).len() > 300 && zones("nowhere", 5).is_empty());
    }

    #[test]
    fn every_common_zone_is_in_the_database() {
        let summer = "2026-08-21T06:00:00Z".parse().unwrap();
        let offsets: Vec<Option<String>> = COMMON.iter().map(|name| offset(name, summer)).collect();
        assert!(offsets.iter().all(Option::is_some), "{offsets:?}");
        assert_eq!(offset("Asia/Kolkata", summer).as_deref(), Some("UTC+5:30"));
        assert_eq!(offset("America/New_York", summer).as_deref(), Some("UTC-4"));
    }
}
