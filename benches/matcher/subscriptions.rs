//! Queries as people store them: a seeded mix of kinds, their phrases drawn by the popularity of keywords.

use fastrand::Rng;
use paperwire::domain::Query;
use paperwire::text::name_tokens;

use crate::corpus::Corpus;

/// Makes `n` subscriptions: 60 % a word or phrase, 30 % AND or OR of two to four, 10 % with NOT or a field.
pub fn subscriptions(corpus: &Corpus, n: usize) -> Vec<Query> {
    let mut maker = Maker::new(corpus);
    std::iter::from_fn(|| Some(maker.query())).flatten().take(n).collect()
}

struct Maker<'a> {
    corpus: &'a Corpus,
    /// Sums of the keywords' papers, to draw from.
    sums: Vec<u32>,
    rng: Rng,
}

impl<'a> Maker<'a> {
    fn new(corpus: &'a Corpus) -> Self {
        let sums = corpus.keywords.iter().scan(0, |sum, (_, papers)| {
            *sum += papers;
            Some(*sum)
        });
        Self { corpus, sums: sums.collect(), rng: Rng::with_seed(7) }
    }

    /// A query, unless what was drawn holds only stop-words.
    fn query(&mut self) -> Option<Query> {
        let many = |maker: &mut Self| {
            let count = maker.rng.usize(2..=4);
            (0..count).map(|_| maker.phrase()).collect::<Vec<_>>()
        };
        let text = match self.rng.u32(..100) {
            0..60 => self.phrase(),
            60..75 => many(self).join(" "),
            75..85 => many(self).join(" OR "),
            85..90 => format!("({} OR {}) {}", self.phrase(), self.phrase(), self.phrase()),
            90..95 => format!("{} -{}", self.phrase(), self.phrase()),
            95..98 => format!("{} cat:{}", self.phrase(), self.category()),
            98 => format!("au:{}", self.author()?),
            _ => format!("{} -{} cat:{}", self.phrase(), self.phrase(), self.category()),
        };
        Query::parse(&text).ok()
    }

    /// Two thirds keywords, one third words in a row out of a title or an abstract.
    fn phrase(&mut self) -> String {
        let text = if self.rng.u32(..100) < 65 {
            let drawn = self.rng.u32(..*self.sums.last().expect("there are keywords"));
            self.corpus.keywords[self.sums.partition_point(|sum| *sum <= drawn)].0.clone()
        } else {
            let paper = self.rng.choice(&self.corpus.older).expect("there are papers");
            let text = if self.rng.bool() { &paper.title } else { &paper.abstract_text };
            let words: Vec<_> = text.split_whitespace().collect();
            let length = self.rng.usize(1..=3).min(words.len());
            let start = self.rng.usize(..=words.len() - length);
            words[start..start + length].join(" ")
        };
        format!("\"{}\"", text.replace(['"', '\\', '“', '”', '„', '«', '»'], " "))
    }

    fn category(&mut self) -> String {
        let paper = self.rng.choice(&self.corpus.older).expect("there are papers");
        self.rng.choice(&paper.categories).cloned().unwrap_or_else(|| "cs.LG".to_owned())
    }

    /// A last name of one word.
    fn author(&mut self) -> Option<String> {
        let paper = self.rng.choice(&self.corpus.older).expect("there are papers");
        let name = name_tokens(self.rng.choice(&paper.authors)?).pop()?;
        Some(format!("\"{}\"", name.text))
    }
}
