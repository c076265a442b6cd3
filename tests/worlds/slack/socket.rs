//! Socket Mode as Slack speaks it: addresses for one connection each, a greeting, envelopes and their acknowledgements.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinHandle};
use tokio_tungstenite::tungstenite::Message;

/// The app-level token that the world takes.
pub const APP_TOKEN: &str = "an-app-token-of-the-fake-slack";
/// Slack waits so long for an acknowledgement.
pub const ACK_WITHIN: Duration = Duration::from_secs(3);

/// The server of Socket Mode.
pub struct Socket {
    address: SocketAddr,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    links: Vec<Link>,
    pending: HashMap<String, oneshot::Sender<Value>>,
    /// Connections ever greeted.
    greeted: usize,
    number: u64,
    surplus: Vec<String>,
}

struct Link {
    number: u64,
    out: mpsc::UnboundedSender<Message>,
    cut: AbortHandle,
}

impl Socket {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner::default());
        let accepting = Arc::clone(&inner);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&accepting)));
            }
        });
        Self { address, inner, task }
    }

    /// What `apps.connections.open` answers.
    pub fn url(&self) -> String {
        format!("ws://{}/link/?ticket=fake", self.address)
    }

    /// Connections that stand now.
    pub fn links(&self) -> usize {
        self.inner.state.lock().unwrap().links.len()
    }

    /// Connections that were ever greeted.
    pub fn greeted(&self) -> usize {
        self.inner.state.lock().unwrap().greeted
    }

    /// Acknowledgements of nothing that was sent.
    pub fn surplus(&self) -> Vec<String> {
        self.inner.state.lock().unwrap().surplus.clone()
    }

    /// Waits until so many connections stand and so many were greeted in all.
    pub async fn until(&self, fits: impl Fn(usize, usize) -> bool) {
        let wait = async {
            loop {
                let changed = self.inner.changed.notified();
                if fits(self.links(), self.greeted()) {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("connections in time");
    }

    /// Sends an envelope over one connection and waits for its acknowledgement.
    pub async fn send(&self, kind: &str, payload: &Value) -> Option<(Value, Duration)> {
        let number = {
            let mut state = self.inner.state.lock().unwrap();
            state.number += 1;
            state.number
        };
        self.send_as(&format!("envelope-{number}"), kind, payload).await
    }

    /// The same under an id; Slack uses it again when it sends an envelope again.
    pub async fn send_as(&self, id: &str, kind: &str, payload: &Value) -> Option<(Value, Duration)> {
        self.until(|links, _| links > 0).await;
        let (acked, ack) = oneshot::channel();
        {
            let mut state = self.inner.state.lock().unwrap();
            state.pending.insert(id.to_owned(), acked);
            let body = json!({
                "envelope_id": id, "type": kind, "payload": payload, "retry_attempt": 0, "retry_reason": "",
                "accepts_response_payload": kind != "events_api",
            });
            state.links[0].out.send(Message::text(body.to_string())).unwrap();
            state.links.rotate_left(1);
        }
        let since = Instant::now();
        let ack = tokio::time::timeout(ACK_WITHIN, ack).await.ok()?.ok()?;
        Some((ack, since.elapsed()))
    }

    /// Sends a frame that expects nothing.
    pub fn say(&self, frame: &str) {
        self.inner.state.lock().unwrap().links[0].out.send(Message::text(frame.to_owned())).unwrap();
    }

    /// Tells every connection to go, as Slack does when it renews its own.
    pub fn refresh(&self) {
        let state = self.inner.state.lock().unwrap();
        for link in &state.links {
            let body = json!({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}});
            link.out.send(Message::text(body.to_string())).unwrap();
        }
    }

    /// Breaks every connection without a word.
    pub fn cut(&self) {
        let mut state = self.inner.state.lock().unwrap();
        for link in state.links.drain(..) {
            link.cut.abort();
        }
        self.inner.changed.notify_waiters();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

async fn serve(stream: TcpStream, inner: Arc<Inner>) {
    let Ok(socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let (mut sink, mut frames) = socket.split();
    let (out, mut outgoing) = mpsc::unbounded_channel::<Message>();
    let number = {
        let mut state = inner.state.lock().unwrap();
        state.number += 1;
        state.number
    };
    let reading = {
        let inner = Arc::clone(&inner);
        async move {
            while let Some(Ok(frame)) = frames.next().await {
                if let Message::Text(text) = frame {
                    acknowledged(&inner, &text);
                }
            }
        }
    };
    let writing = async move {
        let connections = json!({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}});
        let _ = sink.send(Message::text(connections.to_string())).await;
        while let Some(frame) = outgoing.recv().await {
            if sink.send(frame).await.is_err() {
                return;
            }
        }
    };
    let task = tokio::spawn(async move {
        tokio::select! {
            () = reading => {}
            () = writing => {}
        }
    });
    {
        let mut state = inner.state.lock().unwrap();
        state.greeted += 1;
        state.links.push(Link { number, out, cut: task.abort_handle() });
    }
    inner.changed.notify_waiters();
    let _ = task.await;
    inner.state.lock().unwrap().links.retain(|link| link.number != number);
    inner.changed.notify_waiters();
}

fn acknowledged(inner: &Inner, text: &str) {
    let frame: Value = serde_json::from_str(text).unwrap_or_default();
    let mut state = inner.state.lock().unwrap();
    let id = frame["envelope_id"].as_str().unwrap_or_default();
    match state.pending.remove(id) {
        Some(pending) => drop(pending.send(frame)),
        None => state.surplus.push(text.to_owned()),
    }
}
