//! Papers that resemble one, by the words that tell most about it.

use jiff::civil::Date;
use tantivy::Term;

use super::compile::any_word;
use super::request::Ask;
use super::{Search, SearchError, SearchPage, SearchRequest, Sort};
use crate::domain::Paper;
use crate::text::tokens;

/// Words that are looked for; further ones tell less and cost as much.
const WORDS: usize = 16;
/// A word of fewer papers than this is a slip or a name of its own, and finds nothing else.
const FEWEST_PAPERS: u64 = 2;

impl Search {
    /// The words of a paper that tell most about it, the most telling first: often here, seldom elsewhere.
    ///
    /// Words are weighed as BM25 does, the title three times and the keywords twice, as in the index.
    pub fn telling_words(&self, paper: &Paper) -> Result<Vec<String>, SearchError> {
        let searcher = self.reader.searcher();
        let papers = searcher.num_docs();
        let mut counted: Vec<(String, u32)> = Vec::new();
        let facts = &paper.facts;
        let titles = std::iter::repeat_n(&facts.title, 3);
        let keywords = facts.keywords.iter().chain(&facts.keywords);
        for text in titles.chain(keywords).chain([&facts.abstract_text]) {
            for token in tokens(text) {
                match counted.iter_mut().find(|(word, _)| *word == token.text) {
                    Some((_, times)) => *times += 1,
                    None => counted.push((token.text, 1)),
                }
            }
        }
        let mut weighed: Vec<(f64, String)> = Vec::with_capacity(counted.len());
        for (word, times) in counted {
            let having = searcher.doc_freq(&Term::from_field_text(self.fields.text, &word))?;
            if having >= FEWEST_PAPERS {
                weighed.push((weight(times, having, papers), word));
            }
        }
        weighed.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        Ok(weighed.into_iter().take(WORDS).map(|(_, word)| word).collect())
    }

    /// The papers that share most of what tells about one, the nearest first and without itself.
    pub fn similar(&self, paper: &Paper, limit: usize, today: Date) -> Result<SearchPage, SearchError> {
        let words = self.telling_words(paper)?.join(" ");
        let request = SearchRequest {
            ask: Ask::Words(&words),
            sort: Sort::Relevance,
            limit: limit + 1,
            cursor: None,
            today,
        };
        let mut page = self.page(&any_word(&self.fields, &words), &request, false)?;
        page.hits.retain(|hit| hit.key != paper.key);
        page.hits.truncate(limit);
        page.next = None;
        Ok(page)
    }
}

/// BM25's weight of a word: how rare it is, and how often it stands here, which counts less and less.
#[expect(clippy::cast_precision_loss, reason = "counts of papers are far from 2^53")]
fn weight(times: u32, having: u64, papers: u64) -> f64 {
    let (having, papers, times) = (having as f64, papers.max(having) as f64, f64::from(times));
    let rarity = (1.0 + (papers - having + 0.5) / (having + 0.5)).ln();
    rarity * times * 2.2 / (times + 1.2)
}
