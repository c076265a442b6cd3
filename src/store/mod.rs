//! Everything that lasts: papers, subscriptions and the outbox, in SQLite or in PostgreSQL.
//!
//! All SQL of Paperwire is in this folder, one text for both databases. A method is one transaction;
//! nothing here waits for a network other than the database's own.

mod backfill;
mod budget;
mod cards;
mod community;
mod controls;
mod db;
mod destinations;
mod error;
mod events;
mod feed_end;
mod feeds;
mod followers;
mod health;
mod heard;
mod held;
mod here;
mod ids;
mod interactions;
mod joining;
mod latest;
mod leases;
mod listed;
mod listen;
mod many;
mod meeting;
mod merge;
mod migrate;
mod outbox;
mod overview;
mod own_keys;
mod papers;
mod pausing;
mod polling;
mod pool;
mod readiness;
mod recording;
mod recounts;
mod removals;
mod roundup_plans;
mod roundup_settings;
mod roundups;
mod routing;
mod sandbox;
mod shelf;
mod source_gate;
mod statement;
mod submissions;
mod subscribers;
mod subscribing;
mod subscriptions;
mod title_keys;
mod trending;
mod values;
mod votes;

use std::fmt;
use std::sync::Arc;

pub use backfill::Progress;
pub use budget::{Kept, KeptChannel, KeptHere, Settled, Spent};
pub use cards::{CardEdit, DueCard};
pub use error::StoreError;
pub use feeds::{AddedFeed, FeedId, FollowedFeed};
pub use followers::{FeedHere, FeedWish, Followed};
pub use health::{Lag, PollNote, SourceHealth};
pub use here::{Here, SubscribedHere, Traffic};
pub use interactions::Begun;
pub use latest::Latest;
pub use leases::LeaseAnswer;
pub use listen::{Listener, Topic};
pub use outbox::{
    AttemptRecord, Bundling, ByHand, Claimed, DeliveryDetail, DeliveryFilter, DeliveryRecord, DetailFilter,
    Ended, Lane, Overdue, Recovered, SentFact, Surplus, SurplusEnd, SurplusWork,
};
pub use overview::{PaperCounts, RoutedAt};
pub use papers::{CounterSnapshot, ListedAt, Moved, PaperFilter, last_announcement};
pub use pausing::Resumed;
pub use polling::{SourceState, Validators};
pub use readiness::Paused;
pub use recording::Recorded;
pub use removals::{DueRemoval, RemovalEnd, Removed};
pub use roundup_plans::RoundupPlan;
pub use roundup_settings::Waiting;
pub use roundups::{Collected, InRoundup, NewRoundup};
pub use routing::{NewDelivery, NewMatch, Occasion, Routed};
pub use sandbox::SandboxMessage;
pub use source_gate::SourceTurn;
pub use submissions::{NewSubmission, Submission};
pub use subscribers::{BOUNCES_MAX, Subscriber, SubscriberState};
pub use subscribing::Confirmed;
pub use subscriptions::{NewSubscription, Subscribed};
pub use trending::{Risen, Rising};
pub use votes::{NewVote, Voted};

use db::{Db, query_scalar, reading};
use ids::IdMaker;

/// The way into the database; cheap to clone, every clone shares the connections.
#[derive(Clone)]
pub struct Store {
    db: Db,
    ids: Arc<IdMaker>,
}

impl Store {
    /// Connects to `sqlite://path` (the file and its folder are made) or `postgres://…`.
    ///
    /// The tables are left as they are; see [`Store::migrate`]. PostgreSQL may stand behind a pooler
    /// in transaction mode.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self { db: Db::open(url).await?, ids: Arc::default() })
    }

    /// Names the database for people: `SQLite 3.51.3 at paperwire.db`, `PostgreSQL 15.18 at host/db`.
    pub fn describe(&self) -> String {
        self.db.name().to_owned()
    }

    /// Asks the database for an answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let _: i64 =
            reading!(self, |tx| { query_scalar("SELECT CAST(1 AS BIGINT)").fetch_one(&mut *tx).await? });
        Ok(())
    }

    /// Ends all connections, those of every clone.
    pub async fn close(&self) {
        self.db.close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.db.name())
    }
}
