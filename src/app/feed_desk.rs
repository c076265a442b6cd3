//! Where people's feeds are read before anybody follows them.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

use super::fetcher;
use crate::bot::{FeedDesk, FeedRules};
use crate::clock::Clock;
use crate::config::{Config, FeedAdders};
use crate::message::replies::source::{Looked, NotLooked};
use crate::sources::feed::{self, LookError, NotAFeed, Parsed};
use crate::sources::fetch::Guard;
use crate::sources::{FetchError, Fetcher};

/// How many titles are shown of a feed.
const SAMPLE: usize = 3;
/// An address that cannot be reached is told so no sooner, longer than a connection may take: the time does not
/// tell whether a host is inside, refuses, or is not there.
const SETTLES: Duration = Duration::from_secs(6);
/// The longest address of a feed that is repeated from a page.
const NAMED_MAX: usize = 300;

/// A desk over the guarded client.
pub struct Desk {
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    settles: Duration,
}

impl Desk {
    /// A desk that tells what cannot be reached after this time.
    pub fn new(fetcher: Fetcher, clock: Arc<dyn Clock>, settles: Duration) -> Self {
        Self { fetcher, clock, settles }
    }
}

/// The desk and the rules as they are configured.
pub fn desk(
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<(Option<Arc<dyn FeedDesk>>, FeedRules)> {
    let commands = &config.commands;
    let rules = FeedRules {
        managers: commands.sources == FeedAdders::Managers,
        per_channel: commands.feeds_per_channel,
        per_workspace: commands.feeds_per_workspace,
    };
    if !config.sources.feeds.enabled {
        return Ok((None, rules));
    }
    Ok((Some(Arc::new(Desk::new(fetcher(config)?, clock.clone(), SETTLES))), rules))
}

#[async_trait]
impl FeedDesk for Desk {
    async fn look(&self, address: &str) -> Result<Looked, NotLooked> {
        let guard = self.fetcher.guard();
        let (url, _) = guard.read(address).map_err(|refusal| NotLooked::Refused(refusal.to_string()))?;
        if feed::is_arxiv(&url) {
            return Err(NotLooked::Arxiv);
        }
        let settled = tokio::time::Instant::now() + self.settles;
        match feed::look(&self.fetcher, &url, self.clock.today()).await {
            Ok((_, parsed)) => Ok(looked(&url, &parsed)),
            Err(error) => {
                let why = told(error, guard);
                if why == NotLooked::Unreachable {
                    tokio::time::sleep_until(settled).await;
                }
                Err(why)
            }
        }
    }
}

fn looked(url: &Url, parsed: &Parsed) -> Looked {
    let host = url.host_str().unwrap_or_default();
    let listings = &parsed.rows.listings;
    Looked {
        url: url.to_string(),
        title: if parsed.title.is_empty() { host.to_owned() } else { parsed.title.clone() },
        papers: listings.len() as u64,
        sample: listings.iter().take(SAMPLE).map(|listing| listing.facts.title.clone()).collect(),
    }
}

/// What a stranger is told of a failure: nothing that tells one host of our network from another.
fn told(error: LookError, guard: &Guard) -> NotLooked {
    let fetch = match error {
        LookError::Fetch(error) => error,
        LookError::NotAFeed { url, why } => {
            let names = match &why {
                NotAFeed::WebPage { feed: Some(feed) } => url.join(feed).ok(),
                _ => None,
            };
            let names =
                names.map(String::from).filter(|url| url.len() <= NAMED_MAX && guard.read(url).is_ok());
            return NotLooked::NotAFeed { why: why.to_string(), names };
        }
    };
    match fetch {
        FetchError::Refused { .. }
        | FetchError::Unreachable { .. }
        | FetchError::TimedOut { .. }
        | FetchError::TooSlow { .. }
        | FetchError::BrokeOff { .. } => NotLooked::Unreachable,
        FetchError::Busy { .. } => NotLooked::Busy,
        FetchError::Barred { .. } => NotLooked::Answers(403),
        FetchError::Failing { status, .. } | FetchError::Rejected { status, .. } => {
            NotLooked::Answers(status.as_u16())
        }
        FetchError::TooLarge { .. } => NotLooked::TooLarge,
        FetchError::NotTheApi { .. } => {
            NotLooked::NotAFeed { why: NotAFeed::Unknown.to_string(), names: None }
        }
    }
}
