//! `/manage`: a subscriber changes what comes, ends it, or is forgotten.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::fields::Fields;
use super::form::WishForm;
use super::notice::{dead_link, erased, plain};
use super::{Answered, Desk, desk, page};
use crate::domain::mail::TokenFault;
use crate::domain::{ChannelId, MailPurpose};
use crate::message::{clean, cut};
use crate::store::{Subscriber, SubscriberState};
use crate::web::Pages;

/// The longest wish that a page repeats, in characters.
const WISH_MAX: usize = 300;
const WRONG: &str = "It is not complete: copy the whole address from the letter.";
const EXPIRED: &str =
    "It is too old: subscribe again with the same address, and you get a letter with a new one.";
const UNKNOWN: &str = "Nothing is known here of who it was for.";

#[derive(Template)]
#[template(path = "manage.html")]
struct Manage<'a> {
    base: &'a str,
    action: &'a str,
    address: &'a str,
    present: &'a str,
    active: bool,
    saved: bool,
    form: WishForm,
}

/// Shows what comes.
pub(super) async fn show(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    let fields = Fields::of_address(query.as_deref());
    let token = fields.get("token");
    match bearer(desk, token).await? {
        Ok(subscriber) => shown(desk, token, &subscriber, None, false),
        Err(why) => dead_link(desk.base(), why),
    }
}

/// Does what a button says.
pub(super) async fn take(pages: State<Arc<Pages>>, RawQuery(query): RawQuery, body: Body) -> Answered {
    let desk = desk!(pages);
    let address = Fields::of_address(query.as_deref());
    let token = address.get("token");
    let subscriber = match bearer(desk, token).await? {
        Ok(subscriber) => subscriber,
        Err(why) => return dead_link(desk.base(), why),
    };
    let Some(fields) = Fields::of_form(body).await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "The form is too long.\n"));
    };
    let channel = &subscriber.channel;
    match fields.get("do") {
        "change" => {
            let mut form = WishForm::filled(&fields);
            let saved = match form.wish() {
                Some(wish) => desk.sign_up.change(channel, &wish).await?,
                None => return shown(desk, token, &subscriber, Some(form), false),
            };
            again(desk, token, channel, saved).await
        }
        "end" => {
            desk.sign_up.end(channel).await?;
            again(desk, token, channel, true).await
        }
        "erase" => {
            desk.sign_up.erase(channel).await?;
            erased(desk.base())
        }
        _ => Ok(plain(StatusCode::BAD_REQUEST, "Press one of the buttons of the page.\n")),
    }
}

/// The subscriber whom a token speaks for, or why it does not.
async fn bearer(desk: &Desk, token: &str) -> anyhow::Result<Result<Subscriber, &'static str>> {
    let channel = match desk.sign_up.speaks_for(MailPurpose::Manage, token) {
        Ok(channel) => channel,
        Err(TokenFault::Wrong) => return Ok(Err(WRONG)),
        Err(TokenFault::Expired) => return Ok(Err(EXPIRED)),
    };
    Ok(desk.sign_up.subscriber(&channel).await?.ok_or(UNKNOWN))
}

async fn again(desk: &Desk, token: &str, channel: &ChannelId, saved: bool) -> Answered {
    match desk.sign_up.subscriber(channel).await? {
        Some(subscriber) => shown(desk, token, &subscriber, None, saved),
        None => dead_link(desk.base(), UNKNOWN),
    }
}

/// The page of a subscriber; `refused` is a form that cannot be used.
fn shown(
    desk: &Desk,
    token: &str,
    subscriber: &Subscriber,
    refused: Option<WishForm>,
    saved: bool,
) -> Answered {
    let active = subscriber.state == SubscriberState::Active;
    let wish = subscriber.wish.as_ref();
    let present = match subscriber.state {
        SubscriberState::Active => {
            wish.map(|wish| cut(&clean(&wish.in_words()), WISH_MAX)).unwrap_or_default()
        }
        SubscriberState::Pending => "nothing yet; open the link in the letter that you got".to_owned(),
        SubscriberState::Unsubscribed => "no letters, as you wished".to_owned(),
        SubscriberState::Bounced => {
            "no letters, since several could not be delivered; subscribe again".to_owned()
        }
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let action = format!("{}manage?{}", desk.base(), encoded(token));
    let form = refused.or_else(|| wish.map(WishForm::of)).unwrap_or_default();
    let address = subscriber.address.to_string();
    let base = desk.base();
    page(status, &Manage { base, action: &action, address: &address, present: &present, active, saved, form })
}

fn encoded(token: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish()
}
