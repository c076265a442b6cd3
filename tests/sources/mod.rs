//! Reading sources through the real client, against their stand-ins.

mod archive;
mod arxiv;
mod biorxiv;
mod calendar;
mod conditional;
mod failures;
mod faults;
mod feed;
mod feed_cli;
mod fetch;
mod guard;
mod health;
mod held_cli;
mod huggingface;
mod oddities;
mod overlap;
mod recorded;

use jiff::civil::{Date, date};
use paperwire::sources::{DayListings, FetchConfig, Fetcher, HuggingFace, Source};

use crate::worlds::hub::Hub;

/// The day on which most of these tests play: a Friday.
const TODAY: Date = date(2026, 8, 21);

fn config() -> FetchConfig {
    FetchConfig::new("Paperwire-Test/0.1 (+https://paperwire.example; test@paperwire.example)")
}

fn fetcher() -> Fetcher {
    Fetcher::new(config()).expect("the test's client can be built")
}

/// A source that turns pages after this many rows.
fn source(hub: &Hub, page_limit: usize) -> HuggingFace {
    HuggingFace::new(fetcher(), hub.base_url(), page_limit)
}

/// Reads today's list and expects it to be readable.
async fn today(hub: &Hub, page_limit: usize) -> DayListings {
    source(hub, page_limit).day(TODAY, TODAY, None).await.expect("the list is readable")
}

fn ids(day: &DayListings) -> Vec<&str> {
    day.listings.iter().map(|listing| listing.paper.as_str()).collect()
}
