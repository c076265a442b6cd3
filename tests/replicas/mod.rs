//! Several processes on one PostgreSQL: what they do together is done once, and one that is cut off falls silent.

mod commands;
mod database;
mod polling;
mod pooler;
mod racing;
mod relay;
mod roles;
mod waking;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use paperwire::chat::sandbox::{Sandbox, SandboxLedger};
use paperwire::clock::{Clock as _, SystemClock};
use paperwire::domain::{ChannelId, DeliveryId, Platform, RetryPolicy};
use paperwire::pipeline::{SendSettings, Sender, step_until_idle};
use paperwire::store::{NewDelivery, Occasion, Store};
use tokio_util::sync::CancellationToken;

use crate::store::{Database, HUB, day, listing};

/// A platform that counts how often it was asked to post each delivery.
#[derive(Default)]
pub struct Counting(Mutex<HashMap<DeliveryId, u32>>);

impl Counting {
    /// Deliveries that were posted, and posts in all.
    pub fn counts(&self) -> (usize, u32) {
        let posts = self.0.lock().unwrap();
        (posts.len(), posts.values().sum())
    }
}

#[async_trait]
impl SandboxLedger for Counting {
    async fn post(&self, delivery: DeliveryId, _: &ChannelId, _: &str) -> anyhow::Result<i64> {
        *self.0.lock().unwrap().entry(delivery).or_default() += 1;
        Ok(1)
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

/// Queues `papers` for each of `channels` channels, by the store's own ways.
pub async fn queue(db: &Database, channels: usize, papers: usize) {
    let mut destinations = Vec::new();
    for channel in 0..channels {
        destinations.push(db.subscribe(&format!("c{channel}"), "robots").await.destination.id);
    }
    let names: Vec<String> = (0..papers).map(|n| format!("2608.{n:05}")).collect();
    let listings: Vec<_> = names.iter().map(|name| listing(name)).collect();
    let now = SystemClock.now();
    db.store.record(HUB, &listings, day(1), now).await.unwrap();
    for paper in db.store.unrouted(u32::try_from(papers).unwrap()).await.unwrap() {
        let deliveries: Vec<NewDelivery> = destinations
            .iter()
            .map(|destination| NewDelivery {
                destination: *destination,
                rich: "rich".to_owned(),
                plain: "plain".to_owned(),
                why: Vec::new(),
                expires_at: now + Duration::from_hours(24),
            })
            .collect();
        db.store.commit_routing(&paper, Occasion::New, &[], &deliveries, now).await.unwrap();
    }
}

/// Sends until nothing is left, as one process of several; a step may find all channels busy with the others.
pub async fn send_all(store: Store, owner: &str, platform: Arc<Counting>) {
    let sender = Sender::new(
        store.clone(),
        Arc::new(SystemClock),
        [Arc::new(Sandbox::new(platform)) as Arc<dyn paperwire::chat::ChatPlatform>],
        SendSettings {
            owner: owner.to_owned(),
            lease: Duration::from_mins(1),
            concurrency: 8,
            group: 1,
            policy: RetryPolicy {
                schedule: vec![Duration::from_secs(1)],
                max_wait: Duration::from_mins(1),
                nonce_window: Duration::from_mins(2),
                settle_after: Duration::from_secs(5),
                history_lag: Duration::from_mins(1),
                between_looks: Duration::from_secs(30),
            },
        },
        Arc::default(),
        CancellationToken::new(),
    );
    while store.next_due(&[Platform::Sandbox]).await.unwrap().is_some() {
        step_until_idle(&sender).await.unwrap();
    }
}
