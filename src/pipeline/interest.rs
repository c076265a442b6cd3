//! What channels are subscribed to, as the router asks it: kept in memory, and brought up to date when it changed.

use std::collections::HashMap;

use tracing::debug;

use crate::domain::query::{Counter, Span};
use crate::domain::{Destination, Query, Subscription, SubscriptionId};
use crate::matcher::{Document, Match, Matcher};
use crate::store::{Store, StoreError};

/// The active subscriptions as of one version of their table.
#[derive(Default)]
pub(super) struct Interest {
    version: Option<i64>,
    active: HashMap<SubscriptionId, (Query, Destination)>,
    all: Matcher,
    /// Those that ask for numbers, which move after a paper was new.
    of_numbers: Matcher,
    rises: Vec<(Counter, Span)>,
}

impl Interest {
    /// Takes in what changed about the subscriptions; the others stay filed as they are.
    pub async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        // The version is read first: a change in between is then seen at the next step.
        let version = store.subscription_version().await?;
        if self.version == Some(version) {
            return Ok(());
        }
        let subscriptions = store.subscriptions().await?;
        let mut gone = std::mem::take(&mut self.active);
        for subscription in subscriptions {
            if subscription.paused_at.is_some() {
                continue;
            }
            let known = gone.remove(&subscription.id);
            if known.is_none_or(|(query, _)| query != subscription.query) {
                self.file(&subscription);
            }
            self.active.insert(subscription.id, (subscription.query, subscription.destination));
        }
        for id in gone.keys() {
            self.all.remove(*id);
            self.of_numbers.remove(*id);
        }
        self.rises.clear();
        for (query, _) in self.active.values().filter(|(query, _)| query.has_numbers()) {
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

    /// Where the papers of a subscription go.
    pub fn destination(&self, subscription: SubscriptionId) -> Option<&Destination> {
        self.active.get(&subscription).map(|(_, destination)| destination)
    }
}
