use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::query::{Expr, Field, Pattern, Term};
use crate::domain::{Facts, Organization};
use crate::text::{name_tokens, tokens};

fn paper() -> Facts {
    Facts {
        title: "A Mixture-of-Experts LLM for Erd\\H{o}s graphs".into(),
        abstract_text: "We train $\\alpha$-models. Networks in C++ learn quickly;\ndeep learning of GPT-4o."
            .into(),
        authors: vec!["Geoffrey E. Hinton".into(), "Le Cun, Yann".into(), "Robin Williams".into()],
        categories: vec!["cs.CL".into(), "hep-th".into()],
        organization: Some(Organization { name: "deepmind".into(), full_name: "Google DeepMind".into() }),
        keywords: vec!["graph neural".into(), "network pruning".into()],
        ..Facts::default()
    }
}

fn holds(query: &str) -> bool {
    matches_query(&Query::parse(query).expect(query), &Document::new(&paper())).is_some()
}

#[test]
fn words_are_found_where_a_query_looks_for_them() {
    for query in [
        "llms",
        "\"mixture of experts\"",
        "experts-llm",
        "erdos",
        "α-model",
        "c++ 4o",
        "\"quickly deep\"",
        "kw:network",
        "kw:\"network pruning\"",
        "ti:graph",
        "abs:network",
        "cat:cs",
        "cat:cs.*",
        "cat:CS.cl",
        "cat:hep-th",
        "org:deepmind",
        "org:\"google deepmind\"",
        "au:hinton",
        "au:\"Hinton, G\"",
        "au:\"Hinton, Geoffrey E\"",
        "au:\"e hinton\"",
        "au:\"yann le cun\"",
        "au:\"Le Cun, Y\"",
        "au:williams",
        "nowhere OR (llm -nowhere)",
    ] {
        assert!(holds(query), "{query}");
    }
    for query in [
        "\"neural network\"",
        "kw:\"neural network\"",
        "kw:llm",
        "ti:network",
        "abs:erdos",
        "hinton",
        "deepmind",
        "cat:cs.LG",
        "cat:c",
        "cat:hep",
        "au:\"hinton yann\"",
        "au:\"Hinton, Y\"",
        "au:\"Hinton, Geoffrey F\"",
        "au:\"Cun Hinton\"",
        "au:william",
        "org:google-brain",
        "\"experts mixture\"",
        "llm -graph",
        "llm -(graph nowhere) nowhere",
    ] {
        assert!(!holds(query), "{query}");
    }
}

#[test]
fn the_reason_names_what_made_the_query_true() {
    let document = Document::new(&paper());
    let terms = |query: &str| {
        let terms = matches_query(&Query::parse(query).expect(query), &document).expect("matches");
        terms.into_iter().map(|term| format!("{} in {}", term.text, term.field.title())).collect::<Vec<_>>()
    };
    assert_eq!(terms("network OR llm"), ["llm in title", "network in keywords"]);
    assert_eq!(terms("(llm nowhere) OR gpt"), ["gpt in abstract"]);
    assert_eq!(
        terms("llm OR ti:llm au:hinton -nowhere cat:cs"),
        ["hinton in authors", "cs in categories", "llm in title"]
    );
    assert_eq!(terms("gpt -(graph -nowhere) OR gpt"), ["gpt in abstract"]);
    assert_eq!(terms("gpt -(graph -llm)"), ["gpt in abstract", "llm in title"]);
}

#[test]
fn equal_queries_share_one_entry_and_nothing_is_left_of_the_last() {
    let mut matcher = Matcher::default();
    for (id, query) in [(3, "llm graph"), (1, "graph LLMs"), (2, "nowhere"), (2, "llm graph")] {
        matcher.insert(SubscriptionId(id), &Query::parse(query).expect("a query"));
    }
    assert_eq!((matcher.len(), matcher.by_query.len()), (3, 1));
    let found = matcher.matches(&Document::new(&paper()));
    assert_eq!(found.iter().map(|hit| hit.subscription.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(found.iter().all(|hit| &*hit.query == "graph llm" && hit.terms.len() == 2));
    assert!(matcher.remove(SubscriptionId(1)) && !matcher.remove(SubscriptionId(1)));
    assert!(matcher.remove(SubscriptionId(2)) && matcher.remove(SubscriptionId(3)));
    assert!(
        matcher.is_empty() && matcher.by_query.is_empty() && matcher.filed.values().all(HashMap::is_empty)
    );
}

/// The meaning of the language written a second time, as plainly as possible: spaced texts that hold spaced texts.
fn plainly(expr: &Expr, facts: &Facts) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| plainly(part, facts)),
        Expr::Or(parts) => parts.iter().any(|part| plainly(part, facts)),
        Expr::Not(inner) => !plainly(inner, facts),
        Expr::Term(term) => plainly_holds(term, facts),
        Expr::Condition(_) => unreachable!("no conditions are made here"),
    }
}

