//! Which stored papers a listing is of: by its ids, else by title and first author.

use jiff::{ToSpan as _, civil::Date};

use super::many::Many;
use crate::domain::PaperId;
use crate::domain::identity::{TITLE_WITHIN_DAYS, contradict};

/// The papers that a listing shows to be one.
#[derive(Debug, Default)]
pub(super) struct Met {
    /// Their keys; none when it is new.
    pub papers: Vec<i64>,
    /// Every id of the listing and of these papers, for looking for contradictions.
    pub ids: Vec<PaperId>,
    /// Ids of the listing that nobody has.
    pub unknown: Vec<PaperId>,
    /// Every id of the paper that they come to.
    pub own: Vec<PaperId>,
}

impl Met {
    /// A paper that has one of the listing's ids; false when their arXiv ids say that it is another.
    pub fn add(&mut self, key: i64, names: &[PaperId]) -> bool {
        if contradict(names, &self.ids) {
            return false;
        }
        self.papers.push(key);
        self.ids.extend_from_slice(names);
        true
    }

    /// Leaves out what the papers' own ids speak against.
    pub fn settle(&mut self, names_of_papers: Vec<PaperId>) {
        self.unknown.retain(|id| !contradict(std::slice::from_ref(id), &names_of_papers));
        self.own = names_of_papers;
        self.own.extend_from_slice(&self.unknown);
    }
}

/// The papers that have these ids.
pub(super) static BY_ID: Many = Many::list(
    "SELECT id FROM paper WHERE canonical_id IN ({})
    UNION SELECT paper_id FROM paper_alias WHERE alias IN ({})",
);

/// The papers with these titles and first authors.
pub(super) static BY_TITLE: Many = Many::list("SELECT id FROM paper WHERE title_key IN ({})");

/// The further ids of papers.
pub(super) static ALIASES: Many =
    Many::list("SELECT paper_id, alias FROM paper_alias WHERE paper_id IN ({})");

/// The days on which an equal title means the same paper.
pub(super) fn near(listed: Date) -> (Date, Date) {
    (listed.saturating_sub(TITLE_WITHIN_DAYS.days()), listed.saturating_add(TITLE_WITHIN_DAYS.days()))
}
