//! What channels are subscribed to, as the router asks it: kept in memory, and read again when it changed.

use std::collections::HashMap;

use tracing::debug;

use crate::domain::query::{Counter, Span};
use crate::domain::{Destination, SubscriptionId};
use crate::matcher::{Document, Match, Matcher};
use crate::store::{Store, StoreError};

/// The active subscriptions as of one version of their table.
#[derive(Default)]
pub(super) struct Interest {
    version: Option<i64>,
    all: Matcher,
    /// Those that ask for numbers, which move after a paper was new.
    of_numbers: Matcher,
    rises: Vec<(Counter, Span)>,
    destinations: HashMap<SubscriptionId, Destination>,
}

impl Interest {
    /// Reads the subscriptions again when anything about them has changed.
    pub async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        // The version is read first: a change in between is then seen at the next step.
        let version = store.subscription_version().await?;
        if self.version == Some(version) {
            return Ok(());
        }
        let mut fresh = Self { version: Some(version), ..Self::default() };
        for subscription in store.subscriptions().await? {
            if subscription.paused_at.is_some() {
                continue;
            }
            fresh.all.insert(subscription.id, &subscription.query);
            if subscription.query.has_numbers() {
                fresh.of_numbers.insert(subscription.id, &subscription.query);
                subscription.query.expr().rises(&mut fresh.rises);
            }
            fresh.destinations.insert(subscription.id, subscription.destination);
        }
        debug!(subscriptions = fresh.destinations.len(), "Read the subscriptions");
        *self = fresh;
        Ok(())
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
        self.destinations.get(&subscription)
    }
}
