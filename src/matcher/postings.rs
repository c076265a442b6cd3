//! The queries filed under each phrase.

use super::code::Sign;
use super::keys::{Key, Remainder};
use super::lexicon::NONE;
use super::phrases::PhraseId;
use super::pool::{List, Pool, make_room};
use super::queries::QueryId;

/// Queries by phrase.
#[derive(Debug, Default)]
pub(super) struct Postings {
    phrases: Vec<Posting>,
    checked: Pool<Checked>,
    /// Queries that can hold in a paper without any of their phrases.
    always: Vec<QueryId>,
}

/// What is filed under a phrase.
#[derive(Debug, Clone, Copy)]
pub(super) struct Posting {
    /// A query that holds when the phrase does, or [`NONE`]; mostly that of the phrase alone.
    own: QueryId,
    /// All others: those of which a leaf remains to be asked first.
    checked: List,
}

const EMPTY: Posting = Posting { own: NONE, checked: List::EMPTY };

/// A query that holds when the phrase does and something else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Checked {
    pub query: QueryId,
    /// A leaf; or, marked as [`WHOLE`], where the query's code begins.
    pub check: Sign,
}

/// No leaf has this bit.
pub(super) const WHOLE: Sign = 1 << 31;

/// Nothing remains to be asked.
pub(super) const SURE: Sign = Sign::MAX;

impl Checked {
    /// The order in a list.
    fn place(self) -> (bool, QueryId) {
        (self.check & WHOLE != 0, self.query)
    }
}

impl Posting {
    #[inline]
    pub fn own(self) -> Option<QueryId> {
        Some(self.own).filter(|own| *own != NONE)
    }

    #[inline]
    pub fn has_more(self) -> bool {
        self.checked.len() > 0
    }
}

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
                self.phrases.resize(phrase + 1, EMPTY);
            }
            let posting = &mut self.phrases[phrase];
            let checked = Checked { query, check: check(key.remainder, code) };
            if checked.check == SURE && posting.own == NONE {
                posting.own = query;
                continue;
            }
            let others = self.checked.get(posting.checked);
            let at = others.partition_point(|other| other.place() < checked.place());
            self.checked.insert(&mut posting.checked, at, checked);
        }
    }

    /// Takes a query out from where `file` put it.
    pub fn unfile(&mut self, query: QueryId, keys: Option<&[Key]>) {
        let Some(keys) = keys else {
            return self.always.retain(|other| *other != query);
        };
        for key in keys {
            let posting = &mut self.phrases[key.phrase as usize];
            if posting.own == query {
                posting.own = NONE;
                continue;
            }
            let place = Checked { query, check: check(key.remainder, 0) }.place();
            let at = self.checked.get(posting.checked).binary_search_by_key(&place, |other| other.place());
            self.checked.remove(&mut posting.checked, at.expect("filed under its keys"));
        }
    }

    /// What is filed under a phrase.
    #[inline]
    pub fn of(&self, phrase: PhraseId) -> Posting {
        self.phrases.get(phrase as usize).copied().unwrap_or(EMPTY)
    }

    /// Queries that a phrase brings up, with what remains to be asked.
    #[inline]
    pub fn checked(&self, posting: Posting) -> &[Checked] {
        self.checked.get(posting.checked)
    }

    /// Queries that are asked of every paper.
    pub fn always(&self) -> &[QueryId] {
        &self.always
    }

    pub fn bytes(&self) -> usize {
        self.phrases.capacity() * size_of::<Posting>()
            + self.checked.bytes()
            + self.always.capacity() * size_of::<QueryId>()
    }
}

fn check(remainder: Remainder, code: u32) -> Sign {
    match remainder {
        Remainder::Nothing => SURE,
        Remainder::Leaf(leaf) => leaf,
        Remainder::Query => WHOLE | code,
    }
}
