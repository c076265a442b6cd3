//! The meaning of the language written a second time, as plainly as possible, and both asked the same.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::query::{Announcement, Condition, Counter, Expr, Extra, Field, Pattern, Rise, Span, Term};
use crate::domain::{Counters, Facts, Organization};
use crate::text::{Folding, for_each_word};

#[test]
fn an_explanation_says_where_each_part_stands_and_what_is_missing() {
    let facts = Facts {
        title: "LLMs and an LLM".into(),
        abstract_text: "A survey of policies for LLMs.".into(),
        ..Facts::default()
    };
    let document = Document::new(&facts).counters(Counters { upvotes: Some(12), ..Counters::default() });
    let explanation =
        explain(&Query::parse("llm polic* upvotes>=50 -(survey OR review)").expect("a query"), &document);
    assert_eq!(
        explanation.reason,
        "It does not match: upvotes>=50 does not hold, as it has 12 upvotes; survey is in the abstract."
    );
    assert_eq!(
        explanation.lines(),
        [
            "✗ all of these",
            "  ✓ llm: 2 times in the title, in the abstract",
            "  ✓ polic*: in the abstract",
            "  ✗ upvotes>=50: it has 12 upvotes",
            "  ✗ -(review OR survey)",
            "    ✓ one of these",
            "      ✗ review: not found",
            "      ✓ survey: in the abstract",
        ]
    );
    assert_eq!(explanation.highlights(Field::Title, 0), [0..4, 12..15]);
    assert_eq!(explanation.highlights(Field::Abstract, 0), [12..20, 25..29]);
    let found = explain(&Query::parse("policies OR nowhere").expect("a query"), &document);
    assert_eq!(found.reason, "It matches: policy is in the abstract.");
}

fn plainly(expr: &Expr, paper: &Asked) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| plainly(part, paper)),
        Expr::Or(parts) => parts.iter().any(|part| plainly(part, paper)),
        Expr::Not(inner) => !plainly(inner, paper),
        Expr::Term(term) => plainly_holds(term, &paper.facts),
        Expr::Condition(condition) => plainly_known(condition, paper),
    }
}

fn plainly_known(condition: &Condition, paper: &Asked) -> bool {
    let Some(known) = &paper.known else {
        return matches!(condition, Condition::Has(Extra::Code)) && paper.facts.repository.is_some();
    };
    match condition.to_string().as_str() {
        "upvotes>=5" => known.upvotes >= 5,
        "upvotes=3" => known.upvotes == 3,
        "stars+24h>=2" => known.rise >= 2,
        "has:code" => paper.facts.repository.is_some(),
        "src:arxiv" | "type:new" => known.arxiv,
        "src:huggingface" => !known.arxiv,
        "id:2608.00001" => known.upvotes < 4,
        "listed:2026-08-01..2026-08-03" => known.day <= 3,
        "listed>=2d" => known.day >= 2,
        "listed<=2026-08-02" => known.day <= 2,
        // Nothing is said of comments and summaries.
        "comments>=2" | "has:summary" => false,
        other => unreachable!("{other} is not made here"),
    }
}

/// The words of a text as `{written=folded}`, so that a plain search finds both.
fn spelled(text: &str, names: bool) -> String {
    let folding = if names { Folding::Names } else { Folding::Words };
    let mut all = String::new();
    for_each_word(text, folding, |word| {
        let _ = write!(all, "{{{}={}}}", word.written, word.folded);
    });
    all
}

fn plainly_holds(term: &Term, facts: &Facts) -> bool {
    let keywords = facts.keywords.iter();
    let texts: Vec<String> = match term.field {
        Some(Field::Title) => vec![spelled(&facts.title, false)],
        Some(Field::Abstract) => vec![spelled(&facts.abstract_text, false)],
        Some(Field::Keyword) => keywords.map(|text| spelled(text, false)).collect(),
        Some(Field::Author) => facts.authors.iter().map(|name| spelled(name, true)).collect(),
        Some(Field::Organization) => facts
            .organization
            .iter()
            .flat_map(|known| [spelled(&known.name, true), spelled(&known.full_name, true)])
            .collect(),
        _ => [&facts.title, &facts.abstract_text]
            .into_iter()
            .chain(keywords)
            .map(|text| spelled(text, false))
            .collect(),
    };
    let ends = |text: &str, words: &[String]| -> Vec<usize> {
        // Where the folded words end, each a bracket after the other.
        let mut ends: Vec<usize> = text.match_indices('{').map(|(at, _)| at).chain([text.len()]).collect();
        for word in words {
            ends.retain(|at| {
                text[*at..].split('}').next().is_some_and(|own| own.ends_with(&format!("={word}")))
            });
            for at in &mut ends {
                *at += text[*at..].find('}').map_or(0, |length| length + 1);
            }
        }
        ends
    };
    texts.iter().any(|text| match &term.pattern {
        Pattern::Words(words) => !ends(text, words).is_empty(),
        Pattern::Prefix { before, start } => {
            ends(text, before).iter().any(|at| text[*at..].starts_with(&format!("{{{start}")))
        }
        Pattern::Exact(words) => {
            let written: String =
                text.split('}').map(|word| word.split('=').next().unwrap_or(word)).collect();
            format!("{written}{{").contains(&format!("{{{}{{", words.join("{")))
        }
        Pattern::Name { .. } => unreachable!("no names are made here"),
        Pattern::Category(_) => false,
    }) || matches!(&term.pattern, Pattern::Category(name)
        if facts.categories.iter().any(|own| own == name || own.starts_with(&format!("{name}."))))
}

