//! The feeds that people add: one poller for each, begun and ended as the table changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use url::Url;

use super::{fetcher, runner::Runner};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::pipeline::{PollSettings, Poller, Turn};
use crate::sources::Fetcher;
use crate::sources::feed::{self, Feed, LookError, Parsed};
use crate::sources::fetch::Passage;
use crate::store::{FeedId, FollowedFeed, Store};
use crate::web::Health;

/// How often the table is looked at: a feed that was just added is read within this time.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The least time between two polls of a feed that a channel added, unless the operator has named its host.
const STRANGERS: Duration = Duration::from_mins(15);

/// A poller for each feed that is followed and not paused.
pub async fn feed_pollers(config: &Config, store: &Store) -> anyhow::Result<Vec<(FollowedFeed, Poller)>> {
    if !config.sources.feeds.enabled {
        return Ok(Vec::new());
    }
    let fetcher = fetcher(config)?;
    let feeds = store.feeds().await?.into_iter().filter(is_read);
    Ok(feeds.filter_map(|feed| Some((feed.clone(), poller(config, store, &fetcher, &feed)?))).collect())
}

/// Reads a feed once, before anybody follows it; gives the address that answered.
pub async fn look_at_feed(
    config: &Config,
    url: &Url,
    today: Date,
) -> anyhow::Result<Result<(Url, Parsed), LookError>> {
    Ok(feed::look(&fetcher(config)?, url, today).await)
}

fn is_read(feed: &FollowedFeed) -> bool {
    feed.paused_at.is_none() && feed.ended.is_none()
}

/// How often a feed is asked.
fn interval(config: &Config, fetcher: &Fetcher, feed: &FollowedFeed, url: &Url) -> Duration {
    let own = feed.added_by == "cli" || fetcher.guard().vet(url) == Ok(Passage::Configured);
    let interval = config.sources.feeds.interval;
    if own { interval } else { interval.max(STRANGERS) }
}

fn poller(config: &Config, store: &Store, fetcher: &Fetcher, feed: &FollowedFeed) -> Option<Poller> {
    let Ok(url) = Url::parse(&feed.url) else {
        warn!(feed = feed.id.0, "Feed {} has no usable address: remove it and add it again", feed.id.0);
        return None;
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let interval = interval(config, fetcher, feed, &url);
    let source = Feed::new(feed.id.0, fetcher.clone(), url, clock.clone()).every(interval);
    let settings = PollSettings { interval, backlog_days: 0, reread_days: 0 };
    Some(Poller::new(store.clone(), clock, Arc::new(source), settings))
}

/// What following feeds needs of the process around it.
pub(super) struct Following {
    pub config: Config,
    pub store: Store,
    /// Where other processes poll too.
    pub turn: Option<Turn>,
    /// Woken when a feed has brought something.
    pub route: Vec<Arc<Notify>>,
    pub health: Arc<Health>,
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
}

impl Following {
    /// Runs until stopped: a feed that is added is polled, one that is paused or removed no longer.
    pub(super) async fn run(self) {
        let fetcher = match fetcher(&self.config) {
            Ok(fetcher) => fetcher,
            Err(error) => return warn!("No feeds are read: {error:#}"),
        };
        let mut running: HashMap<FeedId, (String, CancellationToken)> = HashMap::new();
        while !self.stop.is_cancelled() {
            match self.store.feeds().await {
                Ok(feeds) => self.follow(&fetcher, &feeds, &mut running),
                Err(error) => {
                    warn!("Cannot look up the feeds, next try in {} s: {error}", LOOK_AGAIN.as_secs());
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.stop.cancelled() => {}
            }
        }
    }

    fn follow(
        &self,
        fetcher: &Fetcher,
        feeds: &[FollowedFeed],
        running: &mut HashMap<FeedId, (String, CancellationToken)>,
    ) {
        // One that has moved ends here and begins anew below.
        let wanted = |id: &FeedId, url: &str| {
            feeds.iter().any(|feed| feed.id == *id && feed.url == url && is_read(feed))
        };
        running.retain(|id, (url, stop)| {
            let keep = wanted(id, url);
            if !keep {
                info!(feed = id.0, "Feed {} is not read any more at this address", id.0);
                stop.cancel();
            }
            keep
        });
        for feed in feeds.iter().filter(|feed| is_read(feed)) {
            if running.contains_key(&feed.id) {
                continue;
            }
            let stop = self.stop.child_token();
            running.insert(feed.id, (feed.url.clone(), stop.clone()));
            let Some(mut poller) = poller(&self.config, &self.store, fetcher, feed) else { continue };
            if let Some(turn) = &self.turn {
                poller = poller.in_turn(turn.clone());
            }
            let runner = Runner {
                stage: Arc::new(poller),
                clock: Arc::new(SystemClock),
                health: self.health.stage("poller of feeds"),
                wake: Arc::default(),
                next: self.route.clone(),
                stop,
                finishes_steps: false,
            };
            self.tasks.spawn(runner.run());
        }
    }
}
