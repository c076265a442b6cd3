//! A web server with feeds on loopback: each address has a body, a validator and faults of its own.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use url::Url;

use super::hub::fault::{self, Fault};

/// A running server.
pub struct Feeds {
    address: SocketAddr,
    server: JoinHandle<()>,
    pages: Arc<Pages>,
}

#[derive(Default)]
struct Pages {
    bodies: Mutex<HashMap<String, (&'static str, Vec<u8>)>>,
    faults: Mutex<HashMap<String, VecDeque<Fault>>>,
    asked: Mutex<Vec<(String, u16)>>,
    came: Notify,
}

impl Feeds {
    pub async fn start() -> Self {
        let pages = Arc::<Pages>::default();
        let app = Router::new().fallback(answer).with_state(Arc::clone(&pages));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        Self { address, server, pages }
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// `127.0.0.1:PORT`, to be allowed in the configuration.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Puts a body at an address.
    pub fn put(&self, path: &str, content_type: &'static str, body: impl Into<Vec<u8>>) {
        self.pages.bodies.lock().unwrap().insert(path.to_owned(), (content_type, body.into()));
    }

    /// Puts a feed of these items at an address.
    pub fn list(&self, path: &str, items: &[Item]) {
        self.put(path, "application/rss+xml", rss(items));
    }

    /// Lets the next request for an address meet this fault.
    pub fn fail(&self, path: &str, fault: Fault) {
        self.pages.faults.lock().unwrap().entry(path.to_owned()).or_default().push_back(fault);
    }

    /// The statuses that an address has answered with so far.
    pub fn asked(&self, path: &str) -> Vec<u16> {
        let asked = self.pages.asked.lock().unwrap();
        asked.iter().filter(|(to, _)| to == path).map(|(_, status)| *status).collect()
    }

    /// Waits until an address was asked for so many times.
    pub async fn was_asked(&self, path: &str, times: usize) {
        loop {
            let came = self.pages.came.notified();
            if self.asked(path).len() >= times {
                return;
            }
            came.await;
        }
    }
}

impl Drop for Feeds {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(pages): State<Arc<Pages>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let fault = pages.faults.lock().unwrap().get_mut(&path).and_then(VecDeque::pop_front);
    let known =
        request.headers().get(header::IF_NONE_MATCH).and_then(|etag| etag.to_str().ok().map(str::to_owned));
    let page = pages.bodies.lock().unwrap().get(&path).cloned();
    let right = || async move {
        let Some((content_type, body)) = page else { return StatusCode::NOT_FOUND.into_response() };
        let etag = format!("\"{}\"", blake3::hash(&body).to_hex());
        if known.as_deref() == Some(&etag) {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        ([(header::CONTENT_TYPE, content_type.to_owned()), (header::ETAG, etag)], body).into_response()
    };
    let response = fault::answer(fault, right).await;
    pages.asked.lock().unwrap().push((path, response.status().as_u16()));
    pages.came.notify_waiters();
    response
}

/// An item of a feed.
#[derive(Debug, Clone)]
pub struct Item {
    pub title: String,
    pub link: String,
    pub guid: String,
    pub date: String,
}

/// An item with an address of its own, dated the day on which most tests play.
pub fn item(number: u32) -> Item {
    Item {
        title: format!("Paper {number} &amp; more"),
        link: format!("https://journal.example/papers/{number}"),
        guid: format!("journal-{number}"),
        date: "Fri, 21 Aug 2026 05:00:00 GMT".to_owned(),
    }
}

impl Item {
    pub fn title(mut self, title: &str) -> Self {
        title.clone_into(&mut self.title);
        self
    }

    pub fn link(mut self, link: &str) -> Self {
        link.clone_into(&mut self.link);
        self
    }

    pub fn guid(mut self, guid: &str) -> Self {
        guid.clone_into(&mut self.guid);
        self
    }

    pub fn date(mut self, date: &str) -> Self {
        date.clone_into(&mut self.date);
        self
    }
}

/// Writes a feed.
pub fn rss(items: &[Item]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|Item { title, link, guid, date }| {
            format!(
                "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{guid}</guid>\
                 <pubDate>{date}</pubDate><description>An abstract.</description></item>\n"
            )
        })
        .collect();
    let items = items.concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>The Journal</title>\
         <link>https://journal.example/</link>\n{items}</channel></rss>\n"
    )
}
