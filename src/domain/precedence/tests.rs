use std::collections::HashSet;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn full(name: &str) -> Facts {
    let line = || Some(name.to_owned());
    Facts {
        title: name.into(),
        abstract_text: name.into(),
        authors: vec![name.into()],
        categories: vec![name.into()],
        published_at: Some(Timestamp::UNIX_EPOCH),
        submitter: line(),
        repository: line(),
        project_page: line(),
        thumbnail: line(),
        organization: Some(Organization { name: name.into(), full_name: name.into() }),
        summary: Some(SourceSummary { text: name.into(), model: None }),
        keywords: vec![name.into()],
        withdrawn_at: Some(Timestamp::UNIX_EPOCH),
        comment: line(),
        journal: line(),
        doi: line(),
        version: Some(2),
    }
}

fn told(source: &str, day: i8, facts: Facts) -> Told {
    Told { source: source.into(), day: jiff::civil::date(2026, 8, day), facts }
}

fn value(facts: &Facts, fact: Fact) -> Option<&str> {
    match fact {
        Fact::Title => Some(&facts.title),
        Fact::AbstractText => Some(&facts.abstract_text),
        Fact::Authors => facts.authors.first().map(String::as_str),
        Fact::Categories => facts.categories.first().map(String::as_str),
        Fact::Keywords => facts.keywords.first().map(String::as_str),
        Fact::Organization => facts.organization.as_ref().map(|o| o.name.as_str()),
        Fact::Summary => facts.summary.as_ref().map(|s| s.text.as_str()),
        Fact::Submitter => facts.submitter.as_deref(),
        Fact::Repository => facts.repository.as_deref(),
        Fact::ProjectPage => facts.project_page.as_deref(),
        Fact::Thumbnail => facts.thumbnail.as_deref(),
        Fact::Comment => facts.comment.as_deref(),
        Fact::Journal => facts.journal.as_deref(),
        Fact::Doi => facts.doi.as_deref(),
        Fact::PublishedAt | Fact::WithdrawnAt | Fact::Version => None,
    }
}

#[test]
fn for_each_fact_the_class_of_the_table_wins() {
    let sources = ["arxiv", "huggingface", "nature"];
    // Of equal length, so that only the class can decide.
    let all: Vec<Told> = sources.iter().map(|source| told(source, 1, full(&source[..4]))).collect();
    let merged = together(&all);
    let facts: HashSet<Fact> = PRECEDENCE.iter().map(|(fact, _)| *fact).collect();
    assert_eq!(facts.len(), PRECEDENCE.len(), "each fact once");
    for (fact, rule) in PRECEDENCE {
        let Rule::Class(class) = rule else { continue };
        let winner = sources.into_iter().find(|source| SourceClass::of(source) == class).unwrap();
        assert_eq!(value(&merged, fact), Some(&winner[..4]), "{fact:?}");
    }
}

#[test]
fn the_table_of_the_documentation_is_the_one_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sources.md");
    let page = std::fs::read_to_string(path).unwrap();
    for (fact, rule) in PRECEDENCE {
        let rule = match rule {
            Rule::Class(SourceClass::Arxiv) => "arXiv, else the longest",
            Rule::Class(SourceClass::HuggingFace) => "Hugging Face, else the longest",
            Rule::Class(SourceClass::Feed) => "journals and feeds, else the longest",
            Rule::Longest => "the longest",
            Rule::Earliest => "the earliest",
            Rule::Greatest => "the greatest",
        };
        let row = format!("| {fact:?} | {rule} |");
        assert!(page.contains(&row), "docs/sources.md lacks the row {row}");
    }
}

#[test]
fn where_the_winner_is_silent_the_longest_counts() {
    let of = |title: &str| Facts { title: title.into(), ..Facts::default() };
    let all = [told("a", 1, of("Short")), told("b", 1, of("Rather long")), told("arxiv", 1, of(""))];
    assert_eq!(together(&all).title, "Rather long");
}

#[test]
fn of_one_source_the_newest_version_counts_and_what_it_leaves_out_stays() {
    let v1 = Facts {
        version: Some(1),
        comment: Some("12 pages".into()),
        title: "Longer title".into(),
        ..Facts::default()
    };
    let v2 = Facts { version: Some(2), title: "Title".into(), ..Facts::default() };
    let merged = together(&[told("arxiv", 2, v2), told("arxiv", 9, v1)]);
    assert_eq!((merged.title.as_str(), merged.comment.as_deref()), ("Title", Some("12 pages")));
    assert_eq!(merged.version, Some(2));
}

#[test]
fn what_a_newer_listing_lacks_stays_known() {
    assert_eq!(told_again(full("a"), Facts::default()), full("a"));
    assert_eq!(told_again(full("a"), full("b")), full("b"));
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let text = || prop_oneof![Just(String::new()), "[ab]{1,3}"];
    let list = || proptest::collection::vec("[ab]{1,2}", 0..3);
    let line = || proptest::option::of("[ab]{1,3}");
    (text(), text(), list(), list(), line(), line(), line(), proptest::option::of(1_u16..4), line()).prop_map(
        |(title, abstract_text, authors, keywords, journal, repository, summary, version, name)| Facts {
            title,
            abstract_text,
            authors,
            keywords,
            journal,
            repository,
            summary: summary.map(|text| SourceSummary { text, model: name.clone() }),
            organization: name.map(|name| Organization { full_name: "Lab".into(), name }),
            version,
            ..Facts::default()
        },
    )
}

proptest! {
    #[test]
    fn any_order_of_the_same_listings_gives_the_same_facts(
        facts in proptest::collection::vec(some_facts(), 1..8),
        order in proptest::collection::vec(any::<u32>(), 8),
    ) {
        let sources = ["arxiv", "huggingface", "nature", "science"];
        let listings: Vec<Told> = facts.into_iter().enumerate().map(|(at, facts)| {
            told(sources[at % 4], i8::try_from(at / 4).unwrap() + 1, facts)
        }).collect();
        let mut shuffled: Vec<(u32, &Told)> = order.into_iter().zip(&listings).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        prop_assert_eq!(together(shuffled.into_iter().map(|(_, told)| told)), together(&listings));
    }
}
