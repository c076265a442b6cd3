//! What sources said of one paper, listing by listing, as the store keeps it.

use jiff::{Timestamp, civil::Date};

use super::StoreError;
use super::many::Many;
use super::values::{from_json, json, opt_timestamp, parsed, timestamp};
use crate::domain::precedence::{Told, together, told_again};
use crate::domain::query::Announcement;
use crate::domain::{Facts, Listing, SourceName};

/// One row of `listing`.
#[derive(Debug)]
pub(super) struct Heard {
    pub told: Told,
    pub first_seen_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub announced: Option<Announcement>,
    pub announced_at: Option<Timestamp>,
    /// What the column holds; `None` stands for the facts of the paper's row.
    stored: Option<String>,
    /// True when the row is to be written whatever its facts are.
    touched: bool,
}

/// The columns of [`Heard`].
#[derive(sqlx::FromRow)]
pub(super) struct HeardRow {
    source: String,
    day: String,
    first_seen_at: i64,
    last_seen_at: i64,
    announced: Option<String>,
    announced_at: Option<i64>,
    facts: Option<String>,
}

/// A row with the paper that it is of.
#[derive(sqlx::FromRow)]
pub(super) struct HeardOf {
    pub paper_id: i64,
    #[sqlx(flatten)]
    pub row: HeardRow,
}

pub(super) static HEARD: Many = Many::list(
    "SELECT paper_id, source, day, first_seen_at, last_seen_at, announced, announced_at, facts
    FROM listing WHERE paper_id IN ({}) ORDER BY paper_id, first_seen_at, day, source",
);

pub(super) static PUT_HEARD: Many = Many::rows(
    "INSERT INTO listing (paper_id, source, day, first_seen_at, last_seen_at, announced, announced_at, facts)
    VALUES {}
    ON CONFLICT (paper_id, source, day) DO UPDATE SET first_seen_at = excluded.first_seen_at,
        last_seen_at = excluded.last_seen_at, announced = excluded.announced,
        announced_at = excluded.announced_at, facts = excluded.facts",
    8,
);

/// Reads an announcement back.
pub(super) fn announcement(name: Option<&str>) -> Result<Option<Announcement>, StoreError> {
    let Some(name) = name else { return Ok(None) };
    let known = Announcement::ALL.into_iter().find(|kind| kind.name() == name);
    known
        .map(Some)
        .ok_or_else(|| StoreError::Corrupt { what: format!("the announcement “{name}” of a listing") })
}

/// True when it says that the paper is new in some list, or nothing about that.
pub(super) fn is_fresh(announced: Option<Announcement>) -> bool {
    !matches!(announced, Some(Announcement::Replace | Announcement::ReplaceCross))
}

/// All listings of a paper.
#[derive(Debug, Default)]
pub(super) struct AllHeard(pub Vec<Heard>);

/// What is new about a listing beside its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct News {
    /// The source had not listed the paper before.
    pub new_source: bool,
    /// The source announced it in a way that it had not on this day.
    pub newly_announced: bool,
    /// It is the first listing that does not only replace an earlier version.
    pub first_fresh: bool,
}

impl AllHeard {
    /// Reads rows back; `paper` are the facts of the paper's row.
    pub fn read(rows: Vec<HeardRow>, paper: &Facts) -> Result<Self, StoreError> {
        let heard = |row: HeardRow| {
            let facts = match &row.facts {
                Some(facts) => from_json(facts, "what a source said of a paper")?,
                None => paper.clone(),
            };
            let day: Date = parsed(&row.day, "the day of a listing")?;
            Ok(Heard {
                told: Told { source: row.source, day, facts },
                first_seen_at: timestamp(row.first_seen_at, "the first sight of a listing")?,
                last_seen_at: timestamp(row.last_seen_at, "the last sight of a listing")?,
                announced: announcement(row.announced.as_deref())?,
                announced_at: opt_timestamp(row.announced_at, "the time of an announcement")?,
                stored: row.facts,
                touched: false,
            })
        };
        rows.into_iter().map(heard).collect::<Result<_, StoreError>>().map(Self)
    }

    /// Takes in the listings of another paper that turned out to be this one.
    pub fn absorb(&mut self, other: Self) {
        for mut theirs in other.0 {
            theirs.touched = true;
            theirs.stored = None;
            let Some(ours) = self.find(&theirs.told.source, theirs.told.day) else {
                self.0.push(theirs);
                continue;
            };
            let theirs_is_newer = theirs.first_seen_at > ours.first_seen_at;
            let known = std::mem::take(&mut ours.told.facts);
            ours.told.facts = if theirs_is_newer {
                told_again(known, theirs.told.facts)
            } else {
                told_again(theirs.told.facts, known)
            };
            ours.first_seen_at = ours.first_seen_at.min(theirs.first_seen_at);
            ours.last_seen_at = ours.last_seen_at.max(theirs.last_seen_at);
            if theirs.announced.is_some() && ours.announced.is_none_or(|own| theirs.announced < Some(own)) {
                (ours.announced, ours.announced_at) = (theirs.announced, theirs.announced_at);
            }
            ours.touched = true;
        }
    }

    fn find(&mut self, source: &str, day: Date) -> Option<&mut Heard> {
        self.0.iter_mut().find(|heard| heard.told.source == source && heard.told.day == day)
    }

    /// Takes in a listing; `facts` are its own as the store can keep them.
    pub fn hear(&mut self, source: SourceName, listing: &Listing, facts: Facts, now: Timestamp) -> News {
        let new_source = self.0.iter().all(|heard| heard.told.source != source.0);
        let was_fresh = self.0.iter().any(|heard| is_fresh(heard.announced));
        let first_fresh = !was_fresh && is_fresh(listing.announced);
        let announced_at = listing.announced.map(|_| now);
        let Some(known) = self.find(source.0, listing.day) else {
            self.0.push(Heard {
                told: Told { source: source.0.to_owned(), day: listing.day, facts },
                first_seen_at: now,
                last_seen_at: now,
                announced: listing.announced,
                announced_at,
                stored: None,
                touched: true,
            });
            return News { new_source, newly_announced: listing.announced.is_some(), first_fresh };
        };
        known.told.facts = told_again(std::mem::take(&mut known.told.facts), facts);
        known.last_seen_at = known.last_seen_at.max(now);
        known.touched = true;
        // The kind depends on the categories that were asked for: of several the newest meaning counts.
        let newly_announced =
            listing.announced.is_some() && known.announced.is_none_or(|own| listing.announced < Some(own));
        if newly_announced {
            (known.announced, known.announced_at) = (listing.announced, announced_at);
        }
        News { new_source, newly_announced, first_fresh }
    }

    /// What all of them say together.
    pub fn facts(&self) -> Facts {
        together(self.0.iter().map(|heard| &heard.told))
    }

    /// The earliest day.
    pub fn day(&self) -> Option<Date> {
        self.0.iter().map(|heard| heard.told.day).min()
    }

    /// The rows to write, with the text of their facts, once the paper's row holds `paper`.
    pub fn to_write(&self, paper: &Facts) -> impl Iterator<Item = (&Heard, Option<String>)> {
        self.0.iter().filter_map(move |heard| {
            let facts = (heard.told.facts != *paper).then(|| json(&heard.told.facts));
            (heard.touched || facts != heard.stored).then_some((heard, facts))
        })
    }

    /// Remembers that all of [`AllHeard::to_write`] has been written.
    pub fn written(&mut self, paper: &Facts) {
        for heard in &mut self.0 {
            heard.stored = (heard.told.facts != *paper).then(|| json(&heard.told.facts));
            heard.touched = false;
        }
    }
}
