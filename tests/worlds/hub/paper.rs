//! Small papers, in the shape of the API, for tests that need no real ones.

use serde_json::{Value, json};

/// A row under construction.
#[derive(Debug, Clone)]
pub struct PaperRow(Value);

/// Begins a row with every field that is always there.
pub fn paper(id: &str) -> PaperRow {
    PaperRow(json!({
        "paper": {
            "id": id,
            "authors": [{ "_id": format!("author-of-{id}"), "name": "Ada Lovelace", "hidden": false }],
            "publishedAt": "2026-08-01T00:00:00.000Z",
            "title": format!("Paper {id}"),
            "summary": format!("What paper {id} is about."),
            "upvotes": 0
        },
        "publishedAt": "2026-07-31T20:00:00.000Z",
        "title": format!("Paper {id}"),
        "numComments": 0
    }))
}

impl PaperRow {
    /// Sets both titles.
    pub fn title(self, title: &str) -> Self {
        self.set("/title", title).set("/paper/title", title)
    }

    /// Sets the abstract.
    pub fn abstract_text(self, text: &str) -> Self {
        self.set("/paper/summary", text)
    }

    /// Sets the votes.
    pub fn upvotes(self, votes: u32) -> Self {
        self.set("/paper/upvotes", votes)
    }

    /// Sets any field, as `/paper/githubRepo`.
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a slash");
        let parent = self.0.pointer_mut(parent).expect("the object around the field is there");
        parent[key] = value.into();
        self
    }
}

impl From<PaperRow> for Value {
    fn from(row: PaperRow) -> Self {
        row.0
    }
}
