//! The body of an answer: read with a cap, and told apart from what is not the API.

use reqwest::{Response, header::CONTENT_TYPE};
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
    /// The next page, when the answer names one.
    pub next: Option<Url>,
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
        // Absent for a compressed answer, whose declared length says nothing of what it becomes.
        let declared = answer.content_length();
        if declared.is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        loop {
            let chunk = answer.chunk().await;
            match chunk.map_err(|e| FetchError::from_client(url, e, config.idle_timeout))? {
                Some(chunk) if bytes.len() + chunk.len() > limit => return Err(too_large()),
                Some(chunk) => bytes.extend_from_slice(&chunk),
                None => break,
            }
        }
        let headers = answer.headers();
        Ok(Self {
            url: url.clone(),
            bytes,
            content_type: headers::text(headers, CONTENT_TYPE.as_str()),
            validators: Validators::read(headers),
            rate: RateLimit::read(headers),
            next: next_page(headers, url),
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
