//! Which stored papers a listing is of: by its ids, else by title and first author.

use jiff::{ToSpan as _, civil::Date};

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
    pub fn add(&mut self, key: i64, names: Vec<PaperId>) -> bool {
        if contradict(&names, &self.ids) {
            return false;
        }
        self.papers.push(key);
        self.ids.extend(names);
        true
    }

    /// Leaves out what the papers' own ids speak against.
    pub fn settle(&mut self, names_of_papers: Vec<PaperId>) {
        self.unknown.retain(|id| !contradict(std::slice::from_ref(id), &names_of_papers));
        self.own = names_of_papers;
        self.own.extend_from_slice(&self.unknown);
    }
}

pub(super) const BY_ID: &str = "SELECT id FROM paper WHERE canonical_id = $1
    UNION ALL SELECT paper_id FROM paper_alias WHERE alias = $1 LIMIT 1";

pub(super) const BY_TITLE: &str =
    "SELECT id FROM paper WHERE title_key = $1 AND day >= $2 AND day <= $3 ORDER BY id";

pub(super) const NAMES: &str = "SELECT canonical_id FROM paper WHERE id = $1
    UNION ALL SELECT alias FROM paper_alias WHERE paper_id = $1";

/// The days on which an equal title means the same paper.
pub(super) fn near(listed: Date) -> (Date, Date) {
    (listed.saturating_sub(TITLE_WITHIN_DAYS.days()), listed.saturating_add(TITLE_WITHIN_DAYS.days()))
}

/// Every id of a stored paper.
macro_rules! names {
    ($tx:ident, $key:expr) => {{
        let names: Vec<String> =
            query_scalar($crate::store::meeting::NAMES).bind($key).fetch_all(&mut *$tx).await?;
        let names: Result<Vec<$crate::domain::PaperId>, StoreError> =
            names.iter().map(|name| $crate::store::values::parsed(name, "an id of a paper")).collect();
        names?
    }};
}

/// Which stored papers a listing is of; a [`Met`].
macro_rules! meet {
    ($tx:ident, $listing:expr) => {{
        use $crate::domain::identity;
        use $crate::store::meeting::{BY_ID, BY_TITLE, Met, names, near};
        let ids = identity::ids($listing);
        let mut met = Met { ids: ids.clone(), ..Met::default() };
        let mut theirs = Vec::new();
        for id in ids {
            let key: Option<i64> = query_scalar(BY_ID).bind(id.as_str()).fetch_optional(&mut *$tx).await?;
            match key {
                None => met.unknown.push(id),
                Some(key) if met.papers.contains(&key) => {}
                Some(key) => {
                    let names = names!($tx, key);
                    if met.add(key, names.clone()) {
                        theirs.extend(names);
                    }
                }
            }
        }
        if met.papers.is_empty()
            && let Some(title) = identity::title_key(&$listing.facts)
        {
            let (from, to) = near($listing.day);
            let alike: Vec<i64> = query_scalar(BY_TITLE)
                .bind(title)
                .bind($crate::store::values::day(from))
                .bind($crate::store::values::day(to))
                .fetch_all(&mut *$tx)
                .await?;
            for key in alike {
                let names = names!($tx, key);
                if met.papers.is_empty()
                    && !identity::forbid_title(&names, &met.ids)
                    && met.add(key, names.clone())
                {
                    theirs.extend(names);
                }
            }
        }
        met.settle(theirs);
        met
    }};
}

pub(super) use {meet, names};
