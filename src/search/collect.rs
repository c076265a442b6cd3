//! Keeps the first papers of an answer, and counts all of them on the way where that costs nothing more.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::query::Weight;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use super::recency::Recency;
use super::request::{Place, Sort};
use super::schema::column;

/// Collects the papers that come first after a place.
pub(super) struct First<'a> {
    pub sort: Sort,
    pub limit: usize,
    pub after: Option<Place>,
    pub recency: &'a Arc<Recency>,
    /// True when the index can leave out blocks of papers that cannot come in front; then nobody has counted them.
    pub skips: bool,
}

/// The first papers, and of how many.
#[derive(Default)]
pub(super) struct Found {
    pub places: Vec<Place>,
    /// `None` where papers were left out.
    pub total: Option<u64>,
}

/// The papers of one segment, and what they are sorted by.
pub(super) struct Best {
    columns: Columns,
    sort: Sort,
    limit: usize,
    after: Option<Place>,
    heap: BinaryHeap<Reverse<Place>>,
    /// Scores under this cannot come in front any more.
    threshold: Score,
    seen: u64,
}

struct Columns {
    key: Arc<dyn ColumnValues<i64>>,
    day: Arc<dyn ColumnValues<i64>>,
    upvotes: Arc<dyn ColumnValues<u64>>,
    recency: Arc<Recency>,
}

impl Columns {
    fn rank(&self, sort: Sort, doc: DocId, score: Score) -> u64 {
        match sort {
            Sort::Relevance => (score * self.recency.factor(self.day.get_val(doc))).to_bits().into(),
            // The order of days is kept, also of those before 1970.
            Sort::Date => tantivy::i64_to_u64(self.day.get_val(doc)),
            Sort::Upvotes => self.upvotes.get_val(doc),
        }
    }
}

impl Best {
    /// The worst of the papers that are kept, when no more fit.
    fn floor(&self) -> Option<Place> {
        (self.heap.len() == self.limit).then(|| self.heap.peek().map(|worst| worst.0)).flatten()
    }

    fn new_threshold(&self) -> Score {
        let Some(floor) = self.floor() else { return Score::MIN };
        let Ok(bits) = u32::try_from(floor.rank) else { return Score::MIN };
        // A little less, for rounding and so that equals are still compared by their keys.
        (Score::from_bits(bits) / Recency::MOST) * (1.0 - 1e-5) - Score::MIN_POSITIVE
    }
}

impl SegmentCollector for Best {
    type Fruit = (Vec<Place>, u64);

    fn collect(&mut self, doc: DocId, score: Score) {
        self.seen += 1;
        if self.sort == Sort::Relevance && score <= self.threshold {
            return;
        }
        let place =
            Place { rank: self.columns.rank(self.sort, doc, score), key: self.columns.key.get_val(doc) };
        if self.after.is_some_and(|after| place >= after) || self.floor().is_some_and(|floor| place <= floor)
        {
            return;
        }
        if self.heap.len() == self.limit {
            self.heap.pop();
        }
        self.heap.push(Reverse(place));
        self.threshold = self.new_threshold();
    }

    fn harvest(self) -> (Vec<Place>, u64) {
        (self.heap.into_iter().map(|place| place.0).collect(), self.seen)
    }
}

impl Collector for First<'_> {
    type Fruit = Found;
    type Child = Best;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Best> {
        let columns = segment.fast_fields();
        Ok(Best {
            columns: Columns {
                key: columns.column_first_or_default(column::KEY)?,
                day: columns.column_first_or_default(column::DAY)?,
                upvotes: columns.column_first_or_default(column::UPVOTES)?,
                recency: Arc::clone(self.recency),
            },
            sort: self.sort,
            limit: self.limit,
            after: self.after,
            heap: BinaryHeap::with_capacity(self.limit),
            threshold: Score::MIN,
            seen: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<(Vec<Place>, u64)>) -> tantivy::Result<Found> {
        let seen = fruits.iter().map(|(_, seen)| seen).sum();
        let mut places: Vec<Place> = fruits.into_iter().flat_map(|(places, _)| places).collect();
        places.sort_unstable_by_key(|place| Reverse(*place));
        places.truncate(self.limit);
        Ok(Found { places, total: (!self.skips).then_some(seen) })
    }

    fn collect_segment(
        &self,
        weight: &dyn Weight,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<(Vec<Place>, u64)> {
        let mut best = self.for_segment(segment, reader)?;
        let alive = reader.alive_bitset();
        let is_alive = |doc| alive.is_none_or(|alive| alive.is_alive(doc));
        if self.skips {
            weight.for_each_pruning(Score::MIN, reader, &mut |doc, score| {
                if is_alive(doc) {
                    best.collect(doc, score);
                }
                best.threshold
            })?;
        } else if self.requires_scoring() {
            weight.for_each(reader, &mut |doc, score| {
                if is_alive(doc) {
                    best.collect(doc, score);
                }
            })?;
        } else {
            weight.for_each_no_score(reader, &mut |docs| {
                docs.iter().filter(|doc| is_alive(**doc)).for_each(|doc| best.collect(*doc, 0.0));
            })?;
        }
        Ok(best.harvest())
    }
}
