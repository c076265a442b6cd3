//! Asking only whether anything has changed.

use paperwire::sources::Source;

use super::{TODAY, ids, source, today};
use crate::worlds::hub::{Fault, Hub, paper};

#[tokio::test]
async fn an_unchanged_day_is_not_sent_again() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, [paper("2608.00001")]);
    let first = today(&hub, 100).await;
    let again = source(&hub, 100).day(TODAY, TODAY, first.validators.as_ref()).await.unwrap();
    assert!(again.not_modified && again.listings.is_empty());
    assert_eq!(again.validators, first.validators);
    let asked = hub.asked();
    assert_eq!((asked[1].status, &asked[1].if_none_match), (304, &first.validators.unwrap().etag));
}

#[tokio::test]
async fn a_changed_day_is_read_whole() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, [paper("2608.00001")]);
    let first = today(&hub, 100).await;
    hub.list(TODAY, [paper("2608.00001").upvotes(1), paper("2608.00002")]);
    let again = source(&hub, 100).day(TODAY, TODAY, first.validators.as_ref()).await.unwrap();
    assert!(!again.not_modified);
    assert_eq!(ids(&again), ["2608.00001", "2608.00002"]);
    assert_ne!(again.validators, first.validators);
}

#[tokio::test]
async fn a_day_of_several_pages_gives_no_validators_for_its_first_page_says_nothing_of_the_others() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, ["2608.00001", "2608.00002", "2608.00003"].map(paper));
    assert_eq!(today(&hub, 2).await.validators, None);
    assert!(today(&hub, 100).await.validators.is_some());
    assert!(hub.asked().iter().all(|asked| asked.if_none_match.is_none()));
}

#[tokio::test]
async fn only_the_first_page_is_asked_for_with_validators() {
    let hub = Hub::start(TODAY).await;
    hub.list(TODAY, [paper("2608.00001")]);
    let known = today(&hub, 2).await.validators;
    hub.list(TODAY, ["2608.00001", "2608.00002", "2608.00003"].map(paper));
    let grown = source(&hub, 2).day(TODAY, TODAY, known.as_ref()).await.unwrap();
    assert_eq!((grown.listings.len(), grown.validators), (3, None));
    let conditional: Vec<_> = hub.asked().iter().map(|asked| asked.if_none_match.is_some()).collect();
    assert_eq!(conditional, [false, true, false]);
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_no_answer() {
    let hub = Hub::start(TODAY).await;
    hub.fail(Fault::Status(304, vec![]));
    let error = source(&hub, 100).day(TODAY, TODAY, None).await.unwrap_err();
    assert!(error.is_passing(), "{error}");
}
