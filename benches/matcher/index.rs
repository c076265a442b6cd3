//! What the index itself costs: time to build it, and memory.

use paperwire::domain::SubscriptionId;
use paperwire::matcher::Matcher;

use crate::corpus::Corpus;
use crate::matching::index;
use crate::measure::{Report, timed};
use crate::subscriptions::subscriptions;

#[expect(clippy::cast_precision_loss, reason = "a report")]
pub fn run(corpus: &Corpus, size: &str, n: usize, report: &mut Report) {
    let (build, memory) = (format!("build/{size}"), format!("memory/{size}"));
    let usual = n >= 100_000;
    if !report.wants(&build, usual) && !report.wants(&memory, usual) {
        return;
    }
    let queries = subscriptions(corpus, n);
    let before = resident();
    let (matcher, took) = timed(|| index(&queries));
    let grown = resident().saturating_sub(before);
    if report.wants(&build, usual) {
        report.figure(&build, n, "s", took.as_secs_f64());
    }
    if !report.wants(&memory, usual) {
        return;
    }
    report.figure(&memory, n, "bytes a subscription", matcher.bytes() as f64 / n as f64);
    report.figure(&format!("{memory}/resident"), n, "bytes a subscription", grown as f64 / n as f64);
    report.figure(&format!("{memory}/distinct"), n, "queries", matcher.distinct() as f64);
    emptied(matcher, n);
}

/// Takes every subscription out again: nothing may be left.
fn emptied(mut matcher: Matcher, n: usize) {
    for id in 0..i64::try_from(n).expect("few") {
        assert!(matcher.remove(SubscriptionId(id)));
    }
    assert!(matcher.is_empty() && matcher.distinct() == 0);
}

/// Bytes of this process in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4_096
}
