//! The papers that listings are about, held in memory while the listings are recorded.
//!
//! What the store knows of them is read at once, every listing is taken in here, and what has changed is written at
//! once. Nobody else records meanwhile: the row of change numbers keeps the place in the line.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::events::happened;
use super::heard::{AllHeard, is_fresh};
use super::meeting::{Met, near};
use super::merge;
use super::recording::Recorded;
use crate::domain::identity::{self, canonical, forbid_title, title_key};
use crate::domain::{Counters, EventKind, Facts, Listing, Paper, PaperId, PaperKey, SourceName};

/// The numbers of papers that have no row yet: greater than all that have one.
const NOT_WRITTEN: i64 = 1 << 62;

/// What has to be done with a paper's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowState {
    /// There is none.
    New,
    /// It says something else.
    Changed,
    /// Nothing.
    Known,
}

/// A paper as it will be once what is remembered of it is written.
#[derive(Debug)]
pub(super) struct Kept {
    pub paper: Paper,
    /// Its ids, the one that it goes by first.
    pub names: Vec<PaperId>,
    pub title_key: Option<String>,
    pub heard: AllHeard,
    /// When it changes, however often it is listed in one answer.
    pub at: Option<Timestamp>,
    pub row: RowState,
    /// The change number that it gets.
    pub change: Option<i64>,
    /// Why a new one is not for the router.
    pub note: Option<&'static str>,
    /// Something moved that subscriptions ask for again: the numbers, an announcement, a source, the code.
    pub moved: bool,
    /// The numbers go into the history.
    pub counted: bool,
    /// It is news after all; true: even when it was posted.
    pub reopened: Option<bool>,
    /// Further ids to write.
    pub aliases: Vec<PaperId>,
    /// Further ids that it goes by now.
    pub freed: Vec<PaperId>,
    pub events: Vec<(EventKind, Option<u16>)>,
    /// True when any of this is to be written.
    pub touched: bool,
}

impl Kept {
    /// A paper as it is in the store.
    pub fn known(paper: Paper, title_key: Option<String>, aliases: Vec<PaperId>, heard: AllHeard) -> Self {
        let mut kept = Self::new(paper, title_key);
        kept.names.extend(aliases);
        Self { heard, row: RowState::Known, ..kept }
    }

    fn new(paper: Paper, title_key: Option<String>) -> Self {
        Self {
            names: vec![paper.id.clone()],
            paper,
            title_key,
            heard: AllHeard::default(),
            at: None,
            row: RowState::New,
            change: None,
            note: None,
            moved: false,
            counted: false,
            reopened: None,
            aliases: Vec::new(),
            freed: Vec::new(),
            events: Vec::new(),
            touched: false,
        }
    }

    /// When it changes: later than before, or nobody would be asked about it.
    ///
    /// A clock may be behind another process's, and a writer that waited for its turn has an older time than the one
    /// before it.
    fn change_at(&mut self, now: Timestamp) -> Timestamp {
        let before = self.paper.updated_at;
        let later = before.checked_add(SignedDuration::from_micros(1)).unwrap_or(before);
        *self.at.get_or_insert(now.max(later))
    }

    /// Forgets what has been written.
    fn written(&mut self) {
        self.heard.written(&self.paper.facts);
        (self.row, self.change, self.reopened) = (RowState::Known, None, None);
        (self.moved, self.counted, self.touched) = (false, false, false);
        self.aliases.clear();
        self.freed.clear();
        self.events.clear();
    }
}

/// A listing, ready to be taken in.
pub(super) struct Heeded<'a> {
    pub listing: &'a Listing,
    /// Every id that it gives.
    pub ids: Vec<PaperId>,
    /// Its facts as the store can keep them.
    pub said: Facts,
    pub title_key: Option<String>,
}

impl<'a> Heeded<'a> {
    /// Prepares listings; those of one paper on several days mostly say the same.
    pub fn all(listings: &'a [Listing]) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::with_capacity(listings.len());
        for listing in listings {
            let said = merge::storable(&listing.facts);
            let same = all.last().filter(|last| {
                last.said.title == said.title && last.said.authors.first() == said.authors.first()
            });
            let title_key = same.map_or_else(|| title_key(&said), |last| last.title_key.clone());
            all.push(Self { listing, ids: identity::ids(listing), said, title_key });
        }
        all
    }
}

/// Who speaks, when, and whether it is for posting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hearing {
    pub source: SourceName,
    pub postable_from: Date,
    /// All that is new is held back.
    pub hold: bool,
    pub now: Timestamp,
}

