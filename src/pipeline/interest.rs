//! What channels are subscribed to, as the router asks it: kept in memory, and brought up to date when it changed.

use std::collections::HashMap;

use jiff::Timestamp;
use tracing::debug;

use crate::domain::query::{Announcement, Counter, Span};
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
    /// Those whose answer can change after a paper was new: numbers, code, sources, announcements.
    of_change: Matcher,
    rises: Vec<(Counter, Span)>,
    typed: bool,
}

/// A subscription that is not paused.
struct Active {
    query: Query,
    typed: bool,
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
            let typed = query.has_types();
            self.active.insert(id, Active { query, typed, wish: Wish { destination, cadence, style } });
        }
        for id in gone.keys() {
            self.all.remove(*id);
            self.of_change.remove(*id);
        }
        self.typed = self.active.values().any(|active| active.typed);
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
        if query.can_change() {
            self.of_change.insert(*id, query);
        } else {
            self.of_change.remove(*id);
        }
    }

    /// Every subscription that a paper matches.
    pub fn matches(&self, document: &Document) -> Vec<Match> {
        self.all.matches(document)
    }

    /// Every subscription whose answer can change and that a paper matches.
    pub fn matches_of_change(&self, document: &Document) -> Vec<Match> {
        self.of_change.matches(document)
    }

    /// True when any subscription's answer can change.
    pub fn can_change(&self) -> bool {
        !self.of_change.is_empty()
    }

    /// True when a subscription's answer can change.
    pub fn changes(&self, subscription: SubscriptionId) -> bool {
        self.active.get(&subscription).is_some_and(|active| active.query.can_change())
    }

    /// True when any subscription asks how a paper is announced.
    pub fn asks_for_types(&self) -> bool {
        self.typed
    }

    /// True when a subscription asks how a paper is announced.
    pub fn is_typed(&self, subscription: SubscriptionId) -> bool {
        self.active.get(&subscription).is_some_and(|active| active.typed)
    }

    /// What an announcement is to a subscription: in other categories than the paper's first one it is a cross-listing.
    pub fn relative(
        &self,
        subscription: SubscriptionId,
        kind: Option<Announcement>,
        categories: &[String],
    ) -> Option<Announcement> {
        let (Some(active), Some(primary)) = (self.active.get(&subscription), categories.first()) else {
            return kind;
        };
        let asked = active.query.categories();
        let archive = primary.split('.').next().unwrap_or(primary);
        let own = |name: &&str| name.eq_ignore_ascii_case(primary) || name.eq_ignore_ascii_case(archive);
        if asked.is_empty() || asked.iter().any(own) {
            return kind;
        }
        kind.map(|kind| match kind {
            Announcement::New | Announcement::Cross => Announcement::Cross,
            Announcement::Replace | Announcement::ReplaceCross => Announcement::ReplaceCross,
        })
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
