//! Requests to Discord's REST interface: one try each, with our name and a time limit.

use std::time::Duration;

use anyhow::Context;
use reqwest::header::{HeaderMap, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use serenity::http::{LightMethod, Request, Route};

use super::DiscordConfig;
use super::errors::Answer;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How Discord asks clients to name themselves.
const AGENT: &str =
    concat!("DiscordBot (", env!("CARGO_PKG_REPOSITORY"), ", ", env!("CARGO_PKG_VERSION"), ")");
/// The version of the interface that requests are written for.
const API_PATH: &str = "/api/v10";
/// Answers are small; more than this is not from Discord.
const ANSWER_MAX: usize = 1024 * 1024;

/// The way to Discord's REST interface.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    client: reqwest::Client,
    base: String,
    /// With the word `Bot` in front.
    authorization: SecretString,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unasked {
    /// The configured address makes no address of a request.
    Address,
    /// The way there or back broke.
    Transport(reqwest::Error),
}

impl Rest {
    /// Prepares the client; nothing is sent yet.
    pub fn new(config: &DiscordConfig) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(config.timeout)
            .connect_timeout(CONNECT_TIMEOUT.min(config.timeout))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .context("cannot set up the HTTP client for Discord")?;
        let token = config.token.expose_secret().trim();
        let authorization = format!("Bot {}", token.strip_prefix("Bot ").unwrap_or(token));
        // The parse error would show nothing, but neither must a later one.
        anyhow::ensure!(
            HeaderValue::from_str(&authorization).is_ok(),
            "the Discord bot token holds characters that no token has: copy it again from “Bot” in Discord's developer portal"
        );
        let base = config.api_base.as_str().trim_end_matches('/');
        Ok(Self {
            client,
            base: base.strip_suffix(API_PATH).unwrap_or(base).to_owned(),
            authorization: authorization.into(),
        })
    }

    /// The address without the version.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The client with our time limits.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Asks once.
    pub async fn ask(
        &self,
        route: Route<'_>,
        method: LightMethod,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, Unasked> {
        self.ask_for(route, method, None, body).await
    }

    /// Asks once, with parameters in the address.
    pub async fn ask_for(
        &self,
        route: Route<'_>,
        method: LightMethod,
        params: Option<Vec<(&'static str, String)>>,
        body: Option<Vec<u8>>,
    ) -> Result<Answer, Unasked> {
        let agent = HeaderMap::from_iter([(USER_AGENT, HeaderValue::from_static(AGENT))]);
        let request = Request::new(route, method)
            .params(params)
            .body(body)
            .build(&self.client, self.authorization.expose_secret(), Some(&self.base))
            .map_err(|_| Unasked::Address)?
            // serenity names itself; the later header replaces its.
            .headers(agent);
        // The address may hold the token of an interaction.
        let mut response = request.send().await.map_err(|error| Unasked::Transport(error.without_url()))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        // A body that breaks off leaves what came: the status still counts, a missing id is a lost answer.
        while let Ok(Some(chunk)) = response.chunk().await
            && body.len() < ANSWER_MAX
        {
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body })
    }
}

impl std::fmt::Display for Unasked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address => f.write_str("discord.api_base makes no valid address"),
            Self::Transport(error) if error.is_timeout() => f.write_str("Discord did not answer in time"),
            Self::Transport(error) if error.is_connect() => f.write_str("no connection to Discord"),
            Self::Transport(_) => f.write_str("the connection to Discord broke before the answer"),
        }
    }
}
