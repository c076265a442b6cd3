//! The store's promises, each kept on both databases.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod batches;
mod bundles;
mod by_hand;
mod claiming;
mod concurrency;
mod deliveries_cli;
mod fairness;
mod feeds;
mod followers;
mod interactions;
mod lanes;
mod merging;
mod migrations;
mod opening;
mod papers;
mod polling;
mod recovery;
mod routing;
mod sandbox;
mod sending;
mod source_gate;
mod subscribers;
mod subscriptions;
mod title_keys;
mod wishes;

use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, civil::Date};
use paperwire::domain::{
    ChannelId, Counters, DeliveryState, DestinationId, Facts, Listing, Paper, PaperId, Platform, SourceName,
    Subscription,
};
use paperwire::store::{
    Claimed, DeliveryFilter, DeliveryRecord, NewDelivery, NewMatch, Occasion, Recovered, Store,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::worlds::postgres;

/// Declares tests that run once on SQLite and once on PostgreSQL, each time with an empty, migrated
/// database of their own.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($test:ident: Database) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a test may need nothing but its database")]
            use super::*;

            $(#[$meta])*
            async fn promise($test: $crate::store::Database) $body

            #[tokio::test]
            async fn sqlite() {
                promise($crate::store::Database::sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                promise($crate::store::Database::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use on_both;

pub const HUB: SourceName = SourceName("huggingface");
pub const LEASE: Duration = Duration::from_mins(1);
pub const ALL: [Platform; 4] = Platform::ALL;

/// An own database for one test.
#[derive(Clone)]
pub struct Database {
    pub store: Store,
    pub url: String,
    folder: Option<Arc<TempDir>>,
}

impl Database {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/new/folder/paperwire.db", folder.path().display());
        Self::open(url, Some(folder)).await
    }

    pub async fn postgres() -> Self {
        Self::open(postgres::database().await, None).await
    }

    async fn open(url: String, folder: Option<TempDir>) -> Self {
        let folder = folder.map(Arc::new);
        let store = Store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        Self { store, url, folder }
    }

    pub fn is_sqlite(&self) -> bool {
        self.folder.is_some()
    }

    /// Stores new papers of one day in this order and returns them.
    pub async fn papers(&self, ids: &[&str]) -> Vec<Paper> {
        let listings: Vec<Listing> = ids.iter().map(|id| listing(id)).collect();
        self.store.record(HUB, &listings, day(1), at(0)).await.unwrap();
        let mut papers = Vec::new();
        for listing in &listings {
            papers.push(self.store.paper(&listing.paper).await.unwrap().unwrap());
        }
        papers
    }

    /// Subscribes a sandbox channel.
    pub async fn subscribe(&self, channel: &str, query: &str) -> Subscription {
        self.subscribe_on(Platform::Sandbox, channel, query).await
    }

    pub async fn subscribe_on(&self, platform: Platform, channel: &str, query: &str) -> Subscription {
        let channel = ChannelId::parse(platform, channel).unwrap();
        let query = query.parse().unwrap();
        let made = self.store.subscribe(platform, &channel, &query, "cli", at(0)).await.unwrap();
        made.subscription().clone()
    }

    /// Routes a paper to the destinations of these subscriptions.
    pub async fn route(&self, paper: &Paper, to: &[&Subscription], now: Timestamp) {
        let matches: Vec<NewMatch> =
            to.iter().map(|s| NewMatch { subscription: s.id, terms: Vec::new() }).collect();
        let deliveries: Vec<NewDelivery> =
            to.iter().map(|s| delivery(s.destination.id, paper, now)).collect();
        self.store.commit_routing(paper, Occasion::New, &matches, &deliveries, now).await.unwrap();
    }

    /// One sandbox channel whose queue holds these papers, in this order.
    pub async fn queue(&self, ids: &[&str]) -> Subscription {
        let subscription = self.subscribe("robotics", "robots").await;
        for paper in self.papers(ids).await {
            self.route(&paper, &[&subscription], at(0)).await;
        }
        subscription
    }

    /// Claims everything that is due.
    pub async fn claim(&self, owner: &str, now: Timestamp) -> Vec<Claimed> {
        self.store.claim(owner, &ALL, 100, LEASE, now).await.unwrap()
    }

    /// Claims the one delivery that is due.
    pub async fn claim_one(&self, owner: &str, now: Timestamp) -> Claimed {
        let mut claimed = self.claim(owner, now).await;
        assert_eq!(claimed.len(), 1, "{claimed:#?}");
        claimed.remove(0)
    }

    /// Takes back what is overdue at `now`. PostgreSQL's own clock measures leases: they are moved as far as
    /// the times of the test have.
    pub async fn recover(&self, owner: &str, now: Timestamp) -> Recovered {
        if !self.is_sqlite() {
            let server = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";
            let (lease, now) = (LEASE.as_micros(), now.as_microsecond());
            let sql = format!(
                "UPDATE delivery SET lease_until = {server} + x.served_at + {lease} - {now}
                FROM destination x WHERE x.id = delivery.destination_id AND delivery.state = 'leased'"
            );
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        self.store.recover(owner, now).await.unwrap()
    }

    /// Runs statements that the store itself never would.
    pub async fn tamper(&self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }

    /// Reads one whole number past the store.
    pub async fn column(&self, sql: &'static str) -> i64 {
        if self.is_sqlite() {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
        }
    }

    pub async fn deliveries(&self) -> Vec<DeliveryRecord> {
        self.store.deliveries(&DeliveryFilter::default()).await.unwrap()
    }

    /// The states of all deliveries, in the order of their creation.
    pub async fn states(&self) -> Vec<DeliveryState> {
        self.deliveries().await.iter().map(|d| d.state).collect()
    }
}

/// So many seconds after a fixed time.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_785_672_000 + seconds).unwrap()
}

/// A day of August 2026.
pub fn day(of_august: i8) -> Date {
    Date::new(2026, 8, of_august).unwrap()
}

pub fn id(text: &str) -> PaperId {
    text.parse().unwrap()
}

pub fn listing(paper: &str) -> Listing {
    let facts = Facts { title: format!("Paper {paper}"), ..Facts::default() };
    Listing {
        paper: id(paper),
        also: Vec::new(),
        announced: None,
        day: day(3),
        facts,
        counters: Counters::default(),
    }
}

pub fn delivery(destination: DestinationId, paper: &Paper, now: Timestamp) -> NewDelivery {
    NewDelivery {
        destination,
        rich: format!("rich {}", paper.id),
        plain: format!("plain {}", paper.id),
        why: Vec::new(),
        expires_at: now + Duration::from_hours(24),
    }
}
