//! The search over many papers, next to the full text of SQLite and PostgreSQL in the same run.
//!
//! ```text
//! cargo bench --bench search -- [--json] [--only NAME] [--papers N] [--peers] [--bare]
//! search/ranked/{1w,2w,3w,prefix,phrase,filter}/{100k,1m}    search/index/{100k,1m}
//! ```
//! CPU time of the top ten with snippets and the total count. 1m runs only when `--only` names it, the peers only with
//! `--peers` (they take minutes to fill). A peer is measured at the same work (`fts5`, `postgres`: the ten, highlighted
//! title, snippet and count) and at the ten numbers alone (`fts5_bare`, `postgres_bare`); `--bare` makes no snippets here
//! either. They fold more than plurals (Porter's stemmer and its successor), so that they find somewhat more papers.

#![expect(clippy::cast_precision_loss, reason = "counts and times are small")]

mod corpus;
mod measure;
mod peers;

use std::path::Path;

use jiff::civil::Date;
use paperwire::domain::{Paper, Query};
use paperwire::search::{Ask, Search, SearchRequest, Sort, snippet};

use corpus::{Corpus, Question};
use measure::{Args, Figures};

const TODAY: Date = Date::constant(2026, 1, 1);
/// Papers that are taken in with one commit, as the indexer does.
const BATCH: usize = 2_000;

fn main() {
    let args = Args::read();
    for (name, papers) in [("100k", 100_000), ("1m", 1_000_000)] {
        let chosen = args.only.as_ref().map_or(name == "100k", |only| {
            let is_other = only.ends_with("/1m") || only.ends_with("/100k");
            if is_other { only.ends_with(&format!("/{name}")) } else { name == "100k" }
        });
        if chosen {
            run(&args, args.papers.unwrap_or(papers));
        }
    }
}

fn run(args: &Args, n: usize) {
    let corpus = Corpus::new(n);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let search = index(args, &corpus.papers, folder.path());
    let mut peers = if args.peers { peers::Peers::fill(&corpus.papers) } else { peers::Peers::default() };
    for class in corpus::CLASSES {
        let name = format!("search/ranked/{class}/{}", measure::short(n));
        if !args.wants(&name) {
            continue;
        }
        let questions = corpus.questions(class);
        let mut found = 0;
        let ask = |question: &Question| ask(&search, &corpus.papers, question, args.bare);
        questions.iter().take(20).for_each(|question| {
            std::hint::black_box(ask(question));
        });
        let times: Vec<f64> = questions
            .iter()
            .map(|question| {
                let (hits, spent) = measure::thread(|| ask(question));
                found += hits;
                spent
            })
            .collect();
        let own = Figures::of(times);
        let mut reported = false;
        for (peer, figures) in peers.measure(&questions) {
            args.report(&name, n, &own, Some((peer, &figures)));
            reported = true;
        }
        if !reported {
            args.report(&name, n, &own, None);
        }
        if !args.json {
            println!(
                "    {} questions, {:.1} papers shown each",
                questions.len(),
                found as f64 / questions.len() as f64
            );
        }
    }
}

/// Asks and makes what a person sees of the answer.
fn ask(search: &Search, papers: &[Paper], question: &Question, bare: bool) -> usize {
    let query: Query = question.query.parse().expect("a question is a query");
    let ask = Ask::Query(&query);
    let request = SearchRequest { ask, sort: Sort::Relevance, limit: 10, cursor: None, today: TODAY };
    let page = search.search(&request).expect("the search answers");
    let shown = if bare { &[] } else { page.hits.as_slice() };
    for hit in shown {
        let paper = &papers[usize::try_from(hit.key.0).expect("a place in the corpus")];
        std::hint::black_box(snippet(ask, page.relaxed, &paper.facts));
    }
    page.hits.len()
}

fn index(args: &Args, papers: &[Paper], folder: &Path) -> Search {
    let before = measure::resident();
    let search = Search::open(folder).expect("an index");
    let ((), wall) = measure::wall(|| {
        for batch in papers.chunks(BATCH) {
            search.upsert(batch).expect("papers are taken in");
            search.commit(1).expect("papers are taken in");
        }
    });
    let resident = measure::resident().saturating_sub(before);
    let (_, tidied) = measure::wall(|| search.tidy().expect("the pieces are joined"));
    search.settle().expect("the files are in order");
    let name = format!("search/index/{}", measure::short(papers.len()));
    if args.wants(&name) {
        let per_second = papers.len() as f64 / wall;
        let (disk, resident) = (measure::bytes_of(folder) as f64 / 1e6, resident as f64 / f64::from(1 << 20));
        if args.json {
            let line = serde_json::json!({
                "bench": name, "n": papers.len(), "papers_per_s": per_second, "disk_mb": disk, "resident_mib": resident, "tidy_s": tidied,
            });
            println!("{line}");
        } else {
            println!(
                "{name:<32} {per_second:>8.0} papers/s  {disk:.1} MB on disk  {resident:.0} MiB resident  joined in {tidied:.1} s"
            );
        }
    }
    Search::open(folder).expect("an index")
}
