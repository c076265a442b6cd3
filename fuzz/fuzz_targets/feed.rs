//! No body makes the feed reader panic; what it reads it reads again as the same, each paper once and none of a day
//! to come, in texts that can be stored and shown.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use paperwire::sources::feed::parse;

fuzz_target!(|bytes: &[u8]| {
    let url = "https://lab.example/feed.xml".parse().expect("it is an address");
    let today = jiff::civil::date(2026, 11, 23);
    let Ok(parsed) = parse(bytes, None, &url, today) else { return };
    assert_eq!(parse(bytes, None, &url, today).as_ref(), Ok(&parsed));
    let mut seen = HashSet::new();
    for listing in &parsed.rows.listings {
        assert!(seen.insert(&listing.paper) && listing.day <= today);
        assert!(!listing.also.contains(&listing.paper));
        assert_eq!(listing.paper.as_str().parse().as_ref(), Ok(&listing.paper));
        let facts = &listing.facts;
        assert!(!facts.title.is_empty() && !facts.title.contains(char::is_control));
        assert!(facts.title.chars().count() <= 500 && facts.abstract_text.chars().count() <= 10_000);
    }
});
