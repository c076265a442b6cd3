//! No bytes make the reader of Daily Papers panic; what it lists is of no day to come and in texts that can be
//! stored and shown, and a bad row costs no other.

#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use paperwire::sources::huggingface::parse;

fuzz_target!(|body: &[u8]| {
    let today = date(2026, 8, 21);
    let Ok(rows) = parse(body, today, today) else { return };
    assert_eq!(parse(body, today, today).as_ref(), Ok(&rows));
    assert!(rows.bad.iter().all(|bad| !bad.to_string().contains('\0')));
    for listing in &rows.listings {
        let facts = &listing.facts;
        assert!(listing.day <= today && listing.day >= date(2023, 1, 1));
        assert_eq!(listing.paper.as_str().parse().as_ref(), Ok(&listing.paper));
        assert!(!facts.title.is_empty() && !facts.title.contains(char::is_control));
        assert!(!facts.abstract_text.replace("\n\n", "").contains(char::is_control));
        assert!(facts.authors.iter().all(|name| !name.is_empty() && !name.contains(char::is_control)));
        for address in [&facts.repository, &facts.project_page, &facts.thumbnail].into_iter().flatten() {
            assert!(address.to_ascii_lowercase().starts_with("http"), "{address}");
            assert!(address.len() <= 2048 && !address.contains(char::is_whitespace));
        }
    }
});
