//! The body of an answer: read with a cap, and told apart from what is not the API.

use std::time::Duration;

use reqwest::{
    Response,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use tokio::time::Instant;
use url::Url;

use super::{
    FetchConfig, FetchError, RateLimit, Validators,
    error::shown,
    headers::{self, next_page},
};

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The address that answered, behind all redirects.
    pub url: Url,
    /// The decoded body.
    pub bytes: Vec<u8>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// What the answer is recognised by next time.
    pub validators: Validators,
    /// What is left of the budget.
    pub rate: Option<RateLimit>,
    /// How long the other side says that this will stay what it is.
    pub fresh_for: Option<Duration>,
    /// The next page, when the answer names one.
    pub next: Option<Url>,
    /// Where it stands from now on, when the answer to the first address says that it has moved for good.
    pub moved: Option<Url>,
}

impl Document {
    /// Reads an answer to its end; more than the cap, counted after decompression, is an error.
    pub(super) async fn read(
        url: &Url,
        mut answer: Response,
        config: &FetchConfig,
    ) -> Result<Self, FetchError> {
        let limit = config.max_body;
        let too_large = || FetchError::TooLarge { url: shown(url), limit };
        // The client takes the header away with the coding, so what is left of it was not undone.
        if headers::text(answer.headers(), CONTENT_ENCODING.as_str()).is_some_and(|c| c != "identity") {
            let what = "it is compressed in a way that nobody asked for".to_owned();
            return Err(FetchError::NotTheApi { url: shown(url), what });
        }
        // Absent for a compressed answer, whose declared length says nothing of what it becomes.
        let declared = answer.content_length();
        if declared.is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let begun = Instant::now();
        let mut bytes = Vec::new();
        loop {
            let chunk = answer.chunk().await;
            match chunk.map_err(|e| FetchError::from_client(url, e, config.idle_timeout))? {
                Some(chunk) if bytes.len() + chunk.len() > limit => return Err(too_large()),
                Some(chunk) => bytes.extend_from_slice(&chunk),
                None => break,
            }
            if is_too_slow(bytes.len(), begun.elapsed(), config) {
                return Err(FetchError::TooSlow { url: shown(url), least: config.least_speed });
            }
        }
        let headers = answer.headers();
        Ok(Self {
            url: url.clone(),
            bytes,
            content_type: headers::text(headers, CONTENT_TYPE.as_str()),
            validators: Validators::read(headers),
            rate: RateLimit::read(headers),
            fresh_for: headers::fresh_for(headers),
            next: next_page(headers, url),
            moved: None,
        })
    }

    /// The body of an answer that should be JSON; a web page in its place is an error.
    pub fn json_bytes(&self) -> Result<&[u8], FetchError> {
        let media_type = self.content_type.as_deref().unwrap_or_default();
        let body = self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes).trim_ascii();
        if media_type.to_ascii_lowercase().contains("html") || body.first() == Some(&b'<') {
            return Err(self.not_the_api("a web page came instead of JSON"));
        }
        Ok(body)
    }

    /// The error for an answer that is not what this address promises.
    pub fn not_the_api(&self, what: &str) -> FetchError {
        FetchError::NotTheApi { url: shown(&self.url), what: what.to_owned() }
    }
}

/// True when a body would hold its connection for the whole time allowed without getting anywhere.
fn is_too_slow(bytes: usize, elapsed: Duration, config: &FetchConfig) -> bool {
    let expected = elapsed.as_secs_f64() * f64::from(config.least_speed);
    elapsed > config.slow_start && u32::try_from(bytes).is_ok_and(|bytes| f64::from(bytes) < expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trickle_is_told_apart_from_a_slow_start() {
        let config = FetchConfig::new("x");
        let slow = |bytes, seconds| is_too_slow(bytes, Duration::from_secs(seconds), &config);
        assert!(!slow(5, 5), "it may have only begun");
        assert!(slow(11, 11) && slow(11_000, 11));
        assert!(!slow(12_000, 11));
    }
}
