//! The stages of one process on a clock that only the test moves, and a platform that keeps what was posted when.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::civil::{Date, Time};
use jiff::{Timestamp, tz::TimeZone};
use paperwire::chat::{ChatPlatform, Edit, Edited, Post, Rendered, sandbox::read};
use paperwire::clock::Clock;
use paperwire::domain::{
    Cadence, ChannelId, DeliveryId, Every, Found, Platform, RetryPolicy, RoundupSettings, Schedule,
    SendOutcome, UserId, schedule,
};
use paperwire::message::{Message, RoundupCard};
use paperwire::pipeline::{Roundups, Router, SendSettings, Sender, Stage, Step};
use paperwire::store::{NewSubscription, Store};
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use crate::worlds::clock::FakeClock;

/// One message, as it stands in its channel.
#[derive(Debug, Clone)]
pub struct Posted {
    pub channel: String,
    pub at: Timestamp,
    pub card: RoundupCard,
    delivery: DeliveryId,
}

impl Posted {
    /// True for the roundup of this date.
    pub fn is_of(&self, date: Date) -> bool {
        self.card.heading.starts_with(&format!("Roundup of {}: ", date.strftime("%a, %-d %b %Y")))
    }

    /// The papers that it names.
    pub fn papers(&self) -> Vec<String> {
        let lines = self.card.sections.iter().flat_map(|section| &section.lines);
        lines.map(|line| line.paper.to_string()).collect()
    }
}

/// A platform that takes every post, also the same one again, and finds what is there.
pub struct Board {
    clock: Arc<FakeClock>,
    posts: Mutex<Vec<Posted>>,
}

impl Board {
    pub fn new(clock: Arc<FakeClock>) -> Arc<Self> {
        Arc::new(Self { clock, posts: Mutex::default() })
    }

    /// Everything in a channel, in order.
    pub fn of(&self, channel: &str) -> Vec<Posted> {
        let posts = self.posts.lock().unwrap();
        posts.iter().filter(|posted| posted.channel == channel).cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.posts.lock().unwrap().len()
    }
}

#[async_trait]
impl ChatPlatform for Board {
    fn platform(&self) -> Platform {
        Platform::Sandbox
    }

    fn enforces_nonce(&self) -> bool {
        false
    }

    fn render(&self, message: &Message) -> Rendered {
        Rendered { rich: serde_json::to_string(message).unwrap(), plain: String::new() }
    }

    /// The request is on its way, it is taken, the answer is on its way.
    async fn send(&self, post: Post<'_>) -> SendOutcome {
        yield_now().await;
        let Some(Message::Roundup(card)) = read(post.body) else { panic!("no roundup: {}", post.body) };
        let (channel, at, delivery) = (post.channel.to_string(), self.clock.now(), post.delivery);
        self.posts.lock().unwrap().push(Posted { channel, at, card, delivery });
        yield_now().await;
        SendOutcome::Sent { message_id: delivery.to_string() }
    }

    async fn edit(&self, _: Edit<'_>) -> Edited {
        Edited::Done
    }

    async fn find(&self, post: Post<'_>, _: Timestamp) -> Found {
        yield_now().await;
        let is_there = self.posts.lock().unwrap().iter().any(|posted| posted.delivery == post.delivery);
        if is_there { Found::Posted { message_id: post.delivery.to_string() } } else { Found::Absent }
    }
}

/// What a running process does between the sources and the channels.
pub struct Replica {
    stages: [Box<dyn Stage>; 3],
}

impl Replica {
    pub fn start(store: &Store, clock: &Arc<FakeClock>, board: &Arc<Board>, owner: &str) -> Self {
        Self::connected(store, clock, &[Arc::clone(board) as Arc<dyn ChatPlatform>], owner)
    }

    /// One that posts into these platforms.
    pub fn connected(
        store: &Store,
        clock: &Arc<FakeClock>,
        platforms: &[Arc<dyn ChatPlatform>],
        owner: &str,
    ) -> Self {
        let clock = || Arc::clone(clock) as Arc<dyn Clock>;
        let platforms = || platforms.iter().cloned();
        let settings = SendSettings {
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
        };
        let stop = CancellationToken::new();
        let sender = Sender::new(store.clone(), clock(), platforms(), settings, Arc::default(), stop);
        let day = Duration::from_hours(24);
        Self {
            stages: [
                Box::new(Router::new(store.clone(), clock(), platforms(), day, 300)),
                Box::new(Roundups::new(store.clone(), clock(), platforms())),
                Box::new(sender),
            ],
        }
    }

    /// Only finds out who wants what has been listed.
    pub async fn route(&self) {
        until_idle(&*self.stages[0]).await;
    }

    /// Does all that there is to do now, and says when there will be more.
    pub async fn run(&self) -> Option<Timestamp> {
        let mut next = None;
        for stage in &self.stages {
            let until = until_idle(&**stage).await;
            next = next.into_iter().chain(until).min();
        }
        next
    }
}

/// Steps a stage until it rests, and says until when.
pub async fn until_idle(stage: &dyn Stage) -> Option<Timestamp> {
    loop {
        if let Step::Idle { until } = stage.step().await.unwrap() {
            return until;
        }
    }
}

/// A channel with a rhythm.
#[derive(Debug, Clone, Copy)]
pub struct Channel {
    pub name: &'static str,
    pub every: Every,
    pub at: Time,
    pub zone: &'static str,
    /// Its queries, and when their papers come.
    pub queries: &'static [(&'static str, Cadence)],
}

impl Channel {
    pub fn schedule(&self) -> Schedule {
        Schedule { every: self.every, at: self.at, zone: schedule::zone(self.zone).unwrap() }
    }

    /// Subscribes it, with room for every paper in its roundups.
    pub async fn open(&self, store: &Store, now: Timestamp) {
        self.open_on(Platform::Sandbox, store, now).await;
    }

    pub async fn open_on(&self, platform: Platform, store: &Store, now: Timestamp) {
        let channel = ChannelId::parse(platform, self.name).unwrap();
        for (query, cadence) in self.queries {
            let wish = NewSubscription {
                platform,
                channel: &channel,
                workspace: None,
                query: &query.parse().unwrap(),
                when: Some(*cadence),
                style: None,
                owner: "test",
            };
            store.subscribe_as(&wish, now).await.unwrap();
        }
        let settings = RoundupSettings {
            at: Some(self.at),
            zone: Some(self.zone.to_owned()),
            every: Some(self.every),
            size: Some(2_000),
            ..RoundupSettings::default()
        };
        let by = UserId("test".to_owned());
        store.put_roundup_settings(platform, &channel, None, &settings, &by, now).await.unwrap();
    }
}

/// Midnight of a date in UTC.
pub fn midnight(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC).unwrap().timestamp()
}
