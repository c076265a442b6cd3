//! No text makes the guard let an address through that is not on the public web, and what it lets through it
//! reads again as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paperwire::sources::fetch::{Guard, Passage, guard::inside};

fuzz_target!(|text: &str| {
    let guard = Guard::default();
    let Ok((url, passage)) = guard.read(text) else { return };
    assert_eq!((passage, url.scheme()), (Passage::Public, "https"));
    assert!(matches!(url.port_or_known_default(), Some(80 | 443)));
    assert!(url.username().is_empty() && url.password().is_none());
    let host = url.host_str().expect("a web address has a host");
    let literal = host.trim_matches(['[', ']']).parse();
    assert!(literal.map_or(host.contains('.'), |address| inside(address).is_none()), "{url}");
    // Serialising can lengthen an address beyond what is read.
    if url.as_str().len() <= 2048 {
        assert_eq!(guard.read(url.as_str()), Ok((url, passage)));
    }
});
