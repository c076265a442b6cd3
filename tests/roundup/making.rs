use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use paperwire::chat::{
    ChatPlatform,
    sandbox::{Sandbox, SandboxLedger, read},
};
use paperwire::clock::Clock;
use paperwire::domain::query::{Field, MatchedTerm};
use paperwire::domain::{ChannelId, DeliveryId, DeliveryState, Subscription, Verdict};
use paperwire::message::{Message, RoundupCard};
use paperwire::pipeline::{Roundups, Stage as _, step_until_idle};
use paperwire::store::{NewMatch, Occasion};

use crate::store::{Database, day, delivery, on_both};
use crate::worlds::clock::FakeClock;

/// Nothing is sent in these tests.
struct Nowhere;

#[async_trait]
impl SandboxLedger for Nowhere {
    async fn post(&self, _: DeliveryId, _: &ChannelId, _: &str) -> anyhow::Result<i64> {
        anyhow::bail!("these tests send nothing")
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

/// A database with a clock that stands at eight in the morning of Tuesday, 4 August 2026.
pub struct World {
    pub db: Database,
    pub clock: Arc<FakeClock>,
}

impl World {
    pub fn new(db: Database) -> Self {
        Self { db, clock: Arc::new(FakeClock::at("2026-08-04T08:00:00Z")) }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn stage(&self) -> Roundups {
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(Arc::new(Nowhere)));
        Roundups::new(self.db.store.clone(), self.clock.clone() as Arc<dyn Clock>, [sandbox])
    }

    pub async fn step(&self) {
        step_until_idle(&self.stage()).await.unwrap();
    }

    pub async fn after(&self, hours: u64) {
        self.clock.advance(Duration::from_hours(hours));
        self.step().await;
    }

    /// A channel whose subscription to a query has been made daily.
    pub async fn daily(&self, query: &str) -> Subscription {
        let subscription = self.db.subscribe("robotics", query).await;
        self.db.tamper("UPDATE subscription SET cadence = 'daily'").await;
        subscription
    }

    /// Stores papers and notes that subscriptions matched each.
    pub async fn matched(&self, ids: &[&str], by: &[&Subscription]) {
        for paper in self.db.papers(ids).await {
            let terms = vec![MatchedTerm { text: "robot".into(), field: Field::Title }];
            let matches: Vec<NewMatch> =
                by.iter().map(|s| NewMatch { subscription: s.id, terms: terms.clone() }).collect();
            let routed = self.db.store.commit_routing(&paper, Occasion::New, &matches, &[], self.now()).await;
            routed.unwrap();
        }
    }

    /// The roundups in the outbox, read back.
    pub async fn roundups(&self) -> Vec<RoundupCard> {
        let mut found = Vec::new();
        // A channel gives one at a time.
        loop {
            let claims = self.db.claim("a", self.now()).await;
            if claims.is_empty() {
                return found;
            }
            for claimed in claims {
                let Some(Message::Roundup(card)) = read(&claimed.body) else { continue };
                let sent = Verdict::Sent { message_id: claimed.id.to_string() };
                assert!(self.db.store.finish(&claimed, &sent, self.now()).await.unwrap());
                found.push(card);
            }
        }
    }
}

pub fn titles(card: &RoundupCard) -> Vec<&str> {
    card.sections.iter().flat_map(|section| &section.lines).map(|line| line.title.as_str()).collect()
}

on_both! {
    async fn what_was_collected_comes_once_at_the_channels_hour(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00001", "2608.00002"], &[&robots]).await;
        world.step().await;
        assert!(world.roundups().await.is_empty(), "nine o'clock is an hour away");
        world.after(1).await;
        let made = world.roundups().await;
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].heading, "Roundup of Tue, 4 Aug 2026: 2 papers");
        assert_eq!(made[0].sections[0].label, "robot");
        assert_eq!(titles(&made[0]), ["Paper 2608.00001", "Paper 2608.00002"]);
        world.after(1).await;
        assert!(world.roundups().await.is_empty(), "a new process knows that it was made");
        world.matched(&["2608.00003"], &[&robots]).await;
        world.after(23).await;
        let made = world.roundups().await;
        assert_eq!(titles(&made[0]), ["Paper 2608.00003"], "no paper comes twice");
        world.after(24).await;
        assert!(world.roundups().await.is_empty(), "a quiet day is silent");
    }

