//! The index gives what asking every stored query gives: random queries of the whole language, random papers,
//! random changes; words of real papers, chosen so that they meet.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::domain::query::{Announcement, Counter, Rise, Span};
use crate::domain::{Counters, Facts, Organization};

/// Words with plurals, hyphens, accents, beginnings in common and other scripts.
const WORDS: &[&str] = &[
    "model",
    "models",
    "modeling",
    "language",
    "large",
    "LLMs",
    "transformer",
    "transfers",
    "mixture-of-experts",
    "k-means",
    "Erdős",
    "学习",
    "机器学习",
    "C++",
    "of",
];
const NAMES: &[&str] = &["Hinton", "Hintons", "Geoffrey", "G", "Lee", "李明", "Le", "Cun"];
const CATEGORIES: &[&str] = &["cs.CL", "cs.LG", "math", "math.AG", "physics.acc-ph"];
const LEAVES: &[&str] = &[
    "cat:cs",
    "cat:cs.CL",
    "cat:math",
    "cat:physics.acc-ph",
    "has:code",
    "has:summary",
    "has:project",
    "src:arxiv",
    "src:huggingface",
    "type:new",
    "type:replace",
    "id:2608.00001",
    "upvotes>=5",
    "upvotes<5",
    "stars>3",
    "stars+24h>=2",
    "comments=0",
    "listed:2026-08-01",
    "mod*",
    "ti:trans*",
    "large-mod*",
    "kw:exp*",
    "au:hint*",
    "org:goo*",
    "au:\"Hinton, G\"",
    "au:\"Le Cun, Yann\"",
    "=models",
    "ti:=\"large models\"",
    "=LLMs",
    "au:=hinton",
];

fn words(from: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(from), 0..most).prop_map(|words| words.join(" "))
}

fn query() -> impl Strategy<Value = Query> {
    let field = prop::sample::select(&["", "", "", "", "ti:", "abs:", "kw:"][..]);
    let text = (field, prop::collection::vec(prop::sample::select(WORDS), 1..4))
        .prop_map(|(field, words)| format!("{field}\"{}\"", words.join(" ")));
    let name = (
        prop::sample::select(&["au:", "org:"][..]),
        prop::collection::vec(prop::sample::select(NAMES), 1..3),
    )
        .prop_map(|(field, words)| format!("{field}\"{}\"", words.join(" ")));
    let other = prop::sample::select(LEAVES).prop_map(str::to_owned);
    let leaf = prop_oneof![5 => text, 1 => name, 3 => other];
    let tree = leaf.prop_recursive(3, 16, 4, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..5);
        prop_oneof![
            many.clone().prop_map(|parts| format!("({})", parts.join(" "))),
            many.prop_map(|parts| format!("({})", parts.join(" OR "))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} -{b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ({b} OR -{c}))")),
        ]
    });
    // What the language refuses (only excluded, only stop-words) is no query.
    tree.prop_filter_map("a query", |text| Query::parse(&text).ok())
}

fn facts() -> impl Strategy<Value = Facts> {
    let texts = (words(WORDS, 6), words(WORDS, 14), prop::collection::vec(words(WORDS, 3), 0..3));
    let names =
        (prop::collection::vec(words(NAMES, 4), 0..3), prop::option::of((words(NAMES, 2), words(NAMES, 3))));
    let rest = (
        prop::collection::vec(prop::sample::select(CATEGORIES).prop_map(str::to_owned), 0..3),
        prop::option::of(Just("https://github.com/a/b".to_owned())),
        prop::option::of(Just("https://a.b".to_owned())),
    );
    (texts, names, rest).prop_map(|((title, abstract_text, keywords), (mut authors, known), rest)| {
        if let Some(first) = authors.first_mut() {
            *first = first.replacen(' ', ", ", 1);
        }
        Facts {
            title,
            abstract_text,
            keywords,
            authors,
            organization: known.map(|(name, full_name)| Organization { name, full_name }),
            categories: rest.0,
            repository: rest.1,
            project_page: rest.2,
            ..Facts::default()
        }
    })
}

/// What stands beside the facts, made from a few bits.
fn dressed(facts: &Facts, bits: u16) -> Document {
    let has = |bit: u16| bits & 1 << bit != 0;
    let mut document = Document::new(facts);
    if has(0) {
        document = document.counters(Counters {
            upvotes: Some(4 + u32::from(has(1))),
            stars: Some(9),
            comments: None,
        });
    }
    if has(2) {
        let rise = Rise { counter: Counter::Stars, span: Span { hours: 24 }, by: i64::from(has(3)) + 1 };
        document = document.rises(&[rise]);
    }
    if has(4) {
        document = document.sources(["arxiv"]).announced(Announcement::New);
    }
    if has(5) {
        document = document.with_id("2608.00001".parse().expect("an id")).listed_on(date(2026, 8, 1));
    }
    document
}

fn found(
    matcher: &Matcher,
    search: impl FnOnce(&mut Scratch, &mut Vec<(i64, String)>),
) -> Vec<(i64, String)> {
    assert!(!matcher.is_empty() || matcher.distinct() == 0);
    let mut found = Vec::new();
    search(&mut Scratch::default(), &mut found);
    found.sort_unstable();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]

    #[test]
    fn the_index_and_every_single_query_agree(
        changes in prop::collection::vec((0_i64..12, prop::option::weighted(0.75, query())), 1..40),
        papers in prop::collection::vec((facts(), any::<u16>()), 1..5),
    ) {
        let (mut matcher, mut stored) = (Matcher::default(), BTreeMap::new());
        let mut scratch = Scratch::default();
        for (step, (id, change)) in changes.into_iter().enumerate() {
            let id = SubscriptionId(id);
            if let Some(query) = change {
                matcher.insert(id, &query);
                stored.insert(id, query);
            } else {
                prop_assert_eq!(matcher.remove(id), stored.remove(&id).is_some());
            }
            prop_assert_eq!(matcher.len(), stored.len());
            let (facts, bits) = &papers[step % papers.len()];
            let document = dressed(facts, *bits);
            let asked: Vec<Match> = stored.iter().filter_map(|(id, query)| {
                let terms = matches_query(query, &document)?;
                Some(Match { subscription: *id, query: query.shared_text(), terms })
            }).collect();
            prop_assert_eq!(&matcher.matches(&document), &asked);
            // The way past the analysed paper, in a scratch that has seen other papers and another index.
            let quick = found(&matcher, |_, hits| matcher.search(facts, || dressed(facts, *bits), &mut scratch, |query| {
                hits.extend(query.subscribers().iter().map(|id| (id.0, query.expr().to_string())));
            }));
            let asked: Vec<_> = asked.into_iter().map(|hit| (hit.subscription.0, hit.query.to_string())).collect();
            prop_assert_eq!(quick, asked);
        }
        for id in 0..12 {
            prop_assert_eq!(matcher.remove(SubscriptionId(id)), stored.contains_key(&SubscriptionId(id)));
        }
        prop_assert_eq!((matcher.distinct(), matcher.leaves.phrases.len(), matcher.leaves.phrases.lexicon.len()), (0, 0, 0));
    }
}
