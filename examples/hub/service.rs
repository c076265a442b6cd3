//! Hugging Face's list of daily papers, as strict as the real one.
//!
//! ```text
//! GET /api/daily_papers?date=YYYY-MM-DD&limit=1..100&p=0..    most votes first; [] on a quiet day
//! GET /api/daily_papers                                       the newest first
//! GET /api/papers/ID                                          one paper without its wrapper; 404 when nobody listed it
//! ```
//! Both the development server and the tests serve papers through it, so there is one idea of how the
//! API behaves: 400 for a limit over 100, for no date and for a day that has not begun, pages with a
//! `Link`, a budget of requests in `RateLimit`, 304 for a known `ETag`.

use std::{
    cmp::Reverse,
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::days::Days;

/// Requests per window that an anonymous caller has.
const BUDGET: u64 = 500;
/// The length of a window.
const WINDOW: Duration = Duration::from_mins(5);

/// A server's papers and its idea of the time.
pub struct Service {
    days: Mutex<Days>,
    today: Box<dyn Fn() -> Date + Send + Sync>,
    window: Mutex<(Instant, u64)>,
}

/// A question, as far as the stand-in understands it.
struct Question {
    date: Option<Date>,
    limit: usize,
    page: usize,
}

/// A refusal in the API's own form.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.1 }).to_string();
        (self.0, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
    }
}

impl Service {
    /// Serves these days to whoever asks on the day that `today` tells.
    pub fn new(days: Days, today: impl Fn() -> Date + Send + Sync + 'static) -> Arc<Self> {
        let window = Mutex::new((Instant::now(), 0));
        Arc::new(Self { days: Mutex::new(days), today: Box::new(today), window })
    }

    /// The days, to read or to change.
    pub fn days(&self) -> MutexGuard<'_, Days> {
        self.days.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The routes of the API.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/api/daily_papers", get(daily_papers))
            .route("/api/papers/{id}", get(one_paper))
            .with_state(self)
    }

    fn rows(&self, question: &Question) -> Vec<Value> {
        let by_votes = |rows: &[Value]| {
            let mut rows = rows.to_vec();
            rows.sort_by_key(|row| Reverse(row["paper"]["upvotes"].as_i64().unwrap_or(0)));
            rows
        };
        let (days, today) = (self.days(), (self.today)());
        match question.date {
            Some(date) => days.get(&date).map(|rows| by_votes(rows)).unwrap_or_default(),
            None => days.range(..=today).rev().flat_map(|(_, rows)| by_votes(rows)).collect(),
        }
    }

    /// Takes one request out of the budget: what is left and for how many seconds it has to do.
    fn spend(&self) -> Result<(u64, u64), u64> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.0.elapsed() >= WINDOW {
            *window = (Instant::now(), 0);
        }
        let reset = WINDOW.saturating_sub(window.0.elapsed()).as_secs().max(1);
        if window.1 >= BUDGET {
            return Err(reset);
        }
        window.1 += 1;
        Ok((BUDGET - window.1, reset))
    }
}

async fn daily_papers(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (left, reset) = match service.spend() {
        Ok(budget) => budget,
        Err(reset) => {
            let refusal = Refusal(StatusCode::TOO_MANY_REQUESTS, "Too many requests".into());
            return with_budget(refusal.into_response(), 0, reset);
        }
    };
    let answer = match question(query.as_deref().unwrap_or_default(), (service.today)()) {
        Ok(question) => page(&service.rows(&question), &question, &headers),
        Err(refusal) => refusal.into_response(),
    };
    with_budget(answer, left, reset)
}

async fn one_paper(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Response {
    let (left, reset) = service.spend().unwrap_or_default();
    let found =
        service.days().values().flatten().map(|row| &row["paper"]).find(|paper| paper["id"] == *id).cloned();
    let answer = match found {
        Some(paper) => {
            ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], paper.to_string()).into_response()
        }
        None => Refusal(StatusCode::NOT_FOUND, "Paper not found".into()).into_response(),
    };
    with_budget(answer, left, reset)
}

fn question(query: &str, today: Date) -> Result<Question, Refusal> {
    let bad = |text: String| Refusal(StatusCode::BAD_REQUEST, text);
    let mut question = Question { date: None, limit: 50, page: 0 };
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match key.as_ref() {
            "date" => {
                let date = value.parse::<Date>().ok().filter(|date| date.to_string() == value);
                let date = date.ok_or_else(|| bad(format!("Invalid date: {value}")))?;
                if date > today {
                    return Err(bad(format!("date must be at most {today}")));
                }
                question.date = Some(date);
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                question.limit = limit.ok_or_else(|| bad(format!("limit must be 1 to 100, not {value}")))?;
            }
            "p" => question.page = value.parse().map_err(|_| bad(format!("Invalid page: {value}")))?,
            other => return Err(bad(format!("Unknown parameter: {other}"))),
        }
    }
    Ok(question)
}

fn page(rows: &[Value], question: &Question, headers: &HeaderMap) -> Response {
    let start = question.page.saturating_mul(question.limit).min(rows.len());
    let end = start.saturating_add(question.limit).min(rows.len());
    let body = Value::from(&rows[start..end]).to_string();
    let etag = format!("W/\"{}\"", &blake3::hash(body.as_bytes()).to_hex()[..32]);
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut answer = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
    };
    set(&mut answer, "etag", &etag);
    if end < rows.len() {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
        let mut next = format!("<http://{host}/api/daily_papers?");
        if let Some(date) = question.date {
            let _ = write!(next, "date={date}&");
        }
        let _ = write!(next, "limit={}&p={}>; rel=\"next\"", question.limit, question.page + 1);
        set(&mut answer, "link", &next);
    }
    answer
}

fn with_budget(mut answer: Response, left: u64, reset: u64) -> Response {
    set(&mut answer, "ratelimit", &format!("\"api\";r={left};t={reset}"));
    let policy = format!("\"fixed window\";\"api\";q={BUDGET};w={}", WINDOW.as_secs());
    set(&mut answer, "ratelimit-policy", &policy);
    answer
}

fn set(answer: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(name, value);
    }
}
