//! Papers to search, and questions from keywords.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use flate2::read::GzDecoder;
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::{Counters, Facts, Paper, PaperKey};
use serde_json::Value;

use super::TODAY;

/// Kinds of questions.
pub const CLASSES: [&str; 6] = ["1w", "2w", "3w", "prefix", "phrase", "filter"];
/// Questions of each kind.
const QUESTIONS: usize = 200;
/// Papers that are made up where there is no recording.
const MADE_UP: usize = 6_000;
const CATEGORIES: [&str; 5] = ["cs.CL", "cs.LG", "cs.CV", "cs.AI", "stat.ML"];

pub struct Corpus {
    pub papers: Vec<Paper>,
    keywords: Vec<Vec<String>>,
}

/// A question, and what the peers are asked in its place.
pub struct Question {
    pub query: String,
    pub words: Vec<String>,
    pub kind: &'static str,
    pub category: Option<&'static str>,
}

impl Corpus {
    pub fn new(n: usize) -> Self {
        let mut rng = Rng::with_seed(27);
        let (facts, keywords) = match std::env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from) {
            Some(folder) => (recorded(&folder, n), keywords(&folder)),
            None => made_up(&mut rng, n.min(MADE_UP)),
        };
        let more = mixed(&mut rng, &facts, n.saturating_sub(facts.len()));
        let papers = (0..).zip(facts.into_iter().chain(more)).map(|(key, facts)| paper(key, facts, &mut rng));
        Self { papers: papers.collect(), keywords }
    }

    pub fn questions(&self, class: &'static str) -> Vec<Question> {
        let mut rng = Rng::with_seed(9);
        let length = match class {
            "1w" | "filter" => 1..=1,
            "2w" => 2..=2,
            "3w" => 3..=3,
            _ => 2..=3,
        };
        let mut fitting: Vec<&Vec<String>> =
            self.keywords.iter().filter(|words| length.contains(&words.len())).collect();
        if class == "prefix" {
            fitting.retain(|words| words.last().is_some_and(|word| word.chars().count() >= 4));
        }
        rng.shuffle(&mut fitting);
        let question = |words: &Vec<String>| {
            let mut words = words.clone();
            let category = (class == "filter").then(|| CATEGORIES[rng.usize(..CATEGORIES.len())]);
            let query = match class {
                "phrase" => format!("\"{}\"", words.join(" ")),
                "prefix" => {
                    let last = words.last_mut().expect("a keyword has words");
                    *last = last.chars().take(4).collect();
                    format!("{}*", words.join(" "))
                }
                _ => words.join(" "),
            };
            let query = category.map_or(query.clone(), |category| format!("{query} cat:{category}"));
            Question { query, words, kind: class, category }
        };
        let mut questions: Vec<Question> = fitting.into_iter().map(question).collect();
        questions.retain(|question| question.query.parse::<paperwire::domain::Query>().is_ok());
        questions.truncate(QUESTIONS);
        questions
    }
}

fn paper(key: i64, facts: Facts, rng: &mut Rng) -> Paper {
    Paper {
        key: PaperKey(key),
        id: format!("https://example.org/{key}").parse().expect("an address"),
        revision: 1,
        day: TODAY.saturating_sub(rng.i64(0..1_500).days()),
        first_seen_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        facts,
        counters: Counters { upvotes: Some(rng.u32(0..200)), ..Counters::default() },
    }
}

fn recorded(folder: &Path, most: usize) -> Vec<Facts> {
    let file = File::open(folder.join("corpus/arxiv_listings_2025.jsonl.gz")).expect("the recorded papers");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
    let facts = |line: std::io::Result<String>| {
        let paper: Value = serde_json::from_str(&line.expect("gzip")).expect("JSON");
        Facts {
            title: text(&paper["title"]),
            abstract_text: text(&paper["abstract"]),
            authors: list(&paper["authors"]),
            categories: list(&paper["categories"]),
            ..Facts::default()
        }
    };
    BufReader::new(GzDecoder::new(file)).lines().take(most).map(facts).collect()
}

/// Keywords of plain words, which every engine splits in the same way.
fn keywords(folder: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("keywords/hf_ai_keywords.tsv")).expect("the keywords");
    let plain = |word: &str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
    text.lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
        .map(|(_, keyword)| keyword.split(' ').map(str::to_lowercase).collect::<Vec<_>>())
        .filter(|words| words.iter().all(|word| plain(word)))
        .take(8_000)
        .collect()
}

/// More papers from the sentences of those that are there, with new words as rare as new words are.
fn mixed(rng: &mut Rng, facts: &[Facts], n: usize) -> Vec<Facts> {
    let sentences: Vec<&str> = facts
        .iter()
        .flat_map(|facts| facts.abstract_text.split_inclusive(". "))
        .filter(|s| s.len() > 30)
        .collect();
    let made = (0..n).map(|at| {
        let of = &facts[rng.usize(..facts.len())];
        let count = rng.usize(6..10);
        let mut text: String = (0..count).map(|_| sentences[rng.usize(..sentences.len())]).collect();
        let _ = write!(text, " zq{}", at / 3);
        Facts { abstract_text: text, ..of.clone() }
    });
    made.collect()
}

/// Papers of made-up words with the frequencies of real ones (Zipf), and keywords of one to three of them.
fn made_up(rng: &mut Rng, n: usize) -> (Vec<Facts>, Vec<Vec<String>>) {
    let word = |rng: &mut Rng| {
        // The inverse of Zipf's distribution function over 60,000 ranks.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank from 1 to 60,000"
        )]
        let rank = 60_000_f64.powf(rng.f64()) as usize;
        spell(rank)
    };
    let text = |rng: &mut Rng, words: usize| (0..words).map(|_| word(rng)).collect::<Vec<_>>();
    let papers = (0..n).map(|_| Facts {
        title: text(rng, 10).join(" "),
        abstract_text: text(rng, 200).chunks(20).map(|words| words.join(" ") + ". ").collect(),
        authors: (0..5).map(|_| text(rng, 2).join(" ")).collect(),
        categories: vec![CATEGORIES[rng.usize(..CATEGORIES.len())].to_owned()],
        ..Facts::default()
    });
    let papers = papers.collect();
    let keywords = (0..6_000).map(|at| text(rng, at % 3 + 1)).collect();
    (papers, keywords)
}

/// Writes a number in syllables.
fn spell(mut rank: usize) -> String {
    let mut word = String::new();
    while rank > 0 {
        word.push_str(["ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "po", "gu"][rank % 10]);
        rank /= 10;
    }
    word
}
