//! Changing one subscription among a million, and matching while they change.

use paperwire::domain::SubscriptionId;
use paperwire::matcher::{Document, Scratch};

use crate::corpus::Corpus;
use crate::matching::{expanded, index};
use crate::measure::{Report, Times, timed};
use crate::subscriptions::subscriptions;

/// Changes of each kind.
const CHANGES: usize = 5_000;

pub fn run(corpus: &Corpus, report: &mut Report) {
    for (size, n) in [("100k", 100_000), ("1m", 1_000_000)] {
        if report.wants(&format!("update/{size}"), size == "1m") {
            changes(corpus, size, n, report);
        }
    }
}

fn changes(corpus: &Corpus, size: &str, n: usize, report: &Report) {
    let mut queries = subscriptions(corpus, n + 2 * CHANGES);
    let fresh = queries.split_off(n);
    let mut matcher = index(&queries);
    let id = |at: usize| SubscriptionId(i64::try_from(n + at).expect("few"));
    let (added, edited) = fresh.split_at(CHANGES);
    let steady = expanded(corpus, &matcher);

    let add = added.iter().enumerate().map(|(at, query)| timed(|| matcher.insert(id(at), query)).1);
    report.times(&format!("update/{size}/add"), n, &add.collect());
    let edit = edited.iter().enumerate().map(|(at, query)| timed(|| matcher.insert(id(at), query)).1);
    report.times(&format!("update/{size}/edit"), n, &edit.collect());
    let remove = (0..CHANGES).map(|at| timed(|| assert!(matcher.remove(id(at)))).1);
    report.times(&format!("update/{size}/remove"), n, &remove.collect());

    let (mut scratch, mut ids) = (Scratch::default(), Vec::new());
    let churned: Times = corpus
        .held_out
        .iter()
        .enumerate()
        .map(|(at, facts)| {
            matcher.insert(id(at), &fresh[at]);
            matcher.insert(id(at), &fresh[CHANGES + at]);
            let took = timed(|| {
                ids.clear();
                matcher.search(
                    facts,
                    || Document::new(facts),
                    &mut scratch,
                    |query| query.append_subscribers(&mut ids),
                );
            });
            assert!(matcher.remove(id(at)));
            took.1
        })
        .collect();
    report.peer(&format!("update/{size}/matching"), n, &churned, "unchanged", &steady);
}
