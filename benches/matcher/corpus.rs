//! Papers to ask, and phrases that people subscribe to.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use flate2::read::GzDecoder;
use paperwire::domain::Facts;
use serde_json::Value;

/// Papers that are asked; no subscription is made from them.
pub const HELD_OUT: usize = 1_000;

/// Papers without a recording: enough for phrases.
const MADE_UP: usize = 6_000;

/// Papers, and keywords with the number of papers that bear them.
pub struct Corpus {
    pub older: Vec<Facts>,
    pub held_out: Vec<Facts>,
    pub keywords: Vec<(String, u32)>,
    recorded: bool,
}

impl Corpus {
    pub fn load() -> Self {
        let folder = std::env::var_os("PAPERWIRE_RECORDED").map(PathBuf::from);
        let (mut papers, keywords) = match &folder {
            Some(folder) => (papers(folder), keywords(folder)),
            None => made_up(),
        };
        let held_out = papers.split_off(papers.len().saturating_sub(HELD_OUT));
        Self { older: papers, held_out, keywords, recorded: folder.is_some() }
    }

    pub fn describe(&self) -> String {
        let bytes: usize = self.held_out.iter().map(|f| f.title.len() + f.abstract_text.len()).sum();
        format!(
            "{} papers ({}), {} of them asked, {} bytes each",
            self.older.len() + self.held_out.len(),
            if self.recorded { "recorded" } else { "made up" },
            self.held_out.len(),
            bytes / self.held_out.len()
        )
    }
}

/// The recorded papers, the newest last.
fn papers(folder: &Path) -> Vec<Facts> {
    let file = File::open(folder.join("corpus/arxiv_listings_2025.jsonl.gz")).expect("the recorded papers");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().into_iter().flatten().map(text).collect();
    let mut papers: Vec<(String, Facts)> = BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| {
            let paper: Value = serde_json::from_str(&line.expect("gzip")).expect("JSON");
            let facts = Facts {
                title: text(&paper["title"]),
                abstract_text: text(&paper["abstract"]),
                authors: list(&paper["authors"]),
                categories: list(&paper["categories"]),
                ..Facts::default()
            };
            (text(&paper["listed_on"][0]), facts)
        })
        .collect();
    papers.sort_by(|a, b| a.0.cmp(&b.0));
    papers.into_iter().map(|(_, facts)| facts).collect()
}

fn keywords(folder: &Path) -> Vec<(String, u32)> {
    let text = std::fs::read_to_string(folder.join("keywords/hf_ai_keywords.tsv")).expect("the keywords");
    text.lines()
        .skip(1)
        .filter_map(|line| {
            let (papers, keyword) = line.split_once('\t')?;
            Some((keyword.to_owned(), papers.parse().ok()?))
        })
        .collect()
}

/// Papers of made-up words with the frequencies of real ones (Zipf), and keywords of one to three of them.
fn made_up() -> (Vec<Facts>, Vec<(String, u32)>) {
    let mut rng = Rng::with_seed(2025);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 60,000")]
    let word = |rng: &mut Rng| {
        // The inverse of Zipf's distribution function over 60,000 ranks.
        let rank = 60_000_f64.powf(rng.f64()) as u32;
        spell(rank)
    };
    let text = |rng: &mut Rng, words: usize| (0..words).map(|_| word(rng)).collect::<Vec<_>>().join(" ");
    let papers = (0..MADE_UP).map(|_| Facts {
        title: text(&mut rng, 10),
        abstract_text: text(&mut rng, 200),
        authors: (0..5).map(|_| text(&mut rng, 2)).collect(),
        categories: vec![["cs.CL", "cs.CV", "cs.LG", "cs.AI"][rng.usize(..4)].to_owned()],
        ..Facts::default()
    });
    let papers = papers.collect();
    let keywords = (1..40_000).map(|rank: u32| {
        let words = rng.usize(1..4);
        (text(&mut rng, words), 800 / rank + 1)
    });
    (papers, keywords.collect())
}

/// Writes a number in syllables.
fn spell(mut rank: u32) -> String {
    let mut word = String::new();
    while rank > 0 {
        word.push_str(["ba", "ke", "di", "lo", "mu", "ra", "ne", "ti", "po", "gu"][rank as usize % 10]);
        rank /= 10;
    }
    word
}
