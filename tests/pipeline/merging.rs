//! Several sources list the same papers: what is posted, and where.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::Date;
use paperwire::chat::{ChatPlatform, sandbox::Sandbox};
use paperwire::clock::Clock;
use paperwire::domain::query::Announcement;
use paperwire::domain::{Facts, Listing, SourceName};
use paperwire::pipeline::{PollSettings, Poller, Router, step_until_idle};
use paperwire::sources::{DayListings, Source, SourceError, Validators};

use super::routing::Nowhere;
use crate::store::{Database, day, id, listing, on_both};
use crate::worlds::clock::FakeClock;

const HUB: SourceName = SourceName("huggingface");
const ARXIV: SourceName = SourceName("arxiv");

/// A store, a clock and a router.
struct Wire {
    db: Database,
    clock: Arc<FakeClock>,
}

impl Wire {
    fn over(db: Database) -> Self {
        Self { db, clock: Arc::new(FakeClock::at("2026-08-03T06:00:00Z")) }
    }

    /// Some minutes later a source lists these, and the router does what there is to do.
    async fn list(&self, source: SourceName, listings: &[Listing]) {
        self.clock.advance(Duration::from_mins(10));
        self.db.store.record(source, listings, day(1), self.clock.now()).await.unwrap();
        self.route().await;
    }

    async fn route(&self) {
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Nowhere)));
        let clock = self.clock.clone() as Arc<dyn Clock>;
        let router = Router::new(self.db.store.clone(), clock, [sandbox], Duration::from_hours(24), 300);
        step_until_idle(&router).await.unwrap();
    }

    /// Every delivery as `channel paper`, sorted.
    async fn queued(&self) -> Vec<String> {
        let deliveries = self.db.deliveries().await;
        let mut queued: Vec<String> =
            deliveries.iter().map(|d| format!("{} {}", d.destination.channel, d.paper)).collect();
        queued.sort();
        queued
    }
}

fn robots(paper: &str, announced: Option<Announcement>) -> Listing {
    let facts = Facts {
        title: format!("Robots {paper} at work"),
        authors: vec!["Ada Lovelace".into()],
        categories: announced.map(|_| vec!["cs.RO".into(), "cs.LG".into()]).unwrap_or_default(),
        ..Facts::default()
    };
    Listing { facts, announced, ..listing(paper) }
}

/// A feed whose items a test sets.
struct Feed(Vec<Listing>);

#[async_trait]
impl Source for Feed {
    fn name(&self) -> SourceName {
        SourceName("feed")
    }

    fn repeats_items(&self) -> bool {
        true
    }

    fn serves(&self, day: Date, today: Date) -> bool {
        day == today
    }

    async fn day(&self, _: Date, _: Date, _: Option<&Validators>) -> Result<DayListings, SourceError> {
        let listings = self.0.clone();
        Ok(DayListings { listings, bad_rows: 0, not_modified: false, validators: None, rate: None })
    }
}

impl Wire {
    async fn poll_feed(&self, items: impl IntoIterator<Item = u32>) {
        let item = |n| robots(&format!("https://feed.example/{n}"), None);
        let source = Arc::new(Feed(items.into_iter().map(item).collect()));
        let settings = PollSettings { interval: Duration::from_mins(10), backlog_days: 0, reread_days: 0 };
        let poller = Poller::new(self.db.store.clone(), self.clock.clone(), source, settings);
        poller.poll().await.unwrap();
        self.route().await;
        self.clock.advance(Duration::from_mins(10));
    }
}

