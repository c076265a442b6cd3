use paperwire::domain::SourceName;
use paperwire::store::{AddedFeed, FeedId, SourceState, Validators};

use super::{at, day, on_both};

const URL: &str = "https://www.lab.example/feed/";

on_both! {
    async fn a_feed_is_followed_once_however_it_is_spelt(db: Database) {
        let AddedFeed::Created(feed) = db.store.add_feed(URL, "The\0 Lab", "cli", at(1)).await.unwrap() else {
            panic!("it is new")
        };
        assert_eq!((feed.url.as_str(), feed.title.as_str(), feed.added_at), (URL, "The Lab", at(1)));
        assert_eq!((feed.read_at, feed.failure.as_ref(), feed.failures), (None, None, 0));
        let again = db.store.add_feed("http://lab.example/feed", "x", "y", at(2)).await.unwrap();
        assert_eq!(again, AddedFeed::Existing(feed.clone()));
        assert_eq!(db.store.feeds().await.unwrap(), [feed]);
    }

    async fn how_reading_goes_is_told_with_the_feed(db: Database) {
        let AddedFeed::Created(feed) = db.store.add_feed(URL, "Lab", "cli", at(1)).await.unwrap() else { panic!() };
        let name = SourceName(format!("feed-{}", feed.id.0).leak());
        let state = SourceState { baseline: day(1), polled_at: Some(at(5)), failure: Some("why".into()), failures: 2 };
        db.store.put_source_state(name, &state).await.unwrap();
        let feed = db.store.feeds().await.unwrap().remove(0);
        assert_eq!((feed.read_at, feed.failure.as_deref(), feed.failures), (Some(at(5)), Some("why"), 2));
        db.store.record(name, &[crate::store::listing("2608.00001")], day(1), at(6)).await.unwrap();
        assert_eq!(db.store.papers_of_feeds().await.unwrap()[&feed.id], 1);
    }

    async fn a_feed_can_rest_and_be_forgotten_with_all_that_was_known_of_it(db: Database) {
        let AddedFeed::Created(feed) = db.store.add_feed(URL, "Lab", "cli", at(1)).await.unwrap() else { panic!() };
        db.store.pause_feed(feed.id, at(7)).await.unwrap();
        assert_eq!(db.store.feeds().await.unwrap()[0].paused_at, Some(at(7)));
        db.store.resume_feed(feed.id).await.unwrap();
        assert_eq!(db.store.feeds().await.unwrap()[0].paused_at, None);
        let key = format!("feed-{}:2026-08-21", feed.id.0);
        let kept = Validators { etag: Some("x".into()), last_modified: None };
        db.store.put_validators(&key, &kept, at(1)).await.unwrap();
        db.store.put_validators("feed-12345:2026-08-21", &kept, at(1)).await.unwrap();
        assert_eq!(db.store.remove_feed(feed.id).await.unwrap().unwrap().id, feed.id);
        assert_eq!(db.store.validators(&key).await.unwrap(), None);
        assert!(db.store.validators("feed-12345:2026-08-21").await.unwrap().is_some());
        assert_eq!(db.store.remove_feed(FeedId(12_345)).await.unwrap(), None);
        let AddedFeed::Created(next) = db.store.add_feed(URL, "Lab", "cli", at(9)).await.unwrap() else { panic!() };
        assert_ne!(next.id, feed.id, "a number is never given twice");
    }
}
