//! arXiv through the real client, against a stand-in that is strict about its terms of use.

mod days;
pub mod drift;
mod faults;
mod gate;
mod harvest;
mod lookup;
mod parsing;
mod posting;
mod recorded;
mod year;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::{Date, date};
use paperwire::clock::Clock;
use paperwire::domain::query::Announcement;
use paperwire::sources::arxiv::{Arxiv, Gate, Interests, Lease, OwnLease, patient};
use paperwire::sources::fetch::SystemLookup;
use paperwire::sources::{DayListings, Fetcher, Source, SourceError, Validators};

use super::config;
use crate::worlds::arxiv::{FakeArxiv, Moving};
use crate::worlds::clock::FakeClock;

/// The day on which most of these tests play: a Friday.
const DAY: Date = date(2026, 8, 21);
/// Half past one in New York on that day: its feed is there.
const MORNING: &str = "2026-08-21T05:30:00Z";

/// An arXiv, and a clock that both sides go by.
pub struct World {
    pub arxiv: FakeArxiv,
    pub clock: Arc<FakeClock>,
    lease: Arc<dyn Lease>,
}

pub struct Follows(pub Vec<String>);

#[async_trait]
impl Interests for Follows {
    async fn categories(&self) -> anyhow::Result<Vec<String>> {
        Ok(self.0.clone())
    }
}

impl World {
    pub async fn at(time: &str) -> Self {
        let clock = Arc::new(FakeClock::at(time));
        Self {
            arxiv: FakeArxiv::start(Arc::clone(&clock)).await,
            clock,
            lease: Arc::new(OwnLease::default()),
        }
    }

    fn gate(&self) -> Gate {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Gate::new(clock, Arc::clone(&self.lease), Arc::new(Moving(Arc::clone(&self.clock))))
    }

    fn fetcher(&self) -> Fetcher {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Fetcher::with(patient(config()), Arc::new(SystemLookup), clock).unwrap()
    }

    /// A source as a new process makes it, which reads these categories and what subscriptions name.
    fn source_following(&self, configured: &[&str], followed: &[&str]) -> Arxiv {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        Arxiv::new(
            self.fetcher(),
            self.gate(),
            self.arxiv.urls(),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            names(configured),
            Arc::new(Follows(names(followed))),
        )
    }

    pub fn source(&self, configured: &[&str]) -> Arxiv {
        self.source_following(configured, &[])
    }

    /// Reads a day as the poller would.
    async fn read(
        &self,
        source: &Arxiv,
        day: Date,
        known: Option<&Validators>,
    ) -> Result<DayListings, SourceError> {
        source.day(day, self.clock.today(), known).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.arxiv.rude(), Vec::<String>::new(), "arXiv's terms of use were broken");
        }
    }
}

/// Ids and announcements, in the order of the answer.
fn announced(day: &DayListings) -> Vec<(&str, &str)> {
    day.listings.iter().map(|l| (l.paper.as_str(), l.announced.map_or("", Announcement::name))).collect()
}