on_both! {
    async fn overlapping_sources_post_each_paper_once_in_any_order_and_a_replay_posts_nothing(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("all", "robots").await;
        wire.db.subscribe("all", "cat:cs.RO").await;
        wire.db.subscribe("learning", "cat:cs.LG").await;
        let arxiv: Vec<Listing> = (1..=6).map(|n| robots(&format!("2608.0000{n}"), Some(Announcement::New))).collect();
        let hub: Vec<Listing> = (4..=9).map(|n| robots(&format!("2608.0000{n}"), None)).collect();
        wire.list(HUB, &hub[..3]).await;
        wire.list(ARXIV, &arxiv).await;
        wire.list(HUB, &hub).await;
        let once = wire.queued().await;
        let expected: Vec<String> = (1..=9).map(|n| format!("all 2608.0000{n}"))
            .chain((1..=6).map(|n| format!("learning 2608.0000{n}"))).collect();
        assert_eq!(once, expected);
        let mut shuffled = (arxiv, hub);
        for round in 0..3 {
            fastrand::Rng::with_seed(round).shuffle(&mut shuffled.0);
            wire.list(HUB, &shuffled.1).await;
            wire.list(ARXIV, &shuffled.0).await;
        }
        assert_eq!(wire.queued().await, once);
        assert_eq!(wire.db.store.paper_count().await.unwrap(), 9);
    }

    async fn items_republished_under_other_addresses_are_not_posted_again(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("all", "robots").await;
        let item = |url: &str| {
            let mut item = robots(url, None);
            item.facts.title = "Robots that learn to walk from a video".into();
            item
        };
        wire.list(SourceName("feed"), &[item("https://feed.example/1")]).await;
        wire.list(SourceName("feed"), &[item("https://feed.example/new/1")]).await;
        assert_eq!(wire.queued().await, ["all https://feed.example/1"]);
    }

    async fn a_replacement_reaches_only_those_who_ask_for_it(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("default", "robots").await;
        wire.db.subscribe("versions", "robots type:replace").await;
        wire.db.subscribe("new", "robots type:new").await;
        wire.list(ARXIV, &[robots("2608.00001", Some(Announcement::Replace))]).await;
        assert_eq!(wire.queued().await, ["versions 2608.00001"]);
        wire.list(ARXIV, &[robots("2608.00002", Some(Announcement::New))]).await;
        let first = ["default 2608.00002", "new 2608.00002", "versions 2608.00001"];
        assert_eq!(wire.queued().await, first);
        wire.db.subscribe("late", "robots").await;
        let second = Listing { day: day(5), ..robots("2608.00002", Some(Announcement::Replace)) };
        wire.list(ARXIV, &[second]).await;
        assert_eq!(wire.queued().await, [first[0], first[1], first[2], "versions 2608.00002"]);
    }

    async fn a_replaced_paper_is_new_after_all_when_another_source_lists_it(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("default", "robots").await;
        wire.list(ARXIV, &[robots("2608.00001", Some(Announcement::Replace))]).await;
        assert!(wire.queued().await.is_empty());
        wire.list(HUB, &[robots("2608.00001", None)]).await;
        assert_eq!(wire.queued().await, ["default 2608.00001"]);
    }

    async fn what_is_new_elsewhere_is_a_cross_listing_to_those_of_another_category(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("own", "cat:cs.RO type:new").await;
        wire.db.subscribe("archive", "cat:cs type:new").await;
        wire.db.subscribe("not-new", "cat:cs.LG type:new").await;
        wire.db.subscribe("crossed", "cat:cs.LG type:cross").await;
        wire.list(ARXIV, &[robots("2608.00001", Some(Announcement::New))]).await;
        assert_eq!(wire.queued().await, ["archive 2608.00001", "crossed 2608.00001", "own 2608.00001"]);
    }

    async fn code_that_appears_fires_those_who_ask_for_it_once(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("code", "robots has:code").await;
        wire.list(ARXIV, &[robots("2608.00001", Some(Announcement::New))]).await;
        assert!(wire.queued().await.is_empty());
        let mut with_code = robots("2608.00001", None);
        with_code.facts.repository = Some("https://github.com/a/b".into());
        wire.list(HUB, std::slice::from_ref(&with_code)).await;
        assert_eq!(wire.queued().await, ["code 2608.00001"]);
        wire.db.subscribe("late", "robots has:code").await;
        with_code.counters.upvotes = Some(5);
        wire.list(HUB, &[with_code]).await;
        assert_eq!(wire.queued().await, ["code 2608.00001"], "it was true before anybody asked");
    }

    async fn what_is_stored_under_an_older_time_than_the_last_question_is_asked_about_all_the_same(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("category", "cat:cs.RO").await;
        wire.db.subscribe("code", "robots has:code").await;
        wire.db.subscribe("votes", "robots upvotes>=3").await;
        wire.db.subscribe("daily", "robots src:huggingface").await;
        wire.list(SourceName("feed"), &[robots("2608.00001", None)]).await;
        // A writer that waited for its turn, and another process whose clock is behind.
        let late = wire.clock.now();
        let behind = late.checked_sub(Duration::from_mins(5)).unwrap();
        let announced = robots("2608.00001", Some(Announcement::New));
        wire.db.store.record(ARXIV, &[announced], day(1), late).await.unwrap();
        wire.route().await;
        assert_eq!(wire.queued().await, ["category 2608.00001"]);
        let mut daily = robots("2608.00001", None);
        daily.facts.repository = Some("https://github.com/a/b".into());
        daily.counters.upvotes = Some(5);
        wire.db.store.record(HUB, &[daily], day(1), behind).await.unwrap();
        wire.route().await;
        let all = ["category", "code", "daily", "votes"].map(|channel| format!("{channel} 2608.00001"));
        assert_eq!(wire.queued().await, all);
    }

    async fn a_source_that_lists_a_paper_later_fires_those_who_ask_for_it(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("daily", "robots src:huggingface").await;
        wire.list(ARXIV, &[robots("2608.00001", Some(Announcement::New))]).await;
        assert!(wire.queued().await.is_empty());
        wire.list(HUB, &[robots("2608.00001", None)]).await;
        assert_eq!(wire.queued().await, ["daily 2608.00001"]);
    }

    async fn a_feed_whose_items_are_suddenly_new_is_held_until_somebody_looks(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("all", "robots").await;
        wire.poll_feed(1..=20).await;
        assert_eq!(wire.queued().await.len(), 20, "a first sight is no surprise");
        wire.poll_feed(11..=30).await;
        assert_eq!(wire.queued().await.len(), 30, "half of them is not more than half");
        wire.poll_feed(20..=40).await;
        assert_eq!(wire.queued().await.len(), 40, "ten are few");
        wire.poll_feed(31..=51).await;
        assert_eq!(wire.queued().await.len(), 40, "eleven of twenty-one are held");
    }
}

