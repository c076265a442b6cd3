//! Completion of what a person has begun to type.

use std::cmp::Reverse;
use std::ops::Bound;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query as IndexQuery, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Value as _};
use tantivy::{Order, TantivyDocument, Term};

use super::schema::column;
use super::{Search, SearchError};
use crate::text::{name_tokens, tokens};

/// Papers that are looked at for each kind, the newest first.
const LOOK_AT: usize = 64;

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CompletionKind {
    /// A keyword of papers.
    Keyword,
    /// An author's name.
    Author,
    /// A paper's title.
    Title,
}

/// What a person may want to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The text, as papers print it.
    pub text: String,
    /// What it is.
    pub kind: CompletionKind,
}

/// Words that are complete, and the last, which may be the beginning of one.
pub(super) struct Begun {
    words: Vec<String>,
    last: String,
    /// The last as if it were complete: plurals fold.
    last_folded: String,
}

impl Begun {
    pub fn new(text: &str, kind: CompletionKind) -> Option<Self> {
        let split = if kind == CompletionKind::Author { name_tokens } else { tokens };
        let mut words: Vec<String> = split(text).into_iter().map(|token| token.text).collect();
        let last_folded = words.pop()?;
        let last = name_tokens(text).pop()?.text;
        Some(Self { words, last, last_folded })
    }

    pub fn query(&self, field: Field) -> Box<dyn IndexQuery> {
        let word = |word: &str| -> Box<dyn IndexQuery> {
            Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::Basic))
        };
        let from = Term::from_field_text(field, &self.last);
        let to = Term::from_field_text(field, &format!("{}{}", self.last, char::MAX));
        let begins: Box<dyn IndexQuery> =
            Box::new(RangeQuery::new(Bound::Included(from), Bound::Excluded(to)));
        let mut all: Vec<_> = self.words.iter().map(|whole| word(whole)).collect();
        all.push(Box::new(BooleanQuery::union(vec![word(&self.last_folded), begins])));
        Box::new(BooleanQuery::intersection(all))
    }

    /// True when one text holds it all: a keyword, not the keywords of a paper together.
    fn is_in(&self, text: &str, kind: CompletionKind) -> bool {
        let split = if kind == CompletionKind::Author { name_tokens } else { tokens };
        let own = split(text);
        self.words.iter().all(|word| own.iter().any(|token| token.text == *word))
            && own.iter().any(|token| token.text == self.last_folded || token.text.starts_with(&self.last))
    }
}

impl Search {
    /// Keywords, authors and titles that hold what has been typed, the last word as the beginning of one.
    ///
    /// Keywords and authors come in the order of how often the newest papers have them, titles from the newest on;
    /// the kinds take turns.
    pub fn complete(&self, prefix: &str, limit: usize) -> Result<Vec<Completion>, SearchError> {
        let fields = &self.fields;
        let kinds = [
            (CompletionKind::Keyword, fields.keywords, fields.keywords),
            (CompletionKind::Author, fields.authors, fields.author_shown),
            (CompletionKind::Title, fields.title, fields.title),
        ];
        let mut lists = Vec::new();
        for (kind, indexed, shown) in kinds {
            let Some(begun) = Begun::new(prefix, kind) else { return Ok(Vec::new()) };
            lists.push(self.completions(&begun, kind, indexed, shown)?.into_iter());
        }
        let mut taken = Vec::new();
        while taken.len() < limit {
            let before = taken.len();
            taken.extend(lists.iter_mut().filter_map(Iterator::next));
            if taken.len() == before {
                break;
            }
        }
        taken.truncate(limit);
        Ok(taken)
    }

    fn completions(
        &self,
        begun: &Begun,
        kind: CompletionKind,
        indexed: Field,
        shown: Field,
    ) -> Result<Vec<Completion>, SearchError> {
        let searcher = self.reader.searcher();
        let newest = TopDocs::with_limit(LOOK_AT).order_by_fast_field::<i64>(column::DAY, Order::Desc);
        let mut found: Vec<(usize, String)> = Vec::new();
        for (_, address) in searcher.search(begun.query(indexed).as_ref(), &newest)? {
            let doc: TantivyDocument = searcher.doc(address)?;
            for text in doc.get_all(shown).filter_map(|value| value.as_str().map(str::to_owned)) {
                if !begun.is_in(&text, kind) {
                    continue;
                }
                match found.iter_mut().find(|(_, known)| known.eq_ignore_ascii_case(&text)) {
                    Some((count, _)) => *count += 1,
                    None => found.push((1, text)),
                }
            }
        }
        if kind != CompletionKind::Title {
            found.sort_by_key(|(count, _)| Reverse(*count));
        }
        Ok(found.into_iter().map(|(_, text)| Completion { text, kind }).collect())
    }
}
