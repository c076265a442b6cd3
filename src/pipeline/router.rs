//! Routes each new paper to the destinations whose subscriptions it matches.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use tokio::sync::Mutex;
use tracing::{debug, info};

use super::{Stage, Step};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::{Destination, DestinationId, Paper, Platform, SubscriptionId, Why};
use crate::matcher::{Document, Match, Matcher};
use crate::message::{Message, paper_card};
use crate::store::{NewDelivery, NewMatch, Store};
use crate::summary::short_text;

/// Papers that are read at a time; each is committed on its own.
const BATCH: u32 = 100;

/// The stage that turns papers into deliveries.
pub struct Router {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    max_age: Duration,
    short_text_chars: usize,
    index: Mutex<Index>,
}

/// The stored subscriptions as the matcher asks them, as of one version of the table.
#[derive(Default)]
struct Index {
    version: Option<i64>,
    matcher: Matcher,
    destinations: HashMap<SubscriptionId, Destination>,
}

impl Router {
    /// Makes the stage; a delivery that is not sent within `max_age` is skipped.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        platforms: impl IntoIterator<Item = Arc<dyn ChatPlatform>>,
        max_age: Duration,
        short_text_chars: usize,
    ) -> Self {
        let platforms = platforms.into_iter().map(|p| (p.platform(), p)).collect();
        Self { store, clock, platforms, max_age, short_text_chars, index: Mutex::default() }
    }

    async fn refresh(&self, index: &mut Index) -> anyhow::Result<()> {
        // The version is read first: a change in between is then seen at the next step.
        let version = self.store.subscription_version().await?;
        if index.version == Some(version) {
            return Ok(());
        }
        let mut fresh = Index { version: Some(version), ..Index::default() };
        for subscription in self.store.subscriptions().await? {
            if subscription.paused_at.is_none() {
                fresh.matcher.insert(subscription.id, &subscription.query);
                fresh.destinations.insert(subscription.id, subscription.destination);
            }
        }
        debug!(subscriptions = fresh.destinations.len(), "Read the subscriptions");
        *index = fresh;
        Ok(())
    }

    async fn route(&self, paper: &Paper, index: &Index) -> anyhow::Result<()> {
        let sources = self.store.sources_of(paper.key).await?.into_iter().map(|listed| listed.source);
        let matches = index.matcher.matches(&Document::of(paper).sources(sources));
        let deliveries = self.deliveries(paper, &matches, index);
        let records: Vec<NewMatch> = matches
            .iter()
            .map(|m| NewMatch { subscription: m.subscription, terms: m.terms.clone() })
            .collect();
        let now = self.clock.now();
        let routed = self
            .store
            .commit_routing(paper.key, &records, &deliveries, now)
            .await
            .with_context(|| format!("cannot store the routing of {}", paper.id))?;
        if routed.delivered > 0 {
            info!(paper.id = %paper.id, destinations = routed.delivered, "Queued {}", paper.id);
        }
        Ok(())
    }

    /// One delivery per destination, however many of its subscriptions match.
    fn deliveries(&self, paper: &Paper, matches: &[Match], index: &Index) -> Vec<NewDelivery> {
        let mut reasons: BTreeMap<DestinationId, (&Destination, Vec<Why>)> = BTreeMap::new();
        for found in matches {
            if let Some(destination) = index.destinations.get(&found.subscription) {
                let why = Why { query: found.query.to_string(), terms: found.terms.clone() };
                reasons.entry(destination.id).or_insert_with(|| (destination, Vec::new())).1.push(why);
            }
        }
        if reasons.is_empty() {
            return Vec::new();
        }
        let short = short_text(&paper.facts, self.short_text_chars);
        let expires_at = self.clock.now() + self.max_age;
        reasons
            .into_values()
            .filter_map(|(destination, why)| {
                let platform = self.platforms.get(&destination.platform)?;
                let rendered = platform.render(&Message::Paper(paper_card(paper, &short, &why)));
                Some(NewDelivery {
                    destination: destination.id,
                    rich: rendered.rich,
                    plain: rendered.plain,
                    why,
                    expires_at,
                })
            })
            .collect()
    }
}

#[async_trait]
impl Stage for Router {
    fn name(&self) -> &'static str {
        "router"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let papers = self.store.unrouted(BATCH).await?;
        if papers.is_empty() {
            return Ok(Step::Idle { until: None });
        }
        let mut index = self.index.lock().await;
        self.refresh(&mut index).await?;
        for paper in &papers {
            self.route(paper, &index).await?;
        }
        Ok(Step::Worked)
    }
}
