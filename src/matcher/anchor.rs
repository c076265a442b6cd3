//! Under which words a query is filed: a paper that matches holds at least one of them.

use crate::domain::query::{Expr, Field, Pattern, Term};
use crate::text::tokens;

/// Where a token stands; the same letters as a word and as a name are two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    Words,
    Authors,
    Organizations,
    Categories,
    /// Every paper.
    Any,
}

/// A token that pulls the queries filed under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    pub space: Space,
    pub token: Box<str>,
}

/// Chooses the words to file a query under.
pub(super) fn anchors(expr: &Expr) -> Vec<Anchor> {
    let any = || vec![Anchor { space: Space::Any, token: "".into() }];
    cheapest(expr).map_or_else(any, |(anchors, _)| anchors)
}

/// The anchors that pull the fewest papers, with that cost; `None` for what can hold without any word.
fn cheapest(expr: &Expr) -> Option<(Vec<Anchor>, u32)> {
    match expr {
        Expr::Term(term) => {
            let (anchor, cost) = of_term(term);
            Some((vec![anchor], cost))
        }
        Expr::Not(_) | Expr::Condition(_) => None,
        Expr::And(parts) => parts.iter().filter_map(cheapest).min_by_key(|(_, cost)| *cost),
        Expr::Or(parts) => {
            let mut all = (Vec::new(), 0);
            for part in parts {
                let (anchors, cost) = cheapest(part)?;
                for anchor in anchors {
                    if !all.0.contains(&anchor) {
                        all.0.push(anchor);
                    }
                }
                all.1 += cost;
            }
            Some(all)
        }
    }
}

fn of_term(term: &Term) -> (Anchor, u32) {
    let rarest = |words: &[String], cost: fn(&str) -> u32| {
        let word = words.iter().min_by_key(|word| cost(word)).expect("a pattern holds a word");
        (word.as_str().into(), cost(word))
    };
    let (space, (token, cost)) = match &term.pattern {
        Pattern::Category(name) => (Space::Categories, (name.to_ascii_lowercase().into(), 300)),
        Pattern::Name { last, .. } => (Space::Authors, rarest(last, name_cost)),
        Pattern::Prefix { .. } => (Space::Any, ("".into(), 1_000)),
        Pattern::Exact(_) => {
            let words: Vec<String> = tokens(&term.text).into_iter().map(|token| token.text).collect();
            (Space::Words, rarest(&words, word_cost))
        }
        Pattern::Words(words) => match term.field {
            Some(Field::Author) => (Space::Authors, rarest(words, name_cost)),
            Some(Field::Organization) => (Space::Organizations, rarest(words, name_cost)),
            _ => (Space::Words, rarest(words, word_cost)),
        },
    };
    (Anchor { space, token }, cost)
}

/// Estimates how many of a thousand papers have an author or a laboratory of this name: longer names are rarer.
fn name_cost(word: &str) -> u32 {
    match word.chars().count() {
        0 | 1 => 60,
        2..=4 => 20,
        5..=7 => 3,
        _ => 1,
    }
}

/// Estimates how many of a thousand papers hold a word: counted for the commonest, else by its length.
fn word_cost(word: &str) -> u32 {
    match word {
        "a" | "and" | "for" | "in" | "of" | "on" | "that" | "the" | "to" | "we" | "with" => 950,
        "approach" | "based" | "benchmark" | "data" | "dataset" | "evaluation" | "framework"
        | "generation" | "image" | "language" | "large" | "learning" | "llm" | "method" | "model"
        | "multi" | "performance" | "reasoning" | "task" | "training" => 300,
        "accuracy" | "architecture" | "attention" | "baseline" | "code" | "context" | "detection"
        | "domain" | "efficient" | "feature" | "high" | "human" | "information" | "knowledge" | "low"
        | "network" | "open" | "representation" | "robust" | "scale" | "semantic" | "source" | "state"
        | "system" | "text" | "time" | "tuning" | "understanding" | "vision" | "visual" | "world" => 150,
        "3d" | "adaptive" | "agent" | "ai" | "algorithm" | "alignment" | "cross" | "deep" | "diffusion"
        | "embedding" | "foundation" | "generative" | "inference" | "modal" | "modeling" | "multimodal"
        | "neural" | "object" | "optimization" | "policy" | "pre" | "prompt" | "reinforcement"
        | "retrieval" | "segmentation" | "self" | "space" | "spatial" | "supervised" | "temporal"
        | "token" | "transformer" | "video" => 70,
        _ => match word.chars().count() {
            0..=3 => 20,
            4..=6 => 12,
            7..=9 => 8,
            _ => 4,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Query;

    fn filed(query: &str) -> Vec<String> {
        let found = anchors(Query::parse(query).expect("a query").expr());
        found.into_iter().map(|anchor| anchor.token.into_string()).collect()
    }

    #[test]
    fn a_query_is_filed_under_its_rarest_words() {
        assert_eq!(filed("\"large language model quantization\""), ["quantization"]);
        assert_eq!(filed("model (watermarking OR unlearning)"), ["unlearning", "watermarking"]);
        assert_eq!(filed("model watermarking -unlearning"), ["watermarking"]);
        assert_eq!(filed("cat:cs.CL llm au:\"Hinton, G\""), ["hinton"]);
        assert_eq!(filed("(x OR -y) cat:cs"), ["cs"]);
    }
}
