//! `/unsubscribe`: one click for people, one POST for mail programs (RFC 8058), as often as anybody likes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::fields::Fields;
use super::notice::{Notice, Question, dead_link, erased};
use super::{Answered, desk, local, page};
use crate::domain::MailPurpose;
use crate::web::Pages;

const DONE: &str = "You are unsubscribed: no more letters come.";
const WRONG: &str = "It is not complete: copy the whole address from the letter.";

/// Shows the button: programs that look at links must not end anything.
pub(super) async fn ask(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    let Ok(channel) = desk.sign_up.speaks_for(MailPurpose::Unsubscribe, fields.get("token")) else {
        return dead_link(desk.base(), WRONG);
    };
    let lines = ["One click, and no more letters come.".to_owned()];
    let ways = [("Change what comes instead", format!("{}subscribe", desk.base()))];
    let action = local(&desk.sign_up.links().unsubscribe(&channel));
    let question = Question {
        base: desk.base(),
        title: "Unsubscribe?",
        lines: &lines,
        action: &action,
        deed: "end",
        button: "Unsubscribe",
        ways: &ways,
    };
    page(StatusCode::OK, &question)
}

/// Ends the letters, whatever the body says: a mail program's is `List-Unsubscribe=One-Click`. Whoever may end them may
/// have the address forgotten too, and learns nothing of what was subscribed to.
pub(super) async fn take(pages: State<Arc<Pages>>, RawQuery(query): RawQuery, body: Body) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    let Ok(channel) = desk.sign_up.speaks_for(MailPurpose::Unsubscribe, fields.get("token")) else {
        return dead_link(desk.base(), WRONG);
    };
    // A body that cannot be read ends them as well.
    if Fields::of_form(body).await.is_some_and(|fields| fields.get("do") == "erase") {
        desk.sign_up.erase(&channel).await?;
        return erased(desk.base());
    }
    desk.sign_up.end(&channel).await?;
    if desk.sign_up.subscriber(&channel).await?.is_none() {
        let lines = [DONE.to_owned()];
        return page(
            StatusCode::OK,
            &Notice { base: desk.base(), title: "Unsubscribed", lines: &lines, ways: &[] },
        );
    }
    let lines = [DONE.to_owned(), "Your address is kept for the case that you come back.".to_owned()];
    let action = local(&desk.sign_up.links().unsubscribe(&channel));
    let question = Question {
        base: desk.base(),
        title: "Unsubscribed",
        lines: &lines,
        action: &action,
        deed: "erase",
        button: "Erase my address too",
        ways: &[],
    };
    page(StatusCode::OK, &question)
}