/// A paper, and what is known of it beside its facts, if anything.
#[derive(Debug)]
struct Asked {
    facts: Facts,
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    upvotes: u32,
    rise: i64,
    day: i8,
    arxiv: bool,
}

impl Asked {
    fn document(&self) -> Document {
        let document = Document::new(&self.facts);
        let Some(known) = &self.known else { return document };
        let rise = Rise { counter: Counter::Stars, span: Span { hours: 24 }, by: known.rise };
        let number = if known.upvotes < 4 { 1 } else { 2 };
        let document = document
            .with_id(format!("2608.0000{number}").parse().expect("an id"))
            .listed_on(jiff::civil::date(2026, 8, known.day))
            .asked_on(jiff::civil::date(2026, 8, 4))
            .counters(Counters { upvotes: Some(known.upvotes), ..Counters::default() })
            .rises(&[rise])
            .sources([if known.arxiv { "arxiv" } else { "huggingface" }]);
        if known.arxiv { document.announced(Announcement::New) } else { document }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let known = (0_u32..8, -2_i64..5, 1_i8..6, any::<bool>());
    let known = known.prop_map(|(upvotes, rise, day, arxiv)| Known { upvotes, rise, day, arxiv });
    (facts(), any::<bool>(), prop::option::of(known)).prop_map(|(mut facts, code, known)| {
        facts.repository = code.then(|| "https://example.org/code".to_owned());
        Asked { facts, known }
    })
}

const WORDS: &[&str] =
    &["a1", "b", "model", "models", "language", "LLMs", "LLM", "k-means", "policies", "policy", "学习", "é"];

/// Leaves of every other kind.
const LEAVES: &[&str] = &[
    "=models",
    "=llm",
    "=LLMs",
    "=\"language models\"",
    "ti:=policy",
    "kw:=policies",
    "lang*",
    "mod*",
    "policie*",
    "k-mea*",
    "abs:poli*",
    "au:mod*",
    "org:lan*",
    "upvotes>=5",
    "upvotes=3",
    "stars+24h>=2",
    "comments>1",
    "has:code",
    "has:summary",
    "src:arxiv",
    "src:huggingface",
    "type:new",
    "id:2608.00001",
    "listed:2026-08-01..2026-08-03",
    "listed>=2d",
    "listed<2026-08-03",
];

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
        2 => prop::sample::select(LEAVES).prop_map(str::to_owned),
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

/// The text of a paper that a spot counts in.
fn text_of<'a>(facts: &'a Facts, spot: &Spot) -> &'a str {
    match (spot.field, &facts.organization) {
        (Field::Title, _) => &facts.title,
        (Field::Abstract, _) => &facts.abstract_text,
        (Field::Keyword, _) => &facts.keywords[spot.entry],
        (Field::Author, _) => &facts.authors[spot.entry],
        (Field::Category, _) => &facts.categories[spot.entry],
        (Field::Organization, Some(known)) => [&known.name, &known.full_name][spot.entry],
        (Field::Organization, None) => unreachable!("a spot in no text"),
    }
}

/// The explanation has the same answer, and each spot alone holds its term.
fn explained_alike(query: &Query, document: &Document, facts: &Facts) -> Result<(), TestCaseError> {
    let explanation = explain(query, document);
    prop_assert_eq!(explanation.matches, matches_query(query, document).is_some(), "{}", query);
    let mut parts = vec![&explanation.part];
    while let Some(part) = parts.pop() {
        match &part.said {
            Said::All(inner) | Said::Any(inner) => parts.extend(inner),
            Said::Not(inner) => parts.push(inner),
            Said::Known(_) => {}
            Said::Spots(spots) => {
                let alone = Query::parse(&part.text).expect("a leaf is a query");
                let Expr::Term(term) = alone.expr() else { unreachable!("only terms have spots") };
                for spot in spots {
                    let found = &text_of(facts, spot)[spot.span.clone()];
                    let only = match spot.field {
                        Field::Category => Facts { categories: vec![found.to_owned()], ..Facts::default() },
                        Field::Author => Facts { authors: vec![found.to_owned()], ..Facts::default() },
                        Field::Organization => {
                            let organization =
                                Organization { name: String::new(), full_name: found.to_owned() };
                            Facts { organization: Some(organization), ..Facts::default() }
                        }
                        Field::Keyword => Facts { keywords: vec![found.to_owned()], ..Facts::default() },
                        Field::Abstract => Facts { abstract_text: found.to_owned(), ..Facts::default() },
                        Field::Title => Facts { title: found.to_owned(), ..Facts::default() },
                    };
                    prop_assert_eq!(
                        Document::new(&only).find(term),
                        Some(spot.field),
                        "{} in {:?}",
                        term,
                        found
                    );
                }
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn evaluation_explanation_and_the_plain_meaning_agree(
        query in query(),
        papers in prop::collection::vec(asked(), 1..6),
    ) {
        for paper in &papers {
            let document = paper.document();
            prop_assert_eq!(
                matches_query(&query, &document).is_some(), plainly(query.expr(), paper), "{} {:?}", query, paper
            );
            explained_alike(&query, &document, &paper.facts)?;
        }
    }
}
