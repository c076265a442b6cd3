//! BM25 as the textbook has it, over title and text together.

use std::collections::HashMap;

use super::set::Set;

const K1: f64 = 0.9;
const B: f64 = 0.4;

pub struct Plain {
    /// Word to papers, each with how often it holds the word.
    lists: HashMap<String, Vec<(usize, f64)>>,
    lengths: Vec<f64>,
}

impl Plain {
    pub fn new(set: &Set) -> Self {
        let mut lists: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut lengths = Vec::with_capacity(set.papers.len());
        for (at, (_, title, text)) in set.papers.iter().enumerate() {
            let mut length = 0.0;
            for word in words(title).chain(words(text)) {
                length += 1.0;
                let list = lists.entry(word).or_default();
                match list.last_mut() {
                    Some((paper, count)) if *paper == at => *count += 1.0,
                    _ => list.push((at, 1.0)),
                }
            }
            lengths.push(length);
        }
        Self { lists, lengths }
    }

    pub fn best(&self, question: &str, most: usize) -> Vec<usize> {
        let all = self.lengths.len() as f64;
        let mean = self.lengths.iter().sum::<f64>() / all;
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for word in words(question) {
            let Some(list) = self.lists.get(&word) else { continue };
            let held = list.len() as f64;
            let idf = (1.0 + (all - held + 0.5) / (held + 0.5)).ln();
            for (at, count) in list {
                let norm = K1 * (1.0 - B + B * self.lengths[*at] / mean);
                *scores.entry(*at).or_default() += idf * count * (K1 + 1.0) / (count + norm);
            }
        }
        let mut places: Vec<(usize, f64)> = scores.into_iter().collect();
        places.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        places.into_iter().take(most).map(|(at, _)| at).collect()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|ch: char| !ch.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}
