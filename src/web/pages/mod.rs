//! The pages for people: the trending papers, and subscribing to them by e-mail.
//!
//! No script, no cookie and nothing from elsewhere: what a page needs comes with the binary. A GET changes nothing, so
//! that whoever looks at a letter's links before its reader does no harm.

mod asker;
mod confirm;
mod fields;
mod form;
mod home;
mod manage;
mod notice;
mod subscribe;
mod unsubscribe;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ipnet::IpNet;
use tracing::error;
use url::{Position, Url};

use super::Pages;
use crate::signup::SignUp;
use crate::store::Store;

/// What the pages are made with.
pub struct Desk {
    /// The papers.
    pub store: Store,
    /// Subscribers.
    pub sign_up: Arc<SignUp>,
    /// Whether new ones are taken.
    pub open: bool,
    /// Proxies whose word about who asks is taken.
    pub trusted: Vec<IpNet>,
    /// The longest short text of a paper, in characters.
    pub short_text: usize,
    /// The trending papers, as they were a while ago.
    trending: home::Kept,
}

impl Desk {
    /// Pages for a store and its subscribers.
    pub fn new(
        store: Store,
        sign_up: Arc<SignUp>,
        open: bool,
        trusted: Vec<IpNet>,
        short_text: usize,
    ) -> Self {
        Self { store, sign_up, open, trusted, short_text, trending: home::Kept::default() }
    }

    /// The path that the pages lie below.
    fn base(&self) -> &str {
        self.sign_up.links().base()
    }
}

/// An answer to a browser; an `Err` is one that ends the work early.
type Answered = Result<Response, Failed>;

/// Something inside failed; the visitor is told so without the reason.
struct Failed(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        error!("Cannot answer a visitor of the pages: {:#}", self.0);
        notice::plain(
            StatusCode::SERVICE_UNAVAILABLE,
            "This did not work. Please try again in a few minutes.\n",
        )
    }
}

/// The routes of all pages.
pub(super) fn routes() -> Router<Arc<Pages>> {
    Router::new()
        .route("/", get(home::show))
        .route("/subscribe", get(subscribe::show).post(subscribe::take))
        .route("/subscribe/check-your-inbox", get(subscribe::sent))
        .route("/confirm", get(confirm::ask).post(confirm::take))
        .route("/manage", get(manage::show).post(manage::take))
        .route("/unsubscribe", get(unsubscribe::ask).post(unsubscribe::take))
        .route("/static/paperwire.css", get(style))
        .route("/static/paperwire.svg", get(picture))
}

/// The desk, once the process has begun its work and when pages are part of it.
fn opened(pages: &State<Arc<Pages>>) -> Result<&Desk, Box<Response>> {
    match pages.desk.get() {
        Some(Some(desk)) => Ok(desk),
        Some(None) => Err(Box::new(StatusCode::NOT_FOUND.into_response())),
        None => Err(Box::new((StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response())),
    }
}

/// Gets the desk or answers.
macro_rules! desk {
    ($pages:expr) => {
        match $crate::web::pages::opened(&$pages) {
            Ok(desk) => desk,
            Err(answer) => return Ok(*answer),
        }
    };
}
use desk;

/// The address of a page without its host: a visitor may have come by another name of it.
fn local(page: &Url) -> String {
    page[Position::BeforePath..].to_owned()
}

/// A page as browsers get it.
fn page(status: StatusCode, template: &impl Template) -> Answered {
    let mut html = template.render()?;
    // HTML knows no such characters, whoever wrote them.
    html.retain(|c| !matches!(u32::from(c), 0xfdd0..=0xfdef) && u32::from(c) & 0xfffe != 0xfffe);
    Ok(guarded((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()))
}

/// What keeps a page from being framed, sniffed, kept, or from loading anything that is not ours.
fn guarded(mut response: Response) -> Response {
    const GUARDS: [(HeaderName, &str); 5] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in GUARDS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

async fn style() -> Response {
    kept("text/css; charset=utf-8", include_str!("../../../static/paperwire.css"))
}

async fn picture() -> Response {
    kept("image/svg+xml", include_str!("../../../static/paperwire.svg"))
}

/// Something that is the same for everybody.
fn kept(content_type: &'static str, body: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=3600")];
    guarded((headers, body).into_response())
}
