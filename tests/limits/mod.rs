//! Channels' limits: posts a day, quiet hours and spikes, from listed papers to what stands in the outbox.

mod asking;
mod keeping;
mod simulated;
mod spikes;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use paperwire::chat::sandbox::{Sandbox, read};
use paperwire::chat::{Asker, ChatPlatform};
use paperwire::clock::Clock;
use paperwire::domain::{
    Bound, ChannelId, DestinationId, Facts, LimitsChange, Listing, Platform, Quiet, RoundupSettings, UserId,
    Verdict,
};
use paperwire::message::{Message, RoundupCard};
use paperwire::pipeline::{Keeper, Roundups, Router, step_until_idle};

use crate::pipeline::routing::Nowhere;
use crate::store::{Database, HUB, day, listing};
use crate::worlds::clock::FakeClock;

/// A database with a clock that stands at noon (UTC) of Tuesday, 4 August 2026.
pub struct World {
    pub db: Database,
    pub clock: Arc<FakeClock>,
}

impl World {
    pub fn new(db: Database) -> Self {
        Self { db, clock: Arc::new(FakeClock::at("2026-08-04T12:00:00Z")) }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sandbox() -> Arc<dyn ChatPlatform> {
        Arc::new(Sandbox::new(Arc::new(Nowhere)))
    }

    pub fn router(&self) -> Router {
        let clock = self.clock.clone() as Arc<dyn Clock>;
        Router::new(self.db.store.clone(), clock, [Self::sandbox()], Duration::from_hours(24), 300)
    }

    pub fn keeper(&self) -> Keeper {
        let clock = self.clock.clone() as Arc<dyn Clock>;
        Keeper::new(self.db.store.clone(), clock, [Self::sandbox()], Duration::from_hours(24), 300)
    }

    pub fn roundups(&self) -> Roundups {
        Roundups::new(self.db.store.clone(), self.clock.clone() as Arc<dyn Clock>, [Self::sandbox()])
    }

    /// Sets limits of `#robotics` as `/papers limits` does.
    pub async fn limit(&self, change: LimitsChange) {
        let asker = asker();
        let (store, now) = (&self.db.store, self.now());
        let workspace = asker.workspace.as_deref();
        store.put_limits(asker.platform, &asker.channel, workspace, change, &asker.user, now).await.unwrap();
    }

    pub async fn zone(&self, name: &str) {
        let asker = asker();
        let settings = RoundupSettings { zone: Some(name.to_owned()), ..RoundupSettings::default() };
        let (store, now) = (&self.db.store, self.now());
        store
            .put_roundup_settings(asker.platform, &asker.channel, None, &settings, &asker.user, now)
            .await
            .unwrap();
    }

    pub async fn channel(&self) -> DestinationId {
        self.db.store.destinations().await.unwrap()[0].id
    }

    /// A source lists papers at once.
    pub async fn list(&self, papers: &[(&str, &str)]) {
        let listings: Vec<Listing> = papers.iter().map(|(id, title)| titled(id, title)).collect();
        self.db.store.record(HUB, &listings, day(1), self.now()).await.unwrap();
    }

    /// The router and then the keeper do what there is to do.
    pub async fn work(&self) {
        step_until_idle(&self.router()).await.unwrap();
        step_until_idle(&self.keeper()).await.unwrap();
    }

    pub async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.work().await;
    }

    /// The papers that have a message of their own, in the order of the outbox; `*` where it is not a paper's.
    pub async fn queued(&self) -> Vec<String> {
        let deliveries = self.db.deliveries().await;
        deliveries.iter().map(|delivery| delivery.paper.to_string()).collect()
    }

    /// Posts everything that is due, and returns the messages in their order.
    pub async fn send(&self) -> Vec<Message> {
        let mut sent = Vec::new();
        loop {
            let claimed = self.db.claim("a", self.now()).await;
            if claimed.is_empty() {
                return sent;
            }
            for one in claimed {
                assert!(self.db.store.intent(&one, self.now()).await.unwrap());
                let verdict = Verdict::Sent { message_id: one.id.to_string() };
                assert!(self.db.store.finish(&one, &verdict, self.now()).await.unwrap());
                sent.extend(read(&one.body));
            }
        }
    }
}

/// Somebody in `#robotics`.
pub fn asker() -> Asker {
    Asker {
        platform: Platform::Sandbox,
        workspace: Some("lab".to_owned()),
        channel: ChannelId::parse(Platform::Sandbox, "robotics").unwrap(),
        user: UserId("ada".to_owned()),
        name: None,
        may_post: true,
        may_manage: true,
    }
}

/// A paper whose abstract is about robots, whatever its title is.
pub fn titled(id: &str, title: &str) -> Listing {
    let abstract_text = "We teach robots to walk.".to_owned();
    Listing { facts: Facts { title: title.to_owned(), abstract_text, ..Facts::default() }, ..listing(id) }
}

pub fn per_day(most: u16) -> LimitsChange {
    LimitsChange { per_day: Some(Bound::At(most)), ..LimitsChange::default() }
}

pub fn quiet(from: i8, until: i8) -> LimitsChange {
    let hour = |hour| jiff::civil::time(hour, 0, 0, 0);
    let quiet = Quiet::new(hour(from), hour(until)).unwrap();
    LimitsChange { quiet: Some(Bound::At(quiet)), ..LimitsChange::default() }
}

pub fn spikes() -> LimitsChange {
    LimitsChange { spike: Some(true), ..LimitsChange::default() }
}

/// The roundups of messages.
pub fn roundups_of(messages: &[Message]) -> Vec<&RoundupCard> {
    messages
        .iter()
        .filter_map(|message| if let Message::Roundup(card) = message { Some(card) } else { None })
        .collect()
}
