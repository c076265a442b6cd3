//! What can go wrong between asking and reading, as the client meets it.

use std::{
    future::Future,
    io::{self, Write},
    sync::Arc,
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, stream};
use tokio::sync::Notify;

/// What a request meets in place of its answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Nothing: the right answer, for faults that come later.
    None,
    /// A status with headers and no answer.
    Status(u16, Vec<(&'static str, String)>),
    /// The right answer with further headers.
    Headers(Vec<(&'static str, String)>),
    /// 200 with this content type and this text.
    Text(&'static str, String),
    /// The right answer's headers and the first half of its body, then the connection ends.
    Truncated,
    /// A whole answer, but its body is the first half of the right one.
    Halved,
    /// The connection ends without a byte.
    Reset,
    /// The right answer, once it is released.
    Held(Hold),
    /// A few kilobytes that become this many bytes.
    Bomb(usize),
    /// A body that never ends.
    Endless,
}

/// Holds answers back until it is released.
#[derive(Debug, Clone, Default)]
pub struct Hold(Arc<(Notify, Notify)>);

impl Hold {
    /// Waits until a request is being held.
    pub async fn arrived(&self) {
        self.0.0.notified().await;
    }

    /// Lets one answer go.
    pub fn release(&self) {
        self.0.1.notify_one();
    }
}

/// Makes the answer that this fault allows.
pub async fn answer<F: Future<Output = Response>>(
    fault: Option<Fault>,
    right: impl FnOnce() -> F,
) -> Response {
    match fault {
        None | Some(Fault::None) => right().await,
        Some(Fault::Status(status, headers)) => {
            let status = StatusCode::from_u16(status).expect("a test names a real status");
            with_headers(status.into_response(), headers)
        }
        Some(Fault::Headers(headers)) => with_headers(right().await, headers),
        Some(Fault::Text(content_type, text)) => {
            ([(header::CONTENT_TYPE, content_type)], text).into_response()
        }
        Some(Fault::Truncated) => {
            let (mut parts, body) = whole(right().await).await;
            let length = HeaderValue::from(body.len());
            parts.headers.insert(header::CONTENT_LENGTH, length);
            Response::from_parts(parts, ending_after(Some(body.slice(..body.len() / 2))))
        }
        Some(Fault::Halved) => {
            let (mut parts, body) = whole(right().await).await;
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(body.slice(..body.len() / 2)))
        }
        Some(Fault::Reset) => Response::new(ending_after(None)),
        Some(Fault::Held(hold)) => {
            hold.0.0.notify_one();
            hold.0.1.notified().await;
            right().await
        }
        Some(Fault::Bomb(size)) => gzipped(&vec![b' '; size]),
        Some(Fault::Endless) => {
            let spaces = Bytes::from_static(&[b' '; 8192]);
            Response::new(Body::from_stream(stream::repeat(spaces).map(Ok::<_, io::Error>)))
        }
    }
}

/// Compresses an answer's body.
pub async fn compressed(answer: Response) -> Response {
    let (mut parts, body) = whole(answer).await;
    if body.is_empty() {
        return Response::from_parts(parts, Body::empty());
    }
    let (encoded, body) = gzipped(&body).into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(encoded.headers);
    Response::from_parts(parts, body)
}

fn with_headers(mut answer: Response, headers: Vec<(&'static str, String)>) -> Response {
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value).expect("a test sends real header values");
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
    answer
}

async fn whole(answer: Response) -> (axum::http::response::Parts, Bytes) {
    let (parts, body) = answer.into_parts();
    (parts, to_bytes(body, usize::MAX).await.expect("the service's answers are whole"))
}

fn gzipped(body: &[u8]) -> Response {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory takes every byte");
    let body = encoder.finish().expect("memory takes every byte");
    ([(header::CONTENT_ENCODING, "gzip"), (header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// A body that fails after its first bytes, which makes the server hang up.
fn ending_after(bytes: Option<Bytes>) -> Body {
    let start = stream::iter(bytes.map(Ok));
    let end = stream::once(async {
        // The server writes out what it has when the body lets it wait.
        tokio::task::yield_now().await;
        Err(io::Error::other("the connection ends here"))
    });
    Body::from_stream(start.chain(end))
}
