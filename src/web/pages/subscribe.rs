//! `/subscribe`: the form, and the page after it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::extract::{ConnectInfo, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;

use super::fields::Fields;
use super::form::WishForm;
use super::notice::{Notice, plain};
use super::{Answered, asker, desk, guarded, page};
use crate::signup::Asked;
use crate::web::Pages;

#[derive(Template)]
#[template(path = "subscribe.html")]
struct Subscribe<'a> {
    base: &'a str,
    form: WishForm,
}

/// Shows the form; its address may fill it in.
pub(super) async fn show(pages: State<Arc<Pages>>, RawQuery(query): RawQuery) -> Answered {
    let desk = desk!(pages);
    if !desk.open {
        return closed(desk.base());
    }
    let form = WishForm::filled(&Fields::of_address(query.as_deref()));
    page(StatusCode::OK, &Subscribe { base: desk.base(), form })
}

/// Takes the form: keeps the wish and sends the letter that asks for its confirmation.
pub(super) async fn take(
    pages: State<Arc<Pages>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Body,
) -> Answered {
    let desk = desk!(pages);
    if !desk.open {
        return closed(desk.base());
    }
    let Some(fields) = Fields::of_form(body).await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "The form is too long.\n"));
    };
    let mut form = WishForm::filled(&fields);
    let Some((address, wish)) = form.address_and_wish() else {
        return page(StatusCode::UNPROCESSABLE_ENTITY, &Subscribe { base: desk.base(), form });
    };
    let network = asker::network(peer, &headers, &desk.trusted);
    match desk.sign_up.ask(&address, &wish, &network).await? {
        Asked::Sent => {
            let next = HeaderValue::try_from(format!("{}subscribe/check-your-inbox", desk.base()))?;
            Ok(guarded((StatusCode::SEE_OTHER, [(header::LOCATION, next)]).into_response()))
        }
        Asked::TooOften { wait } => too_often(desk.base(), wait),
    }
}

/// The page after the form, the same for everybody.
pub(super) async fn sent(pages: State<Arc<Pages>>) -> Answered {
    let desk = desk!(pages);
    let lines = [
        "A letter is on its way to you. Open the link in it within 48 hours to confirm; nothing else is sent before."
            .to_owned(),
        "Nothing there after a few minutes? Look among the unwanted mail, and check the address.".to_owned(),
    ];
    let ways = [("Try another address", format!("{}subscribe", desk.base()))];
    page(StatusCode::OK, &Notice { base: desk.base(), title: "Check your inbox", lines: &lines, ways: &ways })
}

fn too_often(base: &str, wait: Duration) -> Answered {
    let minutes = wait.as_secs().div_ceil(60).max(1);
    let noun = if minutes == 1 { "minute" } else { "minutes" };
    let lines = [format!("That were many sign-ups in a short time. Please try again in {minutes} {noun}.")];
    let notice = Notice { base, title: "Please wait a little", lines: &lines, ways: &[] };
    let mut answer = page(StatusCode::TOO_MANY_REQUESTS, &notice)?;
    answer.headers_mut().insert(header::RETRY_AFTER, (minutes * 60).into());
    Ok(answer)
}

fn closed(base: &str) -> Answered {
    let lines = ["No new subscribers are taken here.".to_owned()];
    let notice = Notice { base, title: "Subscribing is switched off", lines: &lines, ways: &[] };
    page(StatusCode::NOT_FOUND, &notice)
}
