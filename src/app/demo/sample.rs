//! The bundled listing: real papers as facts, their short texts in our own words.

use anyhow::Context as _;
use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::{Counters, Facts, Listing, PaperId, SourceName};

/// The name under which the sample papers are listed.
pub const SOURCE: SourceName = SourceName("sample");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    id: PaperId,
    title: String,
    authors: Vec<String>,
    day: Date,
    categories: Vec<String>,
    upvotes: Option<u32>,
    repository: Option<String>,
    short: String,
}

/// The sample papers in listing order.
pub fn listings() -> anyhow::Result<Vec<Listing>> {
    let samples: Vec<Sample> =
        serde_json::from_str(include_str!("sample.json")).context("the bundled sample listing")?;
    Ok(samples.into_iter().map(Listing::from).collect())
}

impl From<Sample> for Listing {
    fn from(sample: Sample) -> Self {
        Self {
            also: Vec::new(),
            announced: None,
            paper: sample.id,
            day: sample.day,
            facts: Facts {
                title: sample.title,
                abstract_text: sample.short,
                authors: sample.authors,
                categories: sample.categories,
                repository: sample.repository,
                ..Facts::default()
            },
            counters: Counters { upvotes: sample.upvotes, ..Counters::default() },
        }
    }
}
