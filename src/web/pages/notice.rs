//! Pages that say something, and pages that ask before something is done.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::{Answered, guarded, page};

/// Says something.
#[derive(Template, Default)]
#[template(path = "notice.html")]
pub(super) struct Notice<'a> {
    pub base: &'a str,
    pub title: &'a str,
    pub lines: &'a [String],
    /// Where to go from here: words and address.
    pub ways: &'a [(&'a str, String)],
}

/// Asks with one button.
#[derive(Template)]
#[template(path = "question.html")]
pub(super) struct Question<'a> {
    pub base: &'a str,
    pub title: &'a str,
    pub lines: &'a [String],
    pub action: &'a str,
    pub deed: &'a str,
    pub button: &'a str,
    /// What else can be done: words and address.
    pub ways: &'a [(&'a str, String)],
}

/// Says that the link of a letter does nothing.
pub(super) fn dead_link(base: &str, why: &str) -> Answered {
    let lines = [why.to_owned()];
    let ways = [("Subscribe", format!("{base}subscribe"))];
    let notice = Notice { base, title: "This link does not work", lines: &lines, ways: &ways };
    page(StatusCode::NOT_FOUND, &notice)
}

/// Says that somebody is forgotten.
pub(super) fn erased(base: &str) -> Answered {
    let lines = ["Your address and what you asked for are gone.".to_owned()];
    page(StatusCode::OK, &Notice { base, title: "Erased", lines: &lines, ways: &[] })
}

/// Words without a page around them.
pub(super) fn plain(status: StatusCode, words: &'static str) -> Response {
    guarded((status, words).into_response())
}
