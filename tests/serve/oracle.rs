//! Which papers a query selects, worked out from the raw rows without any of Paperwire's code.

use serde_json::Value;

use crate::worlds::hub::days::Days;

/// Lower-case runs of letters and digits, without a plural's last letter.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| singular(word).to_owned()).collect()
}

fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if word.len() > 3 && !stem.ends_with('s') => stem,
        _ => word,
    }
}

/// One row of a listing, cut into words.
pub struct Row {
    pub url: String,
    title: Vec<String>,
    body: Vec<Vec<String>>,
}

impl Row {
    pub fn new(row: &Value) -> Self {
        let paper = &row["paper"];
        let text = |value: &Value| words(value.as_str().unwrap_or_default());
        let keywords = paper["ai_keywords"].as_array().into_iter().flatten().map(text);
        Self {
            url: format!("https://arxiv.org/abs/{}", paper["id"].as_str().unwrap()),
            title: text(&paper["title"]),
            body: std::iter::once(text(&paper["summary"])).chain(keywords).collect(),
        }
    }

    pub fn title_has(&self, phrase: &str) -> bool {
        has(&self.title, phrase)
    }

    /// True when title, abstract or a keyword holds the phrase.
    pub fn has(&self, phrase: &str) -> bool {
        self.title_has(phrase) || self.body.iter().any(|text| has(text, phrase))
    }
}

fn has(text: &[String], phrase: &str) -> bool {
    let phrase = words(phrase);
    text.windows(phrase.len()).any(|window| window == phrase)
}

/// The addresses of the selected papers in listing order, each once.
pub fn select(days: &Days, wanted: impl Fn(&Row) -> bool) -> Vec<String> {
    let mut selected = Vec::new();
    for row in days.values().flatten().map(Row::new) {
        if wanted(&row) && !selected.contains(&row.url) {
            selected.push(row.url);
        }
    }
    selected
}
