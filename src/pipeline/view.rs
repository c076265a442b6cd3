//! A paper as subscriptions are asked about it: as it is, or as it was when they were last asked.

use jiff::Timestamp;

use super::interest::Interest;
use crate::domain::query::{Announcement, Rise};
use crate::domain::{Counters, Event, EventKind, Paper};
use crate::matcher::{Document, Match};
use crate::store::{ListedAt, last_announcement};

/// How sources announced a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Announced {
    /// The kinds, each once.
    pub kinds: Vec<Announcement>,
    /// True when subscriptions that do not ask for a kind are asked: some list has it as new.
    pub default: bool,
    /// True when some source lists it without any announcement, and none announces it as new.
    pub silent: bool,
}

impl Announced {
    /// Everything that was ever announced.
    pub fn of(listings: &[ListedAt]) -> Self {
        let silent = listings.iter().any(|listed| listed.announced.is_none());
        let kinds = distinct(listings.iter().filter_map(|listed| Some(listed.announced?.0)));
        let new = kinds.iter().any(|kind| is_new(*kind));
        Self { default: new || silent || kinds.is_empty(), silent: silent && !new, kinds }
    }

    /// What was announced after a time.
    pub fn since(listings: &[ListedAt], time: Timestamp) -> Self {
        let told = listings.iter().filter_map(|listed| listed.announced);
        let kinds = distinct(told.filter(|(_, at)| *at > time).map(|(kind, _)| kind));
        Self { default: kinds.iter().any(|kind| is_new(*kind)), silent: false, kinds }
    }

    /// The latest announcement.
    pub fn last(listings: &[ListedAt]) -> Self {
        Self { kinds: last_announcement(listings).into_iter().collect(), default: true, silent: false }
    }

    /// What a subscription that asks for a kind is asked with.
    fn asked(&self) -> impl Iterator<Item = Option<Announcement>> {
        let nothing = (self.silent || self.kinds.is_empty()).then_some(None);
        self.kinds.iter().copied().map(Some).chain(nothing)
    }
}

fn is_new(kind: Announcement) -> bool {
    matches!(kind, Announcement::New | Announcement::Cross)
}

fn distinct(kinds: impl Iterator<Item = Announcement>) -> Vec<Announcement> {
    let mut kinds: Vec<Announcement> = kinds.collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The short names of the sources of listings.
pub(super) fn sources(listings: &[ListedAt], of: impl Fn(&ListedAt) -> bool) -> Vec<String> {
    listings.iter().filter(|listed| of(listed)).map(|listed| listed.source.clone()).collect()
}

/// A paper at one time.
pub(super) struct View<'a> {
    pub paper: &'a Paper,
    pub counters: Counters,
    pub rises: Vec<Rise>,
    pub sources: Vec<String>,
    /// Events of which those after `asked_at` had not happened.
    pub hidden: Vec<Event>,
    pub asked_at: Timestamp,
}

impl<'a> View<'a> {
    /// The paper as it is.
    pub fn of(paper: &'a Paper, listings: &[ListedAt]) -> Self {
        Self {
            paper,
            counters: paper.counters,
            rises: Vec::new(),
            sources: sources(listings, |_| true),
            hidden: Vec::new(),
            asked_at: paper.updated_at,
        }
    }

    fn document(&self, kind: Option<Announcement>) -> Document {
        let had_no_code =
            self.hidden.iter().any(|event| event.kind == EventKind::Code && event.at > self.asked_at);
        let document = if had_no_code {
            let mut paper = self.paper.clone();
            paper.facts.repository = None;
            Document::of(&paper)
        } else {
            Document::of(self.paper)
        };
        let document = document.counters(self.counters).rises(&self.rises).sources(self.sources.clone());
        match kind {
            Some(kind) => document.announced(kind),
            None => document,
        }
    }

    /// The subscriptions that match, each once. One that asks for a kind of announcement is asked with what it is to
    /// it; the others only when the paper is new in some list.
    pub fn ask(
        &self,
        interest: &Interest,
        announced: &Announced,
        matches: impl Fn(&Interest, &Document) -> Vec<Match>,
    ) -> Vec<Match> {
        let mut found = Vec::new();
        if announced.default {
            found = matches(interest, &self.document(None));
            found.retain(|found| !interest.is_typed(found.subscription));
        }
        if !interest.asks_for_types() {
            return found;
        }
        let categories = &self.paper.facts.categories;
        for variant in std::iter::once(None).chain(Announcement::ALL.map(Some)) {
            let possible = announced.asked().any(|kind| kind.is_some() == variant.is_some());
            let typed = if possible { matches(interest, &self.document(variant)) } else { Vec::new() };
            for one in typed.into_iter().filter(|one| interest.is_typed(one.subscription)) {
                let relative = |kind| interest.relative(one.subscription, kind, categories);
                let is_asked = announced.asked().any(|kind| relative(kind) == variant);
                if is_asked && found.iter().all(|known: &Match| known.subscription != one.subscription) {
                    found.push(one);
                }
            }
        }
        found
    }
}
