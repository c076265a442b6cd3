//! Any text is a query that reads back to itself, or is refused with a place inside the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paperwire::domain::Query;

fuzz_target!(|text: &str| {
    match Query::parse(text) {
        Ok(query) => {
            let again = Query::parse(query.as_str()).expect("the canonical text is a query");
            assert_eq!(again.as_str(), query.as_str());
            assert_eq!(again.expr(), query.expr());
        }
        Err(error) => {
            assert!(error.position <= text.chars().count());
            assert_eq!(error.pointed().lines().count(), 3);
        }
    }
});
