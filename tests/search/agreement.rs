//! A query asked of many papers, and many queries asked of one paper: the same answer for every pair.

use std::collections::BTreeSet;

use paperwire::domain::{Counters, Facts, Organization, Paper, Query, SourceSummary};
use paperwire::matcher::{Document, explain, matches_query};
use paperwire::search::{Ask, Search};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{TODAY, paper, request};

/// Words of real titles, abstracts and queries, with what is hard about them.
const WORDS: &[&str] = &[
    "model",
    "matrix",
    "matrices",
    "models",
    "diffusion",
    "flow",
    "matching",
    "flow-matching",
    "policy",
    "policies",
    "LLMs",
    "LLM",
    "graph",
    "neural",
    "networks",
    "the",
    "of",
    "mixture-of-experts",
    "experts",
    "C++",
    "C",
    "GPT-4o",
    "R1",
    "k-means",
    "$\\alpha$-divergence",
    "α",
    "divergence",
    "Erd\\H{o}s",
    "Erdős",
    "M$^2$CD",
    "2.0",
    "3D",
    "video",
    "机器学习",
    "学习",
    "器学",
    "Shannon's",
    "robot",
    "robots,",
    "reinforcement",
    "learning.",
    "(deep)",
    "a",
];
const NAMES: &[&str] = &[
    "Geoffrey E. Hinton",
    "Hinton, Geoffrey",
    "Charles Hinton",
    "Yann LeCun",
    "Le Cun, Yann",
    "Robin Williams",
    "William Brown",
    "Paul Erdős",
    "Jean-Pierre Serre",
    "G Hinton",
    "Wei Li",
    "Li Wei",
    "Wei-Li Zhang",
    "Smith, Jr",
    "J. Smith, III",
    "李 伟",
    "Hinton",
];
const CATEGORIES: &[&str] = &["cs.CL", "cs.LG", "hep-th", "math.CO", "stat.ML", "cs"];
const LEAVES: &[&str] = &[
    "au:hinton",
    "au:\"Hinton, G\"",
    "au:\"Hinton, Geoffrey\"",
    "au:\"geoffrey hinton\"",
    "au:\"le cun\"",
    "au:\"Le Cun, Y\"",
    "au:\"Cun, Y\"",
    "au:wei",
    "au:\"wei li\"",
    "au:\"Li, W\"",
    "au:\"Zhang, W L\"",
    "au:erdos",
    "au:\"Smith, J\"",
    "au:\"Hinton, G E\"",
    "au:williams",
    "cat:cs",
    "cat:cs.CL",
    "cat:cs.*",
    "cat:hep-th",
    "cat:math",
    "org:deepmind",
    "org:\"google deepmind\"",
    "org:google",
    "mod*",
    "polic*",
    "policies*",
    "models*",
    "robots*",
    "=network",
    "=networks",
    "policy*",
    "policie*",
    "ti:robo*",
    "abs:matrix*",
    "matri*",
    "flow-mat*",
    "kw:lea*",
    "au:hin*",
    "=llms",
    "=llm",
    "=policies",
    "=\"flow matching\"",
    "ti:=robots",
    "abs:=model",
    "=matrix",
    "=matrices",
    "=\"the policy\"",
    "upvotes>=5",
    "upvotes<5",
    "stars=3",
    "comments>1",
    "has:code",
    "has:project",
    "has:summary",
    "has:model",
    "id:2608.00002",
    "listed>=3d",
    "listed:2026-08-15..2026-08-19",
    "listed<=2026-08-18",
    "src:arxiv",
    "src:huggingface",
    "type:new",
    "stars+24h>=1",
    "ti:model",
    "abs:model",
    "abs:\"flow matching\"",
    "kw:\"flow matching\"",
    "ti:\"flow matching\"",
    "kw:learning",
    "abs:policy",
    "abs:\"machine learning\"",
    "abs:机器学习",
    "ti:(video OR robot)",
    "abs:(neural network)",
    "abs:\"the model\"",
];

fn text(most: usize) -> impl Strategy<Value = String> {
    vec(select(WORDS), 0..most).prop_map(|words| words.join(" "))
}