    async fn two_replicas_make_one_roundup(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00001"], &[&robots]).await;
        world.clock.advance(Duration::from_hours(2));
        let (one, other) = (world.stage(), world.stage());
        let (first, second) = tokio::join!(one.step(), other.step());
        first.unwrap();
        second.unwrap();
        assert_eq!(world.db.deliveries().await.len(), 1);
    }

    async fn a_post_that_nobody_can_confirm_comes_again_in_the_roundup_and_a_confirmed_one_does_not(db: Database) {
        let world = World::new(db);
        let robots = world.db.subscribe("robotics", "robot").await;
        for paper in world.db.papers(&["2608.00001", "2608.00002"]).await {
            let found = [NewMatch { subscription: robots.id, terms: Vec::new() }];
            let posts = [delivery(robots.destination.id, &paper, world.now())];
            world.db.store.commit_routing(&paper, Occasion::New, &found, &posts, world.now()).await.unwrap();
        }
        let verdicts = [
            Verdict::Sent { message_id: "1".into() },
            Verdict::Ambiguous { reason: "the answer was lost".into() },
        ];
        for verdict in verdicts {
            let claimed = world.db.claim_one("a", world.now()).await;
            assert!(world.db.store.intent(&claimed, world.now()).await.unwrap());
            world.db.store.finish(&claimed, &verdict, world.now()).await.unwrap();
        }
        assert_eq!(world.db.states().await, [DeliveryState::Sent, DeliveryState::Ambiguous]);
        world.after(1).await;
        let made = world.roundups().await;
        assert_eq!(titles(&made[0]), ["Paper 2608.00002"]);
        world.after(24).await;
        assert!(world.roundups().await.is_empty());
    }

    async fn a_roundup_that_was_never_posted_gives_its_papers_back(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00001"], &[&robots]).await;
        world.after(1).await;
        assert_eq!(world.db.deliveries().await.len(), 1);
        world.clock.advance(Duration::from_hours(13));
        assert_eq!(world.db.store.skip_expired(world.now()).await.unwrap(), 1);
        world.after(11).await;
        let made = world.roundups().await;
        assert_eq!(made[0].heading, "Roundup of Wed, 5 Aug 2026: 1 paper");
    }

    async fn a_hour_that_was_slept_through_is_made_up_within_half_a_day_and_then_left_out(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.matched(&["2608.00001"], &[&robots]).await;
        world.after(14).await;
        assert!(world.roundups().await.is_empty(), "22:00 is thirteen hours late");
        world.after(21).await;
        let made = world.roundups().await;
        assert_eq!(made[0].heading, "Roundup of Wed, 5 Aug 2026: 1 paper", "19:00 is ten hours late");
    }

    async fn weekly_papers_wait_for_monday_and_the_channels_zone_is_kept(db: Database) {
        let world = World::new(db);
        let robots = world.daily("robot").await;
        world.db.tamper("UPDATE subscription SET cadence = 'weekly'").await;
        world.db.tamper(
            "INSERT INTO roundup_setting (destination_id, local_time, zone, size, changed_by, changed_at)
            SELECT id, '18:00:00', 'Asia/Tokyo', 1, 'test', 0 FROM destination",
        ).await;
        world.matched(&["2608.00001", "2608.00002"], &[&robots]).await;
        for _ in 0..6 {
            world.after(24).await;
            // The stage looks at nine in the morning UTC, which is 18:00 in Tokyo, and not before.
            assert!(world.roundups().await.is_empty(), "{} is no Monday", world.now());
        }
        world.after(1).await;
        let made = world.roundups().await;
        assert_eq!(made[0].heading, "Roundup of Mon, 10 Aug 2026: 2 papers");
        assert_eq!((titles(&made[0]).len(), made[0].note.as_str()), (1, "1 more matched but did not fit in"));
        assert_eq!(made[0].sections[0].lines[0].facts, [format!("{} Aug 2026", day(3).day())]);
    }
}
