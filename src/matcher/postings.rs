//! The queries filed under each phrase.

use super::code::Sign;
use super::keys::{Key, Remainder};
use super::lexicon::NONE;
use super::phrases::PhraseId;
use super::pool::{List, Pool, make_room, number, push};
use super::queries::QueryId;

/// Queries by phrase.
#[derive(Debug, Default)]
pub(super) struct Postings {
    phrases: Vec<Filed>,
    lists: Vec<List>,
    free: Vec<u32>,
    checked: Pool<Checked>,
    /// Queries that can hold in a paper without any of their phrases.
    always: Vec<QueryId>,
}

/// What is filed under a phrase: nothing, one query that holds when the phrase does, or, marked as [`LISTED`], a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Filed(u32);

const NOTHING: Filed = Filed(NONE);

const LISTED: u32 = 1 << 31;

impl Filed {
    #[inline]
    pub fn is_list(self) -> bool {
        self != NOTHING && self.0 & LISTED != 0
    }

    /// The only query.
    #[inline]
    pub fn only(self) -> Option<QueryId> {
        (self.0 & LISTED == 0).then_some(self.0)
    }
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

/// Nothing remains to be asked.
pub(super) const SURE: Sign = Sign::MAX;

impl Checked {
    /// The order in a list.
    fn place(self) -> (bool, QueryId) {
        (self.check & WHOLE != 0, self.query)
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
                self.phrases.resize(phrase + 1, NOTHING);
            }
            let checked = Checked { query, check: check(key.remainder, code) };
            if checked.check == SURE && self.phrases[phrase] == NOTHING {
                assert!(query < LISTED, "a matcher holds fewer than two thousand million queries");
                self.phrases[phrase] = Filed(query);
                continue;
            }
            let at = self.list_of(phrase);
            let list = &mut self.lists[at];
            let at = self.checked.get(*list).partition_point(|other| other.place() < checked.place());
            self.checked.insert(list, at, checked);
        }
    }

    /// The number of a phrase's list, which is made of what is filed there.
    fn list_of(&mut self, phrase: usize) -> usize {
        let filed = self.phrases[phrase];
        if filed.is_list() {
            return (filed.0 & !LISTED) as usize;
        }
        let list = filed.only().map(|query| self.checked.add(&[Checked { query, check: SURE }]));
        let at = self.free.pop().unwrap_or_else(|| {
            push(&mut self.lists, List::default());
            number(self.lists.len() - 1)
        });
        self.lists[at as usize] = list.unwrap_or_default();
        self.phrases[phrase] = Filed(LISTED | at);
        at as usize
    }

    /// Takes a query out from where `file` put it.
    pub fn unfile(&mut self, query: QueryId, keys: Option<&[Key]>) {
        let Some(keys) = keys else {
            return self.always.retain(|other| *other != query);
        };
        for key in keys {
            let filed = &mut self.phrases[key.phrase as usize];
            if !filed.is_list() {
                *filed = NOTHING;
                continue;
            }
            let number = filed.0 & !LISTED;
            let list = &mut self.lists[number as usize];
            let place = Checked { query, check: check(key.remainder, 0) }.place();
            let at = self.checked.get(*list).binary_search_by_key(&place, |other| other.place());
            self.checked.remove(list, at.expect("filed under its keys"));
            if list.len() == 0 {
                *filed = NOTHING;
                self.free.push(number);
            }
        }
    }

    /// What is filed under a phrase.
    #[inline]
    pub fn of(&self, phrase: PhraseId) -> Filed {
        self.phrases.get(phrase as usize).copied().unwrap_or(NOTHING)
    }

    /// Queries that a phrase brings up, with what remains to be asked.
    #[inline]
    pub fn checked(&self, filed: Filed) -> &[Checked] {
        self.checked.get(self.lists[(filed.0 & !LISTED) as usize])
    }

    /// Queries that are asked of every paper.
    pub fn always(&self) -> &[QueryId] {
        &self.always
    }

    pub fn bytes(&self) -> usize {
        self.phrases.capacity() * size_of::<Filed>()
            + self.lists.capacity() * size_of::<List>()
            + self.free.capacity() * size_of::<u32>()
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
