//! A Hugging Face on loopback: the development server's service, with a ledger and faults in front.

#[path = "../../examples/hub/days.rs"]
pub mod days;
pub mod fault;
mod paper;
#[path = "../../examples/hub/service.rs"]
mod service;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{Request, State},
    http::{HeaderName, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use jiff::civil::Date;
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use url::Url;

pub use fault::{Fault, Hold};
pub use paper::{PaperRow, paper};

use days::Days;
use service::Service;

/// A request as it arrived, and the status that it got.
#[derive(Debug, Clone)]
pub struct Asked {
    pub query: String,
    pub user_agent: String,
    pub accept_encoding: String,
    pub if_none_match: Option<String>,
    pub status: u16,
}

/// A running stand-in.
pub struct Hub {
    service: Arc<Service>,
    script: Arc<Script>,
    address: SocketAddr,
    server: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

struct Script {
    today: Mutex<Date>,
    faults: Mutex<VecDeque<Fault>>,
    asked: Mutex<Vec<Asked>>,
    compressed: AtomicBool,
}

impl Hub {
    /// Starts one without papers, which believes that it is `today`.
    pub async fn start(today: Date) -> Self {
        Self::serving(Days::new(), today).await
    }

    /// Starts one with these days.
    pub async fn serving(days: Days, today: Date) -> Self {
        let script = Arc::new(Script {
            today: Mutex::new(today),
            faults: Mutex::default(),
            asked: Mutex::default(),
            compressed: AtomicBool::new(false),
        });
        let clock = Arc::clone(&script);
        let service = Service::new(days, move || *locked(&clock.today));
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut hub = Self { service, script, address, server: None };
        hub.start_again().await;
        hub
    }

    /// The address to configure as `base_url`.
    pub fn base_url(&self) -> Url {
        format!("http://{}", self.address).parse().expect("a socket address is a host")
    }

    /// Puts papers on the list of a day, in place of those that were there.
    pub fn list<R: Into<Value>>(&self, day: Date, rows: impl IntoIterator<Item = R>) {
        let rows = rows.into_iter().map(|row| {
            let mut row = row.into();
            if let Some(paper) = row["paper"].as_object_mut() {
                paper.entry("submittedOnDailyAt").or_insert_with(|| format!("{day}T00:00:00.000Z").into());
            }
            row
        });
        self.service.days().insert(day, rows.collect());
    }

    /// Moves the server's own calendar.
    pub fn set_today(&self, today: Date) {
        *locked(&self.script.today) = today;
    }

    /// Compresses every answer from now on.
    pub fn compress(&self) {
        self.script.compressed.store(true, Ordering::Relaxed);
    }

    /// Lets the next request that no fault waits for meet this one.
    pub fn fail(&self, fault: Fault) {
        locked(&self.script.faults).push_back(fault);
    }

    /// Faults that nothing has met yet.
    pub fn faults_left(&self) -> usize {
        locked(&self.script.faults).len()
    }

    /// Every request so far.
    pub fn asked(&self) -> Vec<Asked> {
        locked(&self.script.asked).clone()
    }

    /// Closes the port, so that connections are refused.
    pub async fn stop(&mut self) {
        if let Some((stop, server)) = self.server.take() {
            let _ = stop.send(());
            server.await.expect("the server ends in order");
        }
    }

    /// Opens the port again, the same one as before.
    pub async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("loopback has a free port");
        self.address = listener.local_addr().expect("a bound socket has an address");
        let play = from_fn_with_state(Arc::clone(&self.script), play);
        let router = Arc::clone(&self.service).router().layer(play);
        let (stop, stopped) = oneshot::channel();
        let server = axum::serve(listener, router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(async { server.await.expect("serving does not fail") });
        self.server = Some((stop, task));
    }
}

impl Asked {
    fn read(request: &Request) -> Self {
        let text = |name: HeaderName| Some(request.headers().get(name)?.to_str().ok()?.to_owned());
        Self {
            query: request.uri().query().unwrap_or_default().to_owned(),
            user_agent: text(header::USER_AGENT).unwrap_or_default(),
            accept_encoding: text(header::ACCEPT_ENCODING).unwrap_or_default(),
            if_none_match: text(header::IF_NONE_MATCH),
            status: 0,
        }
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// Writes the ledger, turns away the anonymous, and plays the next fault.
async fn play(State(script): State<Arc<Script>>, request: Request, next: Next) -> Response {
    let mut asked = Asked::read(&request);
    let fault = locked(&script.faults).pop_front();
    let answer = if has_contact(&asked.user_agent) {
        fault::answer(fault, || next.run(request)).await
    } else {
        (StatusCode::FORBIDDEN, "say who you are and how to reach you").into_response()
    };
    let answer =
        if script.compressed.load(Ordering::Relaxed) { fault::compressed(answer).await } else { answer };
    asked.status = answer.status().as_u16();
    locked(&script.asked).push(asked);
    answer
}

/// True for `Product/1.2 (+https://… or mail address)`.
fn has_contact(user_agent: &str) -> bool {
    let parts =
        user_agent.split_once(" (").and_then(|(product, rest)| Some((product, rest.strip_suffix(')')?)));
    parts.is_some_and(|(product, contact)| {
        product.contains('/') && (contact.contains("https://") || contact.contains('@'))
    })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
