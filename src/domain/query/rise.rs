//! How much a paper's numbers rose, worked out from their history.

use std::time::Duration;

use jiff::Timestamp;

use super::{Condition, Counter, Expr, Rise, Span};
use crate::domain::Counters;

impl Expr {
    /// Adds every rise that this asks for and `asked` does not hold yet.
    pub fn rises(&self, asked: &mut Vec<(Counter, Span)>) {
        self.for_each_leaf(&mut |leaf, _| {
            if let Self::Condition(Condition::Number(number)) = leaf
                && let Some(span) = number.rise
                && !asked.contains(&(number.counter, span))
            {
                asked.push((number.counter, span));
            }
        });
    }
}

/// The numbers as they stood at a time; `history` is in the order of time.
///
/// What was not known yet is `None`.
pub fn numbers_at(history: &[(Timestamp, Counters)], at: Timestamp) -> Counters {
    history
        .iter()
        .take_while(|(taken, _)| *taken <= at)
        .last()
        .map(|(_, counters)| *counters)
        .unwrap_or_default()
}

/// How much the asked counters had risen by a time.
///
/// A paper is followed from the day on which it is first seen: what it had then is no rise. Without
/// any number at that time there is no rise to tell.
pub fn measure(history: &[(Timestamp, Counters)], at: Timestamp, asked: &[(Counter, Span)]) -> Vec<Rise> {
    let known = |counter: Counter, until: Timestamp| {
        let mut taken = history.iter().take_while(|(taken, _)| *taken <= until);
        taken.by_ref().filter_map(|(_, counters)| counter.of(counters)).last()
    };
    let first = |counter: Counter| history.iter().find_map(|(_, counters)| counter.of(counters));
    let rise = |&(counter, span): &(Counter, Span)| {
        let now = known(counter, at)?;
        let before = at - Duration::from_hours(u64::from(span.hours));
        let then = known(counter, before).or_else(|| first(counter))?;
        Some(Rise { counter, span, by: i64::from(now) - i64::from(then) })
    };
    asked.iter().filter_map(rise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Query;

    const DAY: Span = Span { hours: 24 };

    fn history(stars: &[(i64, u32)]) -> Vec<(Timestamp, Counters)> {
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        let counters = |n| Counters { stars: Some(n), ..Counters::default() };
        stars.iter().map(|&(hour, n)| (at(hour), counters(n))).collect()
    }

    fn rise(stars: &[(i64, u32)], hour: i64) -> Option<i64> {
        let at = Timestamp::from_second(hour * 3600).unwrap();
        measure(&history(stars), at, &[(Counter::Stars, DAY)]).first().map(|rise| rise.by)
    }

    #[test]
    fn a_rise_is_the_number_now_less_the_one_a_span_ago() {
        let stars = [(0, 10), (10, 50), (30, 200), (40, 190)];
        assert_eq!(rise(&stars, 30), Some(190));
        assert_eq!(rise(&stars, 34), Some(150));
        assert_eq!(rise(&stars, 40), Some(140));
        assert_eq!(rise(&stars, 90), Some(0));
    }

    #[test]
    fn what_a_paper_had_when_it_was_first_seen_is_no_rise() {
        assert_eq!(rise(&[(5, 900)], 5), Some(0));
        assert_eq!(rise(&[(5, 900), (6, 950)], 7), Some(50));
        assert_eq!(rise(&[(5, 900)], 4), None);
    }

    #[test]
    fn the_rises_that_a_query_asks_for_are_each_named_once() {
        let query: Query =
            "(stars+24h>=100 OR upvotes+7d>=30) robot -stars+24h>=900 upvotes>=3".parse().unwrap();
        let mut asked = Vec::new();
        query.expr().rises(&mut asked);
        asked.sort();
        assert_eq!(asked, [(Counter::Upvotes, Span { hours: 168 }), (Counter::Stars, DAY)]);
    }
}