/// The papers, by everything that a listing can meet them by.
#[derive(Default)]
pub(super) struct Shelf {
    papers: BTreeMap<i64, Kept>,
    by_id: HashMap<PaperId, i64>,
    by_title: HashMap<String, BTreeSet<i64>>,
}

impl Shelf {
    /// Puts a paper there.
    pub fn put(&mut self, kept: Kept) {
        let key = kept.paper.key.0;
        for name in &kept.names {
            self.by_id.insert(name.clone(), key);
        }
        self.retitle(key, None, kept.title_key.as_deref());
        self.papers.insert(key, kept);
    }

    fn take(&mut self, key: i64) -> Option<Kept> {
        let kept = self.papers.remove(&key)?;
        self.retitle(key, kept.title_key.as_deref(), None);
        Some(kept)
    }

    fn retitle(&mut self, key: i64, before: Option<&str>, after: Option<&str>) {
        if let Some(alike) = before.and_then(|before| self.by_title.get_mut(before)) {
            alike.remove(&key);
        }
        if let Some(after) = after {
            self.by_title.entry(after.to_owned()).or_default().insert(key);
        }
    }

    fn names(&self, key: i64) -> &[PaperId] {
        self.papers.get(&key).map_or(&[], |kept| kept.names.as_slice())
    }

    /// Which papers a listing is of.
    pub fn meet(&self, heeded: &Heeded<'_>) -> Met {
        let mut met = Met { ids: heeded.ids.clone(), ..Met::default() };
        let mut theirs = Vec::new();
        for id in &heeded.ids {
            match self.by_id.get(id).copied() {
                None => met.unknown.push(id.clone()),
                Some(key) if met.papers.contains(&key) => {}
                Some(key) => {
                    if met.add(key, self.names(key)) {
                        theirs.extend_from_slice(self.names(key));
                    }
                }
            }
        }
        if met.papers.is_empty()
            && let Some(alike) = heeded.title_key.as_ref().and_then(|title| self.by_title.get(title))
        {
            let (from, to) = near(heeded.listing.day);
            let near =
                |key: &&i64| self.papers.get(*key).is_some_and(|kept| (from..=to).contains(&kept.paper.day));
            for key in alike.iter().filter(near) {
                let names = self.names(*key);
                if met.papers.is_empty() && !forbid_title(names, &met.ids) && met.add(*key, names) {
                    theirs.extend_from_slice(names);
                }
            }
        }
        met.settle(theirs);
        met
    }

    /// Gives all that is known of the younger paper, whose row is gone, to the older one; says the numbers of both.
    pub fn join(&mut self, older: i64, younger: i64, counters: Counters, source: SourceName) -> Counters {
        let Some(other) = self.take(younger) else { return counters };
        for name in &other.names {
            self.by_id.insert(name.clone(), older);
        }
        if let Some(kept) = self.papers.get_mut(&older) {
            kept.names.extend(other.names);
            kept.heard.absorb(other.heard);
            kept.touched = true;
        }
        merge::counters(other.paper.counters, counters, source)
    }

    /// The paper of this number.
    pub fn paper(&self, key: i64) -> Option<&Paper> {
        self.papers.get(&key).map(|kept| &kept.paper)
    }

    /// Takes a listing in that is of at most one paper; `joined` are the numbers of several that have become it.
    pub fn hear(
        &mut self,
        met: Met,
        heeded: Heeded<'_>,
        joined: Option<Counters>,
        how: Hearing,
        change: i64,
        recorded: &mut Recorded,
    ) {
        let postable = heeded.listing.day >= how.postable_from && !how.hold;
        match met.papers.iter().min().copied() {
            None => {
                self.begin(met, heeded, postable, how, change);
                recorded.new += 1;
            }
            Some(key) if self.go_on(key, &met, heeded, joined, postable, how, change) => {
                recorded.changed += 1;
            }
            Some(_) => recorded.unchanged += 1,
        }
    }

    fn begin(&mut self, met: Met, heeded: Heeded<'_>, postable: bool, how: Hearing, change: i64) {
        let Heeded { listing, said, title_key, .. } = heeded;
        let id = canonical(&met.unknown).unwrap_or(&listing.paper).clone();
        let last = self.papers.last_key_value().map_or(0, |(key, _)| *key);
        let paper = Paper {
            key: PaperKey(NOT_WRITTEN.max(last + 1)),
            id: id.clone(),
            revision: 1,
            day: listing.day,
            first_seen_at: how.now,
            updated_at: how.now,
            facts: said.clone(),
            counters: listing.counters,
        };
        let mut kept = Kept::new(paper, title_key);
        kept.at = Some(how.now);
        kept.note = if how.hold { Some("held") } else { (!postable).then_some("backlog") };
        kept.change = Some(change);
        kept.counted = listing.counters != Counters::default();
        kept.moved = kept.counted;
        kept.aliases = met.unknown.into_iter().filter(|alias| *alias != id).collect();
        kept.names.extend_from_slice(&kept.aliases);
        kept.heard.hear(how.source, listing, said, how.now);
        kept.touched = true;
        self.put(kept);
    }

