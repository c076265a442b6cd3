//! `/confirm`: the link of the letter that asks. Only its button confirms: programs open links too.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::fields::Fields;
use super::notice::{Notice, Question, dead_link};
use super::{Answered, Desk, desk, local, page};
use crate::message::{clean, cut};
use crate::store::{Confirmed, Subscriber, SubscriberState};
use crate::web::Pages;

/// The longest wish that a page repeats, in characters.
const WISH_MAX: usize = 300;

/// Shows what was asked for, with a button.
pub(super) async fn ask(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    let token = fields.get("token");
    let (subscriber, wish) = match desk.sign_up.request(token).await? {
        Some((subscriber, wish, false)) => (subscriber, wish),
        Some((subscriber, _, true)) => return before(desk, &subscriber),
        None => return too_old(desk),
    };
    let lines = [format!("To {}: {}.", subscriber.address, cut(&clean(&wish.in_words()), WISH_MAX))];
    let action = local(&desk.sign_up.links().confirm(token));
    let question = Question {
        base: desk.base(),
        title: "Do you want these letters?",
        lines: &lines,
        action: &action,
        deed: "confirm",
        button: "Yes, send them",
        ways: &[],
    };
    page(StatusCode::OK, &question)
}

/// Confirms.
pub(super) async fn take(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    match desk.sign_up.confirm(fields.get("token")).await? {
        Confirmed::Now(subscriber) => done(desk, &subscriber),
        Confirmed::Before(subscriber) => before(desk, &subscriber),
        Confirmed::Unknown => too_old(desk),
    }
}

fn done(desk: &Desk, subscriber: &Subscriber) -> Answered {
    let wish =
        subscriber.wish.as_ref().map(|wish| cut(&clean(&wish.in_words()), WISH_MAX)).unwrap_or_default();
    let lines = [
        format!("You will get {wish}."),
        "A day without such papers brings no letter. Each letter has links to change or end it.".to_owned(),
    ];
    let ways = ways(desk, subscriber);
    page(
        StatusCode::OK,
        &Notice { base: desk.base(), title: "You are subscribed", lines: &lines, ways: &ways },
    )
}

fn before(desk: &Desk, subscriber: &Subscriber) -> Answered {
    if subscriber.state == SubscriberState::Active {
        let lines = ["This was confirmed before; there is nothing more to do.".to_owned()];
        let ways = ways(desk, subscriber);
        return page(
            StatusCode::OK,
            &Notice { base: desk.base(), title: "You are subscribed", lines: &lines, ways: &ways },
        );
    }
    too_old(desk)
}

fn ways(desk: &Desk, subscriber: &Subscriber) -> [(&'static str, String); 1] {
    let links = desk.sign_up.links();
    [("Change or end it", links.manage(&subscriber.channel, desk.sign_up.now()).into())]
}

fn too_old(desk: &Desk) -> Answered {
    dead_link(
        desk.base(),
        "It was used before, or it is older than 48 hours. Subscribe again to get a new one.",
    )
}