fn plainly_holds(term: &Term, facts: &Facts) -> bool {
    let spaced = |words: &[String]| format!(" {} ", words.join(" "));
    let words = |text: &str| spaced(&tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>());
    let names =
        |text: &str| spaced(&name_tokens(text).into_iter().map(|token| token.text).collect::<Vec<_>>());
    let Pattern::Words(asked) = &term.pattern else {
        let Pattern::Category(name) = &term.pattern else { unreachable!("no names are made here") };
        return facts.categories.iter().any(|own| own == name || own.starts_with(&format!("{name}.")));
    };
    let keywords = || facts.keywords.iter().map(|keyword| words(keyword)).collect::<Vec<_>>();
    let texts = match term.field {
        Some(Field::Title) => vec![words(&facts.title)],
        Some(Field::Abstract) => vec![words(&facts.abstract_text)],
        Some(Field::Keyword) => keywords(),
        Some(Field::Author) => facts.authors.iter().map(|name| names(name)).collect(),
        Some(Field::Organization) => facts
            .organization
            .iter()
            .flat_map(|known| [names(&known.name), names(&known.full_name)])
            .collect(),
        _ => [words(&facts.title), words(&facts.abstract_text)].into_iter().chain(keywords()).collect(),
    };
    texts.iter().any(|text| text.contains(&spaced(asked)))
}

const WORDS: &[&str] = &["a1", "b", "model", "language", "LLMs", "k-means", "学习", "é"];

fn text(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(WORDS), 0..most).prop_map(|words| words.join(" "))
}

fn facts() -> impl Strategy<Value = Facts> {
    let category = prop::sample::select(&["cs.CL", "cs.LG", "math", "math.AG"][..]).prop_map(str::to_owned);
    let lists = (
        prop::collection::vec(text(3), 0..3),
        prop::collection::vec(text(3), 0..3),
        prop::collection::vec(category, 0..3),
    );
    (text(5), text(9), lists, prop::option::of((text(2), text(3)))).prop_map(
        |(title, abstract_text, (authors, keywords, categories), organization)| Facts {
            title,
            abstract_text,
            authors,
            keywords,
            categories,
            organization: organization.map(|(name, full_name)| Organization { name, full_name }),
            ..Facts::default()
        },
    )
}

fn query() -> impl Strategy<Value = Query> {
    let field = prop::sample::select(&["", "", "", "ti:", "abs:", "kw:", "au:", "org:"][..]);
    let words = prop::collection::vec(prop::sample::select(WORDS), 1..3);
    let leaf = prop_oneof![
        6 => (field, words).prop_map(|(field, words)| format!("{field}\"{}\"", words.join(" "))),
        1 => prop::sample::select(&["cat:cs", "cat:cs.CL", "cat:math"][..]).prop_map(str::to_owned),
    ];
    let tree = leaf.prop_recursive(3, 12, 3, |inner| {
        let many = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            many.clone().prop_map(|parts| format!("({})", parts.join(" "))),
            many.prop_map(|parts| format!("({})", parts.join(" OR "))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} -{b})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ({b} OR -{c}))")),
        ]
    });
    tree.prop_map(|text| Query::parse(&text).expect("a query"))
}

proptest! {
    #[test]
    fn the_index_gives_what_asking_every_query_gives(
        changes in prop::collection::vec((0_i64..12, prop::option::weighted(0.8, query())), 1..24),
        papers in prop::collection::vec(facts(), 1..6),
    ) {
        let (mut matcher, mut stored) = (Matcher::default(), BTreeMap::new());
        for (id, change) in changes {
            let id = SubscriptionId(id);
            if let Some(query) = change {
                matcher.insert(id, &query);
                stored.insert(id, query);
            } else {
                prop_assert_eq!(matcher.remove(id), stored.remove(&id).is_some());
            }
        }
        for facts in &papers {
            let document = Document::new(facts);
            let asked = stored.iter().filter_map(|(id, query)| {
                let terms = matches_query(query, &document)?;
                Some(Match { subscription: *id, query: query.shared_text(), terms })
            });
            prop_assert_eq!(matcher.matches(&document), asked.collect::<Vec<_>>());
            for query in stored.values() {
                prop_assert_eq!(matches_query(query, &document).is_some(), plainly(query.expr(), facts), "{}", query);
            }
        }
    }
}
