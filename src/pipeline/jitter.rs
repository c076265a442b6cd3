//! When to ask a source again: spread out, and never at a round minute, when everybody else asks.

use std::time::Duration;

use jiff::{Timestamp, Unit};

/// The part of a wait that chance adds at most.
const SPREAD: f64 = 0.05;
/// Seconds around a full minute that are kept free: cron jobs start there.
const BUSY_SECONDS: i64 = 7;

/// The time of the next poll, `wait` from now and up to a twentieth later, never near a full minute.
///
/// `chance` is a number from 0 to 1. A wait under a minute is only spread: who asks so often has asked for it.
pub fn next_poll(now: Timestamp, wait: Duration, chance: f64) -> Timestamp {
    let at = now + wait.mul_f64(1.0 + SPREAD * chance);
    if wait < Duration::from_mins(1) {
        return at;
    }
    let second = at.as_second().rem_euclid(60);
    if (BUSY_SECONDS..60 - BUSY_SECONDS).contains(&second) {
        return at;
    }
    let minute = at.round(Unit::Minute).unwrap_or(at);
    // From the seventh second of the minute to the one before the next minute's crowd.
    let after = Duration::from_secs(7) + Duration::from_secs(45).mul_f64(chance);
    minute + after
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_poll_is_never_early_never_at_a_round_minute_and_not_much_late(
            now in 0_i64..4_000_000_000_000_000,
            wait in 60_u64..100_000,
            chance in 0.0..=1.0_f64,
        ) {
            let now = Timestamp::from_microsecond(now).unwrap();
            let wait = Duration::from_secs(wait);
            let at = next_poll(now, wait, chance);
            let second = at.as_second().rem_euclid(60);
            prop_assert!((BUSY_SECONDS..60 - BUSY_SECONDS).contains(&second), "{at}");
            let waited = at.duration_since(now).unsigned_abs();
            prop_assert!(waited >= wait, "{waited:?} instead of {wait:?}");
            prop_assert!(waited <= wait.mul_f64(1.0 + SPREAD) + Duration::from_mins(1), "{waited:?}");
        }
    }

    #[test]
    fn a_wait_of_seconds_is_kept() {
        let now = Timestamp::from_second(57).unwrap();
        assert_eq!(next_poll(now, Duration::from_secs(3), 0.0), Timestamp::from_second(60).unwrap());
    }
}
