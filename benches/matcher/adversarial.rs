//! Queries and papers that mean harm: each must cost about what its answer is long.

use fastrand::Rng;
use paperwire::domain::{Facts, Query, SubscriptionId};
use paperwire::matcher::{Document, Matcher, Scratch};

use crate::corpus::Corpus;
use crate::matching::{expanded, index};
use crate::measure::{Report, Times, timed};
use crate::subscriptions::subscriptions;

const N: usize = 10_000;

pub fn run(corpus: &Corpus, report: &mut Report) {
    let cases = ["one_word", "not_heavy", "shared_prefix", "or_64", "long_text", "cjk", "marks"];
    if !cases.iter().any(|case| report.wants(&format!("adversarial/{case}"), true)) {
        return;
    }
    let normal = subscriptions(corpus, N);
    let usual = expanded(corpus, &index(&normal));
    let words: Vec<&str> = corpus.keywords.iter().flat_map(|(text, _)| text.split([' ', '-'])).collect();
    let mut rng = Rng::with_seed(3);
    let mut word = || loop {
        let word = words[rng.usize(..words.len())];
        if word.len() > 2 && word.len() < 12 && word.bytes().all(|b| b.is_ascii_lowercase()) {
            break word;
        }
    };
    for case in cases {
        let name = format!("adversarial/{case}");
        if !report.wants(&name, true) {
            continue;
        }
        let queries: Vec<Query> = match case {
            "one_word" => made(|| format!("model -{}x", word())),
            "not_heavy" => made(|| format!("model -{} -{} -{} -{}", word(), word(), word(), word())),
            "shared_prefix" => made(|| format!("\"large language model {} {}\"", word(), word())),
            "or_64" => made(|| (0..64).map(|_| word()).collect::<Vec<_>>().join(" OR ")),
            _ => normal.clone(),
        };
        let papers: Vec<Facts> = match case {
            "long_text" => corpus.held_out.chunks(40).map(joined).collect(),
            "cjk" => corpus.held_out.iter().map(|facts| spelled(facts, |_| "学习")).collect(),
            "marks" => corpus.held_out.iter().map(|facts| spelled(facts, |_| "e\u{301}\u{323}")).collect(),
            _ => corpus.held_out.clone(),
        };
        let (times, found) = asked(&index(&queries), &papers);
        report.peer(&name, queries.len(), &times, "normal", &usual);
        report.figure(&format!("{name}/found"), queries.len(), "queries a paper", found);
    }
    if report.wants("adversarial/subscribers", true) {
        let mut matcher = Matcher::default();
        let query = Query::parse("model").expect("a query");
        (0..).take(N).for_each(|id| matcher.insert(SubscriptionId(id), &query));
        report.peer("adversarial/subscribers", N, &expanded(corpus, &matcher), "normal", &usual);
    }
}

fn made(mut text: impl FnMut() -> String) -> Vec<Query> {
    std::iter::from_fn(|| Some(Query::parse(&text()).ok())).flatten().take(N).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a report")]
fn asked(matcher: &Matcher, papers: &[Facts]) -> (Times, f64) {
    let (mut scratch, mut found) = (Scratch::default(), 0_usize);
    let times = papers.iter().map(|facts| {
        timed(|| matcher.search(facts, || Document::new(facts), &mut scratch, |_| found += 1)).1
    });
    let times = times.collect();
    (times, found as f64 / papers.len() as f64)
}

fn joined(papers: &[Facts]) -> Facts {
    let text: Vec<_> = papers.iter().map(|facts| facts.abstract_text.as_str()).collect();
    Facts { title: papers[0].title.clone(), abstract_text: text.join("\n"), ..Facts::default() }
}

/// The same length of text in another script.
fn spelled(facts: &Facts, piece: impl Fn(usize) -> &'static str) -> Facts {
    let write = |text: &str| (0..text.len() / piece(0).len()).map(&piece).collect::<String>();
    Facts { title: write(&facts.title), abstract_text: write(&facts.abstract_text), ..facts.clone() }
}
