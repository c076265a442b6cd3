//! How fast stored queries are found for a paper, next to others who do the same in the same run.
//!
//! ```text
//! cargo bench --bench matcher                        everything that ends in a few minutes
//! cargo bench --bench matcher -- --only match/10k    one line; `match` alone is all of its sizes
//! cargo bench --bench matcher -- --json              one JSON object a line
//! ```
//! Times are CPU time of the thread, a single pass over papers that no subscription was made from: what a paper
//! costs that comes once, not what a loop over one paper costs with everything in the cache. Papers and phrases are
//! the recorded ones when `PAPERWIRE_RECORDED` names their folder, else made up with the same skew.

#[path = "../../tests/worlds/postgres.rs"]
mod postgres_world;

mod adversarial;
mod corpus;
mod index;
mod matching;
mod measure;
mod peers;
mod subscriptions;
mod update;

use corpus::Corpus;
use measure::Report;

/// The sizes of the index, with the names they have in reports.
const SIZES: [(&str, usize); 4] = [("1k", 1_000), ("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)];

/// Peers with the sizes that they are asked at by themselves; larger ones only by `--only`.
const PEERS: [(&str, usize); 4] =
    [("daachorse", 100_000), ("mokaccino", 10_000), ("postgres", 100_000), ("naive", 100_000)];

fn main() {
    let mut report = Report::of_arguments();
    let corpus = Corpus::load();
    report.note(&corpus.describe());
    for (size, n) in SIZES {
        matching::run(&corpus, size, n, &mut report);
        for (peer, most) in PEERS {
            peers::run(peer, &corpus, (size, n), n <= most, &mut report);
        }
        index::run(&corpus, size, n, &mut report);
    }
    matching::floor(&corpus, &mut report);
    update::run(&corpus, &mut report);
    adversarial::run(&corpus, &mut report);
}
