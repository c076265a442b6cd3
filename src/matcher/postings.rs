//! The queries filed under each phrase.

use super::code::Sign;
use super::keys::{Key, Remainder};
use super::pool::{List, Pool, make_room};
use super::queries::QueryId;

/// Queries by phrase, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Postings {
    phrases: Vec<Posting>,
    sure: Pool<QueryId>,
    checked: Pool<Checked>,
    /// Queries that can hold in a paper without any of their phrases.
    always: Vec<QueryId>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Posting {
    /// Hold when the phrase does.
    sure: List,
    checked: List,
}

/// A query that holds when the phrase does and something else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked {
    pub query: QueryId,
    /// A leaf; or, marked as [`WHOLE`], where the query's code begins.
    pub check: Sign,
}

/// No leaf has this bit.
pub(super) const WHOLE: Sign = 1 << 31;

impl Postings {
    /// Files a query whose code begins at `code`.
    pub fn file(&mut self, query: QueryId, code: u32, keys: Option<&[Key]>) {
        let Some(keys) = keys else {
            let at = self.always.partition_point(|other| *other < query);
            return self.always.insert(at, query);
        };
        for key in keys {
            let phrase = key.phrase as usize;
            if self.phrases.len() <= phrase {
                let more = phrase + 1 - self.phrases.len();
                make_room(&mut self.phrases, more);
                self.phrases.resize(phrase + 1, Posting::default());
            }
            let posting = &mut self.phrases[phrase];
            let check = match key.remainder {
                Remainder::Nothing => {
                    let at = self.sure.get(posting.sure).partition_point(|other| *other < query);
                    self.sure.insert(&mut posting.sure, at, query);
                    continue;
                }
                Remainder::Leaf(leaf) => leaf,
                Remainder::Query => WHOLE | code,
            };
            let at = self.checked.get(posting.checked).partition_point(|other| other.query < query);
            self.checked.insert(&mut posting.checked, at, Checked { query, check });
        }
    }

    /// Takes a query out from where `file` put it.
    pub fn unfile(&mut self, query: QueryId, keys: Option<&[Key]>) {
        let Some(keys) = keys else {
            return self.always.retain(|other| *other != query);
        };
        for key in keys {
            let posting = &mut self.phrases[key.phrase as usize];
            if key.remainder == Remainder::Nothing {
                let at = self.sure.get(posting.sure).binary_search(&query).expect("filed under its keys");
                self.sure.remove(&mut posting.sure, at);
            } else {
                let checked = self.checked.get(posting.checked);
                let at = checked.binary_search_by_key(&query, |other| other.query);
                self.checked.remove(&mut posting.checked, at.expect("filed under its keys"));
            }
        }
    }

    /// Queries that hold when a phrase does.
    #[inline]
    pub fn sure(&self, phrase: u32) -> &[QueryId] {
        self.phrases.get(phrase as usize).map_or(&[], |posting| self.sure.get(posting.sure))
    }

    /// Queries that a phrase brings up, with what remains to be asked.
    #[inline]
    pub fn checked(&self, phrase: u32) -> &[Checked] {
        self.phrases.get(phrase as usize).map_or(&[], |posting| self.checked.get(posting.checked))
    }

    /// Queries that are asked of every paper.
    pub fn always(&self) -> &[QueryId] {
        &self.always
    }

    pub fn bytes(&self) -> usize {
        self.phrases.capacity() * size_of::<Posting>()
            + self.sure.bytes()
            + self.checked.bytes()
            + self.always.capacity() * size_of::<QueryId>()
    }
}
