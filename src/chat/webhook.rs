//! Requests that a platform sends to Paperwire's public address.

use async_trait::async_trait;
use reqwest::header::HeaderMap;

/// A request as it came in: nothing of it is believed before its signature is checked over these very bytes.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The path it was sent to: `/slack/commands`.
    pub path: &'a str,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, whole.
    pub body: &'a [u8],
}

/// What is answered to such a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body; empty for none.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// Takes a platform's requests.
#[async_trait]
pub trait Webhook: Send + Sync {
    /// Where the platform sends them, each path with a slash at its front.
    fn paths(&self) -> &'static [&'static str];

    /// The longest body that is read at all, in bytes.
    fn max_body(&self) -> usize;

    /// Checks a request and answers it within the platform's three seconds.
    async fn receive(&self, request: Incoming<'_>) -> Outgoing;
}
