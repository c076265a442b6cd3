//! How much of a channel's attention may be taken: posts a day, quiet hours, and days with far more than usual.
//!
//! A paper that comes for a channel with limits is kept first. When everything that came together is there, [`rule`]
//! says what becomes of it: it waits for the end of the quiet hours, the best of it is posted within the day's limit
//! and the rest waits for the roundup, or all of it does. `docs/limits.md` explains this to people.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::{Every, RoundupSettings, Schedule, schedule};

/// So many times the usual is a spike.
pub const SPIKE_TIMES: u64 = 3;
/// Fewer papers in a day are no spike, however few are usual.
pub const SPIKE_LEAST: u64 = 20;
/// Days before today from which the usual is taken.
pub const USUAL_DAYS: i64 = 14;
/// With fewer days on which papers came, nobody knows what is usual.
const USUAL_KNOWN: usize = 3;

/// What a channel's limits are set to; the default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// At most so many posts in a local day.
    pub per_day: Option<u16>,
    /// Hours in which nothing is posted.
    pub quiet: Option<Quiet>,
    /// True when a day with far more than usual turns into a roundup.
    pub spike: bool,
}

/// Hours of the local day: from the first to before the second, over midnight when that is earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    from: Time,
    until: Time,
}

/// A limit that was chosen, which may be none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound<T> {
    /// No limit.
    Off,
    /// This one.
    At(T),
}

/// What is changed of a channel's limits; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitsChange {
    /// Posts a day.
    pub per_day: Option<Bound<u16>>,
    /// Quiet hours.
    pub quiet: Option<Bound<Quiet>>,
    /// Whether spikes turn into roundups.
    pub spike: Option<bool>,
}

/// Why a paper waits for the roundup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The day's limit was reached.
    Limit,
    /// Far more than usual came that day.
    Spike,
}

/// What a channel has had of a local day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Today {
    /// Papers posted on their own, or on their way.
    pub posted: u64,
    /// Papers that came to be posted, whatever became of them.
    pub came: u64,
    /// The same for each of the days before, in any order.
    pub before: Vec<u64>,
    /// True when the day was found to be a spike before.
    pub spike: bool,
}

/// A day with far more than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spike {
    /// Papers so far.
    pub came: u64,
    /// What is usual.
    pub usual: u64,
}

/// What becomes of the papers that are kept for a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// They wait until this time.
    Wait(Timestamp),
    /// The best are posted, at most so many; the rest waits for the roundup.
    Post(usize),
    /// All wait for the roundup; with the news when the day has just been found to be a spike.
    Roundup(Option<Spike>),
}

impl Limits {
    /// True when nothing is limited.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The limits with a change.
    #[must_use]
    pub fn with(self, change: LimitsChange) -> Self {
        Self {
            per_day: change.per_day.map_or(self.per_day, Bound::chosen),
            quiet: change.quiet.map_or(self.quiet, Bound::chosen),
            spike: change.spike.unwrap_or(self.spike),
        }
    }
}

impl<T> Bound<T> {
    fn chosen(self) -> Option<T> {
        match self {
            Self::Off => None,
            Self::At(value) => Some(value),
        }
    }
}

impl Quiet {
    /// The hours between two times of day; `None` when they are the same.
    pub fn new(from: Time, until: Time) -> Option<Self> {
        (from != until).then_some(Self { from, until })
    }

    /// When they begin.
    pub fn from(self) -> Time {
        self.from
    }

    /// When they end.
    pub fn until(self) -> Time {
        self.until
    }

    /// When the quiet hours end that a time is in; `None` outside.
    ///
    /// Over a change of the clocks both ends are where a roundup at that time would be: after a gap, and at the first
    /// of two.
    pub fn ends(self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let daily = |at| Schedule { every: Every::Daily, at, zone: zone.clone() };
        let began = daily(self.from).latest(now)?;
        let date = if self.until > self.from { began.date } else { began.date.saturating_add(1.day()) };
        let end = daily(self.until).firings(began.at).find(|firing| firing.date >= date)?;
        (now < end.at).then_some(end.at)
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{}", self.from.strftime("%H:%M"), self.until.strftime("%H:%M"))
    }
}

impl Cause {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Spike => "spike",
        }
    }
}

impl FromStr for Cause {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = [Self::Limit, Self::Spike].into_iter().find(|cause| cause.name() == text);
        found.ok_or_else(|| format!("“{text}” is no cause for waiting"))
    }
}

/// Says what becomes of the papers that are kept for a channel.
pub fn rule(limits: &Limits, zone: &TimeZone, now: Timestamp, today: &Today) -> Ruling {
    if let Some(end) = limits.quiet.and_then(|quiet| quiet.ends(zone, now)) {
        return Ruling::Wait(end);
    }
    if limits.spike {
        if today.spike {
            return Ruling::Roundup(None);
        }
        if let Some(spike) = spike(today.came, &today.before) {
            return Ruling::Roundup(Some(spike));
        }
    }
    let left = limits.per_day.map_or(u64::MAX, |most| u64::from(most).saturating_sub(today.posted));
    Ruling::Post(usize::try_from(left).unwrap_or(usize::MAX))
}

/// The spike that a day is, judged by the days before.
fn spike(came: u64, before: &[u64]) -> Option<Spike> {
    let usual = usual(before)?;
    (came >= SPIKE_LEAST.max(SPIKE_TIMES * usual)).then_some(Spike { came, usual })
}

/// The median of the days on which anything came, so that neither weekends nor an earlier spike move it; the lower one
/// of two.
pub fn usual(before: &[u64]) -> Option<u64> {
    let mut days: Vec<u64> = before.iter().copied().filter(|came| *came > 0).collect();
    days.sort_unstable();
    if days.len() < USUAL_KNOWN { None } else { days.get((days.len() - 1) / 2).copied() }
}

/// The zone in which a channel's limits are meant: that of its roundup, UTC where none was chosen.
pub fn zone_of(settings: &RoundupSettings) -> TimeZone {
    settings.zone.as_deref().and_then(schedule::zone).unwrap_or(TimeZone::UTC)
}

/// The local date of a time, and when it began.
pub fn local_day(zone: &TimeZone, now: Timestamp) -> (Date, Timestamp) {
    let local = now.to_zoned(zone.clone());
    let start = local.start_of_day().map_or(now, |start| start.timestamp());
    (local.date(), start)
}

#[cfg(test)]
mod tests;
