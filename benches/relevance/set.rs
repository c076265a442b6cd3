//! A folder of papers, questions and judgements.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

pub struct Set {
    /// Id, title and text.
    pub papers: Vec<(String, String, String)>,
    /// The question, and the papers that answer it with their grades.
    pub questions: Vec<(String, Vec<(String, f64)>)>,
}

impl Set {
    pub fn read(dir: &Path) -> Self {
        let open = |name: &str| {
            let path = dir.join(name);
            File::open(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let papers = rows(GzDecoder::new(open("corpus.jsonl.gz")));
        let papers = papers.map(|row| (text(&row["_id"]), text(&row["title"]), text(&row["text"]))).collect();
        let texts: HashMap<String, String> =
            rows(open("queries.jsonl")).map(|row| (text(&row["_id"]), text(&row["text"]))).collect();
        let mut judged: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
        for line in BufReader::new(open("qrels_test.tsv")).lines().skip(1) {
            let line = line.expect("text");
            let mut columns = line.split('\t');
            let mut column = || columns.next().expect("three columns").to_owned();
            let (question, paper, grade) = (column(), column(), column());
            let grade: f64 = grade.parse().expect("a grade");
            if grade > 0.0 {
                judged.entry(question).or_default().push((paper, grade));
            }
        }
        let questions = judged.into_iter().map(|(id, papers)| (texts[&id].clone(), papers)).collect();
        Self { papers, questions }
    }
}

fn rows(file: impl Read) -> impl Iterator<Item = Value> {
    BufReader::new(file).lines().map(|line| serde_json::from_str(&line.expect("text")).expect("JSON"))
}
