//! The only place that reads the wall clock.

use jiff::{Timestamp, Unit, civil::Date, tz::TimeZone};

/// Tells the time; tests hand in one that they move.
pub trait Clock: Send + Sync {
    /// The time in whole microseconds, the precision that both databases keep.
    fn now(&self) -> Timestamp;

    /// Today in UTC, the zone in which sources date their listings.
    fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::UTC).date()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.round(Unit::Microsecond).unwrap_or(now)
    }
}
