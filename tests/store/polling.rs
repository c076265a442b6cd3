use paperwire::domain::SourceName;
use paperwire::store::{SourceState, Validators};

use super::{HUB, at, day, on_both};

on_both! {
    async fn a_source_resumes_where_it_was(db: Database) {
        assert_eq!(db.store.source_state(HUB).await.unwrap(), None);
        let first = SourceState { baseline: day(3), polled_at: None, failure: Some("503".into()), failures: 2 };
        db.store.put_source_state(HUB, &first).await.unwrap();
        assert_eq!(db.store.source_state(HUB).await.unwrap(), Some(first.clone()));
        let second = SourceState { polled_at: Some(at(5)), failure: None, failures: 0, ..first };
        db.store.put_source_state(HUB, &second).await.unwrap();
        assert_eq!(db.store.source_state(HUB).await.unwrap(), Some(second));
        assert_eq!(db.store.source_state(SourceName("arxiv")).await.unwrap(), None);
    }

    async fn validators_are_kept_verbatim_for_each_address(db: Database) {
        let url = "https://huggingface.co/api/daily_papers?date=2026-08-03";
        assert_eq!(db.store.validators(url).await.unwrap(), None);
        let etag = Validators { etag: Some("W/\"5c-\u{e9}\"".into()), last_modified: None };
        db.store.put_validators(url, &etag, at(0)).await.unwrap();
        assert_eq!(db.store.validators(url).await.unwrap(), Some(etag));
        let dated = Validators { etag: None, last_modified: Some("Mon, 03 Aug 2026 00:00:00 GMT".into()) };
        db.store.put_validators(url, &dated, at(1)).await.unwrap();
        assert_eq!(db.store.validators(url).await.unwrap(), Some(dated));
        assert_eq!(db.store.validators("https://huggingface.co/").await.unwrap(), None);
    }
}
