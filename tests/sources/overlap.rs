//! A recorded week of Hugging Face, arXiv and a feed that list the same papers, polled, routed and posted: each
//! paper comes once into each channel that asked for it, and nothing that repeats the week brings it again.
//!
//! What is to be posted is worked out from the recorded rows alone. The week is the one that lists the most papers
//! twice, with one in three of arXiv's others. The rows of arXiv and of Hugging Face are found
//! through `PAPERWIRE_RECORDED`; the announcements, versions and feed around them are written by the stand-ins.

mod week;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::ToSpan as _;
use jiff::civil::Date;
use paperwire::chat::ChatPlatform;
use paperwire::chat::sandbox::{Sandbox, read};
use paperwire::clock::Clock;
use paperwire::message::Message;
use paperwire::pipeline::{PollSettings, Poller, Router, Sender, step_until_idle};
use paperwire::sources::fetch::SystemLookup;
use paperwire::sources::{Feed, FetchConfig, Fetcher, HuggingFace, Source};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::arxiv::World;
use super::config;
use crate::pipeline::cards::Ledger;
use crate::pipeline::sending::{MAX_AGE, settings};
use crate::store::{Database, on_both};
use crate::worlds::feeds::Feeds;
use crate::worlds::hub::Hub;
use week::{CATEGORIES, Week, recorded};

const FEED: &str = "/lab.xml";

/// Three sources that agree on the time, and a sandbox to post in.
struct Site {
    db: Database,
    arxiv: World,
    hub: Hub,
    feeds: Feeds,
    sandbox: Arc<dyn ChatPlatform>,
}

impl Site {
    /// The morning of the first day, before anything but the feed has been read.
    async fn new(db: Database, monday: Date) -> Self {
        let arxiv = World::at(&format!("{monday}T05:30:00Z")).await;
        let ledger = Ledger(db.store.clone(), arxiv.clock.clone());
        let site = Self {
            arxiv,
            hub: Hub::start(monday).await,
            feeds: Feeds::start().await,
            sandbox: Arc::new(Sandbox::new(Arc::new(ledger))),
            db,
        };
        for wanted in week::SUBSCRIPTIONS {
            site.db.subscribe(wanted.channel, wanted.query).await;
        }
        // A feed's first reading posts nothing.
        site.feeds.list(FEED, &[]);
        site.poll("feed").await;
        site
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.arxiv.clock.clone()
    }

    fn fetcher(&self) -> Fetcher {
        let allow = vec![self.feeds.host().parse().unwrap()];
        let config = FetchConfig { allow, ..config() };
        Fetcher::with(config, Arc::new(SystemLookup), self.clock()).unwrap()
    }

    /// Polls one source as a process does that has just started.
    async fn poll(&self, name: &str) {
        let source: Arc<dyn Source> = match name {
            "arxiv" => Arc::new(self.arxiv.source(&CATEGORIES)),
            "feed" => Arc::new(Feed::new(1, self.fetcher(), self.feeds.url(FEED), self.clock())),
            _ => Arc::new(HuggingFace::new(self.fetcher(), self.hub.base_url(), 20)),
        };
        let settings = PollSettings { interval: Duration::from_mins(10), backlog_days: 0, reread_days: 7 };
        let poller = Poller::new(self.db.store.clone(), self.clock(), source, settings);
        let report = poller.poll().await.unwrap_or_else(|e| panic!("{name}: {e:#}"));
        assert_eq!(report.bad_rows, 0, "{name}");
    }

    /// Polls every source, in an order of its own, and posts after each what there is to post.
    async fn poll_all(&self, order: &mut fastrand::Rng) {
        let mut sources = ["arxiv", "feed", "huggingface", "arxiv", "huggingface"];
        order.shuffle(&mut sources);
        for source in sources {
            self.poll(source).await;
            self.post().await;
        }
    }

    async fn post(&self) {
        let store = self.db.store.clone();
        let router = Router::new(store.clone(), self.clock(), [self.sandbox.clone()], MAX_AGE, 300);
        step_until_idle(&router).await.unwrap();
        let (wake, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let platforms = [self.sandbox.clone()];
        let sender = Sender::new(store, self.clock(), platforms, settings("one"), wake, stop);
        step_until_idle(&sender).await.unwrap();
    }

    /// What stands in the channels, as `channel paper`; every message counts.
    async fn posted(&self) -> Vec<String> {
        let messages = self.db.store.sandbox_messages(None, 0).await.unwrap();
        let mut posted: Vec<String> = messages
            .iter()
            .map(|message| match read(&message.body) {
                Some(Message::Paper(card)) => format!("{} {}", message.channel, card.paper),
                other => panic!("it is no card: {other:?}"),
            })
            .collect();
        posted.sort();
        posted
    }

    /// The morning of a day, here and at every source.
    fn morning_of(&self, day: Date) {
        let clock = &self.arxiv.clock;
        let morning = day.at(5, 30, 0, 0).in_tz("UTC").unwrap().timestamp();
        clock.advance(morning.duration_since(clock.now()).unsigned_abs());
        self.hub.set_today(day);
    }

    /// Shows this day of the week at the sources, on `day`.
    fn show(&self, week: &Week, day: Date) {
        self.hub.list(day, week.daily(day));
        self.arxiv.arxiv.announce(day, week.announced(day));
        self.feeds.list(FEED, &week.feed(day));
    }
}

/// What differs, and how often it differs.
fn difference(posted: &[String], expected: &BTreeSet<String>) -> (Vec<String>, Vec<String>) {
    let once: BTreeSet<String> = posted.iter().cloned().collect();
    let surplus = once.difference(expected).cloned();
    let twice = posted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| format!("twice {}", pair[0]));
    (surplus.chain(twice).collect(), expected.difference(&once).cloned().collect())
}

/// The week in an order, then the same papers for a week again in other shapes and orders.
async fn a_week_and_its_repetition(db: Database, seed: u64) {
    let Some(week) = recorded() else { return };
    let site = Site::new(db, week.days()[0]).await;
    let mut order = fastrand::Rng::with_seed(seed);
    for day in week.days() {
        site.morning_of(day);
        site.show(&week, day);
        site.poll_all(&mut order).await;
        let posted = site.posted().await;
        assert_eq!(difference(&posted, &week.expected(day)), (vec![], vec![]), "on {day}, seed {seed}");
    }
    let first = site.posted().await;
    for day in week.days() {
        let again = day.checked_add(7.days()).unwrap();
        site.morning_of(again);
        site.show(&week.repeated(seed), again);
        site.poll_all(&mut order).await;
        assert_eq!(site.posted().await, first, "on {again}, seed {seed}");
    }
    let papers = site.db.store.paper_count().await.unwrap();
    println!("{papers} papers from three sources, {} messages, seed {seed}", first.len());
    assert_eq!(papers, week.papers());
}

on_both! {
    async fn a_recorded_week_of_three_sources_posts_each_paper_once_and_its_repetition_posts_nothing(db: Database) {
        a_week_and_its_repetition(db, 1).await;
    }

    async fn in_another_order_of_the_sources_the_week_posts_the_same(db: Database) {
        a_week_and_its_repetition(db, 2).await;
    }
}
