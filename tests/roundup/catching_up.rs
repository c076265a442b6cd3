//! What becomes of papers when a platform was away: they come late, or folded into one message.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paperwire::chat::ChatPlatform;
use paperwire::chat::sandbox::{Sandbox, SandboxLedger, read};
use paperwire::clock::Clock;
use paperwire::domain::{
    ChannelId, DeliveryId, DeliveryState as S, PauseCause, RetryPolicy, RoundupKind, Subscription,
};
use paperwire::message::{Message, RoundupCard};
use paperwire::pipeline::{SendSettings, Sender, Stage as _, step_until_idle};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::{Database, day, on_both};
use crate::worlds::clock::FakeClock;

/// A platform that can be away, and what people see on it.
#[derive(Default)]
struct Ledger {
    away: AtomicBool,
    seen: Mutex<Vec<String>>,
}

#[async_trait]
impl SandboxLedger for Ledger {
    async fn post(&self, _: DeliveryId, _: &ChannelId, body: &str) -> anyhow::Result<i64> {
        anyhow::ensure!(!self.away.load(Ordering::SeqCst), "the platform is away");
        let mut seen = self.seen.lock().unwrap();
        seen.push(body.to_owned());
        Ok(i64::try_from(seen.len())?)
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

struct World {
    db: Database,
    clock: Arc<FakeClock>,
    ledger: Arc<Ledger>,
    robots: Subscription,
}

impl World {
    async fn new(db: Database) -> Self {
        let robots = db.subscribe("robotics", "robots").await;
        let clock = Arc::new(FakeClock::at("2026-08-04T08:00:00Z"));
        let ledger = Arc::new(Ledger { away: AtomicBool::new(true), ..Ledger::default() });
        Self { db, clock, ledger, robots }
    }

    fn sender(&self, owner: &str) -> Sender {
        let sandbox: Arc<dyn ChatPlatform> = Arc::new(Sandbox::new(self.ledger.clone()));
        let settings = SendSettings {
            owner: owner.to_owned(),
            lease: Duration::from_mins(1),
            concurrency: 4,
            group: 1,
            policy: RetryPolicy {
                schedule: vec![Duration::from_mins(10)],
                max_wait: Duration::from_hours(1),
                nonce_window: Duration::from_mins(2),
                settle_after: Duration::from_secs(5),
                history_lag: Duration::from_mins(1),
                between_looks: Duration::from_secs(30),
            },
        };
        let clock = self.clock.clone() as Arc<dyn Clock>;
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        Sender::new(self.db.store.clone(), clock, [sandbox], settings, wake, stop)
    }

    async fn listed(&self, ids: &[&str]) {
        for paper in self.db.papers(ids).await {
            self.db.route(&paper, &[&self.robots], self.clock.now()).await;
        }
    }

    async fn hours(&self, hours: u64) {
        let sender = self.sender("one");
        for _ in 0..hours {
            self.clock.advance(Duration::from_hours(1));
            step_until_idle(&sender).await.unwrap();
        }
    }

    async fn is_back(&self) {
        self.ledger.away.store(false, Ordering::SeqCst);
        self.hours(1).await;
    }

    fn seen(&self) -> Vec<String> {
        self.ledger.seen.lock().unwrap().clone()
    }

    async fn collected(&self) -> usize {
        let since = self.clock.now() - Duration::from_hours(30 * 24);
        self.db
            .store
            .collected(self.robots.destination.id, RoundupKind::Matches, since, None)
            .await
            .unwrap()
            .len()
    }
}

fn roundup(body: &str) -> RoundupCard {
    match read(body) {
        Some(Message::Roundup(card)) => card,
        other => panic!("no roundup but {other:?} from {body}"),
    }
}

fn titles(card: &RoundupCard) -> Vec<&str> {
    card.sections.iter().flat_map(|section| &section.lines).map(|line| line.title.as_str()).collect()
}

on_both! {
    async fn after_six_hours_away_everything_comes_on_its_own_in_order(db: Database) {
        let world = World::new(db).await;
        world.listed(&["2608.00001", "2608.00002", "2608.00003"]).await;
        world.hours(6).await;
        world.is_back().await;
        assert_eq!(world.seen(), ["rich 2608.00001", "rich 2608.00002", "rich 2608.00003"]);
        assert_eq!(world.db.states().await, [S::Sent; 3]);
    }

    async fn after_thirty_hours_away_what_is_too_old_comes_once_in_one_message(db: Database) {
        let world = World::new(db).await;
        world.listed(&["2608.00001", "2608.00002"]).await;
        world.hours(1).await;
        world.listed(&["2608.00003"]).await;
        world.hours(19).await;
        world.listed(&["2608.00004"]).await;
        world.hours(10).await;
        world.is_back().await;
        let seen = world.seen();
        assert_eq!((seen.len(), seen[0].as_str()), (2, "rich 2608.00004"));
        let card = roundup(&seen[1]);
        assert_eq!(card.heading, "Catch-up of Wed, 5 Aug 2026: 3 papers that could not be posted in time");
        assert_eq!(titles(&card), ["Paper 2608.00001", "Paper 2608.00002", "Paper 2608.00003"]);
        let records = world.db.deliveries().await;
        let folded: Vec<_> = records.iter().filter(|d| d.state == S::Skipped).collect();
        assert_eq!((records.len(), folded.len()), (5, 3), "{records:#?}");
        assert!(folded[0].reason.as_deref().unwrap().starts_with("folded into the catch-up roundup of 2026-08-05"));
        assert_eq!(world.collected().await, 0, "the channel's own roundup does not show them again");
        world.hours(30).await;
        assert_eq!(world.seen().len(), 2, "nothing comes twice");
    }

    async fn a_catch_up_that_was_tried_in_vain_gives_way_to_a_fuller_one(db: Database) {
        let world = World::new(db).await;
        world.listed(&["2608.00001"]).await;
        world.hours(2).await;
        world.listed(&["2608.00002"]).await;
        // The first catch-up is alone when the second paper is folded: it was tried, so it is kept and left out.
        world.db.tamper("UPDATE delivery SET next_at = expires_at - 3600000000").await;
        world.hours(30).await;
        world.is_back().await;
        let seen = world.seen();
        assert_eq!(seen.len(), 1, "{seen:#?}");
        assert_eq!(titles(&roundup(&seen[0])), ["Paper 2608.00001", "Paper 2608.00002"]);
    }

    async fn two_replicas_fold_once(db: Database) {
        let world = World::new(db).await;
        world.listed(&["2608.00001", "2608.00002"]).await;
        world.clock.advance(Duration::from_hours(30));
        world.ledger.away.store(false, Ordering::SeqCst);
        let (one, other) = (world.sender("one"), world.sender("other"));
        let (first, second) = tokio::join!(one.step(), other.step());
        first.unwrap();
        second.unwrap();
        step_until_idle(&one).await.unwrap();
        assert_eq!(world.seen().len(), 1, "{:#?}", world.seen());
        assert_eq!(world.db.states().await, [S::Skipped, S::Skipped, S::Sent]);
    }

    async fn a_paused_channel_keeps_what_waits_until_it_is_resumed(db: Database) {
        let world = World::new(db).await;
        world.listed(&["2608.00001"]).await;
        let (store, channel) = (&world.db.store, world.robots.destination.id);
        assert!(store.pause_destination(channel, PauseCause::Channel, "archived", world.clock.now()).await.unwrap());
        world.ledger.away.store(false, Ordering::SeqCst);
        world.hours(30).await;
        assert_eq!((world.db.states().await, world.seen().len()), (vec![S::Pending], 0));
        store.resume_subscription(world.robots.id).await.unwrap();
        world.hours(1).await;
        assert_eq!(titles(&roundup(&world.seen()[0])), ["Paper 2608.00001"]);
    }

    async fn a_catch_up_that_never_came_gives_its_papers_to_the_channels_roundup(db: Database) {
        let world = World::new(db).await;
        world.listed(&["2608.00001", "2608.00002"]).await;
        world.hours(25).await;
        assert_eq!(world.collected().await, 0, "the catch-up waits");
        world.clock.advance(Duration::from_hours(8 * 24));
        assert_eq!(world.db.store.skip_expired(world.clock.now()).await.unwrap(), 1);
        assert_eq!(world.collected().await, 2);
    }

    async fn what_does_not_fit_is_counted_with_how_to_see_it(db: Database) {
        let world = World::new(db).await;
        let names: Vec<String> = (1..=14).map(|n| format!("2608.{n:05}")).collect();
        world.listed(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
        world.clock.advance(Duration::from_hours(30));
        world.is_back().await;
        let card = roundup(&world.seen()[0]);
        assert_eq!(titles(&card).len(), 10);
        assert_eq!(card.note, "and 4 more: /papers search with a query from above finds them");
        assert_eq!(card.sections[0].lines[0].facts, [format!("{} Aug 2026", day(3).day())]);
    }
}
