//! The one HTTP client for everything that sources ask.
//!
//! It is apart so that the rules for talking to strangers hold in one place: who we say we are, how
//! long and how much we listen, where redirects may lead, and which failures pass.

mod document;
mod error;
mod headers;

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode,
    header::{IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION},
    redirect::Policy,
};
use url::Url;

pub use document::Document;
pub use error::FetchError;
pub use headers::{RateLimit, Validators};

use error::shown;

/// How the client behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchConfig {
    /// Who asks: product, version and a contact, so that a source can write instead of blocking.
    pub user_agent: String,
    /// How long a connection may take.
    pub connect_timeout: Duration,
    /// How long the other side may fall silent inside an answer.
    pub idle_timeout: Duration,
    /// How long a fetch may take with all its redirects and the whole body.
    pub total_timeout: Duration,
    /// The largest body in bytes, after decompression.
    pub max_body: usize,
    /// How many redirects are followed.
    pub max_redirects: usize,
}

impl FetchConfig {
    /// The usual limits, asking under this name.
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            user_agent: user_agent.into(),
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            max_body: 5 * 1024 * 1024,
            max_redirects: 5,
        }
    }
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing has changed since the validators were given out.
    NotModified {
        /// What is left of the budget.
        rate: Option<RateLimit>,
    },
    /// A whole answer.
    Body(Box<Document>),
}

/// The guarded HTTP client.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    config: FetchConfig,
}

impl Fetcher {
    /// Builds the client; fails when the user agent is no header value or TLS cannot start.
    pub fn new(config: FetchConfig) -> anyhow::Result<Self> {
        let client = Client::builder()
            .user_agent(&config.user_agent)
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.idle_timeout)
            // Followed by hand: every hop is vetted like the first address.
            .redirect(Policy::none())
            // A proxy from the environment would see, and could change, what papers there are.
            .no_proxy()
            .referer(false)
            .build()?;
        Ok(Self { client, config })
    }

    /// Asks for a document, or only whether it has changed since `known`.
    pub async fn get(&self, url: &Url, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let limit = self.config.total_timeout;
        let answer = tokio::time::timeout(limit, self.follow(url, known)).await;
        answer.unwrap_or_else(|_| Err(FetchError::TimedOut { url: shown(url), limit }))
    }

    async fn follow(&self, url: &Url, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        for _ in 0..=self.config.max_redirects {
            vet(&url)?;
            let answer = self.ask(&url, known).await?;
            let status = answer.status();
            if status == StatusCode::NOT_MODIFIED && known.is_some() {
                return Ok(Fetched::NotModified { rate: RateLimit::read(answer.headers()) });
            }
            if status == StatusCode::OK {
                let document = Document::read(&url, answer, &self.config).await?;
                return Ok(Fetched::Body(Box::new(document)));
            }
            url = redirect(&url, &answer)?.ok_or_else(|| failure(&url, &answer))?;
        }
        Err(refused(&url, &format!("it is behind more than {} redirects", self.config.max_redirects)))
    }

    async fn ask(&self, url: &Url, known: Option<&Validators>) -> Result<Response, FetchError> {
        let mut request = self.client.get(url.clone());
        if let Some(etag) = known.and_then(|v| v.etag.as_ref()) {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = known.and_then(|v| v.last_modified.as_ref()) {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
        let answer = request.send().await;
        answer.map_err(|error| FetchError::from_client(url, error, self.config.idle_timeout))
    }
}

/// Refuses an address before anything is sent to it; runs on every hop.
fn vet(url: &Url) -> Result<(), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refused(url, "only http and https addresses are"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(url, "it carries a user name or password"));
    }
    Ok(())
}

/// Where an answer redirects to, if it does.
fn redirect(from: &Url, answer: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = headers::text(answer.headers(), LOCATION.as_str());
    let target = location.and_then(|location| from.join(&location).ok());
    let target = target.ok_or_else(|| refused(from, "it redirects to nowhere"))?;
    if from.scheme() == "https" && target.scheme() == "http" {
        return Err(refused(&target, "a redirect may not lead from https to http"));
    }
    Ok(Some(target))
}

/// Decides, once, what a status without a document means.
fn failure(url: &Url, answer: &Response) -> FetchError {
    let (url, status) = (shown(url), answer.status());
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            FetchError::Busy { url, wait: headers::wait(answer.headers()) }
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => FetchError::Failing { url, status },
        _ if status.is_client_error() => FetchError::Rejected { url, status },
        _ => FetchError::Failing { url, status },
    }
}

fn refused(url: &Url, reason: &str) -> FetchError {
    FetchError::Refused { url: shown(url), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_fetched() {
        for (address, allowed) in [
            ("https://huggingface.co/api", true),
            ("http://127.0.0.1:8020/", true),
            ("file:///etc/passwd", false),
            ("ftp://example.org/", false),
            ("data:text/plain,x", false),
            ("https://me@example.org/", false),
            ("https://:secret@example.org/", false),
        ] {
            assert_eq!(vet(&Url::parse(address).unwrap()).is_ok(), allowed, "{address}");
        }
    }

    #[test]
    fn a_redirect_never_gives_up_encryption() {
        let leads = |from: &str, location: &str| {
            let answer = axum::http::Response::builder().status(302).header("location", location);
            redirect(&Url::parse(from).unwrap(), &Response::from(answer.body("").unwrap()))
        };
        assert_eq!(
            leads("https://a.example/x", "/y").unwrap(),
            Some(Url::parse("https://a.example/y").unwrap())
        );
        assert!(leads("http://a.example/", "https://a.example/").is_ok());
        assert!(leads("https://a.example/", "http://a.example/").is_err());
    }
}
