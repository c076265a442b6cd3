//! What is brought in from a dump is known, and not posted for it.

use jiff::civil::Date;
use paperwire::domain::{Facts, Listing, SourceName};

use crate::store::{at, listing, on_both};

const DUMP: SourceName = SourceName("import");

on_both! {
    async fn a_paper_that_waits_to_be_posted_goes_on_waiting(db: Database) {
        db.papers(&["2608.00001"]).await;
        let facts = Facts { comment: Some("12 pages".into()), ..Facts::default() };
        let dump = [Listing { facts, ..listing("2608.00001") }, listing("2608.00002")];
        db.store.record(DUMP, &dump, Date::MAX, at(9)).await.unwrap();
        let waiting = db.store.unrouted(9).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!((waiting[0].id.as_str(), waiting[0].facts.comment.as_deref()), ("2608.00001", Some("12 pages")));
    }

    async fn an_imported_paper_is_news_only_when_a_source_lists_it_afterwards(db: Database) {
        db.store.record(DUMP, &[listing("2608.00001")], Date::MAX, at(0)).await.unwrap();
        db.store.record(DUMP, &[listing("2608.00001")], Date::MAX, at(1)).await.unwrap();
        assert!(db.store.unrouted(9).await.unwrap().is_empty());
        db.papers(&["2608.00001"]).await;
        assert_eq!(db.store.unrouted(9).await.unwrap().len(), 1);
    }
}
