//! Papers in, subscriptions out.

use std::hint::black_box;

use paperwire::domain::{Query, SubscriptionId};
use paperwire::matcher::{Document, Matcher, Scratch};
use paperwire::text::{Folding, for_each_token};

use crate::corpus::Corpus;
use crate::measure::{Report, Times, timed};
use crate::subscriptions::subscriptions;

/// Stores queries, numbered from zero.
pub fn index(queries: &[Query]) -> Matcher {
    let mut matcher = Matcher::default();
    for (id, query) in (0..).zip(queries) {
        matcher.insert(SubscriptionId(id), query);
    }
    matcher
}

pub fn run(corpus: &Corpus, size: &str, n: usize, report: &mut Report) {
    let (matching, grouped) = (format!("match/{size}"), format!("grouped/{size}"));
    if !report.wants(&matching, true) && !report.wants(&grouped, size == "1m") {
        return;
    }
    let matcher = index(&subscriptions(corpus, n));
    if report.wants(&matching, true) {
        report.times(&matching, n, &expanded(corpus, &matcher));
    }
    if report.wants(&grouped, size == "1m") {
        let mut scratch = Scratch::default();
        let times = corpus.held_out.iter().map(|facts| {
            timed(|| {
                let mut found = 0;
                matcher.search(
                    facts,
                    || Document::new(facts),
                    &mut scratch,
                    |query| {
                        black_box(query);
                        found += 1;
                    },
                );
                black_box(found)
            })
        });
        let (found, times): (Vec<usize>, Vec<_>) = times.unzip();
        report.times(&grouped, n, &times.into_iter().collect());
        report.figure(&format!("{grouped}/queries"), n, "per paper", mean(&found));
    }
}

/// Times of a single pass with the ids of all subscribers written down.
pub fn expanded(corpus: &Corpus, matcher: &Matcher) -> Times {
    let (mut scratch, mut ids) = (Scratch::default(), Vec::new());
    let times = corpus.held_out.iter().map(|facts| {
        timed(|| {
            ids.clear();
            matcher.search(
                facts,
                || Document::new(facts),
                &mut scratch,
                |query| query.append_subscribers(&mut ids),
            );
            black_box(&ids);
        })
        .1
    });
    times.collect()
}

/// What no index can save: reading the text as words, and looking each up.
pub fn floor(corpus: &Corpus, report: &mut Report) {
    if report.wants("floor", true) {
        let times = corpus.held_out.iter().map(|facts| {
            timed(|| {
                let mut letters = 0;
                for text in [&facts.title, &facts.abstract_text] {
                    for_each_token(text, Folding::Words, |word, _| letters += word.len());
                }
                black_box(letters)
            })
            .1
        });
        report.times("floor/tokens", 0, &times.collect());
        let matcher = index(&subscriptions(corpus, 10_000));
        let mut scratch = Scratch::default();
        let times = corpus
            .held_out
            .iter()
            .map(|facts| timed(|| black_box(matcher.known_words(facts, &mut scratch))).1);
        report.times("floor", 10_000, &times.collect());
    }
}

#[expect(clippy::cast_precision_loss, reason = "a report")]
pub fn mean(values: &[usize]) -> f64 {
    values.iter().sum::<usize>() as f64 / values.len() as f64
}