    /// Takes a listing of a known paper in; says whether that changes the paper.
    #[expect(clippy::too_many_arguments, reason = "what a listing is and how it is heard")]
    fn go_on(
        &mut self,
        key: i64,
        met: &Met,
        heeded: Heeded<'_>,
        joined: Option<Counters>,
        postable: bool,
        how: Hearing,
        change: i64,
    ) -> bool {
        let Heeded { listing, said, .. } = heeded;
        let kept = self.papers.get_mut(&key).expect("who is met is there");
        kept.touched = true;
        let now = kept.change_at(how.now);
        let news = kept.heard.hear(how.source, listing, said, now);
        let facts = kept.heard.facts();
        let counters = merge::counters(joined.unwrap_or(kept.paper.counters), listing.counters, how.source);
        let day = kept.heard.day().unwrap_or(kept.paper.day).min(kept.paper.day);
        let former = kept.paper.id.clone();
        let id = canonical(std::iter::once(&former).chain(&met.own)).unwrap_or(&former).clone();
        let events = happened(&kept.paper.facts, &facts, news, how.source);
        let counted = counters != kept.paper.counters;
        let says_more = facts != kept.paper.facts || counted || day != kept.paper.day;
        let changed = says_more || joined.is_some() || id != former;
        if counted || news.new_source || news.newly_announced || !events.is_empty() {
            kept.moved = true;
        }
        kept.counted |= counted;
        for event in events {
            if !kept.events.contains(&event) {
                kept.events.push(event);
            }
        }
        for alias in met.unknown.iter().chain([&former]).filter(|alias| **alias != id) {
            if !kept.names.contains(alias) {
                kept.names.push(alias.clone());
            }
            if !kept.aliases.contains(alias) {
                kept.aliases.push(alias.clone());
            }
        }
        if id != former {
            kept.aliases.retain(|alias| *alias != id);
            kept.names.retain(|name| *name != id);
            kept.names.insert(0, id.clone());
            kept.freed.push(id.clone());
        }
        if postable && (news.first_fresh || (news.new_source && is_fresh(listing.announced))) {
            if kept.row == RowState::New {
                kept.note = None;
            } else {
                kept.reopened = Some(news.first_fresh || kept.reopened == Some(true));
            }
        }
        if changed || news.new_source {
            kept.change = Some(change);
        }
        let before = kept.title_key.clone();
        if changed {
            kept.title_key = title_key(&facts);
            kept.paper.facts = facts;
            kept.paper.counters = counters;
            kept.paper.day = day;
            kept.paper.id = id;
            kept.paper.revision += 1;
            kept.paper.updated_at = now;
            if kept.row == RowState::Known {
                kept.row = RowState::Changed;
            }
        }
        for name in kept.names.iter().filter(|name| met.unknown.contains(name)) {
            self.by_id.insert(name.clone(), key);
        }
        if changed {
            let after = kept.title_key.clone();
            self.retitle(key, before.as_deref(), after.as_deref());
        }
        changed
    }

    /// The papers of which something is to be written, the oldest first.
    pub fn touched(&self) -> impl Iterator<Item = &Kept> {
        self.papers.values().filter(|kept| kept.touched)
    }

    /// The papers that have no row yet, in the order in which they came.
    pub fn new_papers(&self) -> Vec<&Kept> {
        self.papers.range(NOT_WRITTEN..).map(|(_, kept)| kept).collect()
    }

    /// Takes in the numbers that the rows of new papers got.
    pub fn number(&mut self, numbers: &[(i64, String)]) {
        let numbers: HashMap<&str, i64> = numbers.iter().map(|(key, id)| (id.as_str(), *key)).collect();
        let new: Vec<i64> = self.papers.range(NOT_WRITTEN..).map(|(key, _)| *key).collect();
        for key in new {
            let Some(mut kept) = self.take(key) else { continue };
            let number = numbers.get(kept.paper.id.as_str()).copied();
            kept.paper.key = PaperKey(number.expect("each row that was written tells its number"));
            self.put(kept);
        }
    }

    /// Forgets what has been written.
    pub fn written(&mut self) {
        self.papers.values_mut().filter(|kept| kept.touched).for_each(Kept::written);
    }
}
