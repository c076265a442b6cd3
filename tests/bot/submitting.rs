//! What submitting papers needs: the real platforms to render for, and somebody who finds papers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use paperwire::bot::{Finder, Finding, Submitting};
use paperwire::chat::sandbox::{Sandbox, SandboxLedger};
use paperwire::chat::{ChatPlatform, discord, slack};
use paperwire::domain::{ChannelId, Counters, DeliveryId, Facts, Listing, PaperId, SourceName};

/// The day that the finder's papers are of.
const DAY: jiff::civil::Date = jiff::civil::date(2026, 8, 20);

/// Knows every paper of arXiv whose number begins with 77777; there is none whose number ends with 404, and those that
/// end with 503 cannot be asked for.
#[derive(Default)]
pub struct Shelf {
    pub asked: AtomicUsize,
}

#[async_trait]
impl Finder for Shelf {
    async fn find(&self, paper: &PaperId) -> Finding {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let id = paper.to_string();
        match id.as_str() {
            _ if !paper.is_arxiv() => Finding::NotAsked,
            _ if id.ends_with("503") => Finding::Unreachable,
            _ if !id.contains(".7777") => Finding::Nowhere,
            _ => {
                let facts = Facts { title: format!("Found paper {id}"), ..Facts::default() };
                let listing = Listing {
                    paper: paper.clone(),
                    also: Vec::new(),
                    announced: None,
                    day: DAY,
                    facts,
                    counters: Counters::default(),
                };
                Finding::Found { source: SourceName("arxiv"), listing: Box::new(listing) }
            }
        }
    }
}

/// Keeps nothing: only rendering is asked of it.
struct Nothing;

#[async_trait]
impl SandboxLedger for Nothing {
    async fn post(&self, _: DeliveryId, _: &ChannelId, _: &str) -> anyhow::Result<i64> {
        anyhow::bail!("nothing is posted through it")
    }

    async fn find(&self, _: &ChannelId, _: DeliveryId) -> anyhow::Result<Option<i64>> {
        Ok(None)
    }
}

/// The platforms as a process has them that posts nothing itself.
pub fn submitting(finder: Arc<dyn Finder>) -> Submitting {
    let (base, timeout) = ("http://127.0.0.1:9/", Duration::from_secs(1));
    let discord = discord::DiscordConfig {
        api_base: base.parse().unwrap(),
        token: "t".into(),
        application_id: None,
        timeout,
    };
    let slack = slack::SlackConfig { api_base: base.parse().unwrap(), token: "t".into(), timeout };
    let platforms: Vec<Arc<dyn ChatPlatform>> = vec![
        Arc::new(discord::Discord::new(&discord).unwrap()),
        Arc::new(slack::Slack::new(&slack).unwrap()),
        Arc::new(Sandbox::new(Arc::new(Nothing))),
    ];
    Submitting { finder, platforms, max_age: Duration::from_hours(24) }
}
