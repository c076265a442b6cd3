//! The fields of the index.
//!
//! ```text
//! text        title ×3, keywords ×2, abstract: one line of positions, what a word without a field is asked of
//! title, keywords, authors, organizations     for ti: kw: au: org:
//! author_names                                "hinton e geoffrey", last name first, for au:"Hinton, G"
//! categories                                  cs.cl and its archive cs, for cat:
//! extras, sources, id                         code, summary, project, for has:; who lists it, for src:; and for id:
//! key, day, upvotes, comments, stars          columns, for sorting and comparing
//! abstract_from                               where on the line the abstract begins, for abs:
//! ```
//! Title and keywords stand in `text` more than once: BM25 over one field then weighs them as BM25F does, and the
//! index answers with its fastest way, which skips blocks of papers that cannot come in front.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions,
};

/// Raised with every change of the fields or of the analyser; an index of another version is made anew.
pub(super) const VERSION: u32 = 2;

/// How often the title stands in `text`.
pub(super) const TITLE_WEIGHT: usize = 3;
/// How often the keywords stand in `text`.
pub(super) const KEYWORD_WEIGHT: usize = 2;

/// The analyser of running text.
pub(super) const WORDS: &str = "paperwire_words";
/// Splits what is analysed already.
pub(super) const SPACES: &str = "paperwire_spaces";

/// The handles of all fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub text: Field,
    pub title: Field,
    pub keywords: Field,
    pub authors: Field,
    pub author_names: Field,
    pub author_shown: Field,
    pub organizations: Field,
    pub categories: Field,
    pub extras: Field,
    pub sources: Field,
    pub id: Field,
    pub key: Field,
    pub day: Field,
    pub upvotes: Field,
    pub comments: Field,
    pub stars: Field,
    pub abstract_from: Field,
}

/// Names of the columns, as they are opened for each segment.
pub(super) mod column {
    pub const KEY: &str = "key";
    pub const DAY: &str = "day";
    pub const UPVOTES: &str = "upvotes";
    pub const COMMENTS: &str = "comments";
    pub const STARS: &str = "stars";
    pub const ABSTRACT_FROM: &str = "abstract_from";
}

/// The schema and its handles.
pub(super) fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexed = |tokenizer: &str, record| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(tokenizer)
                .set_fieldnorms(record != IndexRecordOption::Basic)
                .set_index_option(record),
        )
    };
    let words = indexed(WORDS, IndexRecordOption::WithFreqsAndPositions);
    let names = indexed(SPACES, IndexRecordOption::WithFreqsAndPositions);
    let whole = indexed("raw", IndexRecordOption::Basic);
    let fields = Fields {
        text: schema.add_text_field("text", words.clone()),
        title: schema.add_text_field("title", words.clone() | STORED),
        keywords: schema.add_text_field("keywords", words | STORED),
        authors: schema.add_text_field("authors", names.clone()),
        author_names: schema.add_text_field("author_names", whole.clone()),
        author_shown: schema.add_text_field("author_shown", STORED),
        organizations: schema.add_text_field("organizations", names),
        categories: schema.add_text_field("categories", whole.clone()),
        extras: schema.add_text_field("extras", whole.clone()),
        sources: schema.add_text_field("sources", whole.clone()),
        id: schema.add_text_field("id", whole),
        key: schema.add_i64_field(column::KEY, FAST | INDEXED),
        day: schema.add_i64_field(column::DAY, FAST),
        upvotes: schema.add_u64_field(column::UPVOTES, FAST),
        comments: schema.add_u64_field(column::COMMENTS, FAST),
        stars: schema.add_u64_field(column::STARS, FAST),
        abstract_from: schema.add_u64_field(column::ABSTRACT_FROM, FAST),
    };
    (schema.build(), fields)
}
