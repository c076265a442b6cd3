//! Makes the ids of deliveries: time-ordered even inside one microsecond.
//!
//! ```text
//! 48 bits      4     12 bits            2       20 bits        42 bits
//! millisecond  7     microsecond of it  variant number in it   random
//! ```
//! Only `now` and the maker's memory decide the order, so a clock that is set back cannot put a
//! newer delivery in front of an older one.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::DeliveryId;

/// How many ids fit into one microsecond before the next one is borrowed.
const PER_MICROSECOND: u32 = 1 << 20;

/// Hands out ids, each greater than all before it.
#[derive(Debug, Default)]
pub(super) struct IdMaker {
    /// The microsecond of the last id and its number there.
    last: Mutex<(u64, u32)>,
}

impl IdMaker {
    /// The next id, made at `now` or at the last id's time where `now` lies before it.
    pub fn next(&self, now: Timestamp) -> DeliveryId {
        let now = u64::try_from(now.as_microsecond()).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (micros, _) if now > micros => (now, 0),
            (micros, number) if number + 1 < PER_MICROSECOND => (micros, number + 1),
            (micros, _) => (micros + 1, 0),
        };
        let (micros, number) = *last;
        DeliveryId(compose(micros, number, fastrand::u64(..1 << 42)))
    }
}

fn compose(micros: u64, number: u32, random: u64) -> Uuid {
    let millis = u128::from(micros / 1000);
    let micros = u128::from(micros % 1000);
    let tail = (u128::from(number) << 42) | u128::from(random);
    Uuid::from_u128((millis << 80) | (7 << 76) | (micros << 64) | (0b10 << 62) | tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(micros).unwrap()
    }

    #[test]
    fn text_order_is_the_order_of_creation_even_inside_one_microsecond() {
        let maker = IdMaker::default();
        let times = [5_000, 5_000, 5_000, 5_001, 5_001, 6_000, 1_785_000_000_000_000];
        let made: Vec<String> = times.iter().map(|t| maker.next(at(*t)).to_string()).collect();
        assert!(made.is_sorted_by(|a, b| a < b), "{made:#?}");
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_turn_the_order() {
        let maker = IdMaker::default();
        let first = maker.next(at(9_000_000));
        let second = maker.next(at(1_000_000));
        assert!(second.to_string() > first.to_string());
    }

    #[test]
    fn a_full_microsecond_borrows_the_next_one() {
        let maker = IdMaker { last: Mutex::new((7_000, PER_MICROSECOND - 1)) };
        assert!(maker.next(at(7_000)).0 > compose(7_000, PER_MICROSECOND - 1, (1 << 42) - 1));
        assert_eq!(*maker.last.lock().unwrap(), (7_001, 0));
    }

    #[test]
    fn an_id_is_a_version_7_uuid_that_tells_its_millisecond() {
        let id = IdMaker::default().next(at(1_785_000_000_123_456)).0;
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(id.get_timestamp().unwrap().to_unix(), (1_785_000_000, 123_000_000));
    }
}
