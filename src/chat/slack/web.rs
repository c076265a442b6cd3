//! Slack's Web API: one client with timeouts, for posting and for answering.
//!
//! Requests are slack-morphism's; its rate control is left off, because it counts a workspace where
//! Slack counts channels. Its errors print whole answers, so only codes ever leave this module.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hyper_util::client::legacy::connect::HttpConnector;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;

use super::SlackConfig;
use crate::message::{clean, cut};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The Web API under one token.
#[derive(Debug, Clone)]
pub(super) struct Web {
    client: Arc<SlackHyperClient>,
    token: SecretString,
    timeout: Duration,
}

/// Why a call brought nothing.
#[derive(Debug)]
pub(super) enum Failure {
    /// There was no answer in time.
    Late,
    /// The client says what went wrong.
    Client(SlackClientError),
}

impl Web {
    /// Prepares the client; nothing is sent yet.
    pub fn new(config: &SlackConfig) -> anyhow::Result<Self> {
        let mut http = HttpConnector::new();
        // The wrapped connector sees https addresses as well.
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(CONNECT_TIMEOUT.min(config.timeout)));
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
            .context("no CA certificates found: install the package ca-certificates")?
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(http);
        let connector = SlackClientHyperConnector::with_connector(https)
            .with_slack_api_url(config.api_base.as_str().trim_end_matches('/'));
        Ok(Self {
            client: Arc::new(SlackClient::new(connector)),
            token: config.token.clone(),
            timeout: config.timeout,
        })
    }

    /// The client beneath, for connections that are not calls.
    pub fn client(&self) -> Arc<SlackHyperClient> {
        Arc::clone(&self.client)
    }

    /// Calls a method with a JSON body, once.
    pub async fn post<A: DeserializeOwned + Send>(&self, method: &str, body: &Value) -> Result<A, Failure> {
        let token = api_token(&self.token);
        let session = self.client.open_session(&token);
        self.timely(session.http_session_api.http_post(method, body, None)).await
    }

    /// Calls a method with arguments in the address, once.
    pub async fn get<A: DeserializeOwned + Send>(
        &self,
        method: &str,
        arguments: &[(&'static str, Option<String>)],
    ) -> Result<A, Failure> {
        let token = api_token(&self.token);
        let session = self.client.open_session(&token);
        let arguments = arguments.to_vec();
        self.timely(session.http_session_api.http_get(method, &arguments, None)).await
    }

    async fn timely<A>(&self, call: impl Future<Output = Result<A, SlackClientError>>) -> Result<A, Failure> {
        match tokio::time::timeout(self.timeout, call).await {
            Ok(done) => done.map_err(Failure::Client),
            Err(_) => Err(Failure::Late),
        }
    }
}

/// A secret as the library takes it.
pub(super) fn api_token(secret: &SecretString) -> SlackApiToken {
    SlackApiToken::new(secret.expose_secret().trim().into())
}

impl Failure {
    /// What to write into the log: Slack's code, or a few words.
    pub fn code(&self) -> String {
        match self {
            Self::Client(SlackClientError::ApiError(error)) => cut(&clean(&error.code), 60),
            Self::Client(SlackClientError::RateLimitError(_)) => "ratelimited".to_owned(),
            Self::Client(SlackClientError::HttpError(error)) => {
                format!("HTTP {}", error.status_code.as_u16())
            }
            Self::Client(SlackClientError::ProtocolError(_)) => "an answer that cannot be read".to_owned(),
            Self::Client(_) => "no connection to Slack".to_owned(),
            Self::Late => "no answer in time".to_owned(),
        }
    }
}
