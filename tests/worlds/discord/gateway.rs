//! Discord's gateway: a WebSocket that says hello, takes sessions, acknowledges heartbeats and resumes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Extract;
use axum::http::HeaderMap;
use axum::response::Response;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::super::loopback::Answer;
use super::{APPLICATION, BOT, Discord, Inner, TOKEN, authorised, interactions::Interaction};

/// What the gateway is told to do to the connection.
#[derive(Debug, Clone)]
pub enum Order {
    /// Sends the events that came meanwhile.
    Send,
    /// Asks the client to reconnect (op 7).
    Reconnect,
    /// Ends the session (op 9).
    Invalidate,
    /// Closes with a code.
    Close(u16),
    /// Breaks the connection.
    Cut,
}

/// The gateway's side.
#[derive(Default)]
pub(super) struct Gateway {
    pub url: String,
    pub session: Option<Session>,
    pub connection: Option<UnboundedSender<Order>>,
    pub identifies: Vec<Value>,
    pub resumes: usize,
    pub farewell: Option<u16>,
    /// Heartbeats are answered unless this is set.
    pub deaf: bool,
    /// Milliseconds; 0 is Discord's usual.
    pub interval: u64,
    /// Codes with which the next sessions are refused.
    pub refuse: Vec<u16>,
    /// How many sessions may still be started, and when there are new ones, in milliseconds.
    pub limit: Option<(u64, u64)>,
    pub asked: usize,
}

pub(super) struct Session {
    id: String,
    /// Events in order; the first has the number 1.
    events: Vec<Value>,
    /// So many were sent.
    sent: usize,
}

impl Discord {
    /// Sends an interaction over the gateway, now or when the session is resumed.
    pub fn sends(&self, interaction: &Interaction) {
        self.state(|state| {
            let gateway = &mut state.gateway;
            let session = gateway.session.as_mut().expect("a session stands");
            session.events.push(json!({"t": "INTERACTION_CREATE", "d": interaction.sent}));
            if let Some(connection) = &gateway.connection {
                let _ = connection.send(Order::Send);
            }
        });
    }

    /// Does something to the connection.
    pub fn order(&self, order: Order) {
        self.state(|state| {
            state.gateway.connection.as_ref().expect("a connection stands").send(order).unwrap();
        });
    }

    /// Waits until the gateway stands so: sessions, resumes, farewell.
    pub async fn gateway_until(&self, so: impl Fn(&Seen) -> bool) -> Seen {
        let mut changes = self.inner.changes.subscribe();
        let waited = tokio::time::timeout(Duration::from_mins(1), async {
            loop {
                changes.borrow_and_update();
                let seen = self.gateway();
                if so(&seen) {
                    return seen;
                }
                changes.changed().await.unwrap();
            }
        });
        waited.await.unwrap_or_else(|_| panic!("never so: {:?}", self.gateway()))
    }

    /// How the gateway stands.
    pub fn gateway(&self) -> Seen {
        self.state(|state| {
            let gateway = &state.gateway;
            Seen {
                identifies: gateway.identifies.clone(),
                resumes: gateway.resumes,
                up: gateway.connection.is_some() && gateway.session.is_some(),
                farewell: gateway.farewell,
                asked: gateway.asked,
            }
        })
    }

    /// Leaves heartbeats unanswered, which are due at this interval.
    pub fn goes_deaf(&self, interval: Duration) {
        self.state(|state| {
            state.gateway.deaf = true;
            state.gateway.interval = u64::try_from(interval.as_millis()).unwrap();
        });
    }

    /// Answers heartbeats again.
    pub fn listens(&self) {
        self.state(|state| state.gateway.deaf = false);
    }

    /// Refuses the next session with a close code.
    pub fn refuses_session(&self, code: u16) {
        self.state(|state| state.gateway.refuse.push(code));
    }

    /// Allows so many sessions.
    pub fn allows_sessions(&self, remaining: u64, reset_after: Duration) {
        let reset_after = u64::try_from(reset_after.as_millis()).unwrap();
        self.state(|state| state.gateway.limit = Some((remaining, reset_after)));
    }
}

/// What can be said of the gateway.
#[derive(Debug, Clone)]
pub struct Seen {
    pub identifies: Vec<Value>,
    pub resumes: usize,
    /// A session stands on a connection.
    pub up: bool,
    /// With what the client closed.
    pub farewell: Option<u16>,
    /// How often the limit of sessions was asked for.
    pub asked: usize,
}

pub(super) async fn bot(Extract(world): Extract<Arc<Inner>>, headers: HeaderMap) -> Response {
    let answer = {
        let mut state = world.state.lock().unwrap();
        state.gateway.asked += 1;
        let (remaining, reset_after) = state.gateway.limit.unwrap_or((1_000, 14_400_000));
        if let Some((_, reset)) = &mut state.gateway.limit {
            // The wait is over when it is asked again.
            *reset = 0;
            state.gateway.limit = None;
        }
        let limit =
            json!({"total": 1000, "remaining": remaining, "reset_after": reset_after, "max_concurrency": 1});
        let body = json!({"url": state.gateway.url, "shards": 1, "session_start_limit": limit});
        authorised(&state, &headers).map(|()| Answer::json(200, &body))
    };
    world.changed();
    answer.unwrap_or_else(|refusal| refusal).into_response()
}

pub(super) async fn url(Extract(world): Extract<Arc<Inner>>) -> Response {
    let url = world.state.lock().unwrap().gateway.url.clone();
    Answer::json(200, &json!({"url": url})).into_response()
}

/// Serves connections until the world is dropped.
pub(super) async fn serve(world: Arc<Inner>, listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(connection(Arc::clone(&world), stream));
    }
}

type Socket = WebSocketStream<TcpStream>;