fn facts() -> impl Strategy<Value = Facts> {
    let organization =
        select(&[("deepmind", "Google DeepMind"), ("google", "Google"), ("lab", "The Deep Mind Lab")]);
    let list = |from: &'static [&'static str], most| {
        subsequence(from, 0..=most).prop_map(|found| found.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    (
        text(6),
        text(14),
        vec(text(3), 0..3),
        list(NAMES, 3),
        list(CATEGORIES, 3),
        prop::option::of(organization),
    )
        .prop_map(|(title, abstract_text, keywords, authors, categories, organization)| Facts {
            title,
            abstract_text,
            keywords,
            authors,
            categories,
            organization: organization
                .map(|(name, full)| Organization { name: name.into(), full_name: full.into() }),
            ..Facts::default()
        })
}

fn papers(most: usize) -> impl Strategy<Value = Vec<Paper>> {
    let number = || prop::option::of(0_u32..8);
    let counters = (number(), number(), number()).prop_map(|(upvotes, comments, stars)| Counters {
        upvotes,
        comments,
        stars,
    });
    vec((facts(), counters, any::<[bool; 3]>()), 1..=most).prop_map(|rows| {
        let made = (1..).zip(rows).map(|(key, (facts, counters, [code, project, summary]))| {
            let address = |there: bool| there.then(|| "https://a.example".to_owned());
            let summary = summary.then(|| SourceSummary { text: "Short".into(), model: None });
            let facts = Facts { repository: address(code), project_page: address(project), summary, ..facts };
            Paper { counters, ..paper(key, key, facts) }
        });
        made.collect()
    })
}

fn query() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => select(WORDS).prop_map(str::to_owned),
        2 => vec(select(WORDS), 2..4).prop_map(|words| format!("\"{}\"", words.join(" "))),
        2 => select(LEAVES).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" "))),
            vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join(" OR "))),
            (inner.clone(), inner).prop_map(|(one, other)| format!("({one} -{other})")),
        ]
    })
}

/// Every second paper is listed by a second source.
fn sources(paper: &Paper) -> Vec<String> {
    let both = ["arxiv".to_owned(), "huggingface".to_owned()];
    both.into_iter().take(if paper.key.0 % 2 == 0 { 2 } else { 1 }).collect()
}

fn document(paper: &Paper) -> Document {
    Document::of(paper).asked_on(TODAY).sources(sources(paper))
}

fn index(papers: &[Paper]) -> Search {
    let search = Search::in_memory().unwrap();
    let sources: Vec<_> = papers.iter().map(sources).collect();
    search.upsert_listed(papers.iter().zip(sources.iter().map(Vec::as_slice))).unwrap();
    search.commit(1).unwrap();
    search
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_exactly_what_the_matcher_matches(
        papers in papers(12),
        queries in vec(query(), 24),
    ) {
        let search = index(&papers);
        for text in queries {
            // Queries of common words alone are refused.
            let Ok(query) = text.parse::<Query>() else { continue };
            let page = search.search(&request(Ask::Query(&query))).unwrap();
            let found: BTreeSet<i64> = page.hits.iter().filter(|_| !page.relaxed).map(|hit| hit.key.0).collect();
            for paper in &papers {
                let matches = matches_query(&query, &document(paper)).is_some();
                prop_assert_eq!(found.contains(&paper.key.0), matches, "{} of {:?}", query, paper.facts);
            }
            if !page.relaxed {
                prop_assert_eq!(page.total, found.len() as u64);
            }
        }
    }

    #[test]
    fn one_paper_alone_is_found_by_what_matches_it_and_that_is_explained(papers in papers(1), queries in vec(query(), 16)) {
        let document = document(&papers[0]);
        let search = index(&papers);
        for text in queries {
            let Ok(query) = text.parse::<Query>() else { continue };
            let page = search.search(&request(Ask::Query(&query))).unwrap();
            let found = page.total == 1 && !page.relaxed;
            let explanation = explain(&query, &document);
            prop_assert_eq!(found, matches_query(&query, &document).is_some(), "{} of {:?}", query, papers);
            prop_assert_eq!(found, explanation.matches, "{:?} of {:?}", explanation, papers);
        }
    }
}
