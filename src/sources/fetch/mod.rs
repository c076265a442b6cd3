//! The one HTTP client for everything that sources ask.
//!
//! It is apart so that the rules for talking to strangers hold in one place: who we say we are, how
//! long and how much we listen, where redirects may lead, and which failures pass.

mod document;
mod error;
pub mod guard;
mod headers;
mod hosts;

use std::sync::Arc;
use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode,
    header::{IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION},
    redirect::Policy,
};
use url::Url;

use crate::clock::{Clock, SystemClock};
use crate::domain::AllowedHost;

pub use document::Document;
pub use error::FetchError;
pub use guard::{Guard, Lookup, Passage, Refusal, SystemLookup};
pub use headers::{RateLimit, Validators};

use error::shown;
use guard::resolve::Checked;
use hosts::Hosts;

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
    /// The least that a body may bring on average, in bytes a second after decompression.
    pub least_speed: u32,
    /// How long a body may take before its speed counts.
    pub slow_start: Duration,
    /// Hosts that may be reached although they are not on the public web.
    pub allow: Vec<AllowedHost>,
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
            least_speed: 1024,
            slow_start: Duration::from_secs(10),
            allow: Vec::new(),
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

/// The guarded HTTP client; its clones share what they know of each host.
#[derive(Clone)]
pub struct Fetcher {
    /// Connects to public addresses only.
    public: Client,
    /// Connects to whatever the operator has configured; apart, so that no connection is ever shared.
    configured: Client,
    config: FetchConfig,
    guard: Guard,
    hosts: Arc<Hosts>,
}

impl Fetcher {
    /// Builds the client; fails when the user agent is no header value or TLS cannot start.
    pub fn new(config: FetchConfig) -> anyhow::Result<Self> {
        Self::with(config, Arc::new(SystemLookup), Arc::new(SystemClock))
    }

    /// Builds the client over another resolver and another clock.
    pub fn with(config: FetchConfig, lookup: Arc<dyn Lookup>, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        Ok(Self {
            public: client(&config, Arc::clone(&lookup), Passage::Public)?,
            configured: client(&config, lookup, Passage::Configured)?,
            guard: Guard::new(config.allow.clone()),
            hosts: Arc::new(Hosts::new(clock)),
            config,
        })
    }

    /// The same client for a source whose address the operator has configured: its host and port are allowed.
    #[must_use]
    pub fn trusting(mut self, base_url: &Url) -> Self {
        self.guard = self.guard.trusting(base_url);
        self
    }

    /// The rules that addresses are judged by.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Asks for a document, or only whether it has changed since `known`.
    ///
    /// While the last answer is fresh by the other side's own word, a conditional question is not sent.
    pub async fn get(&self, url: &Url, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let known = known.filter(|known| !known.is_empty());
        if known.is_some() && self.hosts.is_fresh(url) {
            return Ok(Fetched::NotModified { rate: None });
        }
        let limit = self.config.total_timeout;
        let mut hop = url.clone();
        let answer = tokio::time::timeout(limit, self.follow(url, &mut hop, known)).await;
        let answer = answer.unwrap_or_else(|_| Err(FetchError::TimedOut { url: shown(&hop), limit }));
        if let Err(error) = &answer {
            self.hosts.failed(&hop, error);
        }
        answer
    }

    /// Follows redirects by hand; `hop` is left at the address that spoke last.
    async fn follow(
        &self,
        url: &Url,
        hop: &mut Url,
        known: Option<&Validators>,
    ) -> Result<Fetched, FetchError> {
        let (mut moved, mut for_good) = (None, true);
        for _ in 0..=self.config.max_redirects {
            let answer = self.ask(hop, known).await?;
            let status = answer.status();
            let (rate, fresh_for) = (RateLimit::read(answer.headers()), headers::fresh_for(answer.headers()));
            let fetched = if status == StatusCode::NOT_MODIFIED && known.is_some() {
                Fetched::NotModified { rate }
            } else if status == StatusCode::OK {
                let document = Document::read(hop, answer, &self.config).await?;
                Fetched::Body(Box::new(Document { moved, ..document }))
            } else {
                *hop = redirect(hop, &answer)?.ok_or_else(|| failure(hop, &answer))?;
                // Behind the first passing redirect nothing is for good any more.
                for_good &= matches!(status.as_u16(), 301 | 308);
                moved = if for_good { Some(hop.clone()) } else { moved };
                continue;
            };
            self.hosts.answered(hop, rate.and_then(RateLimit::spent_for));
            self.hosts.keep_fresh(url, fresh_for);
            return Ok(fetched);
        }
        let reason = format!("it is behind more than {} redirects", self.config.max_redirects);
        Err(FetchError::refused(hop, reason))
    }

    async fn ask(&self, url: &Url, known: Option<&Validators>) -> Result<Response, FetchError> {
        let refused = |refusal: Refusal| FetchError::refused(url, refusal.to_string());
        let passage = self.guard.vet(url).map_err(refused)?;
        self.hosts.permit(url)?;
        let client = match passage {
            Passage::Public => &self.public,
            Passage::Configured => &self.configured,
        };
        let mut request = client.get(url.clone());
        if let Some(etag) = known.and_then(|v| v.etag.as_ref()) {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if let Some(date) = known.and_then(|v| v.last_modified.as_ref()) {
            request = request.header(IF_MODIFIED_SINCE, date);
        }
        let answer = request.send().await;
        let answer = answer.map_err(|error| FetchError::from_client(url, error, self.config.idle_timeout))?;
        passage.connected(answer.remote_addr().map(|address| address.ip())).map_err(refused)?;
        Ok(answer)
    }
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("config", &self.config)
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}

fn client(config: &FetchConfig, lookup: Arc<dyn Lookup>, passage: Passage) -> anyhow::Result<Client> {
    let client = Client::builder()
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.idle_timeout)
        // Followed by hand: every hop is vetted like the first address.
        .redirect(Policy::none())
        // A proxy from the environment would see, and could change, what papers there are.
        .no_proxy()
        .referer(false)
        .dns_resolver(Arc::new(Checked { lookup, passage }))
        .build()?;
    Ok(client)
}

/// Where an answer redirects to, if it does.
fn redirect(from: &Url, answer: &Response) -> Result<Option<Url>, FetchError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = headers::text(answer.headers(), LOCATION.as_str());
    let target = location.and_then(|location| from.join(&location).ok());
    let target = target.ok_or_else(|| FetchError::refused(from, "it redirects to nowhere"))?;
    if from.scheme() == "https" && target.scheme() == "http" {
        return Err(FetchError::refused(&target, "a redirect may not lead from https to http"));
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

#[cfg(test)]
mod tests {
    use super::*;

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
