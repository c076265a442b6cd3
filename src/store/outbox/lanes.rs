//! How fast a platform's account may post, over all processes.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::Platform;

/// How much earlier than its time a post may be claimed, so that a sender that wakes a little late loses nothing.
const EARLY: i64 = 10_000;
/// A budget is never spent further ahead than this; one that seems to be was spent before the clock was set back.
const FURTHEST: i64 = 60_000_000;

/// A platform that is posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// Which one.
    pub platform: Platform,
    /// Posts of its account in any one second; `None` is as many as there are.
    pub per_second: Option<u32>,
}

impl From<Platform> for Lane {
    fn from(platform: Platform) -> Self {
        Self { platform, per_second: None }
    }
}

impl Lane {
    /// The name of its budget among the allowances.
    pub(super) fn scope(self) -> String {
        format!("posts on {}", self.platform.name())
    }

    /// Microseconds from one post to the next; a bit more than even, which makes up for [`EARLY`].
    pub(super) fn interval(self) -> Option<i64> {
        self.per_second.map(|rate| ((1_000_000 + EARLY) / i64::from(rate.max(1))).max(1))
    }

    /// How many of `wanted` posts may be claimed, and when the one after these is due if all had come evenly.
    pub(super) fn draw(self, due: i64, wanted: usize, now: i64) -> (usize, i64) {
        let Some(interval) = self.interval() else { return (wanted, due) };
        let next = in_time(due, now).max(now);
        let allowed = usize::try_from((now + EARLY - next).div_euclid(interval) + 1).unwrap_or(0);
        let taken = allowed.min(wanted);
        (taken, next + interval * i64::try_from(taken).unwrap_or(0))
    }

    /// When a post can be claimed again.
    pub(super) fn open_at(self, due: i64) -> Option<Timestamp> {
        self.per_second?;
        Timestamp::from_microsecond(due - EARLY).ok()
    }
}

fn in_time(due: i64, now: i64) -> i64 {
    if due > now + FURTHEST { now } else { due }
}

/// A time span as the store keeps it.
pub(super) fn span(of: Duration) -> i64 {
    i64::try_from(of.as_micros()).unwrap_or(i64::MAX / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_posts_than_the_account_may_make_and_hardly_any_is_wasted() {
        for rate in [1, 7, 50, 200] {
            let lane = Lane { platform: Platform::Discord, per_second: Some(rate) };
            let (mut now, mut due, mut posts) = (5_000_000, 0, Vec::new());
            while now < 65_000_000 {
                let (taken, next) = lane.draw(due, 50, now);
                posts.extend(std::iter::repeat_n(now, taken));
                due = next;
                // Woken up to 8 ms late.
                now = (due - EARLY).max(now + 1) + i64::from(fastrand::u16(..8_000));
            }
            let busiest = posts
                .iter()
                .enumerate()
                .map(|(at, from)| posts[at..].iter().take_while(|post| **post < from + 1_000_000).count());
            let busiest = busiest.max().unwrap();
            assert!(busiest <= rate as usize, "{busiest} of {rate}");
            let least = rate as usize * 6_000 / 102 - 1;
            assert!(posts.len() >= least, "{} at {rate}", posts.len());
        }
    }

    #[test]
    fn a_clock_that_is_set_back_by_a_day_does_not_close_it_for_a_day() {
        let lane = Lane { platform: Platform::Discord, per_second: Some(50) };
        let (day, now) = (86_400_000_000, 5_000_000);
        assert_eq!(lane.draw(now + day, 50, now).0, 1);
    }

    #[test]
    fn an_account_without_a_limit_gives_what_is_wanted_and_so_does_one_with_a_very_high_one() {
        assert_eq!(Lane::from(Platform::Slack).draw(0, 50, 9).0, 50);
        let lane = Lane { platform: Platform::Discord, per_second: Some(u32::MAX) };
        assert_eq!(lane.draw(0, 50, 9).0, 50);
    }
}
