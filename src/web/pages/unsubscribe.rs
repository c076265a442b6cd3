//! `/unsubscribe`: one click for people, one POST for mail programs (RFC 8058), as often as anybody likes.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::fields::Fields;
use super::notice::{Notice, Question, dead_link};
use super::{Answered, desk, local, page};
use crate::domain::MailPurpose;
use crate::web::Pages;

const WRONG: &str = "It is not complete: copy the whole address from the letter.";

/// Shows the button: programs that look at links must not end anything.
pub(super) async fn ask(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    let Ok(channel) = desk.sign_up.speaks_for(MailPurpose::Unsubscribe, fields.get("token")) else {
        return dead_link(desk.base(), WRONG);
    };
    let lines = ["One click, and no more letters come.".to_owned()];
    let action = local(&desk.sign_up.links().unsubscribe(&channel));
    let question = Question {
        base: desk.base(),
        title: "Unsubscribe?",
        lines: &lines,
        action: &action,
        deed: "end",
        button: "Unsubscribe",
    };
    page(StatusCode::OK, &question)
}

/// Ends the letters, whatever the body says: a mail program's is `List-Unsubscribe=One-Click`.
pub(super) async fn take(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    let Ok(channel) = desk.sign_up.speaks_for(MailPurpose::Unsubscribe, fields.get("token")) else {
        return dead_link(desk.base(), WRONG);
    };
    desk.sign_up.end(&channel).await?;
    let lines = ["You are unsubscribed: no more letters come.".to_owned()];
    let mut ways = vec![("Subscribe again", format!("{}subscribe", desk.base()))];
    if desk.sign_up.subscriber(&channel).await?.is_some() {
        let manage = desk.sign_up.links().manage(&channel, desk.sign_up.now());
        ways.insert(0, ("Have your address erased too", manage.into()));
    }
    page(StatusCode::OK, &Notice { base: desk.base(), title: "Unsubscribed", lines: &lines, ways: &ways })
}
