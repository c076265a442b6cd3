//! Routes each new paper to the destinations whose subscriptions it matches, and again those of which something
//! moved (numbers, code, sources, announcements) to the destinations that asked for that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::Mutex;
use tracing::{debug, info};

use super::interest::{Interest, Wish};
use super::view::{Announced, View, sources};
use super::{Stage, Step};
use crate::chat::ChatPlatform;
use crate::clock::Clock;
use crate::domain::query::{measure, numbers_at};
use crate::domain::{Cadence, DestinationId, Paper, Platform, ShortText, Style, Why};
use crate::matcher::Match;
use crate::message::{Message, paper_card};
use crate::store::{Moved, NewDelivery, NewMatch, Occasion, Store};
use crate::summary::{short_text, whole_text};

/// Papers that are read at a time; each is committed on its own.
const BATCH: u32 = 100;

/// The stage that turns papers into deliveries.
pub struct Router {
    store: Store,
    clock: Arc<dyn Clock>,
    platforms: HashMap<Platform, Arc<dyn ChatPlatform>>,
    max_age: Duration,
    short_text_chars: usize,
    interest: Mutex<Interest>,
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
        Self { store, clock, platforms, max_age, short_text_chars, interest: Mutex::default() }
    }

    async fn route(&self, paper: &Paper, interest: &Interest) -> anyhow::Result<()> {
        let listings = self.store.sources_of(paper.key).await?;
        let matches = View::of(paper, &listings).ask(interest, &Announced::of(&listings), Interest::matches);
        self.commit(paper, Occasion::New, &matches, interest).await
    }

    /// Asks for what *became* true: a subscription that the paper matched when it was last asked is left out.
    async fn route_moved(&self, moved: &Moved, interest: &Interest) -> anyhow::Result<()> {
        let Moved { paper, asked_at } = moved;
        let listings = self.store.sources_of(paper.key).await?;
        let news = Announced::since(&listings, *asked_at);
        let mut matches = Vec::new();
        if interest.can_change() {
            let history = self.store.counter_history(paper.key).await?;
            let history: Vec<_> = history.iter().map(|s| (s.taken_at, s.counters)).collect();
            let now = View {
                rises: measure(&history, paper.updated_at, interest.rises()),
                ..View::of(paper, &listings)
            };
            let last = Announced::last(&listings);
            let kinds = if news.kinds.is_empty() { &last } else { &news };
            matches =
                now.ask(interest, &Announced { default: true, ..kinds.clone() }, Interest::matches_of_change);
            if !matches.is_empty() {
                let then = View {
                    counters: numbers_at(&history, *asked_at),
                    rises: measure(&history, *asked_at, interest.rises()),
                    sources: sources(&listings, |listed| listed.first_seen_at <= *asked_at),
                    hidden: self.store.events_of(paper.key).await?,
                    asked_at: *asked_at,
                    ..now
                };
                let kinds = if news.kinds.is_empty() { last } else { Announced::default() };
                let then =
                    then.ask(interest, &Announced { default: true, ..kinds }, Interest::matches_of_change);
                matches.retain(|now| then.iter().all(|then| then.subscription != now.subscription));
            }
        }
        // Announced as new today: whoever asks for words or categories is asked with what is known by now.
        if news.default {
            let all = View::of(paper, &listings).ask(interest, &news, Interest::matches);
            matches.extend(all.into_iter().filter(|found| !interest.changes(found.subscription)));
        }
        self.commit(paper, Occasion::Again, &matches, interest).await
    }

    async fn commit(
        &self,
        paper: &Paper,
        occasion: Occasion,
        matches: &[Match],
        interest: &Interest,
    ) -> anyhow::Result<()> {
        let deliveries = self.deliveries(paper, matches, interest);
        let records: Vec<NewMatch> = matches
            .iter()
            .map(|m| NewMatch { subscription: m.subscription, terms: m.terms.clone() })
            .collect();
        let routed = self
            .store
            .commit_routing(paper, occasion, &records, &deliveries, self.clock.now())
            .await
            .with_context(|| format!("cannot store the routing of {}", paper.id))?;
        if routed.kept > 0 {
            debug!(paper.id = %paper.id, destinations = routed.kept, "Kept {} for channels with limits", paper.id);
        }
        if routed.delivered > 0 {
            info!(paper.id = %paper.id, destinations = routed.delivered, "Queued {}", paper.id);
        }
        Ok(())
    }

    /// One delivery per destination, however many of its instant subscriptions match, in the richest of their styles;
    /// what the others match is only recorded, for their roundup.
    fn deliveries(&self, paper: &Paper, matches: &[Match], interest: &Interest) -> Vec<NewDelivery> {
        let mut wanted: BTreeMap<DestinationId, (&Wish, Style, Vec<Why>)> = BTreeMap::new();
        for found in matches {
            let Some(wish) = interest.wish(found.subscription) else { continue };
            if wish.cadence != Cadence::Instant {
                continue;
            }
            let why = Why { query: found.query.to_string(), terms: found.terms.clone() };
            let (_, style, reasons) =
                wanted.entry(wish.destination.id).or_insert_with(|| (wish, wish.style, Vec::new()));
            *style = wish.style.max(*style);
            reasons.push(why);
        }
        if wanted.is_empty() {
            return Vec::new();
        }
        let short = short_text(&paper.facts, self.short_text_chars);
        let expires_at = self.clock.now() + self.max_age;
        wanted
            .into_values()
            .filter_map(|(wish, style, why)| {
                let platform = self.platforms.get(&wish.destination.platform)?;
                Some(post(paper, &short, wish.destination.id, platform.as_ref(), style, why, expires_at))
            })
            .collect()
    }
}

/// One paper as a message to a channel.
pub(super) fn post(
    paper: &Paper,
    short: &ShortText,
    destination: DestinationId,
    platform: &dyn ChatPlatform,
    style: Style,
    why: Vec<Why>,
    expires_at: Timestamp,
) -> NewDelivery {
    let message = match style {
        Style::Line => Message::Line(paper_card(paper, short, &why)),
        Style::Card => Message::Paper(paper_card(paper, short, &why)),
        Style::Full => Message::Paper(paper_card(paper, &whole_text(&paper.facts), &why)),
    };
    let rendered = platform.render(&message);
    NewDelivery { destination, rich: rendered.rich, plain: rendered.plain, why, expires_at }
}

#[async_trait]
impl Stage for Router {
    fn name(&self) -> &'static str {
        "router"
    }

    async fn step(&self) -> anyhow::Result<Step> {
        let papers = self.store.unrouted(BATCH).await?;
        let moved = if papers.is_empty() { self.store.to_ask_again(BATCH).await? } else { Vec::new() };
        if papers.is_empty() && moved.is_empty() {
            return Ok(Step::Idle { until: None });
        }
        let mut interest = self.interest.lock().await;
        interest.refresh(&self.store, self.clock.now()).await?;
        for paper in &papers {
            self.route(paper, &interest).await?;
        }
        for moved in &moved {
            self.route_moved(moved, &interest).await?;
        }
        Ok(Step::Worked)
    }
}
