//! A clock that stands still until a test moves it.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use paperwire::clock::Clock;

#[derive(Debug)]
pub struct FakeClock(Mutex<Timestamp>);

impl FakeClock {
    /// Stops the time at `text`, such as `2026-08-21T06:00:00Z`.
    pub fn at(text: &str) -> Self {
        Self(Mutex::new(text.parse().expect("a test writes times as RFC 3339")))
    }

    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    /// Sets it back, as an operator or a time server may.
    pub fn set_back(&self, by: Duration) {
        *self.0.lock().unwrap() -= by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}
