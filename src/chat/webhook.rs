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

impl Incoming<'_> {
    /// A header's value; `None` when it is missing, doubled or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let only = values.next().filter(|_| values.next().is_none())?;
        only.to_str().ok()
    }
}

/// What is answered to such a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The HTTP status.
    pub status: u16,
    /// JSON when it begins with a brace, else plain text.
    pub body: String,
}

impl Outgoing {
    /// 200 with JSON; an empty text is an empty body.
    pub fn ok(body: impl Into<String>) -> Self {
        Self { status: 200, body: body.into() }
    }

    /// A refusal with a line for whoever reads the platform's log.
    pub fn refused(status: u16, why: &str) -> Self {
        Self { status, body: format!("{why}\n") }
    }

    /// The exact `Content-Type` of the body; Discord's and Slack's clients compare it whole.
    pub fn content_type(&self) -> &'static str {
        if self.body.starts_with(['{', '[']) { "application/json" } else { "text/plain; charset=utf-8" }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_comes_twice_is_none() {
        let mut headers = HeaderMap::new();
        headers.append("x-once", "a".parse().unwrap());
        headers.append("x-twice", "a".parse().unwrap());
        headers.append("x-twice", "b".parse().unwrap());
        let request = Incoming { path: "/", headers: &headers, body: b"" };
        assert_eq!(request.header("X-Once"), Some("a"));
        assert_eq!(request.header("x-twice"), None);
        assert_eq!(request.header("x-never"), None);
    }
}
