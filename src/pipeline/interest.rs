//! What channels are subscribed to, as the router asks it: kept in memory, and brought up to date when it changed.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::debug;

use crate::domain::query::{Counter, Span};
use crate::domain::{Cadence, Destination, Query, Style, Subscription, SubscriptionId};
use crate::matcher::{Document, Match, Matcher};
use crate::store::{Store, StoreError};

/// The active subscriptions as of one version of their table.
#[derive(Default)]
pub(super) struct Interest {
    version: Option<i64>,
    /// When the next timed pause ends, which no version tells.
    next_end: Option<Timestamp>,
    active: HashMap<SubscriptionId, Active>,
    all: Matcher,
    /// Those that ask for numbers, which move after a paper was new.
    of_numbers: Matcher,
    rises: Vec<(Counter, Span)>,
}

/// A subscription that is not paused.
struct Active {
    query: Query,
    wish: Wish,
}

/// Where and how the papers of a subscription go.
pub(super) struct Wish {
    pub destination: Destination,
    pub cadence: Cadence,
    pub style: Style,
}

impl Interest {
    /// Takes in what changed about the subscriptions; the others stay filed as they are.
    pub async fn refresh(&mut self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        // The version is read first: a change in between is then seen at the next step.
        let version = store.subscription_version().await?;
        if self.version == Some(version) && self.next_end.is_none_or(|end| now < end) {
            return Ok(());
        }
        let subscriptions = store.subscriptions().await?;
        let mut gone = std::mem::take(&mut self.active);
        self.next_end = None;
        for subscription in subscriptions {
            if let Some(rest) = subscription.rest(now) {
                self.next_end = [self.next_end, rest.until].into_iter().flatten().min();
                continue;
            }
            let known = gone.remove(&subscription.id);
            if known.is_none_or(|known| known.query != subscription.query) {
                self.file(&subscription);
            }
            let Subscription { id, query, destination, cadence, style, .. } = subscription;
            self.active.insert(id, Active { query, wish: Wish { destination, cadence, style } });
        }
        for id in gone.keys() {
            self.all.remove(*id);
            self.of_numbers.remove(*id);
        }
        self.rises.clear();
        for Active { query, .. } in self.active.values().filter(|active| active.query.has_numbers()) {
            query.expr().rises(&mut self.rises);
        }
        self.version = Some(version);
        debug!(subscriptions = self.active.len(), "Read the subscriptions");
        Ok(())
    }

    fn file(&mut self, Subscription { id, query, .. }: &Subscription) {
        self.all.insert(*id, query);
        if query.has_numbers() {
            self.of_numbers.insert(*id, query);
        } else {
            self.of_numbers.remove(*id);
        }
    }

    /// Every subscription that a paper matches.
    pub fn matches(&self, document: &Document) -> Vec<Match> {
        self.all.matches(document)
    }

    /// Every subscription that asks for numbers and that a paper matches.
    pub fn matches_of_numbers(&self, document: &Document) -> Vec<Match> {
        self.of_numbers.matches(document)
    }

    /// True when any subscription asks for numbers.
    pub fn asks_for_numbers(&self) -> bool {
        !self.of_numbers.is_empty()
    }

    /// The rises that subscriptions ask for.
    pub fn rises(&self) -> &[(Counter, Span)] {
        &self.rises
    }

    /// Where and how the papers of a subscription go.
    pub fn wish(&self, subscription: SubscriptionId) -> Option<&Wish> {
        self.active.get(&subscription).map(|active| &active.wish)
    }
}