/// What the last poll left in the state of the feed.
async fn told(wire: &Wire) -> Option<String> {
    wire.db.store.source_state(SourceName("feed")).await.unwrap().unwrap().failure
}

on_both! {
    async fn what_is_held_is_told_and_released_or_dropped(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("all", "robots").await;
        wire.poll_feed(1..=12).await;
        wire.poll_feed(101..=112).await;
        wire.poll_feed(101..=112).await;
        assert_eq!(wire.queued().await.len(), 12);
        assert!(told(&wire).await.unwrap().contains("12 papers are held for review"));
        assert!(wire.db.store.paper(&id("https://feed.example/101")).await.unwrap().is_some(), "it is kept");
        assert_eq!(wire.db.store.release_held("feed").await.unwrap(), 12);
        wire.poll_feed(101..=112).await;
        assert_eq!((wire.queued().await.len(), told(&wire).await), (24, None));
        wire.poll_feed(201..=212).await;
        assert_eq!(wire.db.store.drop_held("feed").await.unwrap(), 12);
        wire.poll_feed(201..=212).await;
        assert_eq!((wire.queued().await.len(), told(&wire).await), (24, None));
    }

    async fn a_few_new_items_are_posted_however_short_the_feed(db: Database) {
        let wire = Wire::over(db);
        wire.db.subscribe("all", "robots").await;
        wire.poll_feed(1..=10).await;
        wire.poll_feed(101..=110).await;
        assert_eq!(wire.queued().await.len(), 20);
    }
}
