use std::time::Duration;

use paperwire::domain::{ChannelId, Platform, SourceName, UserId};
use paperwire::store::{AddedFeed, FeedId, FeedWish, Followed, SourceState};

use super::{Database, at, day, on_both};

const URL: &str = "https://lab.example/feed";
const WEEK: Duration = Duration::from_hours(7 * 24);

async fn follow(db: &Database, channel: &str, workspace: Option<&str>, url: &str) -> Followed {
    let channel = ChannelId::parse(Platform::Slack, channel).unwrap();
    let wish = FeedWish {
        platform: Platform::Slack,
        channel: &channel,
        workspace,
        url,
        title: "The Lab",
        owner: &UserId("U1".to_owned()),
        per_channel: 100,
        per_workspace: 50,
    };
    db.store.follow_feed(&wish, at(1)).await.unwrap()
}

fn name(id: FeedId) -> SourceName {
    SourceName(format!("feed-{}", id.0).leak())
}

async fn one(db: &Database) -> FeedId {
    let AddedFeed::Created(feed) = db.store.add_feed(URL, "Lab", "cli", at(1)).await.unwrap() else {
        panic!()
    };
    feed.id
}

on_both! {
    async fn the_fifty_first_feed_of_a_workspace_is_refused_and_a_feed_of_500_channels_is_one(db: Database) {
        for number in 0..50 {
            let channel = format!("C{:09}", number % 5);
            let followed = follow(&db, &channel, Some("T1"), &format!("https://lab.example/{number}")).await;
            assert!(matches!(followed, Followed::Now(_)), "{number}: {followed:?}");
        }
        assert_eq!(follow(&db, "C000000001", Some("T1"), "https://lab.example/50").await, Followed::WorkspaceFull);
        assert!(matches!(follow(&db, "C000000001", Some("T1"), "https://lab.example/1").await, Followed::Already(_)));
        for number in 0..500 {
            let (channel, workspace) = (format!("C{:09}", 1_000 + number), format!("T{}", 2 + number));
            let followed = follow(&db, &channel, Some(&workspace), "https://www.lab.example/0/").await;
            assert!(matches!(followed, Followed::Now(_)), "{number}: {followed:?}");
        }
        assert_eq!(db.store.feeds().await.unwrap().len(), 50);
    }

    async fn a_channel_without_a_workspace_counts_for_itself(db: Database) {
        for number in 0..50 {
            follow(&db, "D000000001", None, &format!("https://lab.example/{number}")).await;
        }
        assert_eq!(follow(&db, "D000000001", None, "https://lab.example/50").await, Followed::WorkspaceFull);
        assert!(matches!(follow(&db, "D000000002", None, "https://lab.example/50").await, Followed::Now(_)));
    }

    async fn the_operator_s_feed_and_one_that_a_query_names_outlast_their_followers(db: Database) {
        let channel = ChannelId::parse(Platform::Slack, "C000000001").unwrap();
        let leave = async |id| db.store.unfollow_feed(Platform::Slack, &channel, id).await.unwrap();
        let own = one(&db).await;
        follow(&db, "C000000001", Some("T1"), URL).await;
        assert_eq!(leave(own).await, Some(false));
        assert_eq!(leave(own).await, None, "it has left");
        let Followed::Now(other) = follow(&db, "C000000001", Some("T1"), "https://lab.example/other").await else { panic!() };
        let kept = db.subscribe("robotics", &format!("robots src:feed-{}", other.id.0)).await;
        assert_eq!(leave(other.id).await, Some(false));
        db.store.unsubscribe(kept.id).await.unwrap();
        follow(&db, "C000000001", Some("T1"), "https://lab.example/other").await;
        assert_eq!(leave(other.id).await, Some(true));
        assert_eq!(db.store.feeds().await.unwrap().len(), 1);
    }

    async fn a_feed_that_has_ended_is_read_again_when_somebody_adds_it_anew(db: Database) {
        let id = one(&db).await;
        db.store.end_feed(id, "it is gone", at(5)).await.unwrap();
        db.store.end_feed(id, "for another reason", at(6)).await.unwrap();
        let ended = db.store.feeds().await.unwrap().remove(0).ended;
        assert_eq!(ended, Some((at(5), "it is gone".to_owned())), "the first reason stays");
        follow(&db, "C000000001", Some("T1"), URL).await;
        assert_eq!(db.store.feeds().await.unwrap().remove(0).ended, None);
    }

    async fn only_a_feed_that_was_not_read_for_long_is_ended_by_refusals(db: Database) {
        let id = one(&db).await;
        let later = at(1) + WEEK;
        assert!(!db.store.end_feed_refused_for(id, WEEK, "no", at(2)).await.unwrap(), "it is young");
        let state = SourceState { baseline: day(1), polled_at: Some(at(9)), failure: None, failures: 11 };
        db.store.put_source_state(name(id), &state).await.unwrap();
        assert!(!db.store.end_feed_refused_for(id, WEEK, "no", later).await.unwrap(), "it was read since");
        assert!(db.store.end_feed_refused_for(id, WEEK, "no", at(9) + WEEK).await.unwrap());
    }

    async fn a_move_is_believed_when_it_is_told_three_times_in_a_row(db: Database) {
        const THERE: &str = "https://lab.example/there";
        let id = one(&db).await;
        let tell = async |to| db.store.note_feed_move(id, to).await.unwrap();
        for told in [Some(THERE), Some(THERE), None, Some(THERE), Some("https://lab.example/b"), Some(THERE), Some(THERE)] {
            assert!(!tell(told).await, "{told:?}");
        }
        assert!(tell(Some(THERE)).await);
        assert_eq!(db.store.feeds().await.unwrap()[0].url, THERE);
        let AddedFeed::Existing(same) = db.store.add_feed(THERE, "x", "y", at(2)).await.unwrap() else { panic!() };
        assert_eq!(same.id, id);
        db.store.add_feed(URL, "Another", "cli", at(3)).await.unwrap();
        for _ in 0..4 {
            assert!(!tell(Some(URL)).await, "the other address is a feed of its own");
        }
    }
}
