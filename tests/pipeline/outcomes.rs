//! The sender next to a platform in memory and a database that goes away.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use jiff::Timestamp;
use paperwire::chat::{ChatPlatform, Edit, Edited, Post, Rendered};
use paperwire::clock::Clock as _;
use paperwire::domain::{ChannelId, DeliveryState, Found, Platform, SendOutcome};
use paperwire::message::Message;
use paperwire::pipeline::{OutcomeLog, Sender, Stage, Step, step_until_idle};
use paperwire::store::Store;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::sending::settings;
use crate::store::{at, on_both};
use crate::worlds::clock::FakeClock;

type Hook = Box<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// Keeps what is posted, and does something else right after each post.
struct Memory {
    posts: Mutex<Vec<(String, String)>>,
    after_post: Hook,
    rest: Duration,
    per_second: Option<u32>,
}

impl Memory {
    fn new() -> Self {
        let after_post: Hook = Box::new(|| Box::pin(async {}));
        Self { posts: Mutex::default(), after_post, rest: Duration::ZERO, per_second: None }
    }

    fn bodies(&self) -> Vec<String> {
        self.posts.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }
}

#[async_trait]
impl ChatPlatform for Memory {
    fn platform(&self) -> Platform {
        Platform::Sandbox
    }

    fn enforces_nonce(&self) -> bool {
        false
    }

    fn rest(&self, _: &ChannelId) -> Duration {
        self.rest
    }

    fn per_second(&self) -> Option<u32> {
        self.per_second
    }

    fn render(&self, _: &Message) -> Rendered {
        Rendered { rich: String::new(), plain: String::new() }
    }

    async fn send(&self, post: Post<'_>) -> SendOutcome {
        let number = {
            let mut posts = self.posts.lock().unwrap();
            posts.push((post.channel.to_string(), post.body.to_owned()));
            posts.len()
        };
        (self.after_post)().await;
        SendOutcome::Sent { message_id: number.to_string() }
    }

    async fn edit(&self, _: Edit<'_>) -> Edited {
        Edited::Done
    }

    async fn find(&self, _: Post<'_>, _: Timestamp) -> Found {
        Found::CannotTell { reason: "it keeps no history".into() }
    }
}

fn clock() -> Arc<FakeClock> {
    Arc::new(FakeClock::at(&at(1).to_string()))
}

/// A sender with a log and a short lease, so that it gives up soon.
fn sender(store: &Store, memory: &Arc<Memory>, clock: &Arc<FakeClock>, log: &TempDir) -> Sender {
    let mut settings = settings("one");
    settings.lease = Duration::from_secs(1);
    let platform = memory.clone() as Arc<dyn ChatPlatform>;
    let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
    Sender::new(store.clone(), clock.clone(), [platform], settings, wake, stop)
        .logging_outcomes(OutcomeLog::in_folder(log.path()))
}

fn logged(log: &TempDir) -> usize {
    let text = std::fs::read_to_string(log.path().join("outcomes.log")).unwrap_or_default();
    text.lines().filter(|line| !line.is_empty()).count()
}

on_both! {
    async fn a_post_that_nobody_could_record_is_recorded_by_the_next_process(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        let (log, clock) = (tempfile::tempdir().unwrap(), clock());
        let lost = Store::open(&db.url).await.unwrap();
        let mut memory = Memory::new();
        let closing = lost.clone();
        memory.after_post = Box::new(move || {
            let store = closing.clone();
            Box::pin(async move { store.close().await })
        });
        let failed = sender(&lost, &Arc::new(memory), &clock, &log).step().await.unwrap_err();
        assert!(failed.to_string().contains("could not be recorded"), "{failed:#}");
        assert_eq!((logged(&log), db.states().await[0]), (1, DeliveryState::Leased));
        let memory = Arc::new(Memory::new());
        step_until_idle(&sender(&db.store, &memory, &clock, &log)).await.unwrap();
        assert_eq!(db.states().await, [DeliveryState::Sent; 2]);
        assert_eq!(memory.bodies(), ["rich 2608.00002"], "the first was there");
        assert_eq!(logged(&log), 0);
    }

    async fn a_post_that_nobody_could_record_is_recorded_once_the_database_works_again(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        let (log, clock) = (tempfile::tempdir().unwrap(), clock());
        let mut memory = Memory::new();
        let db = Arc::new(db);
        let breaking = db.clone();
        memory.after_post = Box::new(move || {
            let db = breaking.clone();
            Box::pin(async move { db.tamper("ALTER TABLE attempt RENAME TO away").await })
        });
        let memory = Arc::new(memory);
        let one = sender(&db.store, &memory, &clock, &log);
        one.step().await.unwrap_err();
        assert_eq!((logged(&log), memory.bodies().len()), (1, 1));
        one.step().await.unwrap_err();
        assert_eq!((logged(&log), memory.bodies().len()), (1, 1), "nothing is posted meanwhile");
        db.tamper("ALTER TABLE away RENAME TO attempt").await;
        // The next post breaks it once more; by then the first is recorded.
        one.step().await.unwrap_err();
        db.tamper("ALTER TABLE away RENAME TO attempt").await;
        one.step().await.unwrap();
        assert_eq!(db.states().await, [DeliveryState::Sent; 2]);
        assert_eq!(memory.bodies(), ["rich 2608.00001", "rich 2608.00002"]);
    }

    async fn a_channel_that_rests_is_left_alone_until_then(db: Database) {
        db.queue(&["2608.00001", "2608.00002"]).await;
        let (log, clock) = (tempfile::tempdir().unwrap(), clock());
        let memory = Arc::new(Memory { rest: Duration::from_secs(3), ..Memory::new() });
        let one = sender(&db.store, &memory, &clock, &log);
        assert_eq!(one.step().await.unwrap(), Step::Worked);
        assert_eq!(one.step().await.unwrap(), Step::Idle { until: Some(at(4)) });
        clock.advance(Duration::from_secs(3));
        assert_eq!(one.step().await.unwrap(), Step::Worked);
        assert_eq!(memory.bodies().len(), 2);
    }

    async fn an_account_with_a_budget_is_posted_to_no_faster(db: Database) {
        let paper = db.papers(&["2608.00001"]).await.remove(0);
        let mut channels = Vec::new();
        for n in 0..3 {
            channels.push(db.subscribe(&format!("c{n}"), "robots").await);
        }
        db.route(&paper, &channels.iter().collect::<Vec<_>>(), at(0)).await;
        let (log, clock) = (tempfile::tempdir().unwrap(), clock());
        let memory = Arc::new(Memory { per_second: Some(1), ..Memory::new() });
        let one = sender(&db.store, &memory, &clock, &log);
        for posted in 1..=3 {
            assert_eq!(one.step().await.unwrap(), Step::Worked);
            assert_eq!(memory.bodies().len(), posted);
            if posted < 3 {
                let Step::Idle { until: Some(until) } = one.step().await.unwrap() else {
                    panic!("it waits for its budget")
                };
                let wait = until.duration_since(clock.now()).unsigned_abs();
                assert!((Duration::from_secs(1)..Duration::from_millis(1_030)).contains(&wait), "{wait:?}");
                clock.advance(wait);
            }
        }
    }
}
