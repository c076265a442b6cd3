//! A query and a paper, parted by a line break: the explanation has the answer of the matcher, inside the texts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paperwire::domain::query::Field;
use paperwire::domain::{Facts, Query, SubscriptionId};
use paperwire::matcher::{Document, Matcher, explain, matches_query};

fuzz_target!(|text: &str| {
    let Some((query, paper)) = text.split_once('\n') else { return };
    let Ok(query) = Query::parse(query) else { return };
    let (title, abstract_text) = paper.split_once('\n').unwrap_or((paper, ""));
    let facts = Facts {
        title: title.to_owned(),
        abstract_text: abstract_text.to_owned(),
        authors: title.split(';').map(str::to_owned).collect(),
        ..Facts::default()
    };
    let document = Document::new(&facts);
    let explanation = explain(&query, &document);
    let found = matches_query(&query, &document);
    assert_eq!(explanation.matches, found.is_some());
    for span in explanation.highlights(Field::Title, 0) {
        assert!(facts.title.get(span).is_some());
    }
    let mut matcher = Matcher::default();
    matcher.insert(SubscriptionId(1), &query);
    assert_eq!(matcher.matches(&document).len(), usize::from(found.is_some()));
});
