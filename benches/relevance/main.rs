//! How good the first answers are: nDCG@10 and recall@100 over a set of judged questions.
//!
//! ```text
//! cargo bench --bench relevance -- [--json] [--set DIR]
//! ```
//! `DIR` holds `corpus.jsonl.gz` (`_id`, `title`, `text`), `queries.jsonl` (`_id`, `text`) and `qrels_test.tsv`; without
//! `--set` it is `$PAPERWIRE_RECORDED/qrels/scifact`. Beside the search stands a plain BM25 over title and text, lower-cased
//! and split at anything but letters and digits.

#![expect(clippy::cast_precision_loss, reason = "counts are small")]

mod plain;
mod set;

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use paperwire::domain::{Counters, Facts, Paper, PaperKey};
use paperwire::search::{Ask, Search, SearchRequest, Sort};
use set::Set;

/// All papers are of this day, so that their age plays no part.
const DAY: Date = Date::constant(2026, 1, 1);
const DEPTH: usize = 100;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let json = args.iter().any(|arg| arg == "--json");
    let named = args.iter().position(|arg| arg == "--set").and_then(|at| args.get(at + 1)).map(PathBuf::from);
    let recorded = std::env::var_os("PAPERWIRE_RECORDED").map(|dir| PathBuf::from(dir).join("qrels/scifact"));
    let Some(dir) = named.or(recorded) else {
        println!("did not run: name a set of judged questions with --set DIR, or set PAPERWIRE_RECORDED");
        return;
    };
    let set = Set::read(&dir);
    let search = indexed(&set);
    let own = measured(&set, |question| {
        let request = SearchRequest {
            ask: Ask::Words(question),
            sort: Sort::Relevance,
            limit: DEPTH,
            cursor: None,
            today: DAY,
        };
        let page = search.search(&request).expect("the search answers");
        page.hits.iter().map(|hit| usize::try_from(hit.key.0).expect("a place in the corpus")).collect()
    });
    let baseline = plain::Plain::new(&set);
    let plain = measured(&set, |question| baseline.best(question, DEPTH));
    let name = dir.file_name().and_then(|name| name.to_str()).unwrap_or("set");
    for (what, own, peer) in [("ndcg@10", own.0, plain.0), ("recall@100", own.1, plain.1)] {
        if json {
            let n = set.questions.len();
            let line = serde_json::json!({
                "bench": format!("relevance/{name}/{what}"), "n": n, "value": own,
                "peer": "plain bm25", "peer_value": peer, "ratio": own / peer,
            });
            println!("{line}");
        } else {
            println!("{name} {what:<11} search {own:.4}   plain BM25 {peer:.4}");
        }
    }
}

fn indexed(set: &Set) -> Search {
    let search = Search::in_memory().expect("an index");
    let papers: Vec<Paper> = (0..)
        .zip(&set.papers)
        .map(|(key, (_, title, text))| Paper {
            key: PaperKey(key),
            id: format!("https://example.org/{key}").parse().expect("an address"),
            revision: 1,
            day: DAY,
            first_seen_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            facts: Facts { title: title.clone(), abstract_text: text.clone(), ..Facts::default() },
            counters: Counters::default(),
        })
        .collect();
    search.upsert(&papers).expect("papers are taken in");
    search.commit(1).expect("papers are taken in");
    search
}

/// The means of nDCG@10 and recall@100.
fn measured(set: &Set, mut best: impl FnMut(&str) -> Vec<usize>) -> (f64, f64) {
    let (mut ndcg, mut recall) = (0.0, 0.0);
    for (question, judged) in &set.questions {
        let found = best(question);
        let gain = |at: usize| 1.0 / (at as f64 + 2.0).log2();
        let grade: HashMap<&str, f64> =
            judged.iter().map(|(paper, grade)| (paper.as_str(), *grade)).collect();
        let of = |place: &usize| grade.get(set.papers[*place].0.as_str()).copied().unwrap_or(0.0);
        let dcg: f64 = found.iter().take(10).enumerate().map(|(at, place)| of(place) * gain(at)).sum();
        let mut ideal: Vec<f64> = grade.values().copied().collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        let most: f64 = ideal.iter().take(10).enumerate().map(|(at, grade)| grade * gain(at)).sum();
        ndcg += dcg / most;
        recall += found.iter().filter(|place| of(place) > 0.0).count() as f64 / judged.len() as f64;
    }
    let n = set.questions.len() as f64;
    (ndcg / n, recall / n)
}
