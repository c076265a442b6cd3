//! The search: its index on disk, its answers, and that it agrees with the matcher.

mod agreement;
mod answers;
mod cli;
mod folder;
mod following;

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan as _};
use paperwire::domain::{Counters, Facts, Paper, PaperKey, Query};
use paperwire::search::{Ask, Search, SearchPage, SearchRequest, Sort};

const TODAY: Date = date(2026, 8, 21);

/// A paper that was listed so many days ago.
fn paper(key: i64, age: i64, facts: Facts) -> Paper {
    Paper {
        key: PaperKey(key),
        id: format!("2608.{key:05}").parse().unwrap(),
        revision: 1,
        day: TODAY.saturating_sub(age.days()),
        first_seen_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        facts,
        counters: Counters::default(),
    }
}

fn titled(title: &str) -> Facts {
    Facts { title: title.into(), ..Facts::default() }
}

/// An index in memory that holds these papers.
fn index(papers: &[Paper]) -> Search {
    let search = Search::in_memory().unwrap();
    search.upsert(papers).unwrap();
    search.commit(1).unwrap();
    search
}

fn request(ask: Ask<'_>) -> SearchRequest<'_> {
    SearchRequest { ask, sort: Sort::Relevance, limit: 100, cursor: None, today: TODAY }
}

fn find(search: &Search, query: &str) -> SearchPage {
    let query: Query = query.parse().unwrap();
    search.search(&request(Ask::Query(&query))).unwrap()
}

fn keys(page: &SearchPage) -> Vec<i64> {
    page.hits.iter().map(|hit| hit.key.0).collect()
}
