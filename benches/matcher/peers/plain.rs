//! Queries as trees of numbered phrases, and papers as lines of folded words: all that the peers need.

use std::collections::HashMap;

use paperwire::domain::query::{Expr, Field, Pattern, Term};
use paperwire::domain::{Facts, Query};
use paperwire::text::{name_tokens, tokens};

/// Trees over one list of phrases.
pub struct Plain {
    pub trees: Vec<Tree>,
    /// The words of each phrase; names and categories are words with a prefix.
    pub phrases: Vec<Vec<String>>,
}

pub enum Tree {
    Phrase(u32),
    Not(Box<Tree>),
    And(Vec<Tree>),
    Or(Vec<Tree>),
}

impl Plain {
    pub fn of(queries: &[Query]) -> Self {
        let (mut plain, mut numbers) = (Self { trees: Vec::new(), phrases: Vec::new() }, HashMap::new());
        for query in queries {
            let tree = plain.tree(query.expr(), &mut numbers);
            plain.trees.push(tree);
        }
        plain
    }

    fn tree(&mut self, expr: &Expr, numbers: &mut HashMap<Vec<String>, u32>) -> Tree {
        let mut all = |parts: &[Expr]| parts.iter().map(|part| self.tree(part, numbers)).collect();
        match expr {
            Expr::And(parts) => Tree::And(all(parts)),
            Expr::Or(parts) => Tree::Or(all(parts)),
            Expr::Not(inner) => Tree::Not(Box::new(self.tree(inner, numbers))),
            Expr::Condition(condition) => panic!("the subscriptions of the bench hold no {condition}"),
            Expr::Term(term) => {
                let words = words(term);
                let next = u32::try_from(self.phrases.len()).expect("few");
                Tree::Phrase(*numbers.entry(words).or_insert_with_key(|words| {
                    self.phrases.push(words.clone());
                    next
                }))
            }
        }
    }

    /// A phrase as it stands in a text.
    pub fn needle(&self, phrase: usize) -> String {
        format!(" {} ", self.phrases[phrase].join(" "))
    }
}

impl Tree {
    pub fn holds(&self, phrase: &mut impl FnMut(u32) -> bool) -> bool {
        match self {
            Self::Phrase(number) => phrase(*number),
            Self::Not(inner) => !inner.holds(phrase),
            Self::And(parts) => parts.iter().all(|part| part.holds(phrase)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(phrase)),
        }
    }
}

fn words(term: &Term) -> Vec<String> {
    match (&term.pattern, term.field) {
        (Pattern::Words(words), None) => words.clone(),
        (Pattern::Words(words), Some(Field::Author)) => {
            words.iter().map(|word| format!("au:{word}")).collect()
        }
        (Pattern::Category(name), _) => vec![format!("cat:{}", name.to_ascii_lowercase())],
        _ => panic!("the subscriptions of the bench hold no {term}"),
    }
}

/// A paper as one line: ` deep learning | we show | au:hinton | cat:cs.lg | cat:cs `.
pub fn text(facts: &Facts) -> String {
    let running =
        [&facts.title, &facts.abstract_text].map(|text| tokens(text).into_iter().map(|token| token.text));
    let mut entries: Vec<Vec<String>> = running.into_iter().map(Iterator::collect).collect();
    for name in &facts.authors {
        entries.push(name_tokens(name).into_iter().map(|token| format!("au:{}", token.text)).collect());
    }
    for category in &facts.categories {
        let category = category.to_ascii_lowercase();
        let archive = category.split('.').next().expect("split gives a part");
        entries.push(vec![format!("cat:{archive}")]);
        entries.push(vec![format!("cat:{category}")]);
    }
    format!(" {} ", entries.iter().map(|entry| entry.join(" ")).collect::<Vec<_>>().join(" | "))
}
