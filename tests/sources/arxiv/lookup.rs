//! Lookups by id and searches beyond the store.

use paperwire::domain::PaperId;

use super::{DAY, MORNING, World};
use crate::worlds::arxiv::paper;
use crate::worlds::hub::Fault;

fn ids(texts: &[&str]) -> Vec<PaperId> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[tokio::test]
async fn papers_are_looked_up_in_batches_with_what_the_feed_does_not_say() {
    let world = World::at(MORNING).await;
    let many: Vec<_> = (20_000..20_150).map(|n| paper(&format!("2608.{n}"), "cs.AI")).collect();
    world.arxiv.announce(DAY, many);
    world.arxiv.announce(
        DAY,
        [paper("hep-th/9901001", "hep-th math.CO").version(2).comment("12 pages").doi("10.1000/x")],
    );
    let mut wanted: Vec<String> = (20_000..20_150).map(|n| format!("2608.{n}")).collect();
    wanted.extend(["10.1000/y", "https://example.org/x", "2608.99999", "hep-th/9901001"].map(str::to_owned));
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let found = world.source(&[]).lookup(&ids(&wanted)).await.unwrap();
    assert_eq!((found.listings.len(), world.arxiv.asked().len()), (151, 2));
    let old = &found.listings[150];
    assert_eq!((old.paper.as_str(), old.facts.version, old.announced), ("hep-th/9901001", Some(2), None));
    assert_eq!(old.facts.comment.as_deref(), Some("12 pages"));
    assert_eq!((old.facts.doi.as_deref(), old.also[0].as_str()), (Some("10.1000/x"), "10.1000/x"));
    assert_eq!(old.facts.categories, ["hep-th", "math.CO"], "the primary one comes first");
    assert_eq!(old.facts.authors, ["Ada Lovelace", "Alan Turing"]);
    assert_eq!(old.facts.published_at.unwrap().to_string(), "2026-08-19T10:00:00Z");
}

#[tokio::test]
async fn a_short_page_is_asked_for_again_and_never_taken_for_all_there_is() {
    let world = World::at(MORNING).await;
    world.arxiv.announce(DAY, [paper("2608.20001", "cs.AI").title("On engines")]);
    let source = world.source(&[]);
    world.arxiv.shorten(2);
    let page = source.search("all:engines", 0, 10).await.unwrap();
    assert_eq!((page.total, page.rows.listings.len(), world.arxiv.take_asked().len()), (Some(1), 1, 3));
    world.arxiv.shorten(3);
    let error = source.search("all:engines", 0, 10).await.unwrap_err();
    assert!(error.is_passing(), "{error}");
    assert!(error.to_string().ends_with("of 1 papers that it promises, 0 came with the page"), "{error}");
    world.arxiv.shorten(3);
    assert!(source.lookup(&ids(&["2608.20001"])).await.is_err());
}

#[tokio::test]
async fn nothing_found_is_an_answer() {
    let world = World::at(MORNING).await;
    let page = world.source(&[]).search("all:nothing", 0, 10).await.unwrap();
    assert_eq!((page.total, page.rows.count(), world.arxiv.asked().len()), (Some(0), 0, 1));
    assert!(world.source(&[]).lookup(&ids(&["2608.99999"])).await.unwrap().listings.is_empty());
}

#[tokio::test]
async fn an_error_of_arxiv_comes_with_its_sentence() {
    let world = World::at(MORNING).await;
    let said = "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_1234</id>\
        <title>Error</title><summary>incorrect id format for 1234</summary></entry></feed>";
    world.arxiv.fail(Fault::Text("application/atom+xml", said.to_owned()));
    let error = world.source(&[]).search("x", 0, 1).await.unwrap_err();
    assert!(error.to_string().ends_with("arXiv says “incorrect id format for 1234”"), "{error}");
}
