//! The addresses that Slack gives for late answers: five uses within half an hour, and only at Slack's own hosts.
//!
//! They are used by a client of their own, which has no token to give away and follows no redirect.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;
use tokio::time::Instant;
use url::{Host, Url};

const USES: u32 = 5;
const LIFETIME: Duration = Duration::from_mins(30);
/// What is too old is forgotten when this many addresses are known.
const KEPT: usize = 1_024;
const HOSTS: [&str; 2] = ["slack.com", "slack-gov.com"];

/// The addresses in use.
#[derive(Debug)]
pub(super) struct ResponseUrls {
    client: reqwest::Client,
    /// The host and port of a stand-in on this machine.
    stand_in: Option<(String, Option<u16>)>,
    uses: Mutex<HashMap<String, (u32, Instant)>>,
}

/// Why an answer did not go through an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unsent {
    /// Surely nothing was shown.
    Surely(&'static str),
    /// It may have been shown.
    Perhaps(&'static str),
}

impl ResponseUrls {
    pub fn new(api_base: &Url, timeout: Duration) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .timeout(timeout)
            .build()
            .context("cannot make the client for late answers to Slack")?;
        let stand_in = is_loopback(api_base).then(|| (host(api_base), api_base.port()));
        Ok(Self { client, stand_in, uses: Mutex::default() })
    }

    /// Starts an address's half hour.
    pub fn seen(&self, url: &str) {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        if uses.len() >= KEPT {
            uses.retain(|_, (_, since)| since.elapsed() < LIFETIME);
        }
        uses.entry(url.to_owned()).or_insert_with(|| (0, Instant::now()));
    }

    /// Posts an answer.
    pub async fn post(&self, url: &str, body: &Value) -> Result<(), Unsent> {
        let address = self.allowed(url).ok_or(Unsent::Surely("its address is none of Slack's"))?;
        self.take(url)?;
        let sent = self.client.post(address).json(body).send().await;
        let response = sent.map_err(|error| {
            if error.is_connect() {
                Unsent::Surely("no connection to Slack")
            } else {
                Unsent::Perhaps("the connection to Slack broke before the answer")
            }
        })?;
        let status = response.status();
        let said = response.text().await.unwrap_or_default();
        // A used or expired address is told with 404, or with 200 and “ok”: false.
        let refused = serde_json::from_str::<Value>(&said).is_ok_and(|said| said["ok"] == false);
        if status.is_success() && !refused {
            return Ok(());
        }
        if status.is_server_error() {
            return Err(Unsent::Perhaps("Slack had an error"));
        }
        Err(Unsent::Surely(match () {
            () if said.contains("used_url") => "its address is used up",
            () if said.contains("expired_url") || status.as_u16() == 404 => "its address has expired",
            () => "Slack refused it",
        }))
    }

    fn take(&self, url: &str) -> Result<(), Unsent> {
        self.seen(url);
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((count, since)) = uses.get_mut(url) else { return Ok(()) };
        if since.elapsed() >= LIFETIME {
            return Err(Unsent::Surely("its address has expired"));
        }
        if *count >= USES {
            return Err(Unsent::Surely("its address is used up"));
        }
        *count += 1;
        Ok(())
    }

    /// The address when an answer may go there.
    fn allowed(&self, url: &str) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        let name = host(&url);
        let of_slack = HOSTS
            .iter()
            .any(|own| name == *own || name.strip_suffix(own).is_some_and(|start| start.ends_with('.')));
        let stand_in = self.stand_in.as_ref().is_some_and(|(own, port)| *own == name && *port == url.port());
        let bare = url.username().is_empty() && url.password().is_none();
        let official = url.scheme() == "https" && of_slack && url.port().is_none();
        (bare && (official || stand_in)).then_some(url)
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(api_base: &str) -> ResponseUrls {
        crate::chat::install_tls_provider();
        ResponseUrls::new(&api_base.parse().unwrap(), Duration::from_secs(1)).unwrap()
    }

    #[tokio::test]
    async fn an_answer_goes_to_slack_alone() {
        let real = urls("https://slack.com/api/");
        for good in ["https://hooks.slack.com/commands/T1/1/x", "https://hooks.slack-gov.com/x"] {
            assert!(real.allowed(good).is_some(), "{good}");
        }
        for bad in [
            "http://hooks.slack.com/x",
            "https://hooks.slack.com:8443/x",
            "https://slack.com.evil.org/x",
            "https://evilslack.com/x",
            "https://u:p@hooks.slack.com/x",
            "https://169.254.169.254/latest",
            "http://127.0.0.1:9/x",
            "no address",
        ] {
            assert!(real.allowed(bad).is_none(), "{bad}");
        }
        let stand_in = urls("http://127.0.0.1:8123/api/");
        assert!(stand_in.allowed("http://127.0.0.1:8123/response/1").is_some());
        assert!(stand_in.allowed("http://127.0.0.1:8124/response/1").is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_serves_five_times_within_half_an_hour() {
        let urls = urls("https://slack.com/api/");
        for _ in 0..USES {
            assert_eq!(urls.take("a"), Ok(()));
        }
        assert_eq!(urls.take("a"), Err(Unsent::Surely("its address is used up")));
        urls.seen("b");
        tokio::time::advance(Duration::from_secs(1_799)).await;
        assert_eq!(urls.take("b"), Ok(()));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(urls.take("b"), Err(Unsent::Surely("its address has expired")));
    }
}
