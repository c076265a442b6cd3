//! No bytes make the parsers of arXiv's answers panic, and what they list can be told apart, stored and shown.

#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use paperwire::sources::Rows;
use paperwire::sources::arxiv::{oai, query, rss};

fuzz_target!(|body: &[u8]| {
    let today = date(2026, 8, 21);
    let all: [Option<Rows>; 3] = [
        rss::parse(body, today).ok().map(|read| read.rows),
        query::parse(body, today).ok().map(|page| page.rows),
        oai::parse(body, today).ok().map(|records| records.rows),
    ];
    for listing in all.into_iter().flatten().flat_map(|rows| rows.listings) {
        assert!(listing.paper.is_arxiv() && listing.day <= today);
        assert!(!listing.facts.title.is_empty() && !listing.facts.title.contains(['\n', '\0']));
        assert!(!listing.facts.abstract_text.contains('\0'));
        assert!(listing.facts.authors.iter().all(|name| name.chars().any(char::is_alphabetic)));
        assert!(listing.also.iter().all(|id| id.is_doi()));
    }
});