async fn connection(world: Arc<Inner>, stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    let (sender, mut orders) = unbounded_channel();
    let interval = match world.state.lock().unwrap().gateway.interval {
        0 => 41_250,
        interval => interval,
    };
    say(&mut socket, &json!({"op": 10, "d": {"heartbeat_interval": interval}, "s": null, "t": null})).await;
    run(&world, &mut socket, &sender, &mut orders).await;
    let mut state = world.state.lock().unwrap();
    if state.gateway.connection.as_ref().is_some_and(|current| current.same_channel(&sender)) {
        state.gateway.connection = None;
    }
    drop(state);
    world.changed();
}

async fn say(socket: &mut Socket, frame: &Value) {
    // A client that has gone hears nothing.
    let _ = socket.send(Message::text(frame.to_string())).await;
}

async fn close(socket: &mut Socket, code: u16) {
    let frame = CloseFrame { code: code.into(), reason: "as ordered".into() };
    let _ = socket.close(Some(frame)).await;
}

async fn run(
    world: &Arc<Inner>,
    socket: &mut Socket,
    sender: &UnboundedSender<Order>,
    orders: &mut UnboundedReceiver<Order>,
) {
    loop {
        tokio::select! {
            frame = socket.next() => {
                let frame = match frame {
                    Some(Ok(Message::Text(text))) => serde_json::from_str::<Value>(&text).unwrap(),
                    Some(Ok(Message::Close(frame))) => {
                        let code = frame.map(|frame| u16::from(frame.code));
                        let mut state = world.state.lock().unwrap();
                        state.gateway.farewell = code;
                        if matches!(code, Some(1000 | 1001)) {
                            state.gateway.session = None;
                        }
                        return;
                    }
                    Some(Ok(_)) => continue,
                    Some(Err(_)) | None => return,
                };
                if !heard(world, socket, sender, &frame).await {
                    return;
                }
            }
            Some(order) = orders.recv() => match order {
                Order::Send => send(world, socket).await,
                Order::Reconnect => say(socket, &json!({"op": 7, "d": null})).await,
                Order::Invalidate => {
                    world.state.lock().unwrap().gateway.session = None;
                    say(socket, &json!({"op": 9, "d": false})).await;
                }
                Order::Close(code) => return close(socket, code).await,
                Order::Cut => return,
            },
        }
    }
}

/// Answers a frame of the client; false when the connection is to end.
async fn heard(
    world: &Arc<Inner>,
    socket: &mut Socket,
    sender: &UnboundedSender<Order>,
    frame: &Value,
) -> bool {
    match frame["op"].as_u64() {
        Some(1) => {
            let deaf = world.state.lock().unwrap().gateway.deaf;
            if !deaf {
                say(socket, &json!({"op": 11})).await;
            }
        }
        Some(2) => {
            let refused = {
                let mut state = world.state.lock().unwrap();
                let revoked = state.revoked;
                let gateway = &mut state.gateway;
                gateway.identifies.push(frame["d"].clone());
                // Discord takes the token with the word in front and without.
                let token = frame["d"]["token"].as_str().unwrap_or_default();
                let wrong = revoked || token.trim_start_matches("Bot ") != TOKEN;
                let refused = if gateway.refuse.is_empty() { None } else { Some(gateway.refuse.remove(0)) };
                refused.or(wrong.then_some(4004)).or((frame["d"]["intents"] != 0).then_some(4014))
            };
            if let Some(code) = refused {
                world.changed();
                close(socket, code).await;
                return false;
            }
            {
                let mut state = world.state.lock().unwrap();
                let gateway = &mut state.gateway;
                let id = format!("session-{}", gateway.identifies.len());
                let user = json!({
                    "id": BOT.to_string(), "username": "paperwire", "discriminator": "0", "bot": true, "avatar": null,
                    "verified": true, "mfa_enabled": false, "email": null, "flags": 0, "global_name": null,
                });
                let ready = json!({"t": "READY", "d": {
                    "v": 10, "user": user, "guilds": [], "session_id": id, "resume_gateway_url": gateway.url,
                    "application": {"id": APPLICATION.to_string(), "flags": 0}, "shard": [0, 1],
                }});
                gateway.session = Some(Session { id, events: vec![ready], sent: 0 });
                gateway.connection = Some(sender.clone());
                gateway.farewell = None;
            }
            send(world, socket).await;
        }
        Some(6) => {
            let resumed = {
                let mut state = world.state.lock().unwrap();
                state.gateway.resumes += 1;
                let known =
                    state.gateway.session.as_mut().filter(|one| frame["d"]["session_id"] == json!(one.id));
                let known = known.map(|session| {
                    session.sent = usize::try_from(frame["d"]["seq"].as_u64().unwrap()).unwrap();
                    session.events.push(json!({"t": "RESUMED", "d": {}}));
                });
                if known.is_some() {
                    state.gateway.connection = Some(sender.clone());
                }
                known.is_some()
            };
            if resumed {
                send(world, socket).await;
            } else {
                say(socket, &json!({"op": 9, "d": false})).await;
            }
        }
        _ => {
            close(socket, 4001).await;
            return false;
        }
    }
    world.changed();
    true
}

/// Sends the events that were not sent yet.
async fn send(world: &Arc<Inner>, socket: &mut Socket) {
    let frames: Vec<Value> = {
        let mut state = world.state.lock().unwrap();
        let Some(session) = state.gateway.session.as_mut() else { return };
        let from = session.sent;
        session.sent = session.events.len();
        let new = session.events.iter().enumerate().skip(from);
        new.map(|(at, event)| json!({"op": 0, "t": event["t"], "d": event["d"], "s": at + 1})).collect()
    };
    for frame in frames {
        say(socket, &frame).await;
    }
}
