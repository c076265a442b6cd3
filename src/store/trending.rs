//! How papers' numbers rose in a window of time, from the snapshots that Paperwire took itself.
//!
//! ```text
//!   oldest        start                        now
//! ----|-------------|----------------------------|
//!       last known    at first known here, when nothing is known before
//!       before ───────────────▶ last known here       the rise is the difference
//! ```
//! `docs/trending.md` explains the formula to people.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;

use super::db::{query_as, reading};
use super::values::micros;
use super::{Store, StoreError};
use crate::domain::PaperKey;
use crate::domain::ranking::momentum;

/// How much a paper's numbers rose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Risen {
    /// The paper.
    pub paper: PaperKey,
    /// Votes that it gained; never below zero.
    pub upvotes: u32,
    /// Stars that its code gained; never below zero.
    pub stars: u32,
}

impl Risen {
    /// How strongly it rises.
    pub fn momentum(&self) -> f64 {
        momentum(self.upvotes, self.stars, 0)
    }

    /// The order of trending papers: the strongest first, of equals the one that was stored later.
    pub fn before(&self, other: &Self) -> Ordering {
        other.momentum().total_cmp(&self.momentum()).then(other.paper.cmp(&self.paper))
    }
}

/// A paper with all that ranks it in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rising {
    /// How its numbers rose in the world.
    pub risen: Risen,
    /// The channel's votes of the same time, those against it taken off.
    pub here: i64,
}

impl Rising {
    /// How strongly it rises.
    pub fn momentum(&self) -> f64 {
        momentum(self.risen.upvotes, self.risen.stars, self.here)
    }

    /// The order of trending papers, as [`Risen::before`].
    pub fn before(&self, other: &Self) -> Ordering {
        other.momentum().total_cmp(&self.momentum()).then(other.risen.paper.cmp(&self.risen.paper))
    }

    /// Papers that rise in the world or in the channel; those that the channel voted down are left out.
    pub fn together(risen: Vec<Risen>, mut here: HashMap<PaperKey, i64>) -> Vec<Self> {
        let mut rising: Vec<Self> = risen
            .into_iter()
            .map(|risen| Self { here: here.remove(&risen.paper).unwrap_or(0), risen })
            .collect();
        let only_here = |(paper, here)| Self { risen: Risen { paper, upvotes: 0, stars: 0 }, here };
        rising.extend(here.into_iter().map(only_here));
        rising.retain(|rising| rising.momentum() > 0.0);
        rising
    }
}

macro_rules! number {
    ($counter:literal, $range:literal, $order:literal) => {
        concat!(
            "(SELECT s.",
            $counter,
            " FROM counter_snapshot s WHERE s.paper_id = m.paper_id AND ",
            $range,
            " AND s.",
            $counter,
            " IS NOT NULL ORDER BY s.taken_at ",
            $order,
            " LIMIT 1)"
        )
    };
}

macro_rules! rise {
    ($counter:literal) => {
        concat!(
            number!($counter, "s.taken_at > $2 AND s.taken_at <= $3", "DESC"),
            " - COALESCE(",
            number!($counter, "s.taken_at >= $1 AND s.taken_at <= $2", "DESC"),
            ", ",
            number!($counter, "s.taken_at > $2 AND s.taken_at <= $3", "ASC"),
            ")"
        )
    };
}

const RISEN: &str = concat!(
    "SELECT m.paper_id, ",
    rise!("upvotes"),
    " AS upvotes, ",
    rise!("stars"),
    " AS stars FROM (SELECT DISTINCT paper_id FROM counter_snapshot
        WHERE taken_at > $2 AND taken_at <= $3) m"
);

impl Store {
    /// Papers whose votes or stars rose after `start` up to `now`, in no order.
    ///
    /// What a paper had when it was first seen is no rise. A number from before `oldest` is not compared with: when
    /// nobody looked for so long, nobody knows when it rose.
    pub async fn risen(
        &self,
        oldest: Timestamp,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<Risen>, StoreError> {
        let rows: Vec<(i64, Option<i64>, Option<i64>)> = reading!(self, |tx| {
            query_as(RISEN)
                .bind(micros(oldest))
                .bind(micros(start))
                .bind(micros(now))
                .fetch_all(&mut *tx)
                .await?
        });
        let gained = |rise: Option<i64>| u32::try_from(rise.unwrap_or(0).max(0)).unwrap_or(u32::MAX);
        let risen = rows.into_iter().map(|(paper, upvotes, stars)| Risen {
            paper: PaperKey(paper),
            upvotes: gained(upvotes),
            stars: gained(stars),
        });
        Ok(risen.filter(|risen| risen.upvotes > 0 || risen.stars > 0).collect())
    }
}
