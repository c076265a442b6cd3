//! `/`: what is trending, and the form.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::fields::Fields;
use super::form::WishForm;
use super::{Answered, Desk, desk, page};
use crate::domain::PaperKey;
use crate::message::replies::trending::gained;
use crate::message::{PaperCard, Piece, paper_card, web_link};
use crate::store::{Risen, Store};
use crate::summary::short_text;
use crate::web::Pages;

/// Over this time papers rise.
const WEEK: Duration = Duration::from_hours(7 * 24);
/// Papers on the page.
const SHOWN: usize = 10;
/// The listing is made anew so often, however many look at it.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// The trending papers, and when they were that.
pub(super) type Kept = Mutex<Option<(Timestamp, Arc<Vec<Row>>)>>;

/// A paper on the page.
pub(super) struct Row {
    title: String,
    url: String,
    facts: String,
    text: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    base: &'a str,
    form: Option<WishForm>,
    day: String,
    papers: &'a [Row],
}

/// Shows the page.
pub(super) async fn show(pages: State<Arc<Pages>>) -> Answered {
    let desk = desk!(pages);
    let (at, papers) = trending(desk).await?;
    let form = desk.open.then(|| WishForm::filled(&Fields::default()));
    let day = at.strftime("%-d %B %Y, %H:%M UTC").to_string();
    page(StatusCode::OK, &Home { base: desk.base(), form, day, papers: &papers })
}

async fn trending(desk: &Desk) -> anyhow::Result<(Timestamp, Arc<Vec<Row>>)> {
    let now = desk.sign_up.now();
    let mut kept = desk.trending.lock().await;
    if let Some((at, rows)) = kept.as_ref().filter(|(at, _)| now < *at + KEPT_FOR && *at <= now) {
        return Ok((*at, rows.clone()));
    }
    let rows = Arc::new(rows(&desk.store, now, desk.short_text).await?);
    *kept = Some((now, rows.clone()));
    Ok((now, rows))
}

async fn rows(store: &Store, now: Timestamp, short: usize) -> anyhow::Result<Vec<Row>> {
    let start = now - WEEK;
    let mut risen = store.risen(start - WEEK, start, now).await?;
    risen.sort_unstable_by(Risen::before);
    risen.truncate(SHOWN);
    let keys: Vec<PaperKey> = risen.iter().map(|risen| risen.paper).collect();
    let papers = store.papers_by_key(&keys).await?;
    let row = |paper: &crate::domain::Paper| {
        let card = paper_card(paper, &short_text(&paper.facts, short), &[]);
        let risen = risen.iter().find(|risen| risen.paper == paper.key);
        row(&card, risen)
    };
    Ok(papers.iter().map(row).collect())
}

fn row(card: &PaperCard, risen: Option<&Risen>) -> Row {
    let byline = Some(card.byline.clone()).filter(|byline| !byline.is_empty());
    let gained = risen.map(|risen| gained(risen.upvotes, risen.stars, 0)).unwrap_or_default();
    let gained = gained.into_iter().filter_map(|piece| match piece {
        Piece::Strong(text) | Piece::Plain(text) => Some(format!("{text} this week")),
        _ => None,
    });
    let facts: Vec<String> = byline.into_iter().chain(card.facts()).chain(gained).collect();
    Row {
        title: card.heading(),
        // Nothing but the web may stand in a link, whatever a source says.
        url: web_link(&card.url).unwrap_or_default(),
        facts: facts.join(" · "),
        text: card.text.clone(),
    }
}
